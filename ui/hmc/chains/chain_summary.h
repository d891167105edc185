#pragma once
// What the plots of the chains draw, worked out once for each snapshot and off the GUI thread: everything of bounded size, however long the
// chains.
#include <cstdint>
#include <vector>

#include "core/api/mcmc.h"
#include "ui/hmc/chains/chain_verdict.h"

namespace inflaton::ui {

/// Least and greatest value within successive stretches of a chain: what a thick line of many draws looks like.
struct TraceBand {
  std::vector<float> at, low, high;  ///< [buckets] iteration at the middle
};

struct DensityCurve {
  std::vector<double> at, value;  ///< kernel estimate, integral 1
  double mean = 0, sd = 0;
  bool empty() const { return at.empty(); }
};

struct ChainSummary {
  int chains = 0, components = 0;
  std::int64_t warmup = 0, iterations = 0;  ///< iterations: of the longest chain, warm-up included
  std::int64_t kept = 0;                    ///< draws after warm-up, all chains

  std::vector<std::vector<TraceBand>> trace;  ///< [component][chain]
  std::vector<double> traceLow, traceHigh;    ///< [component] after warm-up where there is enough of it, with room around
  struct Mark {
    int chain;
    std::int64_t iteration;
  };
  std::vector<Mark> divergent;  ///< at most kMostMarks, evenly picked
  std::int64_t divergences = 0, warmupDivergences = 0;

  static constexpr int kBins = 20, kMostPoints = 4000, kMostMarks = 1000, kBuckets = 600, kEnergyBins = 44;
  std::vector<std::vector<std::vector<int>>>
      ranks;                       ///< [component][chain][kBins]: ranks of the chain's draws among all; empty before 2 kBins draws a chain
  std::int64_t drawsPerChain = 0;  ///< that the ranks are of

  struct Point {
    float w[3];
    int chain;
    bool divergent;
  };
  std::vector<Point> points;  ///< after warm-up, the divergent ones last

  double energyLow = 0, energyHigh = 0;
  std::vector<double> energyMarginal, energyTransition;  ///< [kEnergyBins] densities; empty: too few draws
  std::vector<double> ebfmi;                             ///< [chains]

  std::vector<DensityCurve> density;                    ///< [component] all chains
  std::vector<std::vector<DensityCurve>> chainDensity;  ///< [component][chain]
};

ChainSummary summarise(const McmcDraws&);
/// Gaussian kernel estimate on 0..1 with Silverman's bandwidth, reflected at both ends. Empty for fewer than 8 values.
DensityCurve densityOf(const std::vector<float>& values);

}  // namespace inflaton::ui
