#include "core/api/trajectory.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <functional>
#include <type_traits>

namespace inflaton {
namespace {

/// Unscaled eigen-coordinates to `space`: a factor per axis, then perhaps a rotation.
struct Map {
  std::vector<double> factor;  ///< [D], applied in eigen-coordinates
  bool rotate = false;
  double meanFactor = 0;
};

Map mapTo(const Simulation& s, double t, Space space) {
  const auto& xi = s.basis.eigenvalues;
  Map m;
  m.factor.assign(xi.size(), 1.0);
  const bool scaled = space == Space::dataScaled || space == Space::latentScaled;
  const double scale = scaled ? s.schedule.s(t, xi.front()) : 1.0;
  for (std::size_t j = 0; j < xi.size(); ++j)
    m.factor[j] = space == Space::whitened ? 1 / std::sqrt(xi[j] + s.schedule.gamma(static_cast<int>(j), t)) : scale;
  m.rotate = space == Space::dataScaled || space == Space::dataUnscaled;
  m.meanFactor = scale;
  return m;
}

/// Weights per axis of up to four arrays that are added up: two frames and their slopes.
struct Mix {
  explicit Mix(int dim) { weight.fill(std::vector<float>(static_cast<std::size_t>(dim), 0.0f)); }
  std::array<const float*, 4> from{};
  std::array<std::vector<float>, 4> weight;
};

/// Terms: 1, a frame; 2, straight; 4, Hermite. Dim: 2 or 3, so that the loop over points is straight code; 0, any.
template <int Terms, int Dim>
void combine(const Mix& mix, const float* W, const float* mean, std::int64_t n, int dim, float* into) {
  const int D = Dim ? Dim : dim;
  std::conditional_t<Dim != 0, std::array<float, Dim ? Dim : 1>, std::vector<float>> v{};
  if constexpr (Dim == 0) v.resize(static_cast<std::size_t>(D));
  for (std::int64_t i = 0; i < n; ++i, into += D) {
    for (int j = 0; j < D; ++j) {
      float sum = mix.from[0][i * D + j] * mix.weight[0][j];
      for (int k = 1; k < Terms; ++k) sum += mix.from[k][i * D + j] * mix.weight[k][j];
      v[j] = sum;
    }
    for (int j = 0; j < D; ++j) {
      float sum = v[j];
      if (W) {
        sum = mean[j];
        for (int k = 0; k < D; ++k) sum += W[j * D + k] * v[k];
      }
      into[j] = sum;
    }
  }
}

/// The same of many dimensions: blocks of points turned by one matrix product each.
template <int Terms>
void combineMany(const Mix& mix, const float* W, const float* mean, std::int64_t n, int dim, float* into) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  constexpr std::int64_t kBlock = 256;
  const Eigen::Map<const Rows> turn(W, dim, dim);
  const Eigen::Map<const Eigen::RowVectorXf> shift(mean, dim);
  Rows block;
  for (std::int64_t from = 0; from < n; from += kBlock) {
    const std::int64_t rows = std::min(kBlock, n - from);
    block.resize(rows, dim);
    for (std::int64_t i = 0; i < rows; ++i)
      for (int j = 0; j < dim; ++j) {
        const std::int64_t at = (from + i) * dim + j;
        float sum = mix.from[0][at] * mix.weight[0][static_cast<std::size_t>(j)];
        for (std::size_t k = 1; k < Terms; ++k) sum += mix.from[k][at] * mix.weight[k][static_cast<std::size_t>(j)];
        block(i, j) = sum;
      }
    Eigen::Map<Rows> out(into + from * dim, rows, dim);
    out.noalias() = block * turn.transpose();
    out.rowwise() += shift;
  }
}

template <int Terms>
void combine(const Simulation& s, const Map& map, Mix mix, std::int64_t n, int dim, float* into) {
  const auto D = static_cast<std::size_t>(dim);
  std::vector<float> W, mean(D);
  if (map.rotate) W.assign(s.basis.W.begin(), s.basis.W.end());
  for (std::size_t j = 0; j < D; ++j) {
    mean[j] = static_cast<float>(s.basis.mean[j] * map.meanFactor);
    for (std::size_t k = 0; k < Terms; ++k) mix.weight[k][j] *= static_cast<float>(map.factor[j]);
  }
  const float* rotation = map.rotate ? W.data() : nullptr;
  if (dim == 2)
    combine<Terms, 2>(mix, rotation, mean.data(), n, dim, into);
  else if (dim == 3)
    combine<Terms, 3>(mix, rotation, mean.data(), n, dim, into);
  else if (rotation && dim > kMostToyDims)
    combineMany<Terms>(mix, rotation, mean.data(), n, dim, into);
  else
    combine<Terms, 0>(mix, rotation, mean.data(), n, dim, into);
}

double spread(const Simulation& s, std::size_t j, double t) {
  return std::sqrt(s.basis.eigenvalues[j] + s.schedule.gamma(static_cast<int>(j), t));
}

}  // namespace

