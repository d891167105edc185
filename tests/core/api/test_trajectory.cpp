// Frames and what stands between them, in any number of dimensions.
#include "core/api/trajectory.h"

#include <gtest/gtest.h>

#include <cmath>

namespace inflaton {
namespace {

/// A basis that turns each pair of axes by an angle of its own, and two frames of points that move.
Simulation turned(int dim, std::int64_t n, bool slopes) {
  Simulation s;
  const auto D = static_cast<std::size_t>(dim);
  s.basis.dim = dim;
  std::vector<double> W(D * D, 0.0);
  for (std::size_t j = 0; j < D; ++j) {
    s.basis.mean.push_back(0.1 * static_cast<double>(j % 7));
    s.basis.eigenvalues.push_back(2.0 / static_cast<double>(j + 1));
    const std::size_t pair = j - j % 2, other = j % 2 == 0 ? j + 1 : j - 1;
    const double angle = 0.3 + 0.01 * static_cast<double>(pair);
    W[j * D + j] = other < D ? std::cos(angle) : 1;
    if (other < D) W[j * D + other] = j % 2 == 0 ? -std::sin(angle) : std::sin(angle);
  }
  s.basis.W = std::move(W);
  s.schedule = Schedule(std::vector<double>(D, 0.0), 2, 5e-4, 7.01, dim);
  Trajectory lane;
  lane.n = n, lane.dim = dim, lane.t = {0, 2};
  for (std::size_t i = 0; i < 2 * static_cast<std::size_t>(n) * D; ++i) {
    lane.x.push_back(static_cast<float>(std::sin(0.37 * static_cast<double>(i))));
    if (slopes) lane.slope.push_back(static_cast<float>(std::cos(0.11 * static_cast<double>(i))));
  }
  s.lanes.push_back(std::move(lane));
  return s;
}

struct Case {
  int dim;
  bool slopes;
};

class AnyDimension : public ::testing::TestWithParam<Case> {};

// Written once more, plainly: rotate, add the mean, scale; between frames a cubic in the angle of each axis, or a straight line.
TEST_P(AnyDimension, PositionsAreTheDefinition) {
  const auto [dim, slopes] = GetParam();
  constexpr std::int64_t n = 3;
  const Simulation s = turned(dim, n, slopes);
  const Trajectory& lane = s.lanes.front();
  const auto D = static_cast<std::size_t>(dim);
  for (const double t : {0.0, 0.8, 2.0}) {
    std::vector<double> eigen(static_cast<std::size_t>(n) * D);
    for (std::size_t i = 0; i < eigen.size(); ++i) {
      const std::size_t j = i % D, next = i + static_cast<std::size_t>(n) * D;
      const double xi = s.basis.eigenvalues[j];
      const auto width = [&](double at) { return std::sqrt(xi + s.schedule.gamma(static_cast<int>(j), at)); };
      const auto angle = [&](double at) { return s.schedule.angle(static_cast<int>(j), at, xi); };
      if (!slopes) {
        // Straight in t, in whitened coordinates.
        const double r = t / 2;
        eigen[i] = width(t) * ((1 - r) * lane.x[i] / width(0) + r * lane.x[next] / width(2));
      } else {
        const double step = angle(2) - angle(0), r = (angle(t) - angle(0)) / step;
        const double h00 = (1 + 2 * r) * (1 - r) * (1 - r), h10 = r * (1 - r) * (1 - r), h01 = r * r * (3 - 2 * r), h11 = r * r * (r - 1);
        eigen[i] =
            width(t) * (h00 * lane.x[i] / width(0) + h01 * lane.x[next] / width(2) + step * (h10 * lane.slope[i] + h11 * lane.slope[next]));
      }
    }
    const auto latent = positionsAt(s, lane, t, Space::latentUnscaled), data = positionsAt(s, lane, t, Space::dataScaled);
    const double scale = s.schedule.s(t, s.basis.eigenvalues.front());
    for (std::size_t i = 0; i < eigen.size(); ++i) {
      EXPECT_NEAR(latent[i], eigen[i], 4e-6 * (1 + std::abs(eigen[i]))) << "t " << t << ", number " << i;
      const std::size_t row = i / D, j = i % D;
      double sum = s.basis.mean[j];
      for (std::size_t k = 0; k < D; ++k) sum += s.basis.W[j * D + k] * eigen[row * D + k];
      ASSERT_NEAR(data[i], scale * sum, 1e-5 * (1 + std::abs(scale * sum))) << "t " << t << ", number " << i;
    }
  }
}

// 2 and 3 have code of their own; above 16 once lay the end of a fixed array; 3072 is a colour image of 32 x 32.
INSTANTIATE_TEST_SUITE_P(Trajectories, AnyDimension,
                         ::testing::Values(Case{2, true}, Case{3, true}, Case{3, false}, Case{16, true}, Case{17, true}, Case{17, false},
                                           Case{24, true}, Case{3072, true}),
                         [](const auto& of) { return "D" + std::to_string(of.param.dim) + (of.param.slopes ? "Cubic" : "Straight"); });

TEST(DenseWeights, HaveOneNumberAnAxis) {
  const Simulation s = turned(24, 2, true);
  for (const double t : {0.0, 1.0, 2.0, 99.0}) {
    const DenseWeights w = denseWeights(s, s.lanes.front(), t);
    for (const auto* weights : {&w.value[0], &w.value[1], &w.slope[0], &w.slope[1]}) EXPECT_EQ(weights->size(), 24u);
  }
}

}  // namespace
}  // namespace inflaton
