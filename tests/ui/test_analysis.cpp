// Density maps, point values, races and charts by themselves, with answers known in closed form.
#include <gtest/gtest.h>

#include <QChart>
#include <QLineSeries>
#include <QScatterSeries>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "tests/ui/synthetic_flow.h"
#include "ui/analysis/density_keeper.h"
#include "ui/analysis/point_values_keeper.h"
#include "ui/analysis/race_view.h"
#include "ui/model/point_values.h"
#include "ui/style/colors.h"
#include "ui/views/canvas_2d.h"
#include "ui/views/residual_plot.h"
#include "ui/views/trails.h"
#include "ui/views/work_precision_chart.h"

using namespace inflaton;
using namespace inflaton::ui;
using inflaton::test::SyntheticFlow;

namespace {

std::shared_ptr<const Simulation> flow(SyntheticFlow how = {}) {
  auto sim = std::make_shared<Simulation>(*how.make());
  ToySimulateOptions options;
  options.data_name = how.dim == 2 ? "circles" : "s_curve";
  sim->optionsJson = toJson(options).dump();
  return sim;
}

/// The Gaussian with the closed-form variances of `sim` at t, at points [n, D] in unscaled data coordinates.
std::shared_ptr<const DensityResult> gaussian(const Simulation& sim, const DensityOptions& o, const GivenPoints& given) {
  auto r = std::make_shared<DensityResult>();
  const auto& x = given.start->values;
  const auto D = static_cast<std::size_t>(sim.basis.dim);
  r->n = static_cast<std::int64_t>(x.size() / D);
  r->dim = sim.basis.dim;
  r->t = o.t;
  for (std::size_t i = 0; i < x.size() / D; ++i) {
    double log = 0;
    for (std::size_t j = 0; j < D; ++j) {
      double e = 0;
      for (std::size_t k = 0; k < D; ++k) e += sim.basis.W[k * D + j] * (x[i * D + k] - sim.basis.mean[k]);
      const double variance = sim.basis.eigenvalues[j] + sim.schedule.gamma(static_cast<int>(j), o.t);
      log -= 0.5 * (e * e / variance + std::log(2 * M_PI * variance));
      r->singular.push_back(static_cast<float>(D - j));
    }
    r->logDensity.push_back(log);
  }
  return r;
}

}  // namespace

TEST(DensityMap, ALatticeOfAGaussianHoldsItsMassAndLandsWhereTheViewsShowIt) {
  for (const int keep : {2, 1})
    for (const double t : {0.0, 2.0, 7.0}) {
      const auto sim = flow({.n = 2000, .keep = keep});
      const auto lattice = densityLattice(sim, t, 96);
      const auto points = latticePoints(lattice);
      ASSERT_EQ(points.size(), 96u * 96u * 2u);
      // toSpace agrees with the coordinates that positionsAt uses: whitening and back through the basis.
      const double s = sim->schedule.s(t, sim->basis.eigenvalues.front());
      const QPointF corner = lattice.toSpace(Space::dataScaled).map(QPointF(95, 3));
      const float* p = points.data() + (3 * 96 + 95) * 2;
      EXPECT_NEAR(corner.x(), s * p[0], 1e-4 * std::abs(corner.x()) + 1e-6);
      EXPECT_NEAR(corner.y(), s * p[1], 1e-4 * std::abs(corner.y()) + 1e-6);
      std::vector<double> log;
      for (int row = 0; row < 96; ++row)
        for (int column = 0; column < 96; ++column) {
          double sum = 0;
          const double e[2] = {lattice.left + column * lattice.stepX, lattice.bottom + row * lattice.stepY};
          for (int j = 0; j < 2; ++j) {
            const double variance = sim->basis.eigenvalues[static_cast<std::size_t>(j)] + sim->schedule.gamma(j, t);
            sum -= 0.5 * (e[j] * e[j] / variance + std::log(2 * M_PI * variance));
          }
          log.push_back(sum);
        }
      const auto map = withValues(lattice, log);
      ASSERT_TRUE(map);
      EXPECT_NEAR(map->mass, 1, 3e-3) << "keep " << keep << " t " << t;
      // In scaled coordinates densities change by the area: the peak is that of the scaled Gaussian.
      const double area = std::sqrt(sim->schedule.scaledVariance(0, t, sim->basis.eigenvalues[0], sim->basis.eigenvalues[0]) *
                                    sim->schedule.scaledVariance(1, t, sim->basis.eigenvalues[1], sim->basis.eigenvalues[0]));
      EXPECT_NEAR(map->peak + map->logFactor(Space::latentScaled), -std::log(2 * M_PI * area), 0.01);
    }
  EXPECT_EQ(withValues(densityLattice(flow(), 1, 8), std::vector<double>(7)), nullptr) << "the wrong number of values is no map";
}