const Trajectory* Simulation::lane(Direction d) const {
  const auto it = std::find_if(lanes.begin(), lanes.end(), [&](const Trajectory& t) { return t.direction == d; });
  return it == lanes.end() ? nullptr : &*it;
}

void framePositions(const Simulation& s, const Trajectory& lane, std::int64_t k, Space space, float* into) {
  Mix mix(lane.dim);
  mix.from[0] = lane.x.data() + k * lane.n * lane.dim;
  std::fill(mix.weight[0].begin(), mix.weight[0].end(), 1.0f);
  combine<1>(s, mapTo(s, lane.t[static_cast<std::size_t>(k)], space), mix, lane.n, lane.dim, into);
}

DenseWeights denseWeights(const Simulation& s, const Trajectory& lane, double t) {
  const auto& times = lane.t;
  const bool forward = times.back() >= times.front();
  t = std::clamp(t, std::min(times.front(), times.back()), std::max(times.front(), times.back()));
  // First frame at or past t in the lane's own order.
  const auto it =
      forward ? std::lower_bound(times.begin(), times.end(), t) : std::lower_bound(times.begin(), times.end(), t, std::greater<>());
  const auto k = std::min<std::int64_t>(it - times.begin(), lane.frames() - 1);
  const double tk = times[static_cast<std::size_t>(k)];
  DenseWeights w;
  for (auto* weights : {&w.value, &w.slope}) weights->fill(std::vector<double>(static_cast<std::size_t>(lane.dim), 0.0));
  w.from = w.to = k;
  std::fill(w.value[0].begin(), w.value[0].end(), 1.0);
  if (k == 0 || std::abs(tk - t) <= 1e-12 * std::max(1.0, std::abs(tk))) return w;
  w.from = k - 1;
  const double t0 = times[static_cast<std::size_t>(k - 1)], straight = (t - t0) / (tk - t0);
  for (std::size_t j = 0; j < static_cast<std::size_t>(lane.dim); ++j) {
    if (lane.slope.empty()) {
      w.value[0][j] = 1 - straight, w.value[1][j] = straight;
      continue;
    }
    const auto angle = [&](double at) { return s.schedule.angle(static_cast<int>(j), at, s.basis.eigenvalues[j]); };
    const double start = angle(t0), step = angle(tk) - start;
    const double r = step == 0 ? straight : (angle(t) - start) / step, r2 = r * r, r3 = r2 * r;
    w.value[0][j] = 2 * r3 - 3 * r2 + 1, w.value[1][j] = 3 * r2 - 2 * r3;
    w.slope[0][j] = step * (r3 - 2 * r2 + r), w.slope[1][j] = step * (r3 - r2);
  }
  return w;
}

void positionsAt(const Simulation& s, const Trajectory& lane, double t, Space space, float* into, bool* interpolated) {
  t = std::clamp(t, std::min(lane.t.front(), lane.t.back()), std::max(lane.t.front(), lane.t.back()));
  const auto w = denseWeights(s, lane, t);
  if (interpolated) *interpolated = w.from != w.to;
  if (w.from == w.to) return framePositions(s, lane, w.to, space, into);
  const std::int64_t size = lane.n * lane.dim;
  Mix mix(lane.dim);
  const std::array<std::int64_t, 2> frames{w.from, w.to};
  for (std::size_t e = 0; e < 2; ++e) {
    mix.from[e] = lane.x.data() + frames[e] * size;
    mix.from[e + 2] = lane.slope.data() + frames[e] * size;
    for (std::size_t j = 0; j < static_cast<std::size_t>(lane.dim); ++j) {
      // Weights speak of whitened coordinates; frames and the answer are unscaled.
      const double now = spread(s, j, t);
      mix.weight[e][j] = static_cast<float>(w.value[e][j] * now / spread(s, j, lane.t[static_cast<std::size_t>(frames[e])]));
      mix.weight[e + 2][j] = static_cast<float>(w.slope[e][j] * now);
    }
  }
  const auto map = mapTo(s, t, space);
  if (lane.slope.empty())
    combine<2>(s, map, mix, lane.n, lane.dim, into);
  else
    combine<4>(s, map, mix, lane.n, lane.dim, into);
}

std::vector<float> positionsAt(const Simulation& s, const Trajectory& lane, double t, Space space, bool* interpolated) {
  std::vector<float> out(static_cast<std::size_t>(lane.n * lane.dim));
  positionsAt(s, lane, t, space, out.data(), interpolated);
  return out;
}

}  // namespace inflaton
