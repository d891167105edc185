#include "core/coverage/count_shells.h"

#include <algorithm>

#include "core/api/error.h"
#include "core/api/number_text.h"
#include "core/coverage/gathered_map.h"
#include "core/geometry/alpha_shape.h"

namespace inflaton {
namespace {

// A polygon of n points lacks 2 pi^2 / (3 n^2) of its circle, an icosphere of n points about 5 / n of its ball: 2e-5 and 2e-3.
constexpr std::int64_t kFinest2D = 512, kFinest3D = 2562;
constexpr std::size_t kQueriesAtOnce = std::size_t{1} << 18;  // what each block makes anew (the tree of a mesh) must stay small beside it
constexpr RefineSettings kRefine2D{.longest = 0.03, .bend = 0.002, .most = 60000, .rounds = 14},
    kRefine3D{.longest = 0.06, .bend = 0.01, .most = 60000, .rounds = 12};

std::string shellName(double radius, CoveragePlace place) { return formatted("shell of radius %.6g at %s", radius, placeName(place)); }

/// inside(some queries) for all of them, with a look at the stop token in between.
template <class Inside>
std::vector<std::uint8_t> inBlocks(std::span<const double> queries, const CountSettings& set, const Inside& inside) {
  std::vector<std::uint8_t> all;
  const std::size_t atOnce = kQueriesAtOnce * static_cast<std::size_t>(set.dim);
  for (std::size_t from = 0; from < queries.size(); from += atOnce) {
    if (set.poll) set.poll();
    const auto some = inside(queries.subspan(from, std::min(atOnce, queries.size() - from)));
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void finish(CoverageShell& shell, std::vector<std::uint8_t> inside, bool keepAll) {
  shell.inside = std::count(inside.begin(), inside.end(), std::uint8_t{1});
  if (keepAll) shell.isInside = std::move(inside);
}

}  // namespace

const char* placeName(CoveragePlace place) {
  switch (place) {
    case CoveragePlace::latentStart:
      return "the latent start";
    case CoveragePlace::data:
      return "data space";
    default:
      return "the latent after the round trip";
  }
}

std::vector<CoverageShell> alphaShells(std::span<const double> boundary, std::span<const double> radii, std::span<const double> queries,
                                       double limit, CoveragePlace place, const CountSettings& set) {
  std::vector<CoverageShell> shells(radii.size());
  const std::size_t size = boundary.size() / radii.size();
  for (std::size_t k = 0; k < radii.size(); ++k) {
    if (set.poll) set.poll();
    try {
      const AlphaShape shape(boundary.subspan(k * size, size), set.dim);
      auto& shell = shells[k];
      shell.circumradius = limit > 0 ? limit : shape.autoCircumradius();
      const auto spectrum = shape.spectrum();
      if (spectrum.empty() || !(spectrum.front() < shell.circumradius)) {
        throw Error(ErrorCode::failed,
                    formatted("the alpha shape is empty: alpha is %.6g and the smallest circumradius %.6g", shell.circumradius,
                              spectrum.empty() ? 0.0 : spectrum.front()),
                    "Raise alpha, or let it be auto.");
      }
      const auto inside = [&](std::span<const double> some) { return shape.inside(some, shell.circumradius, set.threads); };
      finish(shell, inBlocks(queries, set, inside), set.keepAll);
      if (set.keepAll) shell.mesh = shape.boundary(shell.circumradius, &shell.check);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::cancelled) throw;
      throw Error(e.code(), shellName(radii[k], place) + ": " + e.what(), e.hint());
    }
  }
  return shells;
}

CarriedShells carryShells(std::span<const double> radii, std::int64_t boundaryPoints, std::span<const double> sd, const PointMap& generate,
                          const PointMap& inflate) {
  const int dim = static_cast<int>(sd.size());
  const std::int64_t n = std::max(boundaryPoints, dim == 2 ? kFinest2D : kFinest3D);
  const RefineSettings& refine = dim == 2 ? kRefine2D : kRefine3D;
  std::vector<AdvectedShell> carried(radii.size());
  runGathered(radii.size(), dim, generate,
              [&](std::size_t k, const PointMap& map) { carried[k] = advect(shell(dim, n, radii[k], sd), radii[k], sd, map, refine); });

  CarriedShells shells;
  std::vector<double> all;
  for (auto& c : carried) {
    all.insert(all.end(), c.image.points.begin(), c.image.points.end());
    shells.added.push_back(c.added), shells.complete.push_back(c.complete);
  }
  const auto back = inflate(all);
  std::size_t from = 0;
  for (auto& c : carried) {
    Mesh end{dim,
             {back.begin() + static_cast<std::ptrdiff_t>(from), back.begin() + static_cast<std::ptrdiff_t>(from + c.image.points.size())},
             c.image.cells};
    from += c.image.points.size();
    shells.meshes[0].push_back(std::move(c.source)), shells.meshes[1].push_back(std::move(c.image)),
        shells.meshes[2].push_back(std::move(end));
  }
  return shells;
}

std::vector<CoverageShell> advectedShells(const CarriedShells& carried, CoveragePlace place, std::span<const double> queries,
                                          const CountSettings& set) {
  std::vector<CoverageShell> shells;
  for (const Mesh& mesh : carried.meshes[static_cast<std::size_t>(place)]) {
    if (set.poll) set.poll();
    auto& shell = shells.emplace_back();
    const auto inside = [&](std::span<const double> some) { return insideMesh(mesh, some, set.threads); };
    finish(shell, inBlocks(queries, set, inside), set.keepAll);
    if (set.keepAll) shell.mesh = mesh, shell.check = checkMesh(mesh);
  }
  return shells;
}

}  // namespace inflaton
