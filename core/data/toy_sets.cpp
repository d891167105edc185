// The seven toy sets (specification 2.1 and 1.3 item 7).
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/api/points.h"
#include "core/data/counter_rng.h"
#include "core/data/embed.h"
#include "core/data/standardize.h"

namespace inflaton {
namespace {

using std::numbers::pi;
constexpr int kCurveBins = 8;

struct Draw {
  double x[3];
  int label;
};

int bin(double u) { return std::min(kCurveBins - 1, static_cast<int>(u * kCurveBins)); }

Draw circles(const CounterRng& rng, std::uint64_t i) {
  const auto u = rng.uniforms(i, 0);
  const auto z = rng.normals(i, 1);
  const int inner = static_cast<int>(i % 2);
  const double r = inner ? 0.5 : 1.0, a = 2 * pi * u[0];
  return {{r * std::cos(a) + 0.08 * z[0], r * std::sin(a) + 0.08 * z[1], 0}, inner};
}

Draw sine2(const CounterRng& rng, std::uint64_t i) {
  const double u = rng.uniforms(i, 0)[0], x = 2 * u - 1;
  return {{x, std::sin(4 * pi * x) / 4 + 0.15 * rng.normals(i, 1)[0], 0}, bin(u)};
}

Draw moons(const CounterRng& rng, std::uint64_t i) {
  const double a = pi * rng.uniforms(i, 0)[0];
  const auto z = rng.normals(i, 1);
  const int lower = static_cast<int>(i % 2);
  const double x = lower ? 1 - std::cos(a) : std::cos(a), y = lower ? 0.5 - std::sin(a) : std::sin(a);
  return {{x + 0.08 * z[0], y + 0.08 * z[1], 0}, lower};
}

Draw sCurve(const CounterRng& rng, std::uint64_t i) {
  const auto u = rng.uniforms(i, 0);
  const auto z = rng.normals(i, 1);
  const double t = 3 * pi * (u[0] - 0.5);
  return {{std::sin(t) + 0.2 * z[0], 2 * u[1] + 0.2 * z[1], std::copysign(1.0, t) * (std::cos(t) - 1) + 0.2 * z[2]}, bin(u[0])};
}

Draw swirl(const CounterRng& rng, std::uint64_t i) {
  const auto u = rng.uniforms(i, 0);
  const auto z = rng.normals(i, 1);
  const double t = 1.5 * pi * (1 + 2 * u[0]);
  return {{t * std::cos(t) + 1.25 * z[0], 21 * u[1] + 1.25 * z[1], t * std::sin(t) + 1.25 * z[2]}, bin(u[0])};
}

/// The alternative sets: raw axes 0 and 2, and a thin Gaussian axis between them.
template <Draw (*base)(const CounterRng&, std::uint64_t)>
Draw thin(const CounterRng& rng, std::uint64_t i) {
  Draw d = base(rng, i);
  d.x[1] = 0.5 * rng.normals(i, 2)[0];
  return d;
}

struct Sampler {
  ToySetInfo info;
  Draw (*draw)(const CounterRng&, std::uint64_t);
  bool standardized;
};

const std::vector<Sampler>& samplers() {
  static const std::vector<Sampler> all{
      {{"circles", "Circles", 2, "Two concentric rings, radii 1 and 0.5, noise 0.08."}, circles, true},
      {{"sine2", "Sine", 2, "Two periods of a sine with noise 0.15."}, sine2, true},
      {{"moons", "Moons", 2, "Two interleaved half rings, noise 0.08."}, moons, true},
      {{"s_curve", "S-curve", 3, "A sheet bent into an S, noise 0.2."}, sCurve, true},
      {{"swirl", "Swirl", 3, "A rolled-up sheet (Swiss roll), noise 1.25 before standardisation."}, swirl, true},
      {{"alt_s_curve", "S-curve, thin", 3, "The S-curve's two bent axes, not standardised, with a Gaussian axis of sd 0.5."}, thin<sCurve>, false},
      {{"alt_swirl", "Swirl, thin", 3, "The swirl's two rolled axes, not standardised, with a Gaussian axis of sd 0.5."}, thin<swirl>, false},
  };
  return all;
}

}  // namespace

const std::vector<ToySetInfo>& toySets() {
  static const std::vector<ToySetInfo> infos = [] {
    std::vector<ToySetInfo> v;
    for (const auto& s : samplers()) v.push_back(s.info);
    return v;
  }();
  return infos;
}

PointSet sampleToy(const std::string& id, std::int64_t n, std::uint64_t seed) {
  const auto& all = samplers();
  const auto it = std::find_if(all.begin(), all.end(), [&](const Sampler& s) { return s.info.id == id; });
  if (it == all.end()) {
    std::string known;
    for (const auto& s : all) known += (known.empty() ? "" : ", ") + s.info.id;
    throw Error(ErrorCode::usage, "data_name is \"" + id + "\"; allowed: " + known, "For your own points use data_name file and data_file.");
  }
  if (n < 2) throw Error(ErrorCode::usage, "number of points is " + std::to_string(n) + "; allowed: at least 2");
  PointSet p;
  p.name = id, p.n = n, p.dim = it->info.dim;
  p.values.resize(static_cast<std::size_t>(n * p.dim));
  p.labels.resize(static_cast<std::size_t>(n));
  const CounterRng rng(seed, static_cast<std::uint32_t>(1 + (it - all.begin())));
#pragma omp parallel for schedule(static) if (n > 20000)
  for (std::int64_t i = 0; i < n; ++i) {
    const Draw d = it->draw(rng, static_cast<std::uint64_t>(i));
    for (int j = 0; j < p.dim; ++j) p.values[static_cast<std::size_t>(i * p.dim + j)] = static_cast<float>(d.x[j]);
    p.labels[static_cast<std::size_t>(i)] = d.label;
  }
  p.offset.assign(static_cast<std::size_t>(p.dim), 0.0), p.scale.assign(static_cast<std::size_t>(p.dim), 1.0);
  if (it->standardized) standardize(p);
  return p;
}

PointSet makePoints(const DataOptions& o, std::int64_t n, std::uint64_t seed) {
  const auto plain = [&] {
    if (o.data_name != "file") return sampleToy(o.data_name, n, seed);
    if (o.data_file.empty()) throw Error(ErrorCode::usage, "data_file is empty; data_name file needs a .csv, .npy or .npz");
    PointSet all = loadPoints(o.data_file, o.standardize);
    return n <= 0 || n == all.n ? all : resamplePoints(all, n, seed);
  };
  return o.augment_to > 0 ? embed(plain(), static_cast<int>(o.augment_to), o.augment_noise, seed) : plain();
}

PointSet resamplePoints(const PointSet& all, std::int64_t n, std::uint64_t seed) {
  PointSet p = all;
  p.n = n;
  p.values.resize(static_cast<std::size_t>(n * p.dim));
  p.labels.resize(static_cast<std::size_t>(n));
  const CounterRng rng(seed, 0);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto k = static_cast<std::int64_t>(rng.uniforms(static_cast<std::uint64_t>(i), 0)[0] * static_cast<double>(all.n));
    const auto row = all.row(k);
    std::copy(row.begin(), row.end(), p.values.begin() + i * p.dim);
    p.labels[static_cast<std::size_t>(i)] = all.labels[static_cast<std::size_t>(k)];
  }
  return p;
}

}  // namespace inflaton
