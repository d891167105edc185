#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "core/api/simulate.h"
#include "core/denoise/exact_denoiser.h"
#include "core/flow/lane.h"
#include "core/io/npy.h"
#include "core/io/npz.h"
#include "tests/core/denoise/clipped_denoiser.h"
#include "tests/core/nets/net_testing.h"
#include "tests/golden.h"

namespace inflaton {
namespace {

using ::inflaton::testing::diagonal;
using test::ClippedDenoiser;
using test::golden;
using test::goldenJson;
using test::singlePrecisionOfExp;
namespace fs = std::filesystem;

const auto ignore = [](double) {};

/// Gaussian data: D = cSkip x, so F = 0, and every whitened coordinate stays where it is.
class GaussianDenoiser : public Denoiser {
 public:
  using Denoiser::Denoiser;
  at::Tensor denoise(const at::Tensor& x, double t) const override {
    return at::tensor(Preconditioning::at(schedule(), basis().eigenvalues, t).cSkip, at::kDouble).to(x.options()) * x;
  }
};

Schedule schedule(int keep, int dim, double tmax = 7.01) {
  ScheduleOptions o;
  o.dims_to_keep = keep, o.tmax = tmax;
  return Schedule::make(o, dim);
}

TEST(Flow, GaussianDataFlowExactlyInTheAngleForm) {
  for (int keep : {3, 2, 1}) {
    const GaussianDenoiser denoiser(schedule(keep, 3), diagonal({1.7, 0.9, 0.2}));
    const Flow flow(denoiser, 1.0);
    const auto x0 = at::randn({40, 3}, at::kDouble);
    for (const char* solver : {"dopri5", "adams", "rk4", "heun_angle"}) {
      LaneSettings set;
      set.solver = solver, set.frames = 9, set.steps = 4;
      at::Tensor end;
      const auto lane = integrateLane(flow, x0, Direction::inflation, set, ignore, &end);
      for (int j = 0; j < 3; ++j) {
        const double xi = denoiser.basis().eigenvalues[static_cast<std::size_t>(j)];
        const double growth = std::sqrt((xi + denoiser.schedule().gamma(j, 7.01)) / (xi + denoiser.schedule().gamma(j, 0)));
        EXPECT_LT((end.select(1, j) / (x0.select(1, j) * growth) - 1).abs().max().item<double>(), 1e-11) << solver << " keep " << keep;
      }
    }
  }
}

Schedule paperSchedule(int keep, const std::vector<double>& eigenvalues) {
  ScheduleOptions o;
  o.schedule = "paper", o.dims_to_keep = keep, o.g_rescaling = 0.15;
  return Schedule::make(o, static_cast<int>(eigenvalues.size()), 1.0, eigenvalues);
}

TEST(Flow, PaperScheduleMovesGaussianDataInProportion) {
  const std::vector<double> xi{1.7, 0.9, 0.2};
  for (int keep : {3, 2}) {
    const GaussianDenoiser denoiser(paperSchedule(keep, xi), diagonal(xi));
    const Flow flow(denoiser, 1.0);
    const auto x0 = at::randn({40, 3}, at::kDouble);
    LaneSettings set;
    set.frames = 9;
    at::Tensor end, back;
    integrateLane(flow, x0, Direction::inflation, set, ignore, &end);
    integrateLane(flow, end, Direction::roundTrip, set, ignore, &back);
    for (int j = 0; j < 3; ++j)
      EXPECT_LT((end.select(1, j) / (x0.select(1, j) * std::exp(0.5 * denoiser.schedule().rate(j) * 7.01)) - 1).abs().max().item<double>(),
                1e-11);
    EXPECT_LT((back - x0).abs().max().item<double>(), 1e-11);
  }
}

TEST(Flow, PaperScheduleRoundTripsRealDataAndEndsWithTheirVariances) {
  ToySimulateOptions o;
  o.schedule = "paper", o.data_name = "moons", o.total_samples = 1500, o.direction = "roundtrip", o.outputs = false, o.tolerance = 1e-5;
  const auto s = simulateToy(o, {});
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_LT((*s)->roundTripRmse, 1e-3);
  const auto& lane = (*s)->lanes.front();
  std::vector<float> z(static_cast<std::size_t>(2 * lane.n));
  framePositions(**s, lane, lane.frames() - 1, Space::latentScaled, z.data());
  const auto end = at::from_blob(z.data(), {lane.n, 2}).to(at::kDouble);
  for (int j = 0; j < 2; ++j)
    EXPECT_NEAR(end.select(1, j).var().item<double>() / (*s)->basis.eigenvalues[static_cast<std::size_t>(j)], 1, 0.1) << "axis " << j;
}

TEST(Flow, PaperScheduleHasNoExactScoreAwayFromTheData) {
  ToySimulateOptions o;
  o.schedule = "paper", o.references = 500;
  const auto s = simulateToy(o, {});
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().message, "references is 500; allowed with schedule paper: 0, the samples themselves");
}

TEST(Flow, PaperScheduleRefusesTheReferencesSolvers) {
  ToySimulateOptions o;
  o.schedule = "paper", o.solver = "euler";
  const auto s = simulateToy(o, {});
  ASSERT_FALSE(s);
  EXPECT_NE(s.error().message.find("solver is euler; allowed with schedule paper"), std::string::npos) << s.error().message;
}

TEST(Flow, EmbeddedDataFlowInTheirPlane) {
  ToySimulateOptions o;
  o.augment_to = 5, o.total_samples = 300, o.direction = "roundtrip", o.outputs = false, o.tolerance = 1e-5;
  const auto s = simulateToy(o, {});
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ((*s)->data.dim, 5);
  EXPECT_LT((*s)->roundTripRmse, 1e-3);
}

TEST(Flow, ReferenceSolversConvergeToTheGaussianSolutionWithTheirOrders) {
  const GaussianDenoiser denoiser(schedule(1, 2), diagonal({1.4, 0.6}));
  const Flow flow(denoiser, 1.3);
  const auto x0 = at::randn({30, 2}, at::kDouble);
  for (const auto& [solver, order] : {std::pair{"euler", 1.0}, {"heun", 2.0}}) {
    const auto error = [&, name = solver](int points) {
      LaneSettings set;
      set.solver = name, set.saveFreq = 1000, set.times = ifsTimes(points, 7.01 / points, false);
      at::Tensor end;
      integrateLane(flow, x0, Direction::inflation, set, ignore, &end);
      const auto whitened = flow.whiten(end, 7.01) - flow.whiten(x0, 0);
      return whitened.abs().max().item<double>();
    };
    EXPECT_NEAR(std::log2(error(401) / error(801)), order, 0.1) << solver;
  }
}

TEST(Flow, HeunOfTheReferenceIsItsFormulaToTheBit) {
  const GaussianDenoiser denoiser(schedule(1, 2), diagonal({1.4, 0.6}));
  const Flow flow(denoiser, 1.3);
  for (const auto type : {at::kFloat, at::kDouble}) {
    const auto start = at::randn({50, 2}, type);
    LaneSettings set;
    set.solver = "heun", set.saveFreq = 1000, set.times = ifsTimes(40, 7.01 / 40, false);
    at::Tensor end, x = start * flow.s(set.times.front());
    const auto lane = integrateLane(flow, start, Direction::inflation, set, ignore, &end);
    EXPECT_EQ(lane.evaluations, 2 * 39);
    for (std::size_t i = 0; i + 1 < set.times.size(); ++i) {
      const double t = set.times[i], next = set.times[i + 1], h = next - t;
      const auto first = flow.scaledVelocity(x, t), second = flow.scaledVelocity(x + h * first, next);
      x = x + h * (0.5 * (first + second));
    }
    EXPECT_TRUE(at::equal(end, x / flow.s(set.times.back())));
  }
}

TEST(Flow, RefusesASolverThatThereIsNot) {
  const GaussianDenoiser denoiser(schedule(1, 2), diagonal({1.4, 0.6}));
  LaneSettings set;
  set.solver = "magic";
  try {
    integrateLane(Flow(denoiser, 1.0), at::zeros({3, 2}, at::kDouble), Direction::inflation, set, ignore);
    FAIL() << "it was taken for another";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::usage);
    EXPECT_NE(std::string(e.what()).find("solver is \"magic\"; allowed: dopri5, adams"), std::string::npos) << e.what();
  }
}

