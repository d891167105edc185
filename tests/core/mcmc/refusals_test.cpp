// What the samplers refuse, and what they say then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "core/api/error.h"
#include "tests/core/mcmc/targets.h"

namespace inflaton::mcmc {
namespace {

using ::testing::HasSubstr;
using testing::RowTarget;
using testing::Starts;

template <class F>
Error errorOf(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return e;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorCode::failed, "");
}

const double kNan = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();

TEST(Refusals, SettingsOutOfRange) {
  const auto target = testing::normal({1, 1});
  const auto check = [&](Settings s, const std::vector<std::vector<double>>& starts, const char* words) {
    const Error e = errorOf([&] { Sampler(target, s, starts); });
    EXPECT_EQ(e.code(), ErrorCode::usage);
    EXPECT_THAT(e.what(), HasSubstr(words));
  };
  const std::vector<std::vector<double>> one{{0, 0}};
  check({}, {}, "chains is 0; at least 1 is needed");
  for (const double a : {0.0, 1.0, -0.5, 1.5, kNan}) check({.targetAccept = a}, one, "it must lie between 0 and 1, both excluded");
  check({.targetAccept = 1.5}, one, "target acceptance is 1.5;");
  for (const double h : {0.0, -1.0, kNan, kInf}) check({.stepSize = h}, one, "it must be positive and finite");
  check({.stepSize = -1}, one, "step size is -1;");
  check({.draws = 0}, one, "draws is 0; at least 1 is needed");
  check({.warmup = -1}, one, "warm-up is -1;");
  check({.nuts = false, .leapfrogs = 0}, one, "leapfrog steps is 0;");
  check({.maxDepth = 0}, one, "maximum depth is 0; it must lie in 1 to 30");
  check({.maxDepth = 31}, one, "maximum depth is 31;");
  check({.maxEnergyError = 0}, one, "maximum energy error is 0;");
  check({}, {{0, 0}, {0, 0, 0}}, "the start of chain 1 has 3 numbers; the target has 2 parameters");
}

TEST(Refusals, StartsWithoutADensity) {
  const auto check = [](double logDensity, double slope, double start, const char* words) {
    const RowTarget target(2, [=](std::span<const double> q, std::span<double> g) {
      g[0] = 0, g[1] = q[0] > 0 ? slope : 0;
      return q[0] > 0 ? logDensity : 0;
    });
    const Error e = errorOf([&] { Sampler(target, {}, Starts{{0, 0}, {start, 0}}); });
    EXPECT_EQ(e.code(), ErrorCode::failed);
    EXPECT_THAT(e.what(), HasSubstr(words));
  };
  check(-kInf, 0, 1, "the log-density at the start of chain 1 is -inf");
  check(kNan, 0, 1, "the log-density at the start of chain 1 is");
  check(0, kInf, 1, "the gradient of the log-density at the start of chain 1 is inf for parameter 1");
  check(0, 0, kInf, "the start of chain 1 has a coordinate that is not finite");
}

TEST(Refusals, StatesThatDoNotFit) {
  const auto target = testing::normal({1, 1});
  const Settings s{.warmup = 50, .draws = 10};
  Sampler sampler(target, s, Starts{{0, 1}, {1, 0}});
  for (int i = 0; i < 5; ++i) sampler.step();
  const auto check = [&](const std::function<void(std::vector<ChainState>&)>& spoil, const char* words, Settings with) {
    auto states = sampler.states();
    spoil(states);
    const Error e = errorOf([&] { Sampler(target, with, states); });
    EXPECT_THAT(e.what(), HasSubstr(words));
  };
  check([](auto& v) { v.clear(); }, "chains is 0", s);
  check([](auto& v) { v[1].q.push_back(0); }, "the saved state of chain 1 has a position of 3 numbers; the target has 2 parameters", s);
  check([](auto& v) { v[1].gradient[0] = kNan; }, "not finite", s);
  check([](auto& v) { v[0].inverseMetric[1] = 0; }, "a metric that is not positive and finite", s);
  check([](auto& v) { v[0].generator = {0, 0, 0, 0}; }, "a generator that is none", s);
  check([](auto& v) { v[0].generator = {1}; }, "a generator that is none", s);
  check([](auto& v) { v[1].iteration = 4; }, "is 4 transitions on, chain 0 is 5", s);
  check([](auto& v) { v[1].stepSize = kNan; }, "has the step size nan", s);
  check([](auto& v) { v[1].adaptation.pop_back(); }, "numbers of adaptation, these settings need", s);
  check([](auto&) {}, "numbers of adaptation, these settings need", {.adaptMetric = false, .warmup = 50, .draws = 10});
  check([](auto&) {}, "numbers of adaptation, these settings need 0", {.warmup = 3, .draws = 10});
}

TEST(Refusals, ACollapsingStepKeepsTheStates) {
  // Finite at the starts alone: no step is accepted, and dual averaging shrinks it without end.
  const RowTarget points(2, [](std::span<const double> q, std::span<double> g) {
    g[0] = g[1] = 0;
    return q[0] == 0.5 && q[1] == 0.25 ? 0 : -kInf;
  });
  for (const bool nuts : {true, false}) {
    Sampler sampler(points, {.nuts = nuts, .stepSize = 0.1, .findStepSize = false, .leapfrogs = 2, .warmup = 500, .draws = 10},
                    Starts{{0.5, 0.25}});
    std::vector<Transition> kept;
    const Error e = errorOf([&] {
      for (int i = 0; i < 500; ++i) kept.push_back(sampler.step()[0]);
    });
    EXPECT_EQ(e.code(), ErrorCode::diverged);
    EXPECT_THAT(e.what(), HasSubstr("the step size of chain 0 fell to"));
    EXPECT_THAT(e.hint(), HasSubstr("smaller initial step"));
    EXPECT_EQ(sampler.iteration(), static_cast<std::int64_t>(kept.size()));
    EXPECT_EQ(sampler.states()[0].q, (std::vector<double>{0.5, 0.25}));
    for (const auto& t : kept) EXPECT_TRUE(t.divergent && !t.accepted && t.accept == 0);
    EXPECT_EQ(errorOf([&] { sampler.step(); }).code(), ErrorCode::diverged);
    // Saved and read again it says the same.
    Sampler again(points, {.nuts = nuts, .stepSize = 0.1, .findStepSize = false, .leapfrogs = 2, .warmup = 500, .draws = 10},
                  sampler.states());
    EXPECT_EQ(errorOf([&] { again.step(); }).code(), ErrorCode::diverged);
  }
  Sampler searching(points, {.stepSize = 0.1, .warmup = 500, .draws = 10}, Starts{{0.5, 0.25}});
  const auto before = searching.states();
  EXPECT_EQ(errorOf([&] { searching.step(); }).code(), ErrorCode::diverged);
  EXPECT_EQ(testing::difference(searching.states()[0], before[0]), "");
}

TEST(Refusals, AFlatDensityHasNothingToSample) {
  const RowTarget flat(1, [](std::span<const double>, std::span<double> g) { return g[0] = 0, 0.0; });
  Sampler sampler(flat, {.warmup = 100, .draws = 10}, Starts{{0}});
  const Error e = errorOf([&] { sampler.step(); });
  EXPECT_EQ(e.code(), ErrorCode::failed);
  EXPECT_THAT(e.what(), HasSubstr("no step is too large for chain 0"));
}

}  // namespace
}  // namespace inflaton::mcmc
