#include "core/mcmc/walk.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/mcmc/kernels.h"

namespace inflaton::mcmc {

void Walk::start(const ChainState& state, double stepSize, Xoshiro& generator, Phase& phase) {
  from_ = &state, generator_ = &generator, stepSize_ = stepSize;
  phase.q = state.q, phase.gradient = state.gradient;
  phase.p.resize(state.q.size());
  generator.normals(phase.p);
  scaleMomentum(phase.p.size(), phase.p.data(), state.inverseMetric.data());
  startEnergy_ = kineticEnergy(phase.p.size(), phase.p.data(), state.inverseMetric.data()) - state.logDensity;
  acceptSum_ = lastError_ = 0;
  leapfrogs_ = 0;
  done_ = divergent_ = false;
}

double Walk::measure(double logDensity, double kinetic) {
  ++leapfrogs_;
  const double error = kinetic - logDensity - startEnergy_;
  lastError_ = std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
  acceptSum_ += std::min(1.0, std::exp(-lastError_));
  if (lastError_ > settings_.maxEnergyError) divergent_ = true;
  return lastError_;
}

void Walk::go(ChainState& state, Candidate& to) {
  state.q.swap(to.q), state.gradient.swap(to.gradient);
  state.logDensity = to.logDensity;
}

namespace {

class HmcWalk final : public Walk {
 public:
  using Walk::Walk;

  void begin(const ChainState& state, double stepSize, Xoshiro& generator) override { start(state, stepSize, generator, phase_); }

  void move(double* row) override {
    kickDrift(phase_.q.size(), stepSize_, phase_.p.data(), phase_.q.data(), phase_.gradient.data(), from_->inverseMetric.data(), row);
  }

  void take(double logDensity, const double* gradient) override {
    const double kinetic = kick(phase_.q.size(), stepSize_, phase_.p.data(), phase_.gradient.data(), gradient, from_->inverseMetric.data());
    measure(logDensity, kinetic);
    logDensity_ = logDensity;
    // A large error on the way may come down again, and stopping for it would not be reversible; what is not finite stays so.
    done_ = leapfrogs_ == settings_.leapfrogs || std::isinf(lastError_);
  }

  Transition finish(ChainState& state) override {
    Transition t;
    t.accept = std::min(1.0, std::exp(-lastError_));
    t.accepted = std::log(generator_->uniform()) < -lastError_;
    t.stepSize = stepSize_, t.leapfrogs = leapfrogs_, t.divergent = divergent_;
    t.energy = startEnergy_ + (t.accepted ? lastError_ : 0);
    if (t.accepted) {
      state.q.swap(phase_.q), state.gradient.swap(phase_.gradient);
      state.logDensity = logDensity_;
    }
    t.logDensity = state.logDensity;
    return t;
  }

 private:
  Phase phase_;
  double logDensity_ = 0;
};

}  // namespace

std::unique_ptr<Walk> hmcWalk(const Settings& settings) { return std::make_unique<HmcWalk>(settings); }

}  // namespace inflaton::mcmc
