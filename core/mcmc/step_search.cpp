#include "core/mcmc/step_search.h"

#include <cmath>

#include "core/mcmc/kernels.h"

namespace inflaton::mcmc {
namespace {

/// Doubles or halves the step until the acceptance of a single leapfrog step crosses 0.8; every trial has a fresh momentum.
class SearchWalk final : public Walk {
 public:
  using Walk::Walk;

  void begin(const ChainState& state, double stepSize, Xoshiro& generator) override {
    first_ = true;
    start(state, stepSize, generator, phase_);
  }

  void move(double* row) override {
    kickDrift(phase_.q.size(), stepSize_, phase_.p.data(), phase_.q.data(), phase_.gradient.data(), from_->inverseMetric.data(), row);
  }

  void take(double logDensity, const double* gradient) override {
    const double kinetic = kick(phase_.q.size(), stepSize_, phase_.p.data(), phase_.gradient.data(), gradient, from_->inverseMetric.data());
    const bool easy = -measure(logDensity, kinetic) > std::log(0.8);
    if (first_) growing_ = easy;
    first_ = false;
    if (easy != growing_ || stepSize_ < kLeastStepSize || stepSize_ > kGreatestStepSize) {
      done_ = true;
    } else {
      start(*from_, growing_ ? 2 * stepSize_ : stepSize_ / 2, *generator_, phase_);
    }
  }

  Transition finish(ChainState&) override {
    Transition t;
    t.stepSize = stepSize_;
    return t;
  }

 private:
  Phase phase_;
  bool first_ = true, growing_ = true;
};

}  // namespace

std::unique_ptr<Walk> searchWalk(const Settings& settings) { return std::make_unique<SearchWalk>(settings); }

}  // namespace inflaton::mcmc
