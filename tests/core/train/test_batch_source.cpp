#include "core/train/batch_source.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/data/random.h"
#include "core/denoise/exact_denoiser.h"

namespace inflaton {
namespace {

struct Moons {
  DataSource data;
  Eigenbasis basis;
  Schedule schedule;
  explicit Moons(int keep = 0) : data(options()), basis(eigenbasisOf(data.draw(20000, 1))), schedule(make(keep)) {}
  static DataOptions options() {
    DataOptions o;
    o.data_name = "moons";
    return o;
  }
  static Schedule make(int keep) {
    ScheduleOptions o;
    o.dims_to_keep = keep;
    return Schedule::make(o, 2);
  }
  BatchSource source(std::int64_t batch, std::uint64_t seed = 3) const {
    return {data, schedule, basis, {.batch = batch, .seed = seed}, c10::kCPU};
  }
};

TEST(BatchSource, NetworkInputAndTargetHaveUnitVarianceAtAllTimes) {
  const Moons moons;
  auto source = moons.source(65536);
  const auto b = source.at(0);
  for (int quarter = 0; quarter < 4; ++quarter) {
    for (const auto& v : {b.y, b.target}) {
      const auto part = v.slice(0, quarter * 16384, (quarter + 1) * 16384).to(at::kDouble);
      EXPECT_LT(part.mean(0).abs().max().item<double>(), 0.04) << quarter;
      EXPECT_LT((part.var(0, false) - 1).abs().max().item<double>(), 0.06) << quarter;
    }
  }
}

TEST(BatchSource, TargetIsThePreconditionedCleanPoint) {
  const Moons moons(1);
  auto source = moons.source(256);
  const auto b = source.at(5);
  const auto pool = eigenTensor(moons.basis, moons.data.draw(65536, trainingSeed(3, TrainingPurpose::data, 0)), at::kDouble);
  for (const std::int64_t i : {0, 100, 255}) {
    // y and target are a rotation of clean point and noise; turned back, the clean point is one of those drawn.
    const auto p = Preconditioning::at(moons.schedule, moons.basis.eigenvalues, b.given.t[i].item<double>());
    auto x0 = at::empty({2}, at::kDouble);
    for (int j = 0; j < 2; ++j) {
      const auto J = static_cast<std::size_t>(j);
      x0[j] = p.cSkip[J] * b.y[i][j].item<double>() / p.cIn[J] + p.cOut[J] * b.target[i][j].item<double>();
    }
    EXPECT_LT((pool - x0).square().sum(1).min().sqrt().item<double>(), 2e-5) << i;
  }
}

TEST(BatchSource, TimesAreStratifiedOverTheRange) {
  const Moons moons;
  auto source = moons.source(512);
  const auto t = source.at(0).given.t.to(at::kDouble) / moons.schedule.tMax() * 512;
  EXPECT_TRUE(at::equal(t.floor().clamp(0, 511), at::arange(512, at::kDouble)));
}

TEST(BatchSource, ABatchDependsOnSeedAndStepAlone) {
  const Moons moons;
  auto one = moons.source(1000), other = moons.source(1000), third = moons.source(1000, 4);
  one.at(0), one.at(1);
  const auto a = one.at(70), b = other.at(70);  // in the second pool
  EXPECT_TRUE(at::equal(a.y, b.y) && at::equal(a.given.t, b.given.t) && at::equal(a.target, b.target));
  EXPECT_FALSE(at::equal(a.y, third.at(70).y));
  EXPECT_FALSE(at::equal(a.y, one.at(71).y));
}

TEST(BatchSource, ExtremeSchedulesStayFinite) {
  const Moons moons;
  for (const double rho : {0.01, 20.0}) {
    const Schedule schedule({1, -1.5}, rho, 5e-4, 30, 1);
    BatchSource source(moons.data, schedule, moons.basis, {.tmin = 0, .batch = 512, .seed = 1, .references = rho > 1 ? 512 : 0}, c10::kCPU);
    const auto b = source.at(0);
    EXPECT_TRUE(at::isfinite(b.y).all().item<bool>() && at::isfinite(b.target).all().item<bool>()) << rho;
  }
}

TEST(DataSource, UnknownSetsAreRefusedByName) {
  DataOptions o;
  o.data_name = "squares";
  EXPECT_THROW(DataSource{o}, Error);
}

}  // namespace
}  // namespace inflaton
