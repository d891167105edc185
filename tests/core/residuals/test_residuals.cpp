#include "core/api/residuals.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/denoise/exact_denoiser.h"
#include "core/io/npz.h"
#include "core/nets/file/network_file.h"
#include "core/residuals/correlation.h"
#include "core/residuals/residual_walk.h"
#include "tests/core/nets/net_testing.h"
#include "tests/golden.h"

namespace inflaton {
namespace {

using ::inflaton::testing::Folder;
using ::inflaton::testing::smallNet;

double furthest(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

double rms(const std::vector<double>& a) {
  double sum = 0;
  for (const double v : a) sum += v * v;
  return std::sqrt(sum / static_cast<double>(a.size()));
}

TEST(ResidualsParity, Autocorrelations) {
  const NpzReader fixture(test::golden("residuals.npz"));
  const auto shape = fixture.shape("net_outputs");
  ASSERT_EQ(shape.size(), 3u);
  const std::int64_t size = shape[1] * shape[2];
  for (const auto& [of, want] : {std::pair{"net_outputs", "net_output_acs"}, {"net_residuals", "net_residual_acs"}}) {
    const auto values = fixture.floats(of);
    LagCorrelation c(shape[1], static_cast<int>(shape[2]));
    for (std::int64_t k = 0; k < shape[0]; ++k)
      c.add(std::span<const float>(values).subspan(static_cast<std::size_t>(k * size), static_cast<std::size_t>(size)));
    const auto expected = fixture.doubles(want);
    EXPECT_LT(furthest(c.reference(), expected), 2e-5 * rms(expected)) << of;
    if (std::string(of) == "net_residuals") {
      const auto mean = fixture.doubles("diag_mean");
      EXPECT_LT(furthest(c.diagonalMean(), mean), 2e-5 * rms(mean));
    }
  }
}

TEST(ResidualsParity, TheJobReadsTheReferencesFile) {
  const Folder folder;
  const std::string path = test::golden("residuals.npz");
  const NpzReader fixture(path);
  ResidualsCorrelateOptions o;
  o.res_root = path, o.save_dir = folder.path();
  EXPECT_NE(correlateResiduals(o, {}).error().message.find("dims_to_keep is 0"), std::string::npos);
  o.dims_to_keep = fixture.shape("net_outputs")[2];
  const auto written = correlateResiduals(o, {});
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(*written, folder.file("circles_PRP_toy_autocorrelations.npz"));
  const NpzReader out(*written);
  for (const char* name : {"net_output_acs", "net_residual_acs"}) {
    const auto expected = fixture.doubles(name);
    EXPECT_EQ(out.shape(name), fixture.shape(name));
    EXPECT_LT(furthest(out.doubles(name), expected), 2e-5 * rms(expected));
  }
  EXPECT_FALSE(out.has("t"));  // the file does not say its times
  o.n_samples = fixture.shape("net_outputs")[1] + 1;
  EXPECT_NE(correlateResiduals(o, {}).error().message.find("n_samples is"), std::string::npos);
}

TEST(Residuals, ProperCorrelationIsACorrelation) {
  // Second axis: 100 times the first at time 0. The reference's off-diagonal entries carry that factor, the proper ones do not.
  at::manual_seed(1);
  auto a = at::randn({4000, 2}), b = 0.6 * a + 0.8 * at::randn({4000, 2});
  b.select(1, 1).add_(a.select(1, 0));
  a.select(1, 1).mul_(100);
  LagCorrelation c(4000, 2);
  for (const auto& v : {a, b}) c.add({v.contiguous().data_ptr<float>(), 8000});
  const auto one = a.to(at::kDouble), two = b.to(at::kDouble);
  const auto z1 = (one - one.mean(0)) / one.std(0, false), z2 = (two - two.mean(0)) / two.std(0, false);
  const auto want = at::matmul(z1.t(), z2) / 4000;
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) EXPECT_NEAR(c.proper()[static_cast<std::size_t>(4 + 2 * i + j)], want[i][j].item<double>(), 1e-6);
  EXPECT_NEAR(c.reference()[4 + 1] * 100, c.proper()[4 + 1], 3);
  EXPECT_NEAR(c.reference()[4], c.proper()[4], 1e-14);
  EXPECT_NEAR(c.diagonalMean()[0], 1, 1e-12);
}

ResidualsExtractOptions tiny(const Folder& folder, const std::string& network) {
  ResidualsExtractOptions o;
  o.network = network, o.save_dir = folder.path(), o.n_samples = 60, o.n_time_pts = 8, o.h = 0.5, o.seed = 4;
  return o;
}

std::string savedNet(const Folder& folder, int keep, const std::string& space = "ES") {
  const auto plain = smallNet(keep);
  const NetDenoiser net(plain.schedule(), plain.basis(), std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 12, .depth = 2}),
                        plain.weights(), "ifs", space);
  const auto path = folder.file("net-" + std::to_string(keep) + space + ".safetensors");
  saveNetwork(path, net, {{"data_name", "circles"}});
  return path;
}

