#include "core/api/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/api/options.h"
#include "core/io/npz.h"
#include "tests/golden.h"

namespace inflaton {
namespace {

using test::golden;
using test::goldenJson;
using test::singlePrecisionOfExp;

ScheduleOptions scheduleOf(const nlohmann::json& c) {
  ScheduleOptions o;
  o.data_dim = c.at("data_dim");
  o.dims_to_keep = c.at("dims_to_keep");
  o.g_type = c.value("g_type", "orig");
  o.inflation_gap = c.value("inflation_gap", 1.0);
  o.g_rescaling = c.value("g_rescaling", 1.0);
  o.rho = c.at("rho");
  o.gamma0 = c.value("gamma0", 5e-4);
  return o;
}

/// Largest deviation relative to the array's RMS. The fixture's gamma is float32.
double deviation(const std::vector<double>& want, const std::vector<double>& got) {
  double square = 0, worst = 0;
  for (std::size_t i = 0; i < want.size(); ++i) square += want[i] * want[i], worst = std::max(worst, std::abs(want[i] - got[i]));
  return worst / std::sqrt(square / static_cast<double>(want.size()));
}

TEST(ScheduleParity, ReferenceSchedules) {
  const auto cases = goldenJson("schedule.json");
  const NpzReader file(golden("schedule.npz"));
  const auto t = file.doubles("t");
  ASSERT_GT(cases.size(), 0u);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string at = "case" + std::to_string(i) + "/";
    SCOPED_TRACE(at);
    const auto ours = Schedule::make(scheduleOf(cases[i]), cases[i].at("data_dim"), cases[i].value("A0", 1.0));
    for (std::size_t j = 0; j < ours.g().size(); ++j) EXPECT_NEAR(file.doubles(at + "g")[j], ours.g()[j], 1e-6);
    // The reference keeps g in single precision; the closed forms are compared at that very g.
    const Schedule schedule(file.doubles(at + "g"), ours.rho(), ours.gamma0(), ours.tMax(), ours.dimsToKeep(), ours.A0());
    const double xi = cases[i].value("xi", 1.0);
    const auto D = static_cast<std::size_t>(schedule.dim());
    std::vector<double> gamma, gammaDot, s, sDot;
    for (double time : t) {
      for (int j = 0; j < schedule.dim(); ++j) gamma.push_back(schedule.gamma(j, time)), gammaDot.push_back(schedule.gammaDot(j, time));
      s.push_back(schedule.s(time, xi)), sDot.push_back(schedule.sDot(time, xi));
    }
    double argument = 0;
    for (int j = 0; j < schedule.dim(); ++j)
      argument = std::max(argument, std::abs(schedule.rate(j)) * *std::max_element(t.begin(), t.end()));
    const auto tolerance = [&](const std::string& name) {
      return file.info(at + name).itemSize == 8 ? 1e-10 : singlePrecisionOfExp(argument);
    };
    ASSERT_EQ(file.doubles(at + "gamma").size(), t.size() * D);
    EXPECT_LT(deviation(file.doubles(at + "gamma"), gamma), tolerance("gamma"));
    EXPECT_LT(deviation(file.doubles(at + "gamma_dot"), gammaDot), tolerance("gamma_dot"));
    EXPECT_LT(deviation(file.doubles(at + "s"), s), tolerance("s"));
    EXPECT_LT(deviation(file.doubles(at + "s_dot"), sDot), tolerance("s_dot"));
  }
}

TEST(ScheduleParity, ReferenceTimeGrids) {
  const NpzReader file(golden("schedule.npz"));
  for (const bool generation : {false, true}) {
    const std::string word = generation ? "gen" : "melt";
    const auto ifs = file.doubles("times/ifs_" + word), vp = file.doubles("times/vp_ode_" + word);
    const double end = std::max(ifs.front(), ifs.back());
    const int n = static_cast<int>(ifs.size());
    EXPECT_LT(deviation(ifs, ifsTimes(n, end / n, generation)), 1e-10);
    EXPECT_LT(deviation(vp, vpOdeTimes(static_cast<int>(vp.size()), std::max(vp.front(), vp.back()), std::min(vp.front(), vp.back()),
                                       generation)),
              1e-10);
  }
}

TEST(Schedule, DefaultsInflateKeptAxesAsExp2t) {
  for (int keep : {0, 2, 1}) {
    ScheduleOptions o;
    o.dims_to_keep = keep;
    const auto s = Schedule::make(o, 3);
    EXPECT_DOUBLE_EQ(s.rate(0), 2.0);
    EXPECT_NEAR(s.gamma(0, 7.01), 5e-4 * std::exp(14.02), 1e-9 * 614);
    EXPECT_EQ(s.name(), keep == 0 ? "PRP" : "PRRto" + std::to_string(keep) + "D");
  }
}

TEST(Schedule, DerivativesMatchDifferences) {
  ScheduleOptions o;
  o.dims_to_keep = 1, o.g_type = "constant_inflation_gap", o.inflation_gap = 0.3;
  const auto s = Schedule::make(o, 3, 1.7);
  const double h = 1e-5;
  for (double t : {0.3, 2.0, 6.5})
    for (int j = 0; j < 3; ++j) {
      EXPECT_NEAR(s.gammaDot(j, t), (s.gamma(j, t + h) - s.gamma(j, t - h)) / (2 * h), 1e-6 * s.gammaDot(j, t));
      EXPECT_NEAR(s.sDot(t, 1.3), (s.s(t + h, 1.3) - s.s(t - h, 1.3)) / (2 * h), 1e-7);
      EXPECT_NEAR(s.angleDot(j, t, 0.8), (s.angle(j, t + h, 0.8) - s.angle(j, t - h, 0.8)) / (2 * h), 1e-7);
    }
}

TEST(Schedule, CompressedVarianceIsTheClosedForm) {
  // Specification 2.5: circles with softened gap 0.30 at T = 15.01 and 7.01.
  ScheduleOptions o;
  o.dims_to_keep = 1, o.g_rescaling = 0.15, o.tmax = 15.01;
  const auto s = Schedule::make(o, 2);
  EXPECT_NEAR(s.scaledVariance(1, 15.01, 1, 1), 0.0111, 2e-4);
  EXPECT_NEAR(s.scaledVariance(1, 7.01, 1, 1), 0.46, 0.01);
  EXPECT_NEAR(s.scaledVariance(0, 7.01, 1, 1), 1.0, 1e-12);
}

TEST(Schedule, ParticipationRatioPreservedAndReduced) {
  ScheduleOptions prp, prr;
  prr.dims_to_keep = 1;
  const std::vector<double> equal{1, 1};
  const auto keep = Schedule::make(prp, 2), reduce = Schedule::make(prr, 2);
  for (double t : {0.0, 3.0, 7.01}) EXPECT_NEAR(keep.participationRatio(t, equal), 2.0, 1e-12);
  EXPECT_NEAR(reduce.participationRatio(0, equal), 2.0, 1e-12);
  EXPECT_LT(reduce.participationRatio(7.01, equal), 1.01);
  EXPECT_DOUBLE_EQ(participationRatio({4, 0, 0}), 1.0);
}

ScheduleOptions proportional(int keep) {
  ScheduleOptions o;
  o.schedule = "paper", o.dims_to_keep = keep, o.g_rescaling = 0.15;
  return o;
}

TEST(PaperSchedule, StartsWithoutNoiseAndInflatesEveryAxisInProportion) {
  const std::vector<double> xi{1.7, 0.9, 0.2};
  for (int keep : {3, 2, 1}) {
    const auto s = Schedule::make(proportional(keep), 3, 1.0, xi);
    for (int j = 0; j < 3; ++j) {
      const double v = xi[static_cast<std::size_t>(j)];
      EXPECT_EQ(s.gamma(j, 0), 0);
      for (double t : {0.1, 2.0, 7.01}) EXPECT_NEAR((v + s.gamma(j, t)) / (v * std::exp(s.rate(j) * t)), 1, 1e-12);  // equations 9 and 10
    }
  }
}

TEST(PaperSchedule, PreservesTheParticipationRatioExactly) {
  const std::vector<double> xi{1.444, 0.556};  // moons
  const auto s = Schedule::make(proportional(2), 2, 1.3, xi), reference = Schedule::make(ScheduleOptions{}, 2, 1.3);
  const double before = participationRatio(xi);
  for (double t = 0; t <= 7.01; t += 0.01) EXPECT_NEAR(s.participationRatio(t, xi), before, 1e-6);
  EXPECT_GT(reference.participationRatio(7.01, xi), before + 0.3);  // the reference's ends in N(0, I): specification 1.3 item 1
}

TEST(PaperSchedule, ReducesToTheKeptAxes) {
  const std::vector<double> xi{1.444, 1.0, 0.556};
  auto o = proportional(2);
  o.tmax = 25;
  const auto s = Schedule::make(o, 3, 1.0, xi);
  EXPECT_NEAR(s.participationRatio(0, xi), participationRatio(xi), 1e-12);
  EXPECT_NEAR(s.participationRatio(25, xi), participationRatio({1.444, 1.0}), 1e-3);
  for (double t : {0.0, 3.0, 25.0}) EXPECT_NEAR(s.scaledVariance(1, t, 1.0, 1.444), 1.0, 1e-12);  // kept axes keep their variances
  EXPECT_NEAR(s.scaledVariance(2, 25, 0.556, 1.444), 0.556 * std::exp((s.rate(2) - s.rate(0)) * 25), 1e-12);
}

TEST(PaperSchedule, DerivativesMatchDifferences) {
  const std::vector<double> xi{1.7, 0.9, 0.2};
  const auto s = Schedule::make(proportional(1), 3, 1.7, xi);
  const double h = 1e-5;
  for (double t : {0.3, 2.0, 6.5})
    for (int j = 0; j < 3; ++j) {
      const double v = xi[static_cast<std::size_t>(j)];
      EXPECT_NEAR(s.gammaDot(j, t) / ((s.gamma(j, t + h) - s.gamma(j, t - h)) / (2 * h)), 1, 1e-6);
      EXPECT_NEAR(s.sDot(t, 1.7), (s.s(t + h, 1.7) - s.s(t - h, 1.7)) / (2 * h), 1e-7);
      EXPECT_NEAR(s.angleDot(j, t, v), (s.angle(j, t + h, v) - s.angle(j, t - h, v)) / (2 * h), 1e-7);
    }
  EXPECT_TRUE(std::isfinite(s.angleDot(0, 0, 1.7)));
}

TEST(Schedule, ImpossibleSchedulesAreRefusedByName) {
  const auto message = [](auto change, int dim = 2) -> std::string {
    ScheduleOptions o;
    change(o);
    try {
      Schedule::make(o, dim);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::usage);
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message([](auto& o) { o.dims_to_keep = 3; }), "dims_to_keep is 3; allowed: 1 to 2 (the data's dimensions), or 0 for all");
  EXPECT_EQ(message([](auto& o) { o.rho = -1; }), "rho is -1; allowed: rho > 0");
  EXPECT_EQ(message([](auto& o) { o.tmax = 0; }), "tmax is 0; allowed: tmax > 0");
  EXPECT_EQ(message([](auto& o) { o.gamma0 = std::nan(""); }), "gamma0 is nan; allowed: gamma0 > 0");
  EXPECT_EQ(message([](auto& o) { o.data_dim = 3; }), "data_dim is 3; allowed: 2 (the data's dimensions), or 0 for that");
  EXPECT_EQ(message([](auto& o) { o.g_type = "x", o.dims_to_keep = 1; }), "g_type is \"x\"; allowed: orig, constant_inflation_gap");
  EXPECT_EQ(message([](auto& o) { o.schedule = "x"; }), "schedule is \"x\"; allowed: reference, paper");
  EXPECT_EQ(message([](auto& o) { o.schedule = "paper", o.dims_to_keep = 1; }),
            "g is -1 on axis 2; allowed: g > -1 with schedule paper, whose kernels widen on every axis");
  EXPECT_THROW(ifsTimes(1, 0.1, false), Error);
  EXPECT_THROW(ifsTimes(10, 0, false), Error);
  EXPECT_THROW(vpOdeTimes(10, 1, 2, false), Error);
}

TEST(Schedule, TimesInSinglePrecisionAreWithinTheEndThatTheyRoundTo) {
  for (const double end : {7.01, 15.01, 1.3, 0.7}) {
    const double above = static_cast<double>(std::nextafter(static_cast<float>(end), 100.0f));
    EXPECT_EQ(timeWithin(static_cast<double>(static_cast<float>(end)), end), std::min(end, static_cast<double>(static_cast<float>(end))));
    EXPECT_EQ(timeWithin(end, end), end);
    EXPECT_FALSE(timeWithin(above + 1e-6 * end, end));
  }
  EXPECT_GT(static_cast<double>(7.01f), 7.01);
  EXPECT_EQ(timeWithin(static_cast<double>(7.01f), 7.01), 7.01);
  EXPECT_EQ(timeWithin(0, 7.01), 0);
  for (const double bad : {-1e-9, 7.02, static_cast<double>(NAN), static_cast<double>(INFINITY)})
    EXPECT_FALSE(timeWithin(bad, 7.01)) << bad;
}

}  // namespace
}  // namespace inflaton
