#pragma once
// Chains side by side: fixed-length HMC with dual averaging, and the No-U-Turn sampler, with a mass matrix adapted in windows. Every chain
// draws from its own generator, so chain k is the same whether it runs alone or beside others.
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/mcmc/target.h"

namespace inflaton::mcmc {

/// A chain whose step size falls below this is stuck.
inline constexpr double kLeastStepSize = 1e-12;

struct Settings {
  bool nuts = true;
  bool adaptMetric = true;  ///< diagonal, by Stan's windows, a step size sought anew after each; false: identity
  double stepSize = 0.1;    ///< initial; `findStepSize` looks for a reasonable one first
  bool findStepSize = true;
  std::int64_t leapfrogs = 15;  ///< hmc, at least 1
  int maxDepth = 10;            ///< nuts, 1 to 30
  std::int64_t warmup = 500, draws = 1500;
  double targetAccept = 0.8;
  double maxEnergyError = 1000;  ///< beyond: divergent
  std::uint64_t seed = 0;
  std::int64_t firstChain = 0;  ///< number of the first start: chain k draws by (seed, firstChain + k)
};

/// One transition of one chain.
struct Transition {
  double logDensity = 0;  ///< where the chain now is
  double energy = 0;      ///< H there, with the transition's momentum
  double accept = 0;      ///< min(1, exp(-energy error)): of the end for hmc, mean over the leapfrog steps for nuts
  double stepSize = 0;    ///< the one used
  int depth = 0;          ///< nuts: doublings done
  int leapfrogs = 0;
  bool divergent = false, accepted = true;  ///< accepted: the chain moved
};

/// Everything that goes on from here, as plain numbers: what a checkpoint holds. Restoring gives the same bytes as never having stopped.
struct ChainState {
  std::int64_t iteration = 0;       ///< transitions done, warm-up included
  std::vector<double> q, gradient;  ///< [size]
  double logDensity = 0;
  std::vector<double> inverseMetric;     ///< [size] diagonal, positive
  double stepSize = 0;                   ///< of the next transition
  std::vector<double> adaptation;        ///< dual averaging and the window's running moments (adaptation.h); empty after warm-up
  std::vector<std::uint64_t> generator;  ///< [4]
};

class Sampler {
 public:
  /// starts [chains][size]. Throws Error(usage) for settings out of range (zero chains, target acceptance outside (0, 1), step size not
  /// positive and finite, a start of another size), and Error(failed) naming chain and reason when log-density or gradient is not finite at
  /// a start. The target must outlive the sampler.
  Sampler(const Target&, Settings, const std::vector<std::vector<double>>& starts);
  /// Goes on from saved states; evaluates nothing. Throws Error(failed) for states that do not fit the target, the settings or each other.
  Sampler(const Target&, Settings, std::vector<ChainState>);
  ~Sampler();
  Sampler(Sampler&&) noexcept;
  Sampler& operator=(Sampler&&) noexcept;

  int chains() const { return static_cast<int>(states_.size()); }
  std::int64_t iteration() const { return states_.front().iteration; }  ///< finished transitions, the same for all chains
  bool warmingUp() const;
  const std::vector<ChainState>& states() const { return states_; }
  std::int64_t gradients() const { return gradients_; }  ///< row evaluations so far

  /// One transition of every chain. Leapfrog steps of all chains go through the target as one batch; a NUTS chain that is done waits for
  /// the others. `poll` is called before each leapfrog step and may throw to cancel (the target too): the states then are those before the
  /// transition. A step size below kLeastStepSize (the log-density is not finite around the chain, or not smooth) throws Error(diverged)
  /// with advice before anything moves: states and draws so far stay as they are, and every further call throws the same. Error(failed)
  /// when no step is too large for the density.
  std::vector<Transition> step(const std::function<void()>& poll = {});
  /// Position after every leapfrog step of chain 0's last transition, in the order taken, and its energy error (infinite where not finite);
  /// only when recording.
  void recordPath(bool on) { recording_ = on; }
  const std::vector<std::vector<double>>& path() const { return path_; }
  const std::vector<double>& pathEnergyError() const { return pathError_; }

 private:
  struct Work;
  void evaluateWalks(bool searching, const std::function<void()>& poll);
  void searchStepSizes(const std::function<void()>& poll);
  void learn(std::size_t chain, const Transition&);

  std::vector<ChainState> states_;
  std::int64_t gradients_ = 0;
  bool recording_ = false;
  std::vector<std::vector<double>> path_;
  std::vector<double> pathError_;
  std::unique_ptr<Work> work_;
};

}  // namespace inflaton::mcmc
