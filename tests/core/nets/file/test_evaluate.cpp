#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/api/networks.h"
#include "core/api/system.h"
#include "core/io/npz.h"
#include "core/machine/device.h"
#include "core/nets/file/network_file.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using ::testing::AllOf;
using testing::errorOf;
using ::testing::HasSubstr;

struct Files {
  testing::Folder folder;
  EvaluateOptions options;
  Files(std::vector<double> x, std::vector<std::int64_t> shape, std::vector<double> t) {
    options.network = folder.file("net.safetensors"), options.input = folder.file("in.npz"), options.output = folder.file("out.npz");
    saveNetwork(options.network, testing::smallNet(1), {});
    NpzWriter in(options.input);
    in.add("x", std::span<const double>(x), shape);
    in.add("t", std::span<const double>(t), {static_cast<std::int64_t>(t.size())});
    in.commit();
  }
};

TEST(Evaluate, WritesWhatTheDenoiserSays) {
  Files f({0.5, -1, 2, 0.1, 30, -4}, {3, 2}, {0.2, 3, 7.01});
  const auto done = evaluateNetwork(f.options, {});
  ASSERT_TRUE(done) << done.error().message;
  NpzReader out(f.options.output);
  const auto denoised = out.floats("denoised"), weight = out.floats("weight"), score = out.floats("score");
  EXPECT_EQ(out.shape("denoised"), (std::vector<std::int64_t>{3, 2}));
  const auto net = testing::smallNet(1);
  const double x[3][2] = {{0.5, -1}, {2, 0.1}, {30, -4}}, t[3] = {0.2, 3, 7.01};
  for (int i = 0; i < 3; ++i) {
    const auto expected = net.denoise(at::tensor({x[i][0], x[i][1]}, at::kDouble).view({1, 2}), t[i]);
    const auto p = Preconditioning::at(net.schedule(), net.basis().eigenvalues, t[i]);
    for (int j = 0; j < 2; ++j) {
      const auto k = static_cast<std::size_t>(2 * i + j);
      const double d = expected[0][j].item<double>();
      EXPECT_NEAR(denoised[k], d, 1e-4);
      EXPECT_NEAR(weight[k], p.weight[static_cast<std::size_t>(j)], 1e-4 * weight[k]);
      EXPECT_NEAR(score[k], (d - x[i][j]) / net.schedule().gamma(j, t[i]), 1e-3 * std::abs(score[k]) + 1e-4);
    }
  }
}

TEST(Evaluate, ATimeInSinglePrecisionIsWithinTheEndThatItRoundsTo) {
  const double single = static_cast<double>(7.01f);
  ASSERT_GT(single, 7.01 * (1 + 1e-9));
  Files exact({0.5, -1}, {1, 2}, {7.01}), rounded({0.5, -1}, {1, 2}, {single}), beyond({0.5, -1}, {1, 2}, {7.0101});
  ASSERT_TRUE(evaluateNetwork(exact.options, {}));
  const auto done = evaluateNetwork(rounded.options, {});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(NpzReader(rounded.options.output).floats("denoised"), NpzReader(exact.options.output).floats("denoised"));
  EXPECT_FALSE(evaluateNetwork(beyond.options, {}));
}

TEST(Evaluate, RefusesInputThatDoesNotFit) {
  Files wide({1, 2, 3}, {1, 3}, {1});
  auto done = evaluateNetwork(wide.options, {});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, AllOf(HasSubstr("in.npz"), HasSubstr("x")));
  Files late({1, 2}, {1, 2}, {9});
  done = evaluateNetwork(late.options, {});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, AllOf(HasSubstr("t[0] is 9"), HasSubstr("7.01")));
  Files nan({1, NAN}, {1, 2}, {1});
  done = evaluateNetwork(nan.options, {});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("x[0, 1]"));
  EXPECT_FALSE(std::filesystem::exists(nan.options.output));
  nan.options.network = nan.folder.file("absent.safetensors");
  done = evaluateNetwork(nan.options, {});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("absent.safetensors"));
}

TEST(Device, UnknownAndAbsentDevicesAreNamedWithThoseThereAre) {
  EXPECT_TRUE(chooseDevice("cpu").is_cpu());
  EXPECT_NO_THROW(chooseDevice("auto"));
  EXPECT_THAT(errorOf([] { chooseDevice("gpu"); }), AllOf(HasSubstr("\"gpu\""), HasSubstr("cpu")));
  EXPECT_THAT(errorOf([] { chooseDevice("cuda:99"); }), AllOf(HasSubstr("cuda:99"), HasSubstr("not there"), HasSubstr("cpu")));
  for (const char* text : {"cuda:", "cuda:-1", "cuda:1x", "cudas", ""}) EXPECT_NE(errorOf([&] { chooseDevice(text); }), "") << text;
}

TEST(SystemInfo, TellsVersionsThreadsAndDevices) {
  useThreads(1);
  auto info = systemInfo();
  EXPECT_EQ(info.threads, 1);
  if (info.cores > 1) {
    EXPECT_THAT(info.warnings, ::testing::Contains(HasSubstr("--threads")));
  }
  useThreads(0);
  info = systemInfo();
  EXPECT_EQ(info.threads, info.cores);
  EXPECT_FALSE(info.version.empty() || info.torch.empty() || info.blas.empty() || info.compiler.empty());
  ASSERT_FALSE(info.devices.empty());
  EXPECT_EQ(info.devices[0], "cpu");
}

}  // namespace
}  // namespace inflaton
