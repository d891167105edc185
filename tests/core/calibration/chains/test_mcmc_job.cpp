// The joint sampler's job: what it writes, what it refuses, what it finds.
#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/api/job.h"
#include "core/calibration/chains/starts.h"
#include "core/calibration/posterior/joint_target.h"
#include "core/calibration/posterior/mixture_experiment.h"
#include "core/calibration/posterior/whitened_target.h"
#include "core/io/npz.h"
#include "core/io/run_folder.h"
#include "tests/core/calibration/chains/mcmc_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::Each;
using ::testing::HasSubstr;

namespace {

namespace fs = std::filesystem;

/// The message and hint of a run that cannot be.
std::string refusal(ToyMcmcOptions o, ErrorCode code = ErrorCode::usage) {
  const auto r = toyMcmc(o, {});
  if (r) return ADD_FAILURE() << "it ran", "";
  EXPECT_EQ(r.error().code, code) << r.error().message;
  return r.error().message + " | " + r.error().hint;
}

bool allFinite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

TEST(ToyMcmc, LeavesARunFolderOfFiniteArrays) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.thin = 4;
  o.save_trajs = true;
  std::vector<McmcUpdate> updates;
  const auto r = toyMcmc(o, {}, [&](const McmcUpdate& u) { updates.push_back(u); });
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(fs::path(r->run_folder).filename(), "00000-circles-PRP-mcmc");
  for (const char* name : {"options.json", "log.txt", "stats.jsonl", "progress.json", "checkpoint.npz"})
    EXPECT_TRUE(fs::exists(fs::path(r->run_folder) / name)) << name;
  EXPECT_FALSE(fs::exists(fs::path(r->run_folder) / "latents.part"));
  EXPECT_EQ(readRunState(r->run_folder), JobState::finished);
  for (const auto& file : r->files) EXPECT_TRUE(fs::exists(file)) << file;

  const NpzReader weights(r->run_folder + "/sampled_weights.npz"), zs(r->run_folder + "/sampled_zs.npz"),
      posterior(r->run_folder + "/posterior.npz");
  weights.expectShape("arr_0", {60, 3});
  const auto w = weights.doubles("arr_0");
  for (std::size_t i = 0; i < w.size(); i += 3) EXPECT_NEAR(w[i] + w[i + 1] + w[i + 2], 1, 1e-6);
  zs.expectShape("arr_0", {2 * 8, 120});  // draws 0, 4, ..., 28
  EXPECT_TRUE(allFinite(zs.doubles("arr_0")));
  posterior.expectShape("posterior/weights", {2, 30, 3});
  posterior.expectShape("posterior_thinned/z", {2, 8, 60, 2});
  for (const char* name : {"lp", "energy", "acceptance_rate", "step_size", "tree_depth", "n_steps", "diverging"}) {
    posterior.expectShape(std::string("sample_stats/") + name, {2, 30});
    EXPECT_TRUE(allFinite(posterior.doubles(std::string("sample_stats/") + name))) << name;
  }
  posterior.expectShape("observed_data/x", {60, 2});
  posterior.expectShape("ground_truth/z", {60, 2});
  EXPECT_EQ(posterior.doubles("ground_truth/weights"), (std::vector<double>{0.5, 0.25, 0.25}));
  const auto meta = nlohmann::json::parse(posterior.text("meta"));
  EXPECT_EQ(meta.at("options").at("gt_n"), 60);
  // Image space is W z.
  const auto W = meta.at("W").get<std::vector<double>>();
  const auto z = posterior.doubles("posterior_thinned/z"), image = zs.doubles("arr_0");
  for (std::size_t i = 0; i < z.size(); i += 2) {
    EXPECT_NEAR(image[i], W[0] * z[i] + W[1] * z[i + 1], 1e-5);
    EXPECT_NEAR(image[i + 1], W[2] * z[i] + W[3] * z[i + 1], 1e-5);
  }

  EXPECT_EQ(std::distance(fs::directory_iterator(fs::path(r->run_folder) / "trajs_outdir"), fs::directory_iterator()), 60);
  const NpzReader state(r->run_folder + "/trajs_outdir/curr_params_000000.npz");
  state.expectShape("arr_0", {123});
  EXPECT_NEAR(state.doubles("arr_0")[3], image[0], 1e-6);

  ASSERT_FALSE(updates.empty());
  const auto& last = updates.back();
  EXPECT_EQ(last.iteration, 55);
  EXPECT_EQ(last.draws->drawsOf(1), 55);
  EXPECT_EQ(last.run_folder, r->run_folder);
  EXPECT_FALSE(last.verdict.empty());
  EXPECT_EQ(last.weights.size(), 3u);
  EXPECT_EQ(last.draws->watched.size(), 4u);
  EXPECT_GT(r->gradients, 2 * 55);
}

