#pragma once
// From ranks to what is shown: bands, tests, coverage of credible regions, a verdict in words.
#include <array>
#include <cstdint>
#include <vector>

#include "core/api/calibration.h"

namespace inflaton {

/// Of the replicates done so far.
struct SbcRanks {
  std::array<std::vector<std::int32_t>, 3> weight;  ///< number of posterior draws below the truth
  std::vector<std::int32_t> density;  ///< number of draws whose density is above the truth's: it lies in the region of that share
};

/// `observations` and `total` (replicates asked for) are only told. At least one replicate.
SbcResult summarise(const SbcRanks&, std::int64_t draws, double band, std::int64_t observations, std::int64_t total);

}  // namespace inflaton
