#pragma once
// Two solvers from the same points: both flows, and how far they are apart along t.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/trajectory.h"

namespace inflaton::ui {

using SimulateFunction = std::function<Expected<std::shared_ptr<const Simulation>>(const ToySimulateOptions&, const JobContext&)>;

struct Racer {
  std::string solver = "dopri5";
  int budget = 28;  ///< evaluations of the denoiser
  bool operator==(const Racer&) const = default;
};

/// Mean and largest distance of the points of two flows, in latent standard deviations (whitened coordinates).
struct Distance {
  double mean = 0, most = 0;
};
Distance distanceAt(const Simulation& a, const Simulation& b, Direction, double t);

struct RaceResult {
  Direction direction = Direction::inflation;
  std::shared_ptr<const Simulation> a, b;
  std::vector<double> t, mean, most;  ///< along the lane, t rising
};

/// `base` with this solver and as many steps as the budget buys. For an adaptive solver only the first guess of a tolerance.
ToySimulateOptions racerOptions(ToySimulateOptions base, const Racer&);
/// Runs it; for an adaptive solver with the tolerance that comes nearest to the budget from below, found by trying.
Expected<std::shared_ptr<const Simulation>> runRacer(const ToySimulateOptions& base, const Racer&, const SimulateFunction&,
                                                     const JobContext&);
Expected<RaceResult> runRace(const ToySimulateOptions& base, const Racer& a, const Racer& b, const SimulateFunction&, const JobContext&);

}  // namespace inflaton::ui
