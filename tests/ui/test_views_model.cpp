// View state, player and colours: the logic behind the views.
#include <gtest/gtest.h>

#include <QSignalSpy>
#include <cmath>
#include <set>

#include "tests/ui/synthetic_flow.h"
#include "ui/model/player.h"
#include "ui/style/colors.h"
#include "ui/views/flow_curves.h"
#include "ui/views/trails.h"

using namespace inflaton;
using namespace inflaton::ui;
using inflaton::test::SyntheticFlow;

TEST(ViewState, TimeStaysOnTheRulerAndRefusesNonsense) {
  ViewState s;
  s.setTime(3);
  EXPECT_EQ(s.time(), 0) << "no flow, no time";
  s.setSimulation(SyntheticFlow{}.make());
  s.setTime(100);
  EXPECT_DOUBLE_EQ(s.time(), 7.01);
  s.setTime(-1);
  EXPECT_EQ(s.time(), 0);
  s.setTime(std::nan(""));
  EXPECT_EQ(s.time(), 0);
  s.setTime(7.01);
  s.setSimulation(SyntheticFlow{.tMax = 4}.make());
  EXPECT_DOUBLE_EQ(s.time(), 4) << "a shorter flow takes the cursor along";
}

TEST(ViewState, PositionsAreThoseOfTheCoreAndComputedOncePerChange) {
  ViewState s;
  const auto sim = SyntheticFlow{}.make();
  s.setSimulation(sim);
  s.setTime(1.234);
  bool between = false;
  const auto expected = positionsAt(*sim, sim->lanes[0], 1.234, Space::latentScaled, &between);
  EXPECT_TRUE(between);
  EXPECT_TRUE(s.interpolated());
  EXPECT_EQ(s.positions(Space::latentScaled), expected);
  const float* before = s.positions(Space::latentScaled).data();
  s.setTime(2);
  EXPECT_EQ(s.positions(Space::latentScaled).data(), before) << "scrubbing reuses its room";
  EXPECT_NE(s.positions(Space::latentScaled), expected);
  s.setTime(s.frameTime(10));
  EXPECT_FALSE(s.interpolated());
}

TEST(ViewState, LanesRunTheirWayButTheRulerDoesNot) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  s.setLane(Direction::roundTrip);
  EXPECT_EQ(s.lane(), Direction::roundTrip);
  EXPECT_EQ(s.frameTime(0), 0);
  EXPECT_DOUBLE_EQ(s.frameTime(60), 7.01);
  EXPECT_EQ(s.frameNear(0.01), 0);
  s.setSimulation(SyntheticFlow{.allLanes = false}.make());
  EXPECT_EQ(s.lane(), Direction::inflation) << "the lane is gone";
}

TEST(ViewState, SelectionIsSharedAndClearedWhenItsPointsGo) {
  ViewState s;
  s.setSimulation(SyntheticFlow{.n = 50}.make());
  QSignalSpy changed(&s, &ViewState::selectionChanged);
  s.selectAll();
  EXPECT_EQ(s.selectedCount(), 50);
  s.invertSelection();
  EXPECT_EQ(s.selectedCount(), 0);
  QVector<bool> some(50, false);
  some[3] = some[7] = true;
  s.setSelection(some);
  s.setSelection(some);
  EXPECT_EQ(changed.count(), 3) << "the same selection again is no change";
  s.setSelection(QVector<bool>(49, true));
  EXPECT_EQ(s.selectedCount(), 2) << "a selection of another size is not ours";
  s.setSimulation(SyntheticFlow{.n = 50, .seed = 8}.make());
  EXPECT_EQ(s.selectedCount(), 2) << "same number of points: kept";
  s.setSimulation(SyntheticFlow{.n = 40}.make());
  EXPECT_EQ(s.selection().size(), 40);
  EXPECT_EQ(s.selectedCount(), 0);
  s.setHovered(39);
  EXPECT_EQ(s.hovered(), 39);
  s.setHovered(40);
  EXPECT_EQ(s.hovered(), -1);
}