TEST(DensityKeeper, AsksOnceTheCursorRestsCoarseFirstAndRemembers) {
  const auto sim = flow();
  ViewState view;
  JobBridge jobs;
  std::atomic<int> coarse{0}, fine{0};
  DensityKeeper keeper(
      &view, &jobs,
      [&](const DensityOptions& o, const JobContext&, const GivenPoints& given) -> Expected<std::shared_ptr<const DensityResult>> {
        auto r = gaussian(*sim, o, given);
        (r->n == DensityKeeper::kCoarse * DensityKeeper::kCoarse ? coarse : fine)++;
        EXPECT_EQ(o.data_name, "circles");
        EXPECT_FALSE(o.stretch);
        return r;
      });
  view.setSimulation(sim);
  view.setTime(1);
  QTest::qWait(2 * DensityKeeper::kRest);
  EXPECT_EQ(keeper.jobs(), 0) << "nobody asked";
  view.setModelDensity(true);
  for (double t = 1; t < 3; t += 0.1) {  // a hand on the slider
    view.setTime(t);
    QTest::qWait(20);
  }
  EXPECT_EQ(keeper.jobs(), 0) << "not while it moves";
  const double t = view.time();
  ASSERT_TRUE(QTest::qWaitFor([&] { return view.densityMap() && view.densityMap()->nodes == DensityKeeper::kFine; }, 10000));
  EXPECT_EQ(view.densityMap()->t, t);
  EXPECT_EQ(keeper.jobs(), 1);
  EXPECT_EQ(coarse, 1);
  EXPECT_EQ(fine, 1);
  EXPECT_NEAR(view.densityMap()->mass, 1, 5e-3);
  ASSERT_TRUE(QTest::qWaitFor([&] { return view.densityNote().isEmpty(); }, 2000));
  view.setTime(0.5);
  EXPECT_EQ(view.densityMap()->t, t) << "the last one stays";
  EXPECT_TRUE(view.densityNote().contains("0.50")) << view.densityNote().toStdString();
  view.setTime(t);
  QTest::qWait(2 * DensityKeeper::kRest);
  EXPECT_EQ(keeper.jobs(), 1) << "known";
  view.setSimulation(flow({.seed = 9}));
  EXPECT_FALSE(view.densityMap()) << "of another flow";
  ASSERT_TRUE(QTest::qWaitFor([&] { return keeper.jobs() == 2; }, 5000));
}

TEST(DensityKeeper, AFailureIsToldOnceAndThreeDimensionsAreExplained) {
  ViewState view;
  JobBridge jobs;
  DensityKeeper keeper(&view, &jobs,
                       [](const DensityOptions&, const JobContext&, const GivenPoints&) -> Expected<std::shared_ptr<const DensityResult>> {
                         return tl::unexpected(JobError{ErrorCode::failed, "tolerance is 1; allowed: less", ""});
                       });
  QSignalSpy failed(&keeper, &DensityKeeper::failed);
  view.setSimulation(flow());
  view.setModelDensity(true);
  ASSERT_TRUE(QTest::qWaitFor([&] { return failed.size() == 1; }, 5000));
  view.setTime(2);
  QTest::qWait(3 * DensityKeeper::kRest);
  EXPECT_EQ(failed.size(), 1) << "not at every move of the cursor";
  EXPECT_TRUE(view.densityNote().contains("could not"));
  view.setSimulation(flow({.dim = 3, .keep = 3}));
  EXPECT_TRUE(view.densityNote().contains("two dimensions"));
  QTest::qWait(2 * DensityKeeper::kRest);
  EXPECT_EQ(keeper.jobs(), 1);
}

