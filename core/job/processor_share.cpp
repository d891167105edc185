#include "core/job/processor_share.h"

namespace inflaton {

std::vector<int> dealProcessors(int budget, const std::vector<ProcessorWish>& wishes) {
  std::vector<int> shares(wishes.size(), 1);
  int left = budget - static_cast<int>(wishes.size());
  for (bool dealt = true; dealt && left > 0;) {
    dealt = false;
    for (const bool first : {true, false})
      for (std::size_t i = 0; i < wishes.size() && left > 0; ++i) {
        if (wishes[i].first != first || (wishes[i].wanted > 0 && shares[i] >= wishes[i].wanted)) continue;
        ++shares[i];
        --left;
        dealt = true;
      }
  }
  return shares;
}

}  // namespace inflaton