TEST(ViewState, GridFlowMustFitItsRowsAndColumns) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  s.setGridFlow(SyntheticFlow{.n = 12, .allLanes = false}.make(), 3, 5);
  EXPECT_FALSE(s.hasGridFlow());
  s.setGridFlow(SyntheticFlow{.n = 12, .allLanes = false}.make(), 3, 4);
  ASSERT_TRUE(s.hasGridFlow());
  EXPECT_EQ(s.gridPositions(Space::dataScaled).size(), 24u);
  s.setLane(Direction::generation);
  EXPECT_TRUE(s.gridPositions(Space::dataScaled).empty()) << "the grid was not generated";
}

TEST(Player, PlaysTheWayTheLaneWasIntegratedAndStopsAtItsEnd) {
  ViewState s;
  Player p(&s);
  p.play();
  EXPECT_FALSE(p.playing()) << "nothing to play";
  s.setSimulation(SyntheticFlow{}.make());
  p.play();
  p.advance(1);
  EXPECT_DOUBLE_EQ(s.time(), 1);
  p.advance(100);
  EXPECT_DOUBLE_EQ(s.time(), 7.01);
  EXPECT_FALSE(p.playing());
  p.play();
  EXPECT_EQ(s.time(), 0) << "from the end it starts again";
  s.setLane(Direction::generation);
  p.pause();
  s.setTime(5);
  p.play();
  p.advance(1);
  EXPECT_DOUBLE_EQ(s.time(), 4) << "generation runs from t max to 0";
  p.playReverse();
  p.advance(0.5);
  EXPECT_DOUBLE_EQ(s.time(), 4.5);
}

TEST(Player, RealTimeCountsTheFramesItPassesOverEveryFramePassesNone) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  Player p(&s);
  p.play();
  p.advance(7.01 / 60 * 5);
  EXPECT_EQ(p.droppedFrames(), 4);
  p.pause();
  p.toStart();
  p.setMode(PlayMode::everyFrame);
  p.play();
  for (int k = 1; k <= 60; ++k) {
    p.advance(10);  // however late
    EXPECT_DOUBLE_EQ(s.time(), s.frameTime(k));
  }
  EXPECT_EQ(p.droppedFrames(), 0);
  EXPECT_FALSE(p.playing());
}

TEST(Player, BookmarksAreSetVisitedAndTakenAway) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  Player p(&s);
  for (const double t : {5.0, 1.5, 3.0}) s.setTime(t), p.toggleBookmark();
  EXPECT_EQ(p.bookmarks(), (std::vector<double>{1.5, 3.0, 5.0}));
  s.setTime(0);
  p.toBookmark(-1);
  EXPECT_EQ(s.time(), 0) << "there is none before";
  p.toBookmark(1), p.toBookmark(1);
  EXPECT_EQ(s.time(), 3.0);
  p.toBookmark(-1);
  EXPECT_EQ(s.time(), 1.5);
  p.toggleBookmark();
  EXPECT_EQ(p.bookmarks(), (std::vector<double>{3.0, 5.0}));
}

TEST(Player, JKLAndSpeedLimits) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  Player p(&s);
  s.setTime(3);
  p.forwardKey();
  EXPECT_EQ(p.direction(), 1);
  EXPECT_EQ(p.speed(), 1);
  p.forwardKey();
  EXPECT_EQ(p.speed(), 2);
  p.backKey();
  EXPECT_EQ(p.direction(), -1);
  EXPECT_EQ(p.speed(), 2);
  p.stopKey();
  EXPECT_FALSE(p.playing());
  p.setSpeed(1000);
  EXPECT_EQ(p.speed(), 16);
  p.setSpeed(0);
  EXPECT_EQ(p.speed(), 0.1);
  p.setSpeed(std::nan(""));
  EXPECT_EQ(p.speed(), 0.1);
}