TEST(DensityLayer, ColoursLieWhereTheDensityIsInBothViews) {
  const auto sim = flow({.n = 50});
  ViewState view;
  view.setSimulation(sim);
  view.setTime(3);
  view.setPoints(false), view.setTrails(false), view.setModelDensity(true);
  for (const auto kind : {Canvas2D::Kind::data, Canvas2D::Kind::latent}) {
    Canvas2D canvas(&view, kind);
    canvas.resize(500, 500);
    const QImage bare = canvas.grab().toImage();
    DensityMap lattice = densityLattice(sim, 3, 64);
    // All mass around one place off the middle, so that a mirrored or transposed picture would be noticed.
    std::vector<double> log;
    for (int row = 0; row < 64; ++row)
      for (int column = 0; column < 64; ++column) log.push_back(-0.05 * (std::pow(row - 44, 2) + std::pow(column - 24, 2)));
    view.setDensityMap(withValues(lattice, log));
    const QImage shown = canvas.grab().toImage();
    const auto frame = PlotFrame::fit(canvas.size(), canvas.viewRect(), QFontMetricsF(canvas.font()));
    const auto differs = [&](double column, double row) {
      const QPointF at = lattice.toSpace(canvas.space()).map(QPointF(column, row));
      const QPoint pixel = frame.map(at.x(), at.y()).toPoint();
      return shown.pixel(pixel) != bare.pixel(pixel);
    };
    EXPECT_TRUE(differs(24, 44)) << int(kind);
    EXPECT_FALSE(differs(44, 24)) << int(kind) << " transposed";
    EXPECT_FALSE(differs(24, 19)) << int(kind) << " upside down";
    EXPECT_FALSE(differs(39, 44)) << int(kind) << " mirrored";
    view.setDensityMap(nullptr);
  }
}

TEST(PointValuesKeeper, AsksForTheLaneAtItsStartWhenAColourWantsIt) {
  const auto sim = flow({.n = 60, .dim = 3, .keep = 3});
  ViewState view;
  JobBridge jobs;
  std::atomic<int> calls{0};
  std::vector<float> seen;
  PointValuesKeeper keeper(
      &view, &jobs,
      [&](const DensityOptions& o, const JobContext&, const GivenPoints& given) -> Expected<std::shared_ptr<const DensityResult>> {
        ++calls;
        seen = given.start->values;
        EXPECT_EQ(o.t, 0);
        EXPECT_TRUE(o.stretch);
        return gaussian(*sim, o, given);
      });
  view.setSimulation(sim);
  view.setTime(4);
  view.setColorBy(ColorBy::stretch);
  const auto& waiting = colorsOf(view, Theme::light());
  EXPECT_TRUE(waiting.title.contains("not known")) << waiting.title.toStdString();
  EXPECT_EQ(std::set<QRgb>(waiting.rgb.begin(), waiting.rgb.end()).size(), 1u);
  ASSERT_TRUE(QTest::qWaitFor([&] { return view.pointValues() != nullptr; }, 5000));
  EXPECT_EQ(view.pointValues()->stretch.at(7), 3) << "the largest singular value";
  const auto start = positionsAt(*sim, *sim->lane(Direction::inflation), 0, Space::dataUnscaled);
  ASSERT_EQ(seen.size(), start.size());
  for (std::size_t i = 0; i < start.size(); ++i) EXPECT_FLOAT_EQ(seen[i], start[i]);
  view.setColorBy(ColorBy::logDensity);
  const auto& colors = colorsOf(view, Theme::light());
  EXPECT_FALSE(colors.classes);
  EXPECT_LT(colors.low, colors.high);
  EXPECT_GT(std::set<QRgb>(colors.rgb.begin(), colors.rgb.end()).size(), 20u);
  EXPECT_EQ(calls, 1);
  view.setLane(Direction::generation);  // other points: asked anew, where they came out
  ASSERT_TRUE(QTest::qWaitFor([&] { return calls == 2 && view.pointValues(); }, 5000));
  view.setLane(Direction::inflation);
  EXPECT_TRUE(view.pointValues());
  EXPECT_EQ(calls, 2) << "known";
}

TEST(Trails, FollowTheSolutionBetweenSparseFrames) {
  ViewState view;
  view.setSimulation(SyntheticFlow{.n = 5, .frames = 13, .slopes = true}.make());
  Trails trails;
  trails.update(view, Space::whitened);
  EXPECT_GT(trails.frames(), 100);
  // Whitened points turn at a constant radius; straight pieces between 13 frames would cut the corners.
  double worst = 0;
  for (int f = 0; f < trails.frames(); ++f) {
    const float *x = trails.at(2, f), *first = trails.at(2, 0);
    worst = std::max<double>(worst, std::abs(std::hypot(x[0], x[1]) / std::hypot(first[0], first[1]) - 1));
  }
  EXPECT_LT(worst, 1e-3);
  view.setSimulation(SyntheticFlow{.n = 5, .frames = 13}.make());
  trails.update(view, Space::whitened);
  EXPECT_EQ(trails.frames(), 13) << "straight lines gain nothing from more pieces";
}