TEST(Flow, AngleIsMonotoneAndInvertible) {
  for (int keep : {2, 1}) {
    const GaussianDenoiser denoiser(schedule(keep, 2), diagonal({1.4, 0.6}));
    const Flow flow(denoiser, 1.0);
    double previous = -1;
    for (double t = 0; t <= 7.01; t += 0.05) {
      EXPECT_GT(flow.angle(t), previous);
      previous = flow.angle(t);
      EXPECT_NEAR(flow.time(previous), t, 1e-9);
    }
  }
}

TEST(Flow, AngleAndScaledFormsAreTheSameFlow) {
  // On the exact score of real data both forms must arrive at the same place.
  const auto p = sampleToy("moons", 400, 3);
  const auto basis = eigenbasisOf(p);
  const auto x = eigenTensor(basis, p, at::kDouble);
  const ExactDenoiser denoiser(schedule(1, 2), basis, x);
  const Flow flow(denoiser, 1.0);
  const auto start = x.slice(0, 0, 100) + 0.02 * at::randn({100, 2}, at::kDouble);
  LaneSettings fine, heun;
  fine.tolerance = 1e-9, fine.frames = 2;
  heun.solver = "heun", heun.times = ifsTimes(8000, 7.01 / 8000, false), heun.saveFreq = 100000;
  at::Tensor a, b;
  integrateLane(flow, start, Direction::inflation, fine, ignore, &a);
  integrateLane(flow, start, Direction::inflation, heun, ignore, &b);
  EXPECT_LT(flow.whiten(a - b, 7.01).abs().max().item<double>(), 2e-5);
}