TEST(Player, StepsLandOnStoredFrames) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  Player p(&s);
  const double dt = 7.01 / 60;
  s.setTime(10.4 * dt);
  p.step(1);
  EXPECT_DOUBLE_EQ(s.time(), s.frameTime(11));
  s.setTime(10.6 * dt);
  p.step(1);
  EXPECT_DOUBLE_EQ(s.time(), s.frameTime(11));
  s.setTime(10.4 * dt);
  p.step(-1);
  EXPECT_DOUBLE_EQ(s.time(), s.frameTime(10));
  p.step(-10);
  EXPECT_EQ(s.time(), 0);
  p.step(-1);
  EXPECT_EQ(s.time(), 0);
  p.toEnd();
  p.step(10);
  EXPECT_DOUBLE_EQ(s.time(), 7.01);
}

TEST(Player, LoopsBetweenItsMarks) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  Player p(&s);
  s.setTime(2);
  p.markIn();
  s.setTime(4);
  p.markOut();
  ASSERT_TRUE(p.loopIn() && p.loopOut());
  EXPECT_EQ(*p.loopIn(), 2);
  EXPECT_EQ(*p.loopOut(), 4);
  EXPECT_TRUE(p.looping());
  s.setTime(3.5);
  p.play();
  p.advance(1);
  EXPECT_EQ(s.time(), 2);
  p.setLoop(5, 3);
  EXPECT_EQ(*p.loopIn(), 2) << "in must lie before out";
  p.clearLoop();
  EXPECT_FALSE(p.loopIn());
  p.setLoop(5, 6.5);
  s.setSimulation(SyntheticFlow{.tMax = 4}.make());
  EXPECT_FALSE(p.loopIn()) << "a loop outside the new flow is dropped";
}

TEST(Player, ReducedMotionStopsAutoplayOnly) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  Player p(&s);
  p.setReducedMotion(true);
  p.autoplay();
  EXPECT_FALSE(p.playing());
  p.play();
  EXPECT_TRUE(p.playing()) << "asked for by hand";
}

TEST(Colors, TextAndAxesReachTheContrastInBothThemes) {
  QPalette grey;
  grey.setColor(QPalette::Base, QColor(0x77, 0x77, 0x77));
  grey.setColor(QPalette::Text, QColor(0x88, 0x88, 0x88));
  for (const auto& t : {Theme::light(), Theme::darkTheme(), Theme::fromPalette(QPalette(Qt::white)),
                        Theme::fromPalette(QPalette(Qt::black)), Theme::fromPalette(grey)}) {
    EXPECT_GE(contrast(t.text, t.background), 4.5);
    EXPECT_GE(contrast(t.axis, t.background), 4.5);
    EXPECT_GE(contrast(t.accent, t.background), 4.4);
  }
  EXPECT_NEAR(contrast(Qt::black, Qt::white), 21, 1e-6);
  for (int k = 0; k < 2; ++k) {  // the two classes of most sets
    EXPECT_GE(contrast(classColor(k, Theme::light()), Qt::white), 3);
    EXPECT_GE(contrast(classColor(k, Theme::darkTheme()), Theme::darkTheme().background), 3);
  }
}

TEST(Colors, MapsAreTheKnownOnes) {
  const auto near = [](QRgb a, QRgb b) {
    return std::abs(qRed(a) - qRed(b)) + std::abs(qGreen(a) - qGreen(b)) + std::abs(qBlue(a) - qBlue(b));
  };
  EXPECT_LE(near(mapColor(ColorMap::viridis, 0), 0xff440154), 12);
  EXPECT_LE(near(mapColor(ColorMap::viridis, 0.5), 0xff21918c), 12);
  EXPECT_LE(near(mapColor(ColorMap::viridis, 1), 0xfffde725), 12);
  EXPECT_EQ(mapColor(ColorMap::cividis, -5), 0xff00224e);
  EXPECT_EQ(mapColor(ColorMap::cividis, 5), 0xfffee838);
  for (const auto map : {ColorMap::viridis, ColorMap::cividis}) {  // lightness rises all the way
    double before = -1;
    for (int k = 0; k <= 20; ++k) {
      const double now = contrast(QColor(mapColor(map, k / 20.0)), Qt::black);
      EXPECT_GT(now, before);
      before = now;
    }
  }
}

