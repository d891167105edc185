// Winding numbers of closed meshes: a ray's crossings, each counted by exact signs, so that neighbouring cells never both take a ray or
// both miss it.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/geometry/exact_sign.h"
#include "core/geometry/winding.h"

namespace inflaton {
namespace {

/// Lists of what reaches into each of `count` bins: visit(i, put) calls put(bin) for each bin of item i.
template <class Visit>
void sortIntoBins(std::size_t items, std::size_t count, std::vector<std::int32_t>& starts, std::vector<std::int32_t>& members,
                  Visit&& visit) {
  starts.assign(count + 1, 0);
  for (std::size_t i = 0; i < items; ++i) visit(i, [&](std::size_t bin) { ++starts[bin + 1]; });
  for (std::size_t b = 0; b < count; ++b) starts[b + 1] += starts[b];
  members.resize(static_cast<std::size_t>(starts[count]));
  auto next = starts;
  for (std::size_t i = 0; i < items; ++i)
    visit(i, [&](std::size_t bin) { members[static_cast<std::size_t>(next[bin]++)] = static_cast<std::int32_t>(i); });
}

/// Which of `count` bins over [low, high] holds x.
std::size_t binOf(double x, double low, double perBin, std::size_t count) {
  return static_cast<std::size_t>(std::clamp((x - low) * perBin, 0.0, static_cast<double>(count - 1)));
}

/// As turn, with p moved a very little to the right and, by far less, up: zero only where a and b are one point.
int turnAside(const double* a, const double* b, const double* p) {
  if (const int t = turn(a, b, p)) return t;
  if (a[1] != b[1]) return a[1] > b[1] ? 1 : -1;
  return b[0] > a[0] ? 1 : b[0] < a[0] ? -1 : 0;
}

}  // namespace

PolygonWinding::PolygonWinding(const Mesh& mesh) : mesh_(mesh) {
  const auto n = static_cast<std::size_t>(mesh.cellCount());
  if (n == 0) return;
  low_ = std::numeric_limits<double>::infinity(), high_ = -low_;
  const auto y = [&](std::size_t end) { return mesh.points[static_cast<std::size_t>(mesh.cells[end]) * 2 + 1]; };
  for (std::size_t end = 0; end < 2 * n; ++end) low_ = std::min(low_, y(end)), high_ = std::max(high_, y(end));
  const std::size_t slabs = std::clamp<std::size_t>(n / 2, 1, 4096);
  perSlab_ = high_ > low_ ? static_cast<double>(slabs) / (high_ - low_) : 0;
  starts_.resize(slabs + 1);
  sortIntoBins(n, slabs, starts_, segments_, [&](std::size_t i, auto put) {
    const std::size_t from = slab(std::min(y(2 * i), y(2 * i + 1))), to = slab(std::max(y(2 * i), y(2 * i + 1)));
    for (std::size_t s = from; s <= to; ++s) put(s);
  });
}

std::size_t PolygonWinding::slab(double y) const { return binOf(y, low_, perSlab_, starts_.size() - 1); }

double PolygonWinding::at(const double* query) const {
  if (segments_.empty() || !(query[1] >= low_ && query[1] <= high_) || !std::isfinite(query[0])) return 0;
  int number = 0;
  const std::size_t s = slab(query[1]);
  for (std::int32_t i = starts_[s]; i < starts_[s + 1]; ++i) {
    const auto segment = static_cast<std::size_t>(segments_[static_cast<std::size_t>(i)]) * 2;
    const double* a = mesh_.points.data() + static_cast<std::size_t>(mesh_.cells[segment]) * 2;
    const double* b = mesh_.points.data() + static_cast<std::size_t>(mesh_.cells[segment + 1]) * 2;
    if ((a[1] <= query[1]) == (b[1] <= query[1])) continue;
    const int way = a[1] <= query[1] ? 1 : -1;
    if (turn(a, b, query) == way) number += way;
  }
  return number;
}

SurfaceWinding::SurfaceWinding(const Mesh& mesh) : mesh_(mesh) {
  const auto n = static_cast<std::size_t>(mesh.cellCount());
  if (n == 0) return;
  low_.fill(std::numeric_limits<double>::infinity()), high_.fill(-std::numeric_limits<double>::infinity());
  for (const std::int32_t v : mesh.cells)
    for (std::size_t k = 0; k < 3; ++k) {
      const double x = mesh.points[static_cast<std::size_t>(v) * 3 + k];
      low_[k] = std::min(low_[k], x), high_[k] = std::max(high_[k], x);
    }
  columns_ = static_cast<std::size_t>(std::clamp(std::sqrt(static_cast<double>(n)), 1.0, 512.0));
  for (std::size_t k = 0; k < 2; ++k) perColumn_[k] = high_[k] > low_[k] ? static_cast<double>(columns_) / (high_[k] - low_[k]) : 0;
  sortIntoBins(n, columns_ * columns_, starts_, triangles_, [&](std::size_t i, auto put) {
    std::size_t from[2], to[2];
    for (int k = 0; k < 2; ++k) {
      const auto t = static_cast<std::int32_t>(i);
      const auto [least, most] = std::minmax({corner(t, 0)[k], corner(t, 1)[k], corner(t, 2)[k]});
      from[k] = column(k, least), to[k] = column(k, most);
    }
    for (std::size_t x = from[0]; x <= to[0]; ++x)
      for (std::size_t y = from[1]; y <= to[1]; ++y) put(x * columns_ + y);
  });
}

std::size_t SurfaceWinding::column(int axis, double x) const {
  return binOf(x, low_[static_cast<std::size_t>(axis)], perColumn_[static_cast<std::size_t>(axis)], columns_);
}

const double* SurfaceWinding::corner(std::int32_t triangle, int k) const {
  return mesh_.points.data() +
         static_cast<std::size_t>(mesh_.cells[static_cast<std::size_t>(triangle) * 3 + static_cast<std::size_t>(k)]) * 3;
}

double SurfaceWinding::at(const double* query) const {
  if (triangles_.empty()) return 0;
  for (std::size_t k = 0; k < 3; ++k)
    if (!(query[k] >= low_[k] && query[k] <= high_[k])) return 0;
  int number = 0;
  const std::size_t cell = column(0, query[0]) * columns_ + column(1, query[1]);
  for (std::int32_t i = starts_[cell]; i < starts_[cell + 1]; ++i) {
    const std::int32_t t = triangles_[static_cast<std::size_t>(i)];
    const double *a = corner(t, 0), *b = corner(t, 1), *c = corner(t, 2);
    if (std::max({a[2], b[2], c[2]}) < query[2]) continue;
    const int way = turnAside(a, b, query);  // seen from above: 1 an upper side, which the ray leaves by
    if (way == 0 || turnAside(b, c, query) != way || turnAside(c, a, query) != way) continue;
    if (side(a, b, c, query) == -way) number += way;
  }
  return number;
}

}  // namespace inflaton