TEST(Residuals, ExtractWritesTheReferencesFile) {
  const Folder folder;
  for (const auto& [keep, word] : {std::pair{2, "PRP"}, {1, "PRRto1"}})
    for (const char* space : {"ES", "IS"}) {
      const auto o = tiny(folder, savedNet(folder, keep, space));
      const auto path = extractResiduals(o, {});
      ASSERT_TRUE(path) << path.error().message;
      EXPECT_EQ(*path, folder.file(std::string("circles_") + word + "_toy_net_outputs_residuals.npz"));
      const NpzReader in(*path);
      in.expectShape("net_outputs", {8, 60, 2}), in.expectShape("net_residuals", {8, 60, 2}), in.expectShape("t", {8});
      EXPECT_EQ(in.info("net_outputs").dtype, "<f4");
      EXPECT_NEAR(in.doubles("t")[7], 4.0, 1e-12);
      // outputs - residuals is the clean point, the same at every time, in the network's own space.
      const auto out = in.floats("net_outputs"), residual = in.floats("net_residuals");
      const auto walk = residualWalk(o);
      const auto& basis = walk.net->basis();
      auto clean = walk.clean;
      if (std::string(space) == "IS") clean = at::mm(clean, eigenvectors(basis).t());
      clean = clean.contiguous();
      for (std::size_t i = 0; i < out.size(); ++i)
        ASSERT_NEAR(out[i] - residual[i], clean.data_ptr<double>()[i % 120], 2e-6 * (1 + std::abs(out[i]))) << i;
    }
}

TEST(Residuals, OutputsAreTheDenoiserAtFreshNoise) {
  const Folder folder;
  const auto walk = residualWalk(tiny(folder, savedNet(folder, 2)));
  // Noise of the right size: for points this far from anything D is near cSkip x, and its residual has the scatter of the noise.
  std::vector<at::Tensor> residuals;
  walkResiduals(walk, {}, [&](std::size_t, const at::Tensor&, const at::Tensor& e) { residuals.push_back(e.clone()); });
  ASSERT_EQ(residuals.size(), 8u);
  for (std::size_t k = 1; k < 8; ++k) EXPECT_FALSE(residuals[k].equal(residuals[0]));
  std::vector<at::Tensor> again;
  walkResiduals(walk, {}, [&](std::size_t, const at::Tensor&, const at::Tensor& e) { again.push_back(e.clone()); });
  for (std::size_t k = 0; k < 8; ++k) EXPECT_TRUE(again[k].equal(residuals[k]));  // same seed, same bytes
}

TEST(Residuals, TrajectoriesBeginAtTheSamePointsAndFollowTheFlow) {
  const Folder folder;
  auto o = tiny(folder, savedNet(folder, 2));
  o.n_time_pts = 30, o.h = 0.2;
  const auto walked = [&](const char* along) {
    o.along = along;
    std::vector<at::Tensor> outputs;
    walkResiduals(residualWalk(o), {}, [&](std::size_t, const at::Tensor& D, const at::Tensor&) { outputs.push_back(D.clone()); });
    return outputs;
  };
  const auto fresh = walked("fresh"), along = walked("trajectory");
  EXPECT_TRUE(fresh[0].equal(along[0]));
  // Along a trajectory outputs change little from one time to the next; with fresh noise they jump.
  const auto change = [](const std::vector<at::Tensor>& v) {
    double sum = 0;
    for (std::size_t k = 1; k < v.size(); ++k) sum += (v[k] - v[k - 1]).square().mean().item<double>();
    return sum;
  };
  EXPECT_LT(change(along), 0.2 * change(fresh));
}

