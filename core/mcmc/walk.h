#pragma once
// One chain's transition as a thing that asks for one evaluation at a time, so that the chains' leapfrog steps make one batch.
#include <memory>
#include <span>
#include <vector>

#include "core/data/xoshiro.h"
#include "core/mcmc/sampler.h"

namespace inflaton::mcmc {

/// Position, momentum and gradient of log-density at one end of a trajectory.
struct Phase {
  std::vector<double> q, p, gradient;
};

/// A point of the trajectory that the chain may go on from.
struct Candidate {
  std::vector<double> q, gradient;
  double logDensity = 0, energy = 0;
};

class Walk {
 public:
  explicit Walk(const Settings& settings) : settings_(settings) {}
  virtual ~Walk() = default;

  /// Starts a transition: draws a momentum. The state and the generator must outlive the transition; the state is only read.
  virtual void begin(const ChainState&, double stepSize, Xoshiro&) = 0;
  bool done() const { return done_; }
  /// First half of a leapfrog step; writes where the target is wanted.
  virtual void move(double* row) = 0;
  /// Second half, with what the target said there.
  virtual void take(double logDensity, const double* gradient) = 0;
  /// The chain's new position into the state. Call once, after done().
  virtual Transition finish(ChainState&) = 0;

  double lastEnergyError() const { return lastError_; }  ///< H - H(start) of the last leapfrog step; infinite where it is not finite

 protected:
  /// Draws the momentum of `phase` at the state's position and sets the energy that errors are measured from.
  void start(const ChainState&, double stepSize, Xoshiro&, Phase&);
  /// Energy error of a leapfrog step's end; tallies acceptance, number of steps and divergence.
  double measure(double logDensity, double kinetic);
  static void go(ChainState&, Candidate&);

  const Settings& settings_;
  const ChainState* from_ = nullptr;
  Xoshiro* generator_ = nullptr;
  double stepSize_ = 0, startEnergy_ = 0, acceptSum_ = 0, lastError_ = 0;
  int leapfrogs_ = 0;
  bool done_ = true, divergent_ = false;
};

/// Trajectories of settings.leapfrogs steps, accepted or rejected at their end (Neal 2011).
std::unique_ptr<Walk> hmcWalk(const Settings&);
/// The No-U-Turn sampler: a trajectory doubled, forwards or backwards at random, until it turns on itself, and one of its points chosen by
/// its weight (Hoffman and Gelman 2014; Betancourt 2017).
std::unique_ptr<Walk> nutsWalk(const Settings&);

}  // namespace inflaton::mcmc