TEST(Colors, FollowWhatIsAskedAndTellTheirRange) {
  ViewState s;
  s.setSimulation(SyntheticFlow{.n = 100}.make());
  const auto theme = Theme::light();
  const auto classes = colorsOf(s, theme);
  EXPECT_TRUE(classes.classes);
  EXPECT_EQ(classes.labels, (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(std::set<QRgb>(classes.rgb.begin(), classes.rgb.end()).size(), 2u);
  s.setColorBy(ColorBy::roundTripError);
  const auto errors = colorsOf(s, theme);
  EXPECT_TRUE(errors.logarithmic);
  EXPECT_LT(errors.low, errors.high);
  EXPECT_GE(errors.low, 1e-4 * 0.99);
  EXPECT_LE(errors.high, 1.7e-3 * 1.01);
  s.setColorBy(ColorBy::radius);
  s.setTime(5);
  const auto far = colorsOf(s, theme).rgb;
  s.setTime(0);
  EXPECT_EQ(colorsOf(s, theme).rgb, far) << "the radius is that of the start";
  s.setLane(Direction::generation);
  s.setColorBy(ColorBy::classLabel);
  EXPECT_TRUE(colorsOf(s, theme).labels.empty()) << "generated points have no class";
}

TEST(Colors, SpeedIsThatOfTheLatentCoordinates) {
  ViewState s;
  const auto sim = SyntheticFlow{.n = 100}.make();
  s.setSimulation(sim);
  s.setColorBy(ColorBy::speed);
  s.setTime(3);
  const auto& c = colorsOf(s, Theme::light());
  EXPECT_EQ(c.low, 0);
  EXPECT_GT(c.high, 0);
  const auto a = c.rgb;
  s.setTime(3.0001);
  EXPECT_EQ(colorsOf(s, Theme::light()).rgb, a) << "the same frame interval";
  // Turning by 0.3 a unit of t: a point at one deviation moves 0.3, the fastest of a hundred well below 1.5.
  EXPECT_GT(c.high, 0.3);
  EXPECT_LT(c.high, 1.5);
}

TEST(Trails, AreWorkedOutOncePerFlowNotPerFrame) {
  ViewState s;
  const auto sim = SyntheticFlow{.n = 1000}.make();
  s.setSimulation(sim);
  Trails trails;
  EXPECT_TRUE(trails.update(s, Space::latentScaled));
  for (int k = 0; k < 50; ++k) {
    s.setTime(k * 0.1);
    EXPECT_FALSE(trails.update(s, Space::latentScaled));
  }
  EXPECT_EQ(trails.computations(), 1);
  EXPECT_LE(trails.points().size(), std::size_t(Trails::kSample));
  const auto whole = positionsAt(*sim, sim->lanes[0], sim->lanes[0].t[20], Space::latentScaled);
  const auto i = static_cast<std::size_t>(trails.points()[3]);
  EXPECT_NEAR(trails.at(3, 20)[0], whole[2 * i], 1e-6);
  EXPECT_NEAR(trails.at(3, 20)[1], whole[2 * i + 1], 1e-6);
  QVector<bool> one(1000, false);
  one[42] = true;
  s.setSelection(one);
  EXPECT_TRUE(trails.update(s, Space::latentScaled));
  EXPECT_EQ(trails.points(), std::vector<int>{42});
  EXPECT_EQ(trails.passed(0), 1);
  EXPECT_EQ(trails.passed(7.01), 61);
}

TEST(FlowCurves, SampleFollowsTheClosedForm) {
  ViewState s;
  s.setSimulation(SyntheticFlow{.n = 20000, .keep = 1}.make());
  const auto c = FlowCurves::of(s);
  ASSERT_EQ(c.t.size(), 61u);
  EXPECT_EQ(c.kept, 1);
  // At t = 0 the synthetic flow is the Gaussian itself.
  for (std::size_t j = 0; j < 2; ++j) EXPECT_NEAR(c.varianceSample[j][0] / c.varianceTheory[j][0], 1, 0.05);
  EXPECT_NEAR(c.ratioSample[0], c.ratioTheory[0], 0.02);
  EXPECT_LT(c.ratioTheory.back(), 1.1) << "one axis is left";
  int all = 0;
  for (const int k : c.errorCounts) all += k;
  EXPECT_EQ(all, 20000);
}
