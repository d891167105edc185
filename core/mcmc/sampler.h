#pragma once
// Chains side by side: fixed-length HMC with dual averaging, and the No-U-Turn sampler, with a mass matrix adapted in windows. Every chain draws from
// its own generator, so chain k is the same whether it runs alone or beside others.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/mcmc/target.h"

namespace inflaton::mcmc {

struct Settings {
  bool nuts = true;
  bool adaptMetric = true;          ///< diagonal, by Stan's windows; false: identity
  double stepSize = 0.1;            ///< initial; `findStepSize` looks for a reasonable one first
  bool findStepSize = true;
  std::int64_t leapfrogs = 15;      ///< hmc
  int maxDepth = 10;                ///< nuts
  std::int64_t warmup = 500, draws = 1500;
  double targetAccept = 0.8;
  double maxEnergyError = 1000;     ///< beyond: divergent
  std::uint64_t seed = 0;
};

/// One transition of one chain.
struct Transition {
  double logDensity = 0, energy = 0, accept = 0, stepSize = 0;
  int depth = 0, leapfrogs = 0;
  bool divergent = false, accepted = true;
};

/// Everything that goes on from here, as plain numbers: what a checkpoint holds. Restoring gives the same bytes as never having stopped.
struct ChainState {
  std::int64_t iteration = 0;
  std::vector<double> q, gradient;
  double logDensity = 0;
  std::vector<double> inverseMetric;
  double stepSize = 0;
  std::vector<double> adaptation;        ///< dual averaging and the window's running moments
  std::vector<std::uint64_t> generator;
};

class Sampler {
 public:
  /// starts [chains][size]. Throws Error(usage) for settings out of range (zero chains, target acceptance outside (0, 1), step size not
  /// positive and finite), and Error(failed) naming chain and reason when the log-density is not finite at a start.
  Sampler(const Target&, Settings, const std::vector<std::vector<double>>& starts);
  Sampler(const Target&, Settings, std::vector<ChainState>);

  int chains() const { return static_cast<int>(states_.size()); }
  std::int64_t iteration() const;        ///< finished transitions, the same for all chains
  bool warmingUp() const;
  const std::vector<ChainState>& states() const { return states_; }
  std::int64_t gradients() const { return gradients_; }  ///< row evaluations so far

  /// One transition of every chain. Leapfrog steps of all chains go through the target as one batch; a NUTS chain that is done waits for the others.
  /// `poll` is called before each leapfrog step and may throw to cancel: the states then are those before the transition.
  std::vector<Transition> step(const std::function<void()>& poll = {});
  /// Position after every leapfrog step of chain 0's last transition, in the order taken, and its energy error; only when recording.
  void recordPath(bool on) { recording_ = on; }
  const std::vector<std::vector<double>>& path() const { return path_; }
  const std::vector<double>& pathEnergyError() const { return pathError_; }

 private:
  const Target* target_;
  Settings settings_;
  std::vector<ChainState> states_;
  std::int64_t gradients_ = 0;
  bool recording_ = false;
  std::vector<std::vector<double>> path_;
  std::vector<double> pathError_;
  // More private parts are the implementation's.
};

}  // namespace inflaton::mcmc
