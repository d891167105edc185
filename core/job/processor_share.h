#pragma once
// How running jobs share the processors of the machine.
#include <vector>

namespace inflaton {

struct ProcessorWish {
  int wanted = 0;      ///< 0: as many as there are
  bool first = false;  ///< dealt to before the others: somebody waits for the answer
};

/// One share for each wish: everybody gets one, then what is left of the budget goes round, those who are first before the others,
/// until all have what they want. The sum is the budget at most, or the number of wishes where that is more.
std::vector<int> dealProcessors(int budget, const std::vector<ProcessorWish>& wishes);

}  // namespace inflaton
