#pragma once
// Asking the model of a simulation for log-densities: the same data, schedule and score as the flow that is shown.
#include <functional>
#include <memory>
#include <vector>

#include "core/api/density.h"
#include "core/api/trajectory.h"

namespace inflaton::ui {

/// core's density(), or a stand-in of a test.
using DensityFunction =
    std::function<Expected<std::shared_ptr<const DensityResult>>(const DensityOptions&, const JobContext&, const GivenPoints&)>;

/// What the simulation was made with, as a question about t. Throws Error when its recipe cannot be read.
DensityOptions densityQuestion(const Simulation&, double t);
/// Least t at which the model has a density: finite data under the paper's schedule have none at t = 0.
double firstDensityTime(const Simulation&);
/// Asks at points [n, dim] in unscaled data coordinates.
Expected<std::shared_ptr<const DensityResult>> densityAt(std::vector<float> points, int dim, DensityOptions, const DensityFunction& ask,
                                                         const JobContext&);

}  // namespace inflaton::ui
