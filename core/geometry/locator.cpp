#include "core/geometry/locator.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/geometry/exact_sign.h"

namespace inflaton {
namespace {

/// Vertices of the facet opposite each vertex, so that its normal (left of the segment, right hand for the triangle) points inwards.
constexpr int kSegments[3][2] = {{1, 2}, {2, 0}, {0, 1}};
constexpr int kTriangles[4][3] = {{1, 3, 2}, {0, 2, 3}, {0, 3, 1}, {0, 1, 2}};
constexpr double kRounding =
    16 * std::numeric_limits<double>::epsilon();  // about 10 are needed: products of three rounded differences, summed

}  // namespace

template <int D>
Locator<D>::Locator(const Delaunay& triangulation, std::int64_t queries) : triangulation_(triangulation) {
  low_.fill(std::numeric_limits<double>::infinity()), high_.fill(-std::numeric_limits<double>::infinity());
  for (std::int32_t i = 0; i < triangulation.pointCount(); ++i)
    for (std::size_t k = 0; k < D; ++k)
      low_[k] = std::min(low_[k], triangulation.point(i)[k]), high_[k] = std::max(high_[k], triangulation.point(i)[k]);
  planes_.resize(static_cast<std::size_t>(triangulation.size()));
  for (std::int64_t c = 0; c < triangulation.size(); ++c) addPlanes(c);
  fillGrid(queries);
}

template <int D>
void Locator<D>::addPlanes(std::int64_t simplex) {
  Planes& planes = planes_[static_cast<std::size_t>(simplex)];
  const auto* v = triangulation_.simplex(simplex);
  const double* p[D + 1];
  for (int i = 0; i <= D; ++i) p[i] = triangulation_.point(v[i]), planes.across[i] = triangulation_.across(simplex)[i];
  for (int k = 0; k < D; ++k) planes.origin[k] = p[0][k];
  double largest = 0;
  for (int i = 0; i <= D; ++i) {
    double size[D];  // what the rounding of each component of the normal is relative to
    const double* anchor = nullptr;
    if constexpr (D == 2) {
      const double *a = p[kSegments[i][0]], *b = p[kSegments[i][1]];
      planes.normal[0][i] = a[1] - b[1], planes.normal[1][i] = b[0] - a[0];
      for (int k = 0; k < D; ++k) size[k] = std::abs(planes.normal[k][i]);
      anchor = a;
    } else {
      const double *a = p[kTriangles[i][0]], *b = p[kTriangles[i][1]], *c = p[kTriangles[i][2]];
      for (int k = 0; k < 3; ++k) {
        const int x = (k + 1) % 3, y = (k + 2) % 3;
        const double one = (b[x] - a[x]) * (c[y] - a[y]), other = (b[y] - a[y]) * (c[x] - a[x]);
        planes.normal[k][i] = one - other, size[k] = std::abs(one) + std::abs(other);
      }
      anchor = a;
    }
    planes.offset[i] = 0;
    double bound = 0;
    for (int k = 0; k < D; ++k) {
      if (i == 0) planes.offset[i] += planes.normal[k][i] * (anchor[k] - p[0][k]);
      bound += size[k] * (high_[static_cast<std::size_t>(k)] - low_[static_cast<std::size_t>(k)]);
    }
    largest = std::max(largest, bound);
  }
  planes.unsure = kRounding * largest + 1e-290;  // the last for numbers so small that products vanish
}

template <int D>
void Locator<D>::fillGrid(std::int64_t queries) {
  bins_ = std::clamp(static_cast<int>(std::pow(static_cast<double>(queries) / 8, 1.0 / D)), 1, D == 2 ? 96 : 20);
  for (std::size_t k = 0; k < D; ++k) perBin_[k] = bins_ / std::max(high_[k] - low_[k], std::numeric_limits<double>::min());
  std::size_t count = 1;
  for (int k = 0; k < D; ++k) count *= static_cast<std::size_t>(bins_);
  grid_.resize(count);
  std::int32_t from = 0;
  for (std::size_t b = 0; b < count; ++b) {
    double middle[D];
    std::size_t rest = b;
    for (std::size_t k = D; k-- > 0;) {
      middle[k] = low_[k] + (static_cast<double>(rest % static_cast<std::size_t>(bins_)) + 0.5) * (high_[k] - low_[k]) / bins_;
      rest /= static_cast<std::size_t>(bins_);
      if (rest % 2 && k) middle[k] = low_[k] + high_[k] - middle[k];  // there and back, so that each is near the one before
    }
    walk(middle, from, false);
    grid_[bin(middle)] = from;
  }
}

template <int D>
std::size_t Locator<D>::bin(const double* query) const {
  std::size_t b = 0;
  for (std::size_t k = 0; k < D; ++k)
    b = b * static_cast<std::size_t>(bins_) +
        static_cast<std::size_t>(std::clamp(static_cast<int>((query[k] - low_[k]) * perBin_[k]), 0, bins_ - 1));
  return b;
}

template <int D>
int Locator<D>::exactSign(std::int32_t simplex, int facet, const double* query) const {
  const auto* v = triangulation_.simplex(simplex);
  if constexpr (D == 2) {
    const int* s = kSegments[facet];
    return exactTurn(triangulation_.point(v[s[0]]), triangulation_.point(v[s[1]]), query);
  } else {
    const int* t = kTriangles[facet];
    return exactSide(triangulation_.point(v[t[0]]), triangulation_.point(v[t[1]]), triangulation_.point(v[t[2]]), query);
  }
}

/// Steps over facets that certainly part the simplex from the point. In a Delaunay triangulation such a walk never comes back (Edelsbrunner
/// 1990). Not exactly: ends also where only rounding could tell.
template <int D>
typename Locator<D>::Place Locator<D>::walk(const double* query, std::int32_t& from, bool exactly) const {
  for (;;) {
    const Planes& planes = planes_[static_cast<std::size_t>(from)];
    double value[D + 1];
    for (int i = 0; i <= D; ++i) value[i] = -planes.offset[i];
    for (int k = 0; k < D; ++k) {
      const double away = query[k] - planes.origin[k];
      for (int i = 0; i <= D; ++i) value[i] += planes.normal[k][i] * away;
    }
    int least = 0;
    for (int i = 1; i <= D; ++i)
      if (value[i] < value[least]) least = i;
    Place place{from, 0};
    if (!(value[least] > planes.unsure)) {
      int next = value[least] < -planes.unsure ? least : -1;
      for (int i = 0; next < 0 && exactly && i <= D; ++i) {
        if (value[i] > planes.unsure) continue;
        const int sign = exactSign(from, i, query);
        if (sign < 0) next = i;
        if (sign == 0) place.facets |= 1u << i;
      }
      if (next >= 0) {
        if (planes.across[next] < 0) return {};
        from = planes.across[next];
        continue;
      }
    }
    return place;
  }
}

template <int D>
typename Locator<D>::Place Locator<D>::locate(const double* query) const {
  for (std::size_t k = 0; k < D; ++k)
    if (!(query[k] >= low_[k] && query[k] <= high_[k])) return {};
  std::int32_t from = grid_[bin(query)];
  return walk(query, from, true);
}

template <int D>
void Locator<D>::sharing(const double* query, Place place, std::vector<std::int32_t>& simplices) const {
  simplices.assign(1, place.simplex);
  for (std::size_t at = 0; at < simplices.size(); ++at) {
    const std::int32_t c = simplices[at];
    for (int i = 0; i <= D; ++i) {
      const std::int32_t next = triangulation_.across(c)[i];
      if (next >= 0 && std::find(simplices.begin(), simplices.end(), next) == simplices.end() && exactSign(c, i, query) == 0)
        simplices.push_back(next);
    }
  }
}

template class Locator<2>;
template class Locator<3>;

}  // namespace inflaton
