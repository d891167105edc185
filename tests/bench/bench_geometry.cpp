// Counting 20 000 test points in seven shells of 200 boundary points each: alpha shapes (triangulation included) and advected boundaries
// (refinement included, the flow itself not), of a ball and of a warped one; the longer of the two, median of five.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <thread>

#include "core/data/counter_rng.h"
#include "core/geometry/advected.h"
#include "core/geometry/alpha_shape.h"

namespace {

using namespace inflaton;
using Points = std::vector<double>;

Points normals(std::int64_t n, int dim, std::uint32_t stream) {
  const CounterRng rng(1, stream);
  Points p;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto z = rng.normals(static_cast<std::uint64_t>(i), 0);
    for (int k = 0; k < dim; ++k) p.push_back(static_cast<float>(z[static_cast<std::size_t>(k)]));
  }
  return p;
}

Points warped(std::span<const double> points, int dim) {
  Points p(points.begin(), points.end());
  for (std::size_t i = 0; i < p.size(); i += static_cast<std::size_t>(dim)) {
    p[i + 1] += 0.7 * std::sin(2 * p[i]);
    p[i] += 0.1 * p[i + 1] * p[i + 1];
    if (dim == 3) p[i + 2] = p[i + 2] * 0.6 + 0.2 * p[i] * p[i];
    for (int k = 0; k < dim; ++k) p[i + static_cast<std::size_t>(k)] = static_cast<float>(p[i + static_cast<std::size_t>(k)]);
  }
  return p;
}

double seconds(const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    const auto from = std::chrono::steady_clock::now();
    work();
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count());
  }
  std::sort(times.begin(), times.end());
  return times[2];
}

}  // namespace

int main() {
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  for (const int dim : {2, 3}) {
    double alpha = 0, advected = 0;
    std::int64_t sum = 0;  // so that nothing is optimised away
    for (const bool warp : {false, true}) {
      const PointMap flow = [&](std::span<const double> p) { return warp ? warped(p, dim) : Points(p.begin(), p.end()); };
      const Points queries = flow(normals(20000, dim, 0)), sd(static_cast<std::size_t>(dim), 1.0);
      std::vector<Points> shells;
      for (std::uint32_t s = 1; s <= 7; ++s) {
        Points boundary = normals(200, dim, s);
        for (std::size_t i = 0; i < boundary.size(); i += static_cast<std::size_t>(dim)) {
          double* p = boundary.data() + i;
          const double radius = 0.5 * s / std::hypot(p[0], p[1], dim == 3 ? p[2] : 0.0);
          for (int k = 0; k < dim; ++k) p[k] = static_cast<float>(p[k] * radius);
        }
        shells.push_back(flow(boundary));
      }
      alpha = std::max(alpha, seconds([&] {
                         for (const auto& boundary : shells)
                           sum += AlphaShape(boundary, dim).inside(queries, dim == 2 ? 200 : 10, threads)[0];
                       }));
      advected = std::max(advected, seconds([&] {
                            for (int s = 1; s <= 7; ++s)
                              sum += insideMesh(advect(shell(dim, 200, 0.5 * s, sd), 0.5 * s, sd, flow).image, queries, threads)[0];
                          }));
    }
    std::printf("coverage_count_%dd\t%.4f\ts\nadvected_count_%dd\t%.4f\ts\n", dim, alpha, dim, advected);
    std::fprintf(stderr, "%lld\n", static_cast<long long>(sum));
  }
}