TEST(Race, DistancesAreThoseOfWhitenedCoordinatesAndBudgetsAreKept) {
  const auto a = SyntheticFlow{.n = 40}.make(), b = SyntheticFlow{.n = 40, .seed = 8}.make();
  EXPECT_EQ(distanceAt(*a, *a, Direction::inflation, 3).most, 0);
  const Distance d = distanceAt(*a, *b, Direction::inflation, 3);
  const auto x = positionsAt(*a, *a->lane(Direction::inflation), 3, Space::whitened),
             y = positionsAt(*b, *b->lane(Direction::inflation), 3, Space::whitened);
  double mean = 0;
  for (std::size_t i = 0; i < 40; ++i) mean += std::hypot(x[2 * i] - y[2 * i], x[2 * i + 1] - y[2 * i + 1]) / 40;
  EXPECT_NEAR(d.mean, mean, 1e-6);
  EXPECT_GE(d.most, d.mean);
  ToySimulateOptions base;
  EXPECT_EQ(racerOptions(base, {"rk4", 28}).steps, 7);
  EXPECT_EQ(racerOptions(base, {"heun_angle", 28}).steps, 14);
  EXPECT_EQ(racerOptions(base, {"euler", 28}).steps, 29);
  EXPECT_EQ(racerOptions(base, {"heun", 28}).steps, 15);
  EXPECT_EQ(racerOptions(base, {"heun", 29}).steps, 15) << "two evaluations a step, the last one too";
  EXPECT_EQ(racerOptions(base, {"adams", 28}).steps, 28);
  EXPECT_EQ(racerOptions(base, {"rk4", 2}).steps, 1) << "one step at least";
  // An adaptive solver is tried until it comes near its budget from below.
  int tries = 0;
  const auto pretend = [&](const ToySimulateOptions& o, const JobContext&) -> Expected<std::shared_ptr<const Simulation>> {
    ++tries;
    auto sim = std::make_shared<Simulation>(*a);
    for (auto& lane : sim->lanes) lane.evaluations = 6 * static_cast<int>(std::ceil(2 * std::pow(o.tolerance, -1.0 / 6)));
    return std::shared_ptr<const Simulation>(sim);
  };
  const auto run = runRacer(base, {"dopri5", 60}, pretend, {});
  ASSERT_TRUE(run);
  EXPECT_LE((*run)->lanes[0].evaluations, 60);
  EXPECT_GE((*run)->lanes[0].evaluations, 48);
  EXPECT_LE(tries, 6);
}

TEST(Race, TheViewShowsBothAndTheirDistanceAtTheCursor) {
  QTemporaryDir folder;
  QSettings ini(folder.filePath("x.ini"), QSettings::IniFormat);
  ViewState view;
  JobBridge jobs;
  const auto a = SyntheticFlow{.n = 40}.make(), b = SyntheticFlow{.n = 40, .seed = 8}.make();
  view.setSimulation(a);
  view.setTime(2);
  RaceView race(
      &view, &jobs, &ini, [] { return ToySimulateOptions(); },
      [&](const ToySimulateOptions& o, const JobContext&) -> Expected<std::shared_ptr<const Simulation>> {
        return o.solver == "euler" ? b : a;
      });
  race.resize(600, 400);
  race.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&race));
  ASSERT_TRUE(QTest::qWaitFor([&] { return race.result() != nullptr; }, 5000));
  EXPECT_TRUE(race.numbers().contains("t 2.00")) << race.numbers().toStdString();
  view.setTime(5);
  EXPECT_TRUE(race.numbers().contains("t 5.00"));
  ASSERT_TRUE(race.curve()->hasContent());
  EXPECT_EQ(race.curve()->figureCsv().count('\n'), 122);
  QImage with = race.canvas()->grab().toImage();
  race.canvas()->setRings(nullptr);
  EXPECT_NE(race.canvas()->grab().toImage(), with) << "B is drawn as rings";
}