class DiscreteRunParity : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Fixtures, DiscreteRunParity, ::testing::Values("discrete_prp", "discrete_prr"));

TEST_P(DiscreteRunParity, EulerFramesScoresAndDisplacements) {
  const NpzReader file(golden(std::string(GetParam()) + ".npz"));
  const auto settings = goldenJson(std::string(GetParam()) + ".json");
  const auto& sim = settings.at("simulation");
  Eigenbasis basis;
  basis.dim = settings.at("data_dim");
  basis.eigenvalues = file.doubles("eigs"), basis.W = file.doubles("W"), basis.mean.assign(static_cast<std::size_t>(basis.dim), 0.0);
  const Schedule schedule(file.doubles("g"), settings.at("rho"), settings.at("gamma0"), sim.at("end_time"), settings.at("dims_to_keep"),
                          sim.at("A0"));
  const auto start = toEigen(basis, at::tensor(file.doubles("x0"), at::kDouble).view({-1, basis.dim}));
  const ClippedDenoiser denoiser(schedule, basis, start);
  const Flow flow(denoiser, sim.at("A0"));
  LaneSettings set;
  set.solver = sim.at("solver"), set.outputs = true, set.saveFreq = sim.at("save_freq");
  set.times = sim.at("disc") == "ifs" ? ifsTimes(sim.at("n_times"), sim.at("h"), false)
                                      : vpOdeTimes(sim.at("n_times"), sim.at("end_time"), sim.at("eps"), false);
  const auto lane = integrateLane(flow, start, Direction::inflation, set, ignore);

  // Rounding is in proportion to what was added up, which may be far larger than the sum: the posterior mean is of the data's size, a score
  // a difference of states over gamma, a displacement a difference of two rates. `terms` [frames]: RMS of those, 0 where the array is no
  // such sum.
  const double argument = schedule.rate(0) * schedule.tMax(),
               steps = std::max(1.0, singlePrecisionOfExp(argument) / singlePrecisionOfExp(14.02));
  const auto compare = [&](const char* key, const std::vector<float>& ours, std::int64_t from, double tolerance,
                           const at::Tensor& terms = {}) {
    const auto theirs = file.floats(std::string("melt/") + key);
    ASSERT_EQ(theirs.size(), ours.size()) << key;
    const auto frames = file.shape(std::string("melt/") + key)[0];
    const auto a = at::tensor(theirs).view({frames, -1}).slice(0, from), b = at::tensor(ours).view({frames, -1}).slice(0, from);
    // Point by point, frame by frame (unscaled states grow by orders of magnitude). A few points are so far from all others
    // that single precision decides where they go (fixtures' README): 85 of 100 must agree.
    auto scale = a.square().mean(1, true).sqrt();
    if (terms.defined()) scale = at::maximum(scale, terms.to(at::kFloat).view({-1, 1}));
    const auto error = ((a - b).abs() / scale).view({a.size(0), -1, lane.dim}).amax(2);
    EXPECT_LT(error.quantile(0.85, 1).max().item<double>(), tolerance * steps) << key;
  };
  Simulation s;
  s.basis = basis, s.schedule = schedule;
  const auto positions = [&](Space space) {
    std::vector<float> out(lane.x.size());
    for (std::int64_t k = 0; k < lane.frames(); ++k) framePositions(s, lane, k, space, out.data() + k * lane.n * lane.dim);
    return out;
  };
  compare("tilde_xs", positions(Space::dataUnscaled), 0, 2e-4);
  compare("tilde_xs_es", positions(Space::latentUnscaled), 0, 2e-4);
  compare("xs", positions(Space::dataScaled), 0, 2e-4);
  // The reference's xs_es holds its last state in every frame (its arrays share memory), so only that one can be compared.
  compare("xs_es", positions(Space::latentScaled), lane.frames() - 1, 2e-4);
  std::vector<double> ofScore, ofDisplacement;
  for (std::int64_t k = 1; k < lane.frames(); ++k) {
    const double t = lane.t[static_cast<std::size_t>(k)], h = std::abs(set.times[1] - set.times[0]);
    const auto x = at::tensor(std::vector<float>(lane.x.begin() + k * lane.n * lane.dim, lane.x.begin() + (k + 1) * lane.n * lane.dim))
                       .view({lane.n, lane.dim})
                       .to(at::kDouble);
    std::vector<double> gamma, rate;
    for (int j = 0; j < lane.dim; ++j) gamma.push_back(schedule.gamma(j, t)), rate.push_back(0.5 * schedule.rate(j));
    ofScore.push_back((x / at::tensor(gamma)).square().mean().sqrt().item<double>());
    ofDisplacement.push_back(h * flow.s(t) * (x * at::tensor(rate)).square().mean().sqrt().item<double>());
  }
  compare("dxs_es", lane.dx, 0, 2e-3, at::tensor(ofDisplacement));
  compare("unscaled_scores", lane.score, 0, 2e-3, at::tensor(ofScore));
  compare("gt_netout", lane.out, 0, 2e-4, at::full({lane.frames() - 1}, start.square().mean().sqrt().item<double>()));
}

