// What is shown between frames is the solution there.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/denoise/exact_denoiser.h"
#include "core/flow/lane.h"
#include "core/flow/solvers.h"

namespace inflaton {
namespace {

constexpr double T = 7.01;

struct Case {
  const char* set;
  int keep;
  Direction direction;
};

class DenseOutput : public ::testing::TestWithParam<Case> {
 protected:
  DenseOutput() {
    const auto points = sampleToy(GetParam().set, 200, 11);
    auto basis = eigenbasisOf(points);
    ScheduleOptions o;
    o.dims_to_keep = GetParam().keep;
    x0 = eigenTensor(basis, points, at::kDouble);
    denoiser = std::make_unique<ExactDenoiser>(Schedule::make(o, points.dim), basis, x0);
    flow = std::make_unique<Flow>(*denoiser, 1);
    simulation.basis = basis, simulation.schedule = denoiser->schedule();
    inflating = GetParam().direction == Direction::inflation;
    if (!inflating) x0 = flow->unwhiten(solution(flow->whiten(x0, 0), {0, T}).back(), T);
  }
  /// Whitened, at the times, the first of which is the lane's.
  std::vector<at::Tensor> solution(const at::Tensor& y, const std::vector<double>& times) const {
    std::vector<double> stops;
    for (double t : times) stops.push_back(flow->angle(t));
    std::vector<at::Tensor> states;
    dormandPrince([&](const at::Tensor& v, double u) { return flow->angleVelocity(v, u); }, y, stops, {1e-9, 100000},
                  [&](std::size_t, const at::Tensor& v) { states.push_back(v); }, [](double) {});
    return states;
  }
  Trajectory lane(const std::string& solver) const {
    LaneSettings set;
    set.solver = solver, set.steps = 40, set.tolerance = 1e-4;
    if (solver == "euler" || solver == "heun") set.times = ifsTimes(701, T / 701, false);
    return integrateLane(*flow, x0, GetParam().direction, set, [](double) {});
  }
  /// Mean distance to the solution at the times, whitened: the mean over times and the worst of them.
  std::pair<double, double> error(const Trajectory& lane, std::vector<double> times) const {
    std::sort(times.begin(), times.end());
    if (!inflating) std::reverse(times.begin(), times.end());
    times.insert(times.begin(), lane.t.front());
    const auto truth = solution(flow->whiten(x0, lane.t.front()), times);
    double sum = 0, worst = 0;
    for (std::size_t k = 1; k < times.size(); ++k) {
      const auto shown = positionsAt(simulation, lane, times[k], Space::whitened);
      const double e = (at::tensor(shown).view({lane.n, lane.dim}).to(at::kDouble) - truth[k]).square().sum(1).sqrt().mean().item<double>();
      sum += e, worst = std::max(worst, e);
    }
    return {sum / static_cast<double>(times.size() - 1), worst};
  }

  at::Tensor x0;
  std::unique_ptr<ExactDenoiser> denoiser;
  std::unique_ptr<Flow> flow;
  Simulation simulation;
  bool inflating = true;
};

std::vector<double> randomTimes() {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(0.001, T - 0.001);
  std::vector<double> times(80);
  for (double& t : times) t = uniform(random);
  return times;
}

TEST_P(DenseOutput, BetweenFramesTheErrorIsThatOfTheSolver) {
  for (const char* solver : {"dopri5", "adams", "rk4", "heun_angle", "euler", "heun"}) {
    SCOPED_TRACE(solver);
    const auto kept = lane(solver);
    ASSERT_EQ(kept.slope.size(), kept.x.size());
    const auto own = error(kept, std::vector<double>(kept.t.begin() + 1, kept.t.end())), between = error(kept, randomTimes());
    EXPECT_LT(between.first, 10 * own.first);
    EXPECT_LT(between.second, 10 * own.second);
    if (solver != std::string("adams") && solver != std::string("heun")) continue;
    // Where the solver is good enough for it to be seen, straight lines are worse by far.
    auto straight = kept;
    straight.slope.clear();
    EXPECT_LT(2.5 * between.first, error(straight, randomTimes()).first);
  }
}

TEST_P(DenseOutput, FramesAreMetExactlyAndWithoutAJump) {
  const auto kept = lane("adams");
  for (std::size_t k : {std::size_t{0}, std::size_t{7}, std::size_t{30}, kept.t.size() - 1}) {
    bool between = true;
    const auto here = positionsAt(simulation, kept, kept.t[k], Space::whitened, &between);
    EXPECT_FALSE(between);
    for (double side : {-1e-7, 1e-7}) {
      const auto beside = positionsAt(simulation, kept, kept.t[k] + side, Space::whitened);
      for (std::size_t i = 0; i < here.size(); ++i) EXPECT_NEAR(beside[i], here[i], 2e-5);
    }
  }
}

TEST_P(DenseOutput, WeightsForAShaderAreThoseOfThePositions) {
  const auto kept = lane("adams");
  const double t = 0.5 * (kept.t[20] + kept.t[21]) + 0.013;
  const auto w = denseWeights(simulation, kept, t);
  ASSERT_EQ(w.to, w.from + 1);
  const auto D = static_cast<std::size_t>(kept.dim), size = static_cast<std::size_t>(kept.n) * D;
  std::vector<float> a(size), b(size);
  framePositions(simulation, kept, w.from, Space::whitened, a.data());
  framePositions(simulation, kept, w.to, Space::whitened, b.data());
  const float *ma = kept.slope.data() + static_cast<std::size_t>(w.from) * size, *mb = ma + size;
  const auto shown = positionsAt(simulation, kept, t, Space::whitened);
  for (std::size_t i = 0; i < size; ++i) {
    const auto j = i % D;
    EXPECT_NEAR(shown[i], w.value[0][j] * a[i] + w.value[1][j] * b[i] + w.slope[0][j] * ma[i] + w.slope[1][j] * mb[i], 2e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Flows, DenseOutput,
                         ::testing::Values(Case{"circles", 0, Direction::inflation}, Case{"circles", 0, Direction::generation},
                                           Case{"moons", 1, Direction::inflation}, Case{"s_curve", 2, Direction::inflation}));

}  // namespace
}  // namespace inflaton