TEST(Residuals, BothAtOnceIsWhatTheFilesSay) {
  const Folder folder;
  for (const char* along : {"fresh", "trajectory"}) {
    auto o = tiny(folder, savedNet(folder, 1));
    o.along = along;
    const auto file = extractResiduals(o, {});
    ASSERT_TRUE(file) << file.error().message;
    ResidualsCorrelateOptions c;
    c.res_root = *file, c.save_dir = folder.path();
    const auto correlated = correlateResiduals(c, {});
    ASSERT_TRUE(correlated) << correlated.error().message;
    EXPECT_EQ(*correlated, folder.file("circles_PRRto1_toy_autocorrelations.npz"));
    EXPECT_EQ(*correlated, correlationsFile(c));
    const NpzReader in(*correlated);
    const auto direct = residualCorrelations(o, {});
    ASSERT_TRUE(direct) << direct.error().message;
    EXPECT_EQ((*direct)->t, in.doubles("t"));
    EXPECT_EQ((*direct)->outputs, in.doubles("net_output_acs"));
    EXPECT_EQ((*direct)->residuals, in.doubles("net_residual_acs"));
    EXPECT_EQ((*direct)->outputsProper, in.doubles("net_output_acs_proper"));
    EXPECT_EQ((*direct)->residualsProper, in.doubles("net_residual_acs_proper"));
    EXPECT_EQ((*direct)->diagonalMean, in.doubles("diag_mean"));
  }
}

TEST(Residuals, SaysWhatDoesNotFit) {
  const Folder folder;
  const auto network = savedNet(folder, 1);
  const auto said = [&](const std::function<void(ResidualsExtractOptions&)>& change) {
    auto o = tiny(folder, network);
    change(o);
    const auto r = extractResiduals(o, {});
    return r ? std::string() : r.error().message;
  };
  EXPECT_NE(said([](auto& o) { o.data_dim = 3; }).find("data_dim is 3; allowed: 2"), std::string::npos);
  EXPECT_NE(said([](auto& o) { o.dims_to_keep = 2; }).find("dims_to_keep is 2; allowed: 1"), std::string::npos);
  EXPECT_NE(said([](auto& o) { o.n_time_pts = 800, o.h = 0.01; }).find("n_time_pts * h is 8; allowed: up to 7.01"), std::string::npos);
  EXPECT_NE(said([](auto& o) { o.data_name = "s_curve"; }).find("s_curve, which has 3 dimensions"), std::string::npos);

  const auto file = extractResiduals(tiny(folder, network), {});
  ASSERT_TRUE(file);
  const auto refused = [&](const std::function<void(ResidualsCorrelateOptions&)>& change) {
    ResidualsCorrelateOptions o;
    o.res_root = *file, o.save_dir = folder.path();
    change(o);
    const auto r = correlateResiduals(o, {});
    return r ? std::string() : r.error().message;
  };
  EXPECT_NE(refused([](auto& o) { o.n_time_pts = 9; }).find("n_time_pts is 9; allowed: up to 8"), std::string::npos);
  EXPECT_NE(refused([](auto& o) { o.n_samples = 61; }).find("n_samples is 61; allowed: up to 60"), std::string::npos);
  EXPECT_NE(refused([](auto& o) { o.data_dim = 3; }).find("data_dim is 3; allowed: 2"), std::string::npos);
  EXPECT_NE(refused([](auto& o) { o.dims_to_keep = 2; }).find("dims_to_keep is 2; allowed: 1"), std::string::npos);
  EXPECT_NE(refused([](auto& o) { o.data_name = "moons"; }).find("data_name is moons; allowed: circles"), std::string::npos);
}

TEST(Residuals, CancelLeavesNoFile) {
  const Folder folder;
  const auto o = tiny(folder, savedNet(folder, 2));
  std::stop_source stop;
  JobContext context;
  context.stop = stop.get_token();
  context.progress = [&](const Progress& p) {
    if (p.step >= 3) stop.request_stop();
  };
  const auto r = extractResiduals(o, context);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, ErrorCode::cancelled);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) files += entry.path().extension() != ".safetensors";
  EXPECT_EQ(files, 0);
}

}  // namespace
}  // namespace inflaton