ToySimulateOptions small(const std::string& data, std::int64_t keep = 0) {
  ToySimulateOptions o;
  o.data_name = data, o.dims_to_keep = keep, o.total_samples = 300, o.frames = 11;
  return o;
}

TEST(Simulate, RoundTripReturnsOnEverySetAndSchedule) {
  for (const auto& set : toySets())
    for (std::int64_t keep : {0, set.dim - 1}) {
      SCOPED_TRACE(set.id + " keep " + std::to_string(keep));
      const auto result = simulateToy(small(set.id, keep), {});
      ASSERT_TRUE(result) << result.error().message;
      EXPECT_LT((*result)->roundTripRmseKept, 1e-3);
      EXPECT_EQ((*result)->lanes.size(), 3u);
    }
}

TEST(Simulate, InflationEndsInTheLatentGaussian) {
  auto o = small("circles");
  o.total_samples = 4000, o.direction = "melt", o.frames = 2;
  const auto s = *simulateToy(o, {});
  const auto& lane = s->lanes.front();
  std::vector<float> z(static_cast<std::size_t>(lane.n * 2));
  framePositions(*s, lane, 1, Space::latentScaled, z.data());
  const auto latent = at::tensor(z).view({-1, 2});
  EXPECT_LT(latent.mean(0).abs().max().item<double>(), 0.08);
  const auto covariance = latent.t().matmul(latent) / static_cast<double>(lane.n);
  EXPECT_LT((covariance - at::eye(2)).abs().max().item<double>(), 0.08);
  const double kurtosis = latent.pow(4).mean().item<double>() / std::pow(latent.square().mean().item<double>(), 2);
  EXPECT_NEAR(kurtosis, 3, 0.25);
}

