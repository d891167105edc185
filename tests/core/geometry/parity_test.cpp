// Counts in alpha shapes against the fixtures: every simplex from Qhull, every limit and count from the file.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/geometry/alpha_shape.h"
#include "core/io/npz.h"
#include "tests/golden.h"

using namespace inflaton;

namespace {

class CoverageParity : public ::testing::TestWithParam<int> {};

/// Whether moving a point by `distance` along any axis changes what is said of it: then a rounding may as well have.
bool onTheBoundary(const AlphaShape& shape, std::span<const double> query, double limit, double distance) {
  std::vector<double> around;
  for (std::size_t k = 0; k < query.size(); ++k)
    for (const double step : {-distance, distance}) {
      std::vector<double> q(query.begin(), query.end());
      q[k] += step;
      around.insert(around.end(), q.begin(), q.end());
    }
  const auto in = shape.inside(around, limit);
  return std::count(in.begin(), in.end(), in.front()) != static_cast<std::ptrdiff_t>(in.size());
}

}  // namespace

TEST_P(CoverageParity, CountsAreTheFixtures) {
  const auto D = static_cast<std::size_t>(GetParam());
  NpzReader file(test::golden("coverage_" + std::to_string(D) + "d.npz"));
  for (const std::string set : {"ball", "warped"}) {
    const auto samples = file.doubles(set + "/samples"), boundary = file.doubles(set + "/boundary");
    const auto shells = static_cast<std::size_t>(file.shape(set + "/boundary")[0]);
    const std::size_t each = boundary.size() / shells;
    for (const std::string kind : {"hull", "tight"}) {
      const double limit = file.doubles(set + "/" + kind + "/circumradius_limit")[0];
      const auto expected = file.int64s(set + "/" + kind + "/total_in");
      for (std::size_t r = 0; r < shells; ++r) {
        const AlphaShape shape(std::span<const double>(boundary).subspan(r * each, each), GetParam());
        const auto in = shape.inside(samples, limit);
        const auto count = std::count(in.begin(), in.end(), 1);
        std::int64_t close = 0;
        if (count != expected[r])
          for (std::size_t i = 0; i < in.size(); ++i)
            close += onTheBoundary(shape, std::span<const double>(samples).subspan(i * D, D), limit, 1e-6);
        EXPECT_LE(std::abs(count - expected[r]), close)
            << D << "D " << set << " " << kind << ", shell " << r << ": " << count << " of " << expected[r];
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Both, CoverageParity, ::testing::Values(2, 3));