TEST(ToyMcmc, IsLookedAtAgain) {
  const TempFolder folder;
  const auto r = toyMcmc(smallChains(folder), {});
  ASSERT_TRUE(r) << r.error().message;
  const auto again = loadMcmc(r->run_folder);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->last.draws->weights, r->last.draws->weights);
  EXPECT_EQ(again->last.draws->latents, r->last.draws->latents);
  EXPECT_EQ(again->last.verdict, r->last.verdict);
  EXPECT_EQ(again->worstRhat, r->worstRhat);
  EXPECT_NEAR(again->latentEss, r->latentEss, 1e-9 * r->latentEss);
  EXPECT_EQ(again->truth, r->truth);
  EXPECT_FALSE(again->stopped);
  ASSERT_EQ(again->diagnostics.size(), 3u + 8u);
  EXPECT_EQ(again->diagnostics[0].mean, r->diagnostics[0].mean);
  EXPECT_FALSE(loadMcmc(folder.path()));
}

TEST(ToyMcmc, SameSeedSameBytesForAnyThreads) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.map = "table", o.table_tolerance = 0.02;
  o.threads = 1;
  const auto one = toyMcmc(o, {});
  o.threads = 2;
  const auto two = toyMcmc(o, {});
  o.seed = 5;
  const auto other = toyMcmc(o, {});
  ASSERT_TRUE(one && two && other);
  EXPECT_EQ(lasting(one->run_folder), lasting(two->run_folder));
  EXPECT_NE(lasting(one->run_folder)["sampled_weights.npz"], lasting(other->run_folder)["sampled_weights.npz"]);
  EXPECT_GT(one->table.cells, 0);
}

TEST(ToyMcmc, HmcOfTheReferenceRunsToo) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.sampler = "hmc", o.metric = "unit", o.init = "truth", o.traj_length = 5, o.chains = 1;
  const auto r = toyMcmc(o, {});
  ASSERT_TRUE(r) << r.error().message;
  for (const auto n : r->last.draws->leapfrogs[0]) EXPECT_EQ(n, 5);
  EXPECT_GT(r->last.draws->accept[0].back(), 0);
}

TEST(ToyMcmc, EveryBadOptionIsNamed) {
  const TempFolder folder;
  const auto with = [&](auto change) {
    auto o = smallChains(folder);
    change(o);
    return refusal(o);
  };
  EXPECT_THAT(with([](auto& o) { o.chains = 0; }), HasSubstr("chains"));
  EXPECT_THAT(with([](auto& o) { o.acpt = 0; }), HasSubstr("acpt"));
  EXPECT_THAT(with([](auto& o) { o.acpt = 1; }), HasSubstr("acpt"));
  EXPECT_THAT(with([](auto& o) { o.gt_n = 0; }), HasSubstr("gt_n"));
  EXPECT_THAT(with([](auto& o) { o.gt_eps_mvn = 0; }), HasSubstr("gt_eps_mvn"));
  EXPECT_THAT(with([](auto& o) { o.step_size = 0; }), HasSubstr("step_size"));
  EXPECT_THAT(with([](auto& o) { o.traj_length = 0; }), HasSubstr("traj_length"));
  EXPECT_THAT(with([](auto& o) { o.mcmc_n = 0; }), HasSubstr("mcmc_n"));
  EXPECT_THAT(with([](auto& o) { o.data_name = "s_curve"; }), HasSubstr("2"));
  EXPECT_THAT(with([](auto& o) { o.source = "net"; }), HasSubstr("network"));
  EXPECT_THAT(with([](auto& o) { o.schedule = "paper", o.solver = "euler"; }), HasSubstr("euler"));
  EXPECT_THAT(with([](auto& o) { o.mcmc_n = 10000000, o.chains = 64; }), HasSubstr("GiB"));
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(ToyMcmc, StepsTooLargeEndItWithTheDrawsKept) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.burn = 0, o.step_size = 30, o.mcmc_n = 500;
  const auto r = toyMcmc(o, {});
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, ErrorCode::diverged);
  EXPECT_THAT(r.error().message, HasSubstr("diverged"));
  EXPECT_THAT(r.error().hint, HasSubstr("step_size"));
  const std::string run = folder.path() + "/00000-circles-PRP-mcmc";
  EXPECT_THAT(r.error().hint, HasSubstr(run));
  EXPECT_EQ(readRunState(run), JobState::failed);
  EXPECT_GE(NpzReader(run + "/sampled_weights.npz").shape("arr_0")[0], 20);
  const auto kept = loadMcmc(run);
  ASSERT_TRUE(kept);
  EXPECT_GT(kept->last.divergences, 0);
}