TEST(Simulate, PrrFlattensTheCompressedAxis) {
  auto o = small("moons", 1);
  const auto s = *simulateToy(o, {});
  const auto z = positionsAt(*s, *s->lane(Direction::inflation), 7.01, Space::latentScaled);
  double kept = 0, compressed = 0;
  for (std::size_t i = 0; i < z.size(); i += 2) kept += z[i] * z[i], compressed += z[i + 1] * z[i + 1];
  const double n = static_cast<double>(z.size()) / 2;
  EXPECT_NEAR(kept / n, s->latentVariance[0], 0.35);
  EXPECT_LT(compressed / n, 5e-3);
  EXPECT_NEAR(compressed / n / s->latentVariance[1], 1, 0.5);
}

TEST(Simulate, SameSeedSameBytes) {
  const auto a = *simulateToy(small("swirl", 2), {}), b = *simulateToy(small("swirl", 2), {});
  for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(a->lanes[k].x, b->lanes[k].x);
  auto other = small("swirl", 2);
  other.seed = 1;
  EXPECT_NE(a->lanes[0].x, (*simulateToy(other, {}))->lanes[0].x);
}

TEST(Simulate, DefaultToleranceKeepsItsPromise) {
  auto o = small("circles");
  const auto quick = *simulateToy(o, {});
  o.double_precision = true, o.tolerance = 1e-9;
  const auto truth = *simulateToy(o, {});
  const auto a = positionsAt(*quick, quick->lanes[0], 7.01, Space::whitened),
             b = positionsAt(*truth, truth->lanes[0], 7.01, Space::whitened);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); i += 2) sum += std::hypot(a[i] - b[i], a[i + 1] - b[i + 1]);
  EXPECT_LT(2 * sum / static_cast<double>(a.size()), 1e-3);
}

TEST(Simulate, StartsFromGivenPoints) {
  const auto folder = fs::temp_directory_path() / "inflaton_initial";
  fs::create_directories(folder);
  const std::string path = (folder / "start.npy").string();
  writeNpy(path, std::vector<float>{0.1f, 0.2f, -1.0f, 0.5f, 1.2f, -0.3f}, {3, 2});
  auto o = small("moons");
  o.initial = path;
  const auto s = *simulateToy(o, {});
  EXPECT_EQ(s->lanes[0].n, 3);
  const auto x = positionsAt(*s, s->lanes[0], 0, Space::dataUnscaled);
  EXPECT_NEAR(x[3], 0.5, 1e-6);
  writeNpy(path, std::vector<float>{0.1f, 0.2f, -1.0f}, {1, 3});
  EXPECT_FALSE(simulateToy(o, {}));
  fs::remove_all(folder);
}

TEST(Simulate, CancelIsHeardWithinOneEvaluation) {
  // 20 000 points on 20 000: an evaluation is 24 slices, so a stop asked for at the first must not wait for a whole step.
  const auto basis = diagonal({1, 1});
  const auto points = at::randn({20000, 2});
  ExactDenoiser denoiser(schedule(2, 2), basis, points);
  int polls = 0;
  denoiser.setPoll([&] {
    if (++polls == 3) throw Error(ErrorCode::cancelled, "cancelled");
  });
  EXPECT_THROW(denoiser.denoise(points, 1.0), Error);
  EXPECT_EQ(polls, 3);
}

