#pragma once
// What a training would cost, in words, and which trainings need no measuring. The measurement itself is trainCost (core/api/train.h).
#include <string>

#include "core/api/train.h"

namespace inflaton {

/// "25 s", "4 min", "3.5 h", "14 days".
std::string roughTime(double seconds);

/// The parts of a sentence about a cost.
struct CostWords {
  std::string time;     ///< of the whole: "14 days"
  std::string each;     ///< of one step: "0.25 ms", "1.4 s"
  std::string memory;   ///< of the whole program at its peak: "600 MB", "1.6 GB"
  std::string targets;  ///< share of the time that posterior-mean targets take, percent: "12"; empty when they take none
};
CostWords costWords(const TrainCost&);

/// Whether a training is too small to take so many seconds on any machine, so that nobody needs to wait for a measurement. False says
/// nothing: it may still be short.
bool surelyWithin(const ToyTrainOptions&, double seconds);

}  // namespace inflaton
