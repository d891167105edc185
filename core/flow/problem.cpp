#include "core/flow/problem.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cmath>

#include "core/data/counter_rng.h"
#include "core/data/given_points.h"
#include "core/data/random.h"
#include "core/denoise/exact_denoiser.h"
#include "core/nets/file/network_file.h"

namespace inflaton {
namespace {

/// n points of the data: drawn, or from memory as if from a file.
PointSet dataPoints(const DenoiserOptions& o, const GivenPoints& given, std::int64_t n, std::uint64_t seed) {
  if (!given.references) return makePoints(o, n, seed);
  requireGivenPoints(*given.references, "references");
  return n <= 0 || n == given.references->n ? *given.references : resamplePoints(*given.references, n, seed);
}

/// The exact score of finite data, and the basis that belongs to it.
std::shared_ptr<const Denoiser> exactDenoiser(const DenoiserOptions& o, const PointSet& start, const GivenPoints& given, double A0,
                                              at::ScalarType type, const c10::Device& device, std::function<void()> poll) {
  const bool own = o.references == 0 && !given.start;
  const auto seed = purposeSeed(static_cast<std::uint64_t>(o.seed), Purpose::references);
  const PointSet drawn = own ? PointSet{} : dataPoints(o, given, o.references > 0 ? o.references : o.total_samples, seed);
  const PointSet& references = own ? start : drawn;
  if (references.dim != start.dim)
    throw Error(ErrorCode::usage, "the starting points have " + std::to_string(start.dim) + " columns; " + references.name + " has " +
                                      std::to_string(references.dim) + " dimensions");
  auto basis = eigenbasisOf(references);
  auto schedule = Schedule::make(o, references.dim, A0, basis.eigenvalues);
  const auto points = eigenTensor(basis, references, type).to(device);
  auto denoiser = std::make_shared<ExactDenoiser>(std::move(schedule), std::move(basis), points);
  denoiser->setPoll(std::move(poll));
  return denoiser;
}

}  // namespace

void requireDataDim(const ScheduleOptions& o, const PointSet& p) {
  const int dim = p.embeddedFrom > 0 ? p.embeddedFrom : p.dim;
  if (o.data_dim != 0 && o.data_dim != dim)
    throw Error(ErrorCode::usage, "data_dim is " + std::to_string(o.data_dim) + "; allowed: " + std::to_string(dim) + " (" + p.name +
                                      " has " + std::to_string(dim) + " dimensions), or 0 for that");
}

Problem makeProblem(const DenoiserOptions& o, double A0, at::ScalarType type, const c10::Device& device, std::function<void()> poll,
                    const GivenPoints& given) {
  if (given.start) requireGivenPoints(*given.start, "starting points");
  PointSet start = given.start ? *given.start : dataPoints(o, given, o.total_samples, static_cast<std::uint64_t>(o.seed));
  start.labels.resize(static_cast<std::size_t>(start.n));
  requireDataDim(o, start);
  std::shared_ptr<const Denoiser> denoiser;
  if (o.source == "net") {
    auto net = loadNetwork(o.network, device);
    requireMatches(*net, o, start.dim, o.network);
    denoiser = net;
  } else {
    denoiser = exactDenoiser(o, start, given, A0, type, device, std::move(poll));
  }
  const Schedule& trained = denoiser->schedule();
  const bool ownEnd = o.source == "discrete" || o.tmax != ScheduleOptions{}.tmax;
  auto schedule = trained.withEnd(ownEnd ? o.tmax : trained.tMax()).withScale(A0);
  return {std::move(start), std::move(denoiser), std::move(schedule)};
}

at::Tensor latentDraw(std::int64_t n, const std::vector<double>& variance, std::uint64_t seed) {
  const auto D = static_cast<std::int64_t>(variance.size());
  auto z = at::empty({n, D}, at::kDouble);
  auto* value = z.data_ptr<double>();
  const CounterRng rng(purposeSeed(seed, Purpose::latents), 0);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < D; ++j)
      value[i * D + j] = std::sqrt(variance[static_cast<std::size_t>(j)]) *
                         rng.normals(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j / 4))[static_cast<std::size_t>(j % 4)];
  return z;
}

}  // namespace inflaton
