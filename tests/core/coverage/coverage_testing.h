#pragma once
// Networks whose flow is known, and runs of the experiment small enough for a test.
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/api/coverage.h"
#include "core/nets/file/network_file.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton::testing {

/// F = 0: Gaussian data, an affine flow in closed form.
inline std::string gaussianNetwork(const Folder& folder, const std::vector<double>& eigenvalues, int keep,
                                   const std::string& name = "gaussian.safetensors", const std::string& schedule = "reference") {
  ScheduleOptions s;
  s.dims_to_keep = keep, s.schedule = schedule;
  const int dim = static_cast<int>(eigenvalues.size());
  auto network = std::make_shared<Mlp>(MlpSettings{.dim = dim, .width = 8, .depth = 1});
  const NetDenoiser denoiser(Schedule::make(s, dim, 1, eigenvalues), diagonal(eigenvalues), network, at::zeros({network->size()}));
  saveNetwork(folder.file(name), denoiser, {{"data_name", dim == 2 ? "circles" : "s_curve"}});
  return folder.file(name);
}

inline ToyCoverageOptions small(const std::string& network, int dim = 2) {
  ToyCoverageOptions o;
  o.source = "net", o.network = network, o.data_name = dim == 2 ? "circles" : "s_curve";
  o.test_pts = 4000, o.boundary_pts = 120, o.r_num = 3, o.r_min = 1, o.r_max = 3, o.steps = 24;
  return o;
}

inline std::shared_ptr<const CoverageResult> coverageOf(const ToyCoverageOptions& o, const JobContext& context = {},
                                                        const std::function<void(const CoverageUpdate&)>& update = {}) {
  auto result = toyCoverage(o, context, update);
  if (!result) throw Error(result.error().code, result.error().message, result.error().hint);
  return *result;
}

}  // namespace inflaton::testing