TEST(ToyMcmc, StartsAreDispersedAndCoordinatesExact) {
  const TempFolder folder;
  auto o = smallChains(folder);
  const auto e = makeMixtureExperiment(o, {});
  const auto pool = LatentPool::make(e.mixture, *e.map, 3, {});
  const auto starts = chainStarts(o, e, pool, {});
  ASSERT_EQ(starts.size(), 2u);
  EXPECT_GT(std::abs(starts[0][0] - starts[1][0]), 1e-3);
  EXPECT_NE(starts[0], starts[1]);
  const JointTarget target(e.map, e.mixture, e.truth.x, o.gt_eps_mvn);
  const WhitenedTarget round(target, o, e, pool, {});

  // There and back, the same density, and a gradient that fits it.
  auto u = round.whitened(starts[0]);
  const auto back = round.natural(u);
  for (std::size_t i = 0; i < back.size(); ++i) EXPECT_NEAR(back[i], starts[0][i], 1e-9 * (1 + std::abs(starts[0][i])));
  std::vector<double> gradient(u.size()), other(u.size());
  double there = 0, here = 0;
  round.evaluate(u, {&there, 1}, gradient);
  target.evaluate(starts[0], {&here, 1}, other);
  EXPECT_NEAR(there, here, 1e-8 * std::abs(here));
  for (const std::size_t i : {0u, 1u, 2u, 3u, 4u, 50u, 51u}) {
    const double at = u[i], h = 1e-5;
    double up = 0, down = 0;
    u[i] = at + h, round.evaluate(u, {&up, 1}, other);
    u[i] = at - h, round.evaluate(u, {&down, 1}, other);
    u[i] = at;
    EXPECT_NEAR(gradient[i], (up - down) / (2 * h), 1e-4 * (1 + std::abs(gradient[i]))) << i;
  }
  o.init = "truth";
  for (const auto& q : chainStarts(o, e, pool, {})) {
    EXPECT_EQ(q[0], 1.06);
    EXPECT_EQ(std::vector<double>(q.begin() + 3, q.end()), e.truth.z);
  }
}

TEST(ToyMcmc, TableAndSolverAgreeFromTheSameState) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.map = "table", o.table_tolerance = 0.005;
  const auto e = makeMixtureExperiment(o, {});
  ASSERT_GT(e.table.cells, 0);
  const JointTarget quick(e.map, e.mixture, e.truth.x, o.gt_eps_mvn), slow(e.solver, e.mixture, e.truth.x, o.gt_eps_mvn);
  for (const auto& q : chainStarts(o, e, LatentPool::make(e.mixture, *e.solver, 3, {}), {})) {
    // d of log N per coordinate is at most residual/variance times the error: residuals of these starts are some noise widths.
    const double bound = 2 * static_cast<double>(o.gt_n) * e.table.max * 6 / std::sqrt(o.gt_eps_mvn);
    const auto a = quick.parts(q), b = slow.parts(q);
    EXPECT_EQ(a.logPrior, b.logPrior);
    EXPECT_NEAR(a.logLikelihood, b.logLikelihood, bound);
    EXPECT_LT(std::abs(a.logLikelihood - b.logLikelihood), 1);
  }
}

TEST(ToyMcmc, EveryStartAndSamplerFindTheSamePosterior) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.map = "table", o.table_tolerance = 0.01, o.gt_n = 400, o.gt_eps_mvn = 0.02, o.chains = 4, o.burn = 150, o.mcmc_n = 250, o.max_depth = 7;
  std::vector<std::vector<Diagnostic>> found;
  for (const char* how : {"dispersed", "truth", "diag", "hmc"}) {
    o.init = std::string(how) == "truth" ? "truth" : "dispersed";
    o.metric = std::string(how) == "diag" ? "diag" : "local";
    o.sampler = std::string(how) == "hmc" ? "hmc" : "nuts", o.traj_length = 40;
    const auto r = toyMcmc(o, {});
    ASSERT_TRUE(r) << r.error().message;
    EXPECT_LT(r->worstRhat, 1.05) << how;
    found.push_back(r->last.weights);
  }
  for (std::size_t i = 1; i < found.size(); ++i)
    for (std::size_t k = 0; k < 3; ++k) {
      const auto &a = found[0][k], &b = found[i][k];
      EXPECT_NEAR(a.mean, b.mean, 4.5 * std::hypot(a.mcse, b.mcse)) << i;
      EXPECT_NEAR(a.sd, b.sd, 0.35 * a.sd) << i;
    }
}
