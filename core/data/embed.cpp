#include "core/data/embed.h"

#include <Eigen/Dense>

#include "core/api/stop_scope.h"
#include "core/data/counter_rng.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr std::uint64_t kMapSeed = 42;
constexpr std::int64_t kBetweenLooks = 1 << 14;  // points between two looks at the stop token

Eigen::MatrixXd orthonormal(int rows, int columns) {
  Eigen::MatrixXd gaussian(rows, columns);
  const CounterRng rng(kMapSeed, stream::embeddingMap);
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) gaussian(i, j) = rng.normals(static_cast<std::uint64_t>(i * columns + j), 0)[0];
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(gaussian);
  return qr.householderQ() * Eigen::MatrixXd::Identity(rows, columns);
}

}  // namespace

PointSet embed(const PointSet& p, int dim, double noise, std::uint64_t seed) {
  if (p.dim > kMostToyDims)
    throw Error(ErrorCode::usage, "augment_to is " + std::to_string(dim) + "; allowed: 0 (" + p.name + " has " + std::to_string(p.dim) +
                                      " dimensions; those of up to " + std::to_string(kMostToyDims) + " can be embedded)");
  if (dim < p.dim)
    throw Error(ErrorCode::usage, "augment_to is " + std::to_string(dim) + "; allowed: " + std::to_string(p.dim) + " to " +
                                      std::to_string(kMostToyDims) + " (" + p.name + " has " + std::to_string(p.dim) +
                                      " dimensions), or 0 for none");
  const Eigen::MatrixXd map = orthonormal(dim, p.dim);
  const CounterRng rng(seed, stream::embeddingNoise);
  PointSet out;
  out.name = p.name, out.n = p.n, out.dim = dim, out.labels = p.labels, out.embeddedFrom = p.dim;
  out.origin = p.origin, out.rows = p.rows, out.notes = p.notes;
  out.values.resize(static_cast<std::size_t>(p.n * dim));
  out.offset.assign(static_cast<std::size_t>(dim), 0.0), out.scale.assign(static_cast<std::size_t>(dim), 1.0);
  Eigen::VectorXd x(p.dim);
  for (std::int64_t i = 0; i < p.n; ++i) {
    if (i % kBetweenLooks == 0) StopScope::look();
    for (int j = 0; j < p.dim; ++j) x[j] = p.values[static_cast<std::size_t>(i * p.dim + j)];
    Eigen::VectorXd y = map * x;
    if (noise > 0)
      for (int j = 0; j < dim; ++j)
        y[j] += noise * rng.normals(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j / 4))[static_cast<std::size_t>(j % 4)];
    for (int j = 0; j < dim; ++j) out.values[static_cast<std::size_t>(i * dim + j)] = static_cast<float>(y[j]);
  }
  return out;
}

}  // namespace inflaton