TEST(Charts, WorkAndPrecisionDrawsEverySolverApartAndNamesTheWinner) {
  WorkPrecision r;
  r.curves = {{"euler", {12, 24, 96}, {1e-1, 5e-2, 1e-2}}, {"adams", {12, 24, 96}, {1e-2, 5e-4, 1e-6}}, {"rk4", {12, 96}, {3e-2, 0}}};
  r.eulerError = 1e-3;
  const auto content = workPrecisionChart(r, "inflaton-cli compare-solvers discrete");
  EXPECT_TRUE(content.summary.startsWith("adams")) << content.summary.toStdString();
  EXPECT_TRUE(content.summary.contains("24"));
  EXPECT_TRUE(content.csv.contains("adams,24,0.0005"));
  const auto chart = content.make(Theme::light(), QFont(), false);
  std::set<QRgb> colors;
  std::set<int> shapes;
  int lines = 0;
  for (auto* s : chart->series()) {
    if (auto* marks = qobject_cast<QScatterSeries*>(s))
      colors.insert(marks->color().rgb()), shapes.insert(marks->markerShape());
    else if (qobject_cast<QLineSeries*>(s))
      ++lines;
  }
  EXPECT_EQ(colors.size(), 3u);
  EXPECT_EQ(shapes.size(), 3u);
  EXPECT_EQ(lines, 4) << "three solvers and the yardstick";
  r.curves.pop_back();
  r.eulerError = 1e-9;
  EXPECT_TRUE(workPrecisionSummary(r).startsWith("No solver"));
}

TEST(Charts, ResidualsArePlottedAgainstTheLagAndExported) {
  auto r = std::make_shared<ResidualCorrelations>();
  r->dim = 2;
  for (int k = 0; k < 5; ++k) {
    r->t.push_back(0.5 * k);
    r->diagonalMean.push_back(1 - 0.3 * k);
    for (const double v : {0.8, 9.0, 9.0, 0.4}) r->outputs.push_back(v), r->residuals.push_back(v);
  }
  EXPECT_NEAR(meanDiagonal(r->outputs, 2).at(3), 0.6, 1e-12) << "the diagonal alone";
  const auto content = residualChart(r, true, "inflaton-cli residuals extract");
  EXPECT_TRUE(content.summary.contains("0.83")) << content.summary.toStdString();
  EXPECT_TRUE(content.csv.contains("1,1,0.4,0.6")) << content.csv.toStdString();
  ChartPane pane("Residual autocorrelation", "residual_autocorrelation");
  pane.setContent(content);
  pane.resize(500, 300);
  pane.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&pane));
  EXPECT_EQ(pane.chart()->series().size(), 2);
  EXPECT_EQ(pane.accessibleDescription(), content.summary);
  QImage image(800, 500, QImage::Format_RGB32);
  QPainter p(&image);
  PaintOptions dark;
  dark.theme = Theme::darkTheme();
  pane.paint(p, image.size(), dark);
  p.end();
  EXPECT_EQ(image.pixel(2, 2), dark.theme.background.rgb());
  int inked = 0;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) inked += image.pixel(x, y) == classColor(0, dark.theme).rgb();
  EXPECT_GT(inked, 100);
}

TEST(JobBridge, LanesDoNotSupersedeTheFlowAndTheirJobsCanBeCancelled) {
  JobBridge jobs;
  std::atomic<bool> go{false};
  std::vector<JobState> ends;
  QObject::connect(&jobs, &JobBridge::changed, &jobs, [&](const JobStatus& s) {
    if (s.state != JobState::queued && s.state != JobState::running) ends.push_back(s.state);
  });
  const auto wait = [&go](const JobContext& context) -> Expected<int> {
    while (!go) {
      if (context.stop.stop_requested()) return tl::unexpected(JobError{ErrorCode::cancelled, "", ""});
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return 1;
  };
  int flowResult = 0, sideResult = 0;
  const auto request = [](const char* title, Lane lane) {
    JobQueue::Request r;
    r.title = title;
    r.lane = std::move(lane);
    return r;
  };
  const auto flowId =
      jobs.run<int>(request("Flow", Lane::interactive()), wait, &jobs, [&](const Expected<int>& r) { flowResult = r ? *r : -1; });
  QTest::qWait(30);
  const auto sideId = jobs.run<int>(request("Density", Lane::interactive("density map")), wait, &jobs,
                                    [&](const Expected<int>& r) { sideResult = r ? *r : -1; });
  EXPECT_NE(flowId, sideId);
  QTest::qWait(50);
  EXPECT_TRUE(ends.empty()) << "both run";
  jobs.cancel(sideId);
  ASSERT_TRUE(QTest::qWaitFor([&] { return sideResult == -1; }, 2000));
  EXPECT_EQ(flowResult, 0) << "the flow goes on";
  go = true;
  ASSERT_TRUE(QTest::qWaitFor([&] { return flowResult == 1; }, 2000));
}
