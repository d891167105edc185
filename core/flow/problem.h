#pragma once
// What DenoiserOptions ask for: points to start from, and the denoiser that moves them.
#include <c10/core/Device.h>

#include <functional>
#include <memory>

#include "core/denoise/denoiser.h"

namespace inflaton {

struct Problem {
  PointSet start;  ///< data coordinates
  std::shared_ptr<const Denoiser> denoiser;
  Schedule schedule;  ///< the denoiser's, with the end that was asked for and the scale A0
};

/// data_dim, where given, must be the dimension of the points before any embedding. Throws Error(usage).
void requireDataDim(const ScheduleOptions&, const PointSet&);

/// `type`: float or double, of the exact denoiser's references. `poll` is called now and then inside long evaluations of the exact
/// denoiser and may throw to cancel. With `given.start` these are the start, and the exact score is that of a draw of its own, from
/// `given.references` if there are any. Throws Error(usage) naming the field when network, schedule and points do not fit each other.
Problem makeProblem(const DenoiserOptions&, double A0, at::ScalarType type, const c10::Device&, std::function<void()> poll,
                    const GivenPoints& given = {});

/// Scaled eigen-coordinates [n, D], float64, drawn from the latent Gaussian of these variances.
at::Tensor latentDraw(std::int64_t n, const std::vector<double>& variance, std::uint64_t seed);

}  // namespace inflaton
