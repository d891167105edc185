// Points as options say: a named set or the user's file, embedded or not.
#include <algorithm>
#include <array>
#include <filesystem>

#include "core/api/data_sets.h"
#include "core/api/stop_scope.h"
#include "core/data/counter_rng.h"
#include "core/data/embed.h"
#include "core/data/random.h"
#include "core/data/shape_draw.h"
#include "core/data/standardize.h"

namespace inflaton {
namespace {

constexpr std::int64_t kBetweenLooks = 1 << 18;  // points between two looks at the stop token: some 10 ms

}  // namespace

PointSet sampleToy(const std::string& id, std::int64_t n, std::uint64_t seed) {
  const DataSet* set = findDataSet(id);
  if (!set) {
    std::string known;
    for (const auto& s : toySets()) known += (known.empty() ? "" : ", ") + s.id;
    throw Error(ErrorCode::usage, "data_name is \"" + id + "\"; allowed: " + known,
                "For your own points use data_name file and data_file.");
  }
  if (n < 2) throw Error(ErrorCode::usage, "number of points is " + std::to_string(n) + "; allowed: at least 2");
  PointSet p;
  p.name = id, p.n = n, p.dim = set->info.dim;
  const auto dim = static_cast<std::size_t>(p.dim);
  p.values.resize(static_cast<std::size_t>(n) * dim);
  p.labels.resize(static_cast<std::size_t>(n));
  const CounterRng rng(seed, set->stream);
  for (std::int64_t from = 0; from < n; from += kBetweenLooks) {
    StopScope::look();
    const std::int64_t to = std::min(n, from + kBetweenLooks);
#pragma omp parallel for schedule(static) if (to - from > 20000)
    for (std::int64_t i = from; i < to; ++i) {
      std::array<double, kMostToyDims> x{};
      const std::span<double> point(x.data(), dim);
      const auto index = static_cast<std::uint64_t>(i);
      p.labels[index] = set->draw ? set->draw(*set, rng, index, point) : drawFromShape(*set, rng, index, point);
      std::transform(point.begin(), point.end(), p.values.begin() + i * p.dim, [](double v) { return static_cast<float>(v); });
    }
  }
  p.offset.assign(dim, 0.0), p.scale.assign(dim, 1.0);
  if (set->standardized) standardize(p);
  return p;
}

std::int64_t sampleCount(const DataOptions& o, std::int64_t asked, std::int64_t usual) {
  return asked > 0 || o.data_name == "file" ? asked : usual;
}

std::string rowsText(const PointSet& p) {
  if (!p.origin) return {};
  const std::string rows = std::to_string(p.origin->rows) + " rows of " + std::filesystem::path(p.origin->file).filename().string();
  return p.rows.empty() ? "all " + rows + ", in the file's order" : std::to_string(p.n) + " points drawn with replacement from the " + rows;
}

PointSet makePoints(const DataOptions& o, std::int64_t n, std::uint64_t seed, const DataOrigin* units) {
  const auto plain = [&] {
    if (o.data_name != "file") return sampleToy(o.data_name, n, seed);
    if (o.data_file.empty()) throw Error(ErrorCode::usage, "data_file is empty; data_name file needs a .csv, .npy or .npz");
    PointSet all = loadPoints(o.data_file, o.standardize, units);
    if (!units && all.n < kLeastDataRows)
      throw Error(ErrorCode::failed,
                  o.data_file + ": has " + std::to_string(all.n) + " rows; needed: at least " + std::to_string(kLeastDataRows));
    return n <= 0 || n == all.n ? all : resamplePoints(all, n, seed);
  };
  return o.augment_to > 0 ? embed(plain(), static_cast<int>(o.augment_to), o.augment_noise, seed) : plain();
}

PointSet resamplePoints(const PointSet& all, std::int64_t n, std::uint64_t seed) {
  PointSet p;
  p.name = all.name, p.n = n, p.dim = all.dim, p.embeddedFrom = all.embeddedFrom;
  p.offset = all.offset, p.scale = all.scale, p.origin = all.origin, p.notes = all.notes;
  p.rows.resize(static_cast<std::size_t>(n));
  p.values.resize(static_cast<std::size_t>(n * p.dim));
  p.labels.resize(static_cast<std::size_t>(n));
  const CounterRng rng(seed, stream::resampling);
  for (std::int64_t i = 0; i < n; ++i) {
    if (i % kBetweenLooks == 0) StopScope::look();
    const auto k = static_cast<std::int64_t>(rng.uniforms(static_cast<std::uint64_t>(i), 0)[0] * static_cast<double>(all.n));
    const auto row = all.row(k);
    std::copy(row.begin(), row.end(), p.values.begin() + i * p.dim);
    p.rows[static_cast<std::size_t>(i)] = all.rows.empty() ? k : all.rows[static_cast<std::size_t>(k)];
    if (!all.labels.empty()) p.labels[static_cast<std::size_t>(i)] = all.labels[static_cast<std::size_t>(k)];
  }
  return p;
}

}  // namespace inflaton
