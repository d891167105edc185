#include "core/geometry/alpha_shape.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/geometry/circumradius.h"
#include "core/geometry/delaunay.h"
#include "core/geometry/groups.h"
#include "core/geometry/locator.h"
#include "core/geometry/solid_boundary.h"
#include "core/geometry/team.h"

namespace inflaton {
namespace {
constexpr double kSlack = 1e-5;  // of the automatic limit
}

struct AlphaShape::Impl {
  Delaunay triangulation;
  std::vector<double> radii;  ///< [simplices]

  template <int D>
  std::vector<std::uint8_t> inside(std::span<const double> queries, double limit, int threads) const;
};

AlphaShape::AlphaShape(std::span<const double> points, int dim) : impl_(std::make_unique<Impl>()) {
  impl_->triangulation = delaunay(points, dim);
  impl_->radii = circumradii(impl_->triangulation);
}
AlphaShape::~AlphaShape() = default;
AlphaShape::AlphaShape(AlphaShape&&) noexcept = default;
AlphaShape& AlphaShape::operator=(AlphaShape&&) noexcept = default;

int AlphaShape::dim() const { return impl_->triangulation.dim; }
std::int64_t AlphaShape::duplicates() const { return impl_->triangulation.duplicates; }

std::vector<double> AlphaShape::spectrum() const {
  auto radii = impl_->radii;
  std::erase_if(radii, [](double r) { return !std::isfinite(r); });
  std::sort(radii.begin(), radii.end());
  return radii;
}

double AlphaShape::autoCircumradius() const {
  const auto& t = impl_->triangulation;
  const auto& radii = impl_->radii;
  std::vector<std::int32_t> order(radii.size());
  std::iota(order.begin(), order.end(), 0);
  const auto radius = [&](std::int32_t c) { return radii[static_cast<std::size_t>(c)]; };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return radius(a) < radius(b); });
  Groups groups(radii.size());
  std::vector<std::uint8_t> in(radii.size()), held(static_cast<std::size_t>(t.pointCount()));
  std::int64_t components = 0, outside = t.pointCount();
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::int32_t c = order[at];
    in[static_cast<std::size_t>(c)] = 1, ++components;
    for (int i = 0; i <= t.dim; ++i) {
      const std::int32_t next = t.across(c)[i];
      if (next >= 0 && in[static_cast<std::size_t>(next)]) components -= groups.join(c, next);
      auto& h = held[static_cast<std::size_t>(t.simplex(c)[i])];
      outside -= !h, h = 1;
    }
    if (components == 1 && outside == 0) return radius(c) * (1 + kSlack);
  }
  return std::numeric_limits<double>::infinity();
}

template <int D>
std::vector<std::uint8_t> AlphaShape::Impl::inside(std::span<const double> queries, double limit, int threads) const {
  const auto n = static_cast<std::int64_t>(queries.size()) / D;
  std::vector<std::uint8_t> result(static_cast<std::size_t>(n));
  const Locator<D> locator(triangulation, n);
#pragma omp parallel num_threads(teamFor(n, threads))
  {
    std::vector<std::int32_t> shared;
#pragma omp for schedule(dynamic, 2048)
    for (std::int64_t q = 0; q < n; ++q) {
      const double* query = queries.data() + q * D;
      const auto place = locator.locate(query);
      if (place.simplex < 0) continue;
      bool in = radii[static_cast<std::size_t>(place.simplex)] < limit;
      if (!in && place.facets) {
        locator.sharing(query, place, shared);
        in = std::any_of(shared.begin(), shared.end(), [&](auto c) { return radii[static_cast<std::size_t>(c)] < limit; });
      }
      result[static_cast<std::size_t>(q)] = in;
    }
  }
  return result;
}

std::vector<std::uint8_t> AlphaShape::inside(std::span<const double> queries, double circumradius, int threads) const {
  return dim() == 2 ? impl_->inside<2>(queries, circumradius, threads) : impl_->inside<3>(queries, circumradius, threads);
}

Mesh AlphaShape::boundary(double circumradius, MeshCheck* check) const {
  const auto& t = impl_->triangulation;
  std::vector<std::uint8_t> solid(impl_->radii.size()), held(static_cast<std::size_t>(t.pointCount()));
  for (std::size_t c = 0; c < solid.size(); ++c) {
    solid[c] = impl_->radii[c] < circumradius;
    for (int i = 0; solid[c] && i <= t.dim; ++i) held[static_cast<std::size_t>(t.simplex(static_cast<std::int64_t>(c))[i])] = 1;
  }
  Mesh mesh = solidBoundary(t, solid);
  if (check) {
    *check = checkMesh(mesh);
    check->isolated = std::count(held.begin(), held.end(), 0);
  }
  return mesh;
}

}  // namespace inflaton
