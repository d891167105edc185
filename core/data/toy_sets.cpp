// The seven toy sets (specification 2.1 and 1.3 item 7).
#include <algorithm>
#include <array>

#include "core/api/points.h"
#include "core/data/counter_rng.h"
#include "core/data/embed.h"
#include "core/data/standardize.h"
#include "core/data/toy_shapes.h"

namespace inflaton {
namespace {

constexpr int kCurveBins = 8;

struct Draw {
  double x[3];
  int label;
};

int bin(double u) { return std::min(kCurveBins - 1, static_cast<int>(u * kCurveBins)); }

/// The shape's centre, with the noise that its axes have.
Draw draw(const ToyShape& shape, double u, double v, int part, const std::array<double, 4>& z) {
  const auto centre = shape.centre(u, v, part);
  return {{centre[0] + shape.noise[0] * z[0], centre[1] + shape.noise[1] * z[1], centre[2] + shape.noise[2] * z[2]}, 0};
}

Draw parts(const ToyShape& shape, const CounterRng& rng, std::uint64_t i) {
  const int part = static_cast<int>(i % 2);
  Draw d = draw(shape, rng.uniforms(i, 0)[0], 0, part, rng.normals(i, 1));
  d.label = part;
  return d;
}

Draw sine(const ToyShape& shape, const CounterRng& rng, std::uint64_t i) {
  const double u = rng.uniforms(i, 0)[0];
  Draw d = draw(shape, u, 0, 0, {0, rng.normals(i, 1)[0]});
  d.label = bin(u);
  return d;
}

Draw sheet(const ToyShape& shape, const CounterRng& rng, std::uint64_t i) {
  const auto u = rng.uniforms(i, 0);
  Draw d = draw(shape, u[0], u[1], 0, rng.normals(i, 1));
  d.label = bin(u[0]);
  return d;
}

/// The thin axis has a draw of its own.
Draw thin(const ToyShape& shape, const CounterRng& rng, std::uint64_t i) {
  const double u = rng.uniforms(i, 0)[0];
  auto z = rng.normals(i, 1);
  z[1] = rng.normals(i, 2)[0];
  Draw d = draw(shape, u, 0, 0, z);
  d.label = bin(u);
  return d;
}

struct Sampler {
  ToySetInfo info;
  Draw (*draw)(const ToyShape&, const CounterRng&, std::uint64_t);
};

const std::vector<Sampler>& samplers() {
  static const std::vector<Sampler> all{
      {{"circles", "Circles", 2, "Two concentric rings, radii 1 and 0.5, noise 0.08."}, parts},
      {{"sine2", "Sine", 2, "Two periods of a sine with noise 0.15."}, sine},
      {{"moons", "Moons", 2, "Two interleaved half rings, noise 0.08."}, parts},
      {{"s_curve", "S-curve", 3, "A sheet bent into an S, noise 0.2."}, sheet},
      {{"swirl", "Swirl", 3, "A rolled-up sheet (Swiss roll), noise 1.25 before standardisation."}, sheet},
      {{"alt_s_curve", "S-curve, thin", 3, "The S-curve's two bent axes, not standardised, with a Gaussian axis of sd 0.5."}, thin},
      {{"alt_swirl", "Swirl, thin", 3, "The swirl's two rolled axes, not standardised, with a Gaussian axis of sd 0.5."}, thin},
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
    throw Error(ErrorCode::usage, "data_name is \"" + id + "\"; allowed: " + known,
                "For your own points use data_name file and data_file.");
  }
  if (n < 2) throw Error(ErrorCode::usage, "number of points is " + std::to_string(n) + "; allowed: at least 2");
  PointSet p;
  p.name = id, p.n = n, p.dim = it->info.dim;
  p.values.resize(static_cast<std::size_t>(n * p.dim));
  p.labels.resize(static_cast<std::size_t>(n));
  const ToyShape& shape = *toyShape(id);
  const CounterRng rng(seed, static_cast<std::uint32_t>(1 + (it - all.begin())));
#pragma omp parallel for schedule(static) if (n > 20000)
  for (std::int64_t i = 0; i < n; ++i) {
    const Draw d = it->draw(shape, rng, static_cast<std::uint64_t>(i));
    for (int j = 0; j < p.dim; ++j) p.values[static_cast<std::size_t>(i * p.dim + j)] = static_cast<float>(d.x[j]);
    p.labels[static_cast<std::size_t>(i)] = d.label;
  }
  p.offset.assign(static_cast<std::size_t>(p.dim), 0.0), p.scale.assign(static_cast<std::size_t>(p.dim), 1.0);
  if (shape.standardized) standardize(p);
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
  PointSet p;
  p.name = all.name, p.n = n, p.dim = all.dim, p.embeddedFrom = all.embeddedFrom;
  p.offset = all.offset, p.scale = all.scale;
  p.values.resize(static_cast<std::size_t>(n * p.dim));
  p.labels.resize(static_cast<std::size_t>(n));
  const CounterRng rng(seed, 0);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto k = static_cast<std::int64_t>(rng.uniforms(static_cast<std::uint64_t>(i), 0)[0] * static_cast<double>(all.n));
    const auto row = all.row(k);
    std::copy(row.begin(), row.end(), p.values.begin() + i * p.dim);
    if (!all.labels.empty()) p.labels[static_cast<std::size_t>(i)] = all.labels[static_cast<std::size_t>(k)];
  }
  return p;
}

}  // namespace inflaton
