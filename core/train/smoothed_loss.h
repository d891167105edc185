#pragma once
// The smoothed loss. Losses fall by decades at first and then hardly: the mean of the logarithms follows both, over a window that grows
// with the steps, so that the curve lies among the losses it smooths instead of above them.
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace inflaton {

/// After step `step` (the first is 0) of this finite `loss`; `before` is what came out for the step before, without meaning at step 0.
inline double smoothedLoss(double before, double loss, std::int64_t step) {
  constexpr double kMost = 100, kShare = 8;  // steps; part of those so far
  if (step == 0) return loss;
  const double window = std::clamp(static_cast<double>(step + 1) / kShare, 1.0, kMost);
  if (!(before > 0) || !(loss > 0)) return before + (loss - before) / window;  // no loss of ours, but of a problem to come
  return before * std::pow(loss / before, 1 / window);
}

}  // namespace inflaton