TEST(Simulate, CancelsAndRefuses) {
  std::stop_source stop;
  stop.request_stop();
  JobContext context;
  context.stop = stop.get_token();
  const auto cancelled = simulateToy(small("circles"), context);
  ASSERT_FALSE(cancelled);
  EXPECT_TRUE(cancelled.error().cancelled());
  auto o = small("circles", 3);
  EXPECT_EQ(simulateToy(o, {}).error().code, ErrorCode::usage);
  o = small("circles");
  o.total_samples = 10000000, o.frames = 1000;
  EXPECT_NE(simulateToy(o, {}).error().message.find("8 GiB"), std::string::npos);
  o = small("circles");
  o.tolerance = 1e-9;
  EXPECT_NE(simulateToy(o, {}).error().message.find("tolerance is 1e-09"), std::string::npos);
}

TEST(Simulate, FilesHoldTheReferencesKeys) {
  const auto folder = fs::temp_directory_path() / "inflaton_save";
  fs::remove_all(folder);
  auto o = small("moons", 1);
  o.solver = "euler", o.steps = 41, o.save_dir = folder.string();
  const auto s = *simulateToy(o, {});
  const auto paths = saveSimulation(*s, o, {});
  ASSERT_TRUE(paths) << paths.error().message;
  const NpzReader file((folder / "moons_PRRto1D_melt_results.npz").string());
  for (const char* key : {"tilde_xs", "xs", "tilde_xs_es", "xs_es"})
    EXPECT_EQ(file.shape(key), (std::vector<std::int64_t>{6, 300, 2})) << key;
  for (const char* key : {"dxs", "dxs_es", "unscaled_scores", "gt_netout"})
    EXPECT_EQ(file.shape(key), (std::vector<std::int64_t>{5, 300, 2})) << key;
  EXPECT_EQ(file.doubles("t").size(), 6u);
  EXPECT_EQ(file.int64s("labels").size(), 300u);
  EXPECT_EQ(nlohmann::json::parse(file.text("meta")).at("options").at("data_name"), "moons");
  // An Euler displacement is the step itself.
  const auto x = file.floats("xs_es"), dx = file.floats("dxs_es");
  for (std::size_t i = 0; i < 600; ++i) EXPECT_NEAR(x[600 + i] - x[i], dx[i], 1e-6);
  // Score = (D - x) / gamma, here at the start.
  const auto score = file.floats("unscaled_scores"), out = file.floats("gt_netout"), u = file.floats("tilde_xs_es");
  for (std::size_t i = 0; i < 600; ++i) EXPECT_NEAR(score[i], (out[i] - u[i]) / 5e-4, 2e-3 * (1 + std::abs(score[i])));
  fs::remove_all(folder);
}

TEST(Positions, FramesAndBetween) {
  const auto s = *simulateToy(small("s_curve", 2), {});
  const auto& lane = *s->lane(Direction::roundTrip);
  bool between = true;
  const auto at = positionsAt(*s, lane, lane.t[4], Space::latentScaled, &between);
  EXPECT_FALSE(between);
  std::vector<float> frame(at.size());
  framePositions(*s, lane, 4, Space::latentScaled, frame.data());
  EXPECT_EQ(at, frame);
  positionsAt(*s, lane, 0.5 * (lane.t[4] + lane.t[5]), Space::latentScaled, &between);
  EXPECT_TRUE(between);
  EXPECT_EQ(positionsAt(*s, lane, 99, Space::whitened), positionsAt(*s, lane, 7.01, Space::whitened));
  // At t = 0, unscaled data coordinates are the data.
  const auto start = positionsAt(*s, *s->lane(Direction::inflation), 0, Space::dataUnscaled);
  for (std::size_t i = 0; i < start.size(); ++i) EXPECT_NEAR(start[i], s->data.values[i], 2e-6);
}

}  // namespace
}  // namespace inflaton
