// The views under the hand: canvas, ruler, time dock, plots, particles.
#include <gtest/gtest.h>

#include <QDoubleSpinBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QLayout>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include "tests/ui/synthetic_flow.h"
#include "ui/time/ruler.h"
#include "ui/time/time_dock.h"
#include "ui/views/canvas_2d.h"
#include "ui/views/flow_plots.h"
#include "ui/views/particle_painter.h"
#include "ui/views/particles_3d.h"
#include "ui/views/splat.h"

using namespace inflaton;
using namespace inflaton::ui;
using inflaton::test::SyntheticFlow;

namespace {

struct Canvas {
  ViewState state;
  Canvas2D canvas{&state, Canvas2D::Kind::latent};
  explicit Canvas(int n = 200) {
    state.setSimulation(SyntheticFlow{.n = n}.make());
    canvas.resize(500, 500);
    canvas.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&canvas));
  }
  QPoint pixel(int i) const {
    const auto f = PlotFrame::fit(canvas.size(), canvas.viewRect(), QFontMetricsF(canvas.font()));
    const auto& x = state.positions(Space::latentScaled);
    return f.map(x[2 * std::size_t(i)], x[2 * std::size_t(i) + 1]).toPoint();
  }
  int lonely() const {  ///< the point farthest from its neighbours: a click cannot mean another
    const auto& x = state.positions(Space::latentScaled);
    int best = 0;
    double most = 0;
    for (std::size_t i = 0; i < x.size() / 2; ++i) {
      if (std::hypot(x[2 * i], x[2 * i + 1]) > 2) continue;
      double nearest = 1e9;
      for (std::size_t j = 0; j < x.size() / 2; ++j)
        if (j != i) nearest = std::min(nearest, double(std::hypot(x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1])));
      if (nearest > most) most = nearest, best = int(i);
    }
    return best;
  }
  void drag(QPoint from, QPoint to, Qt::KeyboardModifiers keys = {}) {
    QTest::mousePress(&canvas, Qt::LeftButton, keys, from);
    for (int k = 1; k <= 4; ++k) {
      QMouseEvent move(QEvent::MouseMove, QPointF(from + (to - from) * k / 4), canvas.mapToGlobal(QPointF(from + (to - from) * k / 4)),
                       Qt::NoButton, Qt::LeftButton, keys);
      QCoreApplication::sendEvent(&canvas, &move);
    }
    QTest::mouseRelease(&canvas, Qt::LeftButton, keys, to);
  }
};

}  // namespace

TEST(Canvas, ClickSelectsThePointUnderItAndEmptySpaceClears) {
  Canvas c(60);
  const int i = c.lonely();
  QTest::mouseClick(&c.canvas, Qt::LeftButton, {}, c.pixel(i));
  ASSERT_EQ(c.state.selectedCount(), 1);
  EXPECT_TRUE(c.state.selection()[i]);
  QTest::mouseClick(&c.canvas, Qt::LeftButton, Qt::ControlModifier, c.pixel(i));
  EXPECT_EQ(c.state.selectedCount(), 0) << "control takes it away again";
  QTest::mouseClick(&c.canvas, Qt::LeftButton, {}, c.pixel(i));
  const auto f = PlotFrame::fit(c.canvas.size(), c.canvas.viewRect(), QFontMetricsF(c.canvas.font()));
  QTest::mouseClick(&c.canvas, Qt::LeftButton, {}, f.plot.topLeft().toPoint() + QPoint(3, 3));
  EXPECT_EQ(c.state.selectedCount(), 0);
}

TEST(Canvas, BrushSelectsExactlyWhatItCovers) {
  Canvas c;
  c.canvas.setBrushing(true);
  const auto f = PlotFrame::fit(c.canvas.size(), c.canvas.viewRect(), QFontMetricsF(c.canvas.font()));
  const QPoint a = f.map(0, 0).toPoint(), b = f.map(2.5, 2.5).toPoint();
  c.drag(a, b);
  const auto& x = c.state.positions(Space::latentScaled);
  const QRectF r = QRectF(f.unmap(a), f.unmap(b)).normalized();
  int expected = 0;
  for (int i = 0; i < 200; ++i) {
    const QPointF p(x[2 * std::size_t(i)], x[2 * std::size_t(i) + 1]);
    expected += r.contains(p);
    EXPECT_EQ(c.state.selection()[i], r.contains(p)) << i;
  }
  EXPECT_GT(expected, 10);
  c.drag(f.map(0, 0).toPoint(), f.map(-2.5, -2.5).toPoint(), Qt::ShiftModifier);
  EXPECT_GT(c.state.selectedCount(), expected) << "shift adds";
  c.drag(f.map(-2.6, -2.6).toPoint(), f.map(2.6, 2.6).toPoint(), Qt::AltModifier);
  EXPECT_EQ(c.state.selectedCount(), 0) << "alt takes away";
}

TEST(Canvas, LassoFollowsTheHand) {
  Canvas c;
  c.canvas.setBrushing(true);
  c.canvas.setBrush(Canvas2D::Brush::lasso);
  // Around the lower left half of the plot, along its diagonal.
  const auto f = PlotFrame::fit(c.canvas.size(), c.canvas.viewRect(), QFontMetricsF(c.canvas.font()));
  const std::vector<QPointF> corners{f.map(-2.4, 2.4), f.map(-2.4, -2.4), f.map(2.4, -2.4)};
  QTest::mousePress(&c.canvas, Qt::LeftButton, {}, corners[0].toPoint());
  for (const auto& p : corners) {
    QMouseEvent move(QEvent::MouseMove, p, c.canvas.mapToGlobal(p), Qt::NoButton, Qt::LeftButton, {});
    QCoreApplication::sendEvent(&c.canvas, &move);
  }
  QTest::mouseRelease(&c.canvas, Qt::LeftButton, {}, corners[2].toPoint());
  const auto& x = c.state.positions(Space::latentScaled);
  int wrong = 0, chosen = c.state.selectedCount();
  for (std::size_t i = 0; i < 200; ++i) {
    const double side = x[2 * i] + x[2 * i + 1];
    if (std::abs(side) < 0.05 || x[2 * i] < -2.3 || x[2 * i + 1] < -2.3) continue;  // too near the line to call
    wrong += c.state.selection()[qsizetype(i)] != (side < 0);
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(chosen, 50);
}

TEST(Canvas, WheelKeepsThePlaceUnderTheCursorAndDragPans) {
  Canvas c;
  const auto before = PlotFrame::fit(c.canvas.size(), c.canvas.viewRect(), QFontMetricsF(c.canvas.font()));
  const QPointF at(320, 180);
  QWheelEvent wheel(at, c.canvas.mapToGlobal(at), {}, {0, 120}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(&c.canvas, &wheel);
  const auto after = PlotFrame::fit(c.canvas.size(), c.canvas.viewRect(), QFontMetricsF(c.canvas.font()));
  EXPECT_GT(after.scale, before.scale * 1.1);
  EXPECT_NEAR(after.unmap(at).x(), before.unmap(at).x(), 1e-9);
  EXPECT_NEAR(after.unmap(at).y(), before.unmap(at).y(), 1e-9);
  c.drag({200, 200}, {240, 170});
  const auto panned = PlotFrame::fit(c.canvas.size(), c.canvas.viewRect(), QFontMetricsF(c.canvas.font()));
  EXPECT_NEAR(panned.unmap({240, 170}).x(), after.unmap({200, 200}).x(), 0.05);
  c.canvas.resetView();
  const auto home = PlotFrame::fit(c.canvas.size(), c.canvas.viewRect(), QFontMetricsF(c.canvas.font()));
  EXPECT_DOUBLE_EQ(home.scale, before.scale);
}

TEST(Canvas, ScrubbingRecomputesNoPath) {
  Canvas c(2000);
  c.canvas.repaint();
  const int before = c.canvas.pathComputations();
  EXPECT_GE(before, 1);
  for (int k = 0; k < 20; ++k) {
    c.state.setTime(k * 0.3);
    c.canvas.repaint();
  }
  EXPECT_EQ(c.canvas.pathComputations(), before);
}

namespace {
/// Pixels that differ from the background by more than the grid does.
int inked(const QImage& image, const Theme& theme, QRgb only = 0) {
  int count = 0;
  for (int y = 60; y < image.height() - 60; ++y)
    for (int x = 80; x < image.width() - 20; ++x) {
      const QColor c(image.pixel(x, y));
      if (only ? image.pixel(x, y) == only : contrast(c, theme.background) > 2) ++count;
    }
  return count;
}
QImage painted(Figure& f, const PaintOptions& o) {
  QImage image(500, 500, QImage::Format_RGB32);
  QPainter p(&image);
  f.paint(p, {500, 500}, o);
  return image;
}
}  // namespace

TEST(Canvas, SoloShowsTheSelectionOnlyGhostFadesTheRest) {
  for (const auto& theme : {Theme::light(), Theme::darkTheme()}) {
    ViewState s;
    s.setSimulation(SyntheticFlow{}.make());
    s.setTrails(false);
    Canvas2D canvas(&s, Canvas2D::Kind::data);
    PaintOptions o;
    o.theme = theme;
    const int all = inked(painted(canvas, o), theme);
    QVector<bool> some(200, false);
    for (int i = 0; i < 20; ++i) some[i] = true;
    s.setSelection(some);
    const auto ghosted = painted(canvas, o);
    EXPECT_GT(inked(ghosted, theme, theme.ghost.rgb()), 500);
    s.setSolo(true);
    const auto soloed = painted(canvas, o);
    EXPECT_EQ(inked(soloed, theme, theme.ghost.rgb()), 0);
    EXPECT_GT(inked(soloed, theme), 50);
    EXPECT_LT(inked(soloed, theme), all / 4);
    s.setPoints(false);
    EXPECT_EQ(inked(painted(canvas, o), theme), 0);
  }
}

TEST(Canvas, SummaryTellsTheFlatteningOfAReducingSchedule) {
  ViewState s;
  s.setSimulation(SyntheticFlow{.keep = 1}.make());
  Canvas2D canvas(&s, Canvas2D::Kind::latent);
  s.setTime(7.01);
  EXPECT_TRUE(canvas.summary().contains("kept")) << canvas.summary().toStdString();
  EXPECT_TRUE(canvas.summary().contains("compressed"));
}

TEST(Canvas, PicksAxesOfHigherDimensions) {
  ViewState s;
  s.setSimulation(SyntheticFlow{.dim = 4, .keep = 4}.make());
  Canvas2D canvas(&s, Canvas2D::Kind::latent);
  canvas.setAxes(1, 3);
  EXPECT_EQ(canvas.axisX(), 1);
  canvas.setAxes(2, 2);
  canvas.setAxes(0, 4);
  EXPECT_EQ(canvas.axisY(), 3) << "impossible pairs are ignored";
  s.setSimulation(SyntheticFlow{}.make());
  EXPECT_EQ(canvas.axisX(), 0);
  EXPECT_EQ(canvas.axisY(), 1);
}

TEST(Ruler, DragScrubsAClickInALaneChoosesIt) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  Player p(&s);
  Ruler r(&s, &p);
  r.resize(800, 74);
  r.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&r));
  QSignalSpy scrubbing(&r, &Ruler::scrubbing);
  p.play();
  const QPoint at(int(r.xOf(3.5)), int(r.laneRect(Direction::generation).center().y()));
  QTest::mousePress(&r, Qt::LeftButton, {}, at);
  EXPECT_EQ(s.lane(), Direction::generation);
  EXPECT_NEAR(s.time(), 3.5, 0.02);
  EXPECT_FALSE(p.playing()) << "the hand wins";
  QMouseEvent move(QEvent::MouseMove, QPointF(r.xOf(5), at.y()), r.mapToGlobal(QPointF(r.xOf(5), at.y())), Qt::NoButton, Qt::LeftButton,
                   Qt::ShiftModifier);
  QCoreApplication::sendEvent(&r, &move);
  EXPECT_FALSE(s.interpolated()) << "shift holds on to stored frames";
  QTest::mouseRelease(&r, Qt::LeftButton, {}, at);
  EXPECT_EQ(scrubbing.count(), 2);
}

TEST(Ruler, LoopEndsCanBeDragged) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  Player p(&s);
  p.setLoop(2, 5);
  Ruler r(&s, &p);
  r.resize(800, 74);
  const double y = r.laneRect(Direction::roundTrip).center().y();
  QTest::mousePress(&r, Qt::LeftButton, {}, QPoint(qRound(r.xOf(5)), int(y)));
  QMouseEvent move(QEvent::MouseMove, QPointF(r.xOf(6), y), r.mapToGlobal(QPointF(r.xOf(6), y)), Qt::NoButton, Qt::LeftButton, {});
  QCoreApplication::sendEvent(&r, &move);
  QTest::mouseRelease(&r, Qt::LeftButton, {}, QPoint(qRound(r.xOf(6)), int(y)));
  EXPECT_NEAR(*p.loopOut(), 6, 0.02);
  EXPECT_EQ(*p.loopIn(), 2);
  EXPECT_EQ(s.time(), 0) << "the cursor stayed";
  EXPECT_EQ(s.lane(), Direction::inflation);
}

TEST(TimeDock, FitsItsHeightAndTakesATypedTime) {
  ViewState s;
  s.setSimulation(SyntheticFlow{}.make());
  Player p(&s);
  TimeDock dock(&s, &p);
  EXPECT_LE(dock.sizeHint().height(), 110);
  EXPECT_LE(dock.layout()->minimumSize().height(), 110);
  dock.resize(1366, 108);
  dock.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock));
  auto* time = dock.findChild<QDoubleSpinBox*>("time");
  ASSERT_TRUE(time);
  time->setFocus();
  time->selectAll();
  QTest::keyClicks(time, "2.5");
  QTest::keyClick(time, Qt::Key_Return);
  EXPECT_EQ(s.time(), 2.5);
  auto* frame = dock.findChild<QLabel*>("frame");
  EXPECT_TRUE(frame->text().contains("straight")) << frame->text().toStdString();
  QTest::mouseClick(dock.findChild<QToolButton*>("stepForward"), Qt::LeftButton);
  EXPECT_FALSE(s.interpolated());
  EXPECT_FALSE(frame->text().contains("straight"));
  QTest::mouseClick(dock.findChild<QToolButton*>("toEnd"), Qt::LeftButton);
  EXPECT_DOUBLE_EQ(s.time(), 7.01);
  EXPECT_NEAR(time->value(), 7.01, 1e-9);
  QTest::mouseClick(dock.findChild<QToolButton*>("play"), Qt::LeftButton);
  EXPECT_TRUE(p.playing());
  QTest::qWait(120);
  EXPECT_GT(s.time(), 0);
  EXPECT_LT(s.time(), 3);
  dock.findChild<QDoubleSpinBox*>("speed")->setValue(4);
  EXPECT_EQ(p.speed(), 4);
  QTest::mouseClick(dock.findChild<QToolButton*>("loop"), Qt::LeftButton);
  EXPECT_TRUE(p.looping());
}

TEST(FlowPlots, AreDrawnAndTellWhatTheyShow) {
  ViewState s;
  FlowPlots plots(&s);
  plots.resize(500, 300);
  plots.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&plots));
  s.setSimulation(SyntheticFlow{.keep = 1}.make());
  EXPECT_TRUE(plots.summary().contains("Participation ratio"));
  for (int k = 0; k < 4; ++k) {
    plots.setCurrentPlot(k);
    QCoreApplication::processEvents();
    PaintOptions o;
    EXPECT_GT(inked(painted(plots, o), o.theme), 300) << k;
    EXPECT_FALSE(plots.figureCsv().isEmpty());
  }
  s.setTime(4);  // between two frames: the table's nearest one is told
  EXPECT_TRUE(plots.summary().contains("at t 3.972")) << plots.summary().toStdString();
}

TEST(Splatter, PointsAreRoundOpaqueAndClipped) {
  QImage image(40, 40, QImage::Format_RGB32);
  image.fill(Qt::white);
  Splatter s;
  s.begin(image);
  s.setSize(9);
  s.point(20.5f, 20.5f, qRgb(0, 0, 255), Marker::disc);
  EXPECT_EQ(image.pixel(20, 20), qRgb(0, 0, 255));
  EXPECT_EQ(image.pixel(20, 10), qRgb(255, 255, 255));
  int blue = 0;
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 40; ++x) blue += 255 - qRed(image.pixel(x, y));
  EXPECT_NEAR(blue / 255.0, M_PI * 4.5 * 4.5, 3) << "the area of a disc";
  for (const float v : {-1e9f, -3.f, 39.9f, 1e9f, std::nanf("")}) s.point(v, v, 0, Marker::cross), s.line(v, 5, 10, v, 0, 255);
}

TEST(Particles, PainterPutsNearPointsOverFarOnes) {
  auto sim = std::make_shared<Simulation>(*SyntheticFlow{.n = 2, .dim = 3, .keep = 3, .frames = 2, .allLanes = false}.make());
  // Two points on the axis of sight, class 0 in front.
  sim->basis.mean.assign(3, 0);
  sim->basis.W = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  sim->lanes[0].x = {0, -2, 0, 0, 2, 0, 0, -2, 0, 0, 2, 0};
  ViewState s;
  s.setSimulation(sim);
  s.setTrails(false);
  const auto space = ParticleSpace::of(s, false, false);
  OrbitCamera camera;
  camera.yaw = 0, camera.pitch = 0, camera.orthographic = true, camera.halfBox = {3, 3, 3}, camera.target = {};
  ParticlePainter painter;
  QImage image(200, 200, QImage::Format_RGB32);
  PaintOptions o;
  painter.draw(image, {200, 200}, s, space, camera, o, QFont(), {});
  EXPECT_EQ(image.pixel(100, 100), classColor(0, o.theme).rgb());
  camera.yaw = 180;
  painter.draw(image, {200, 200}, s, space, camera, o, QFont(), {});
  EXPECT_EQ(image.pixel(100, 100), classColor(1, o.theme).rgb()) << "seen from behind";
  EXPECT_EQ(painter.pointAt({100, 100}, {200, 200}, s, space, camera), 1);
}

TEST(Particles, Qt3dShowsThePointsWhereverTheyAreDrawn_3D) {
  for (const char* where : {"cpu", "gpu"}) {
    qputenv("INFLATON_3D", where);
    ViewState s;
    s.setSimulation(SyntheticFlow{.n = 400}.make());
    s.setTrails(false);
    s.setTime(1);
    Particles3D view(&s);
    view.resize(400, 400);
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    ASSERT_TRUE(QTest::qWaitFor([&] { return view.ready(); }, 5000));
    const auto grab = [&] {
      QImage shown;
      QElapsedTimer clock;
      clock.start();
      // The first frames of Qt 3D may still lack what was just handed over.
      QTest::qWait(400);
      bool done = false;
      view.capture([&](QImage i) { shown = i, done = true; });
      EXPECT_TRUE(QTest::qWaitFor([&] { return done; }, 10000)) << where;
      return shown.convertToFormat(QImage::Format_RGB32);
    };
    const auto first = grab();
    const auto theme = Theme::fromPalette(view.palette());
    ASSERT_GE(first.width(), 390);
    const int blue = inked(first, theme, classColor(0, theme).rgb()), red = inked(first, theme, classColor(1, theme).rgb());
    EXPECT_GT(blue, 300) << where;
    EXPECT_GT(red, 300) << where;
    s.setTime(6);
    EXPECT_NE(grab(), first) << where << ": scrubbing moves the picture";
    s.setPoints(false);
    EXPECT_EQ(inked(grab(), theme, classColor(0, theme).rgb()), 0) << where;
  }
  qunsetenv("INFLATON_3D");
}

TEST(Particles, GraphicsCardAndProcessorPutPointsInTheSamePlaces_3D) {
  QImage shown[2];
  for (const int gpu : {0, 1}) {
    qputenv("INFLATON_3D", gpu ? "gpu" : "cpu");
    ViewState s;
    s.setSimulation(SyntheticFlow{.n = 12, .dim = 3, .keep = 2, .frames = 13, .slopes = true}.make());  // far from straight
    s.setTrails(false);
    s.setPointSize(9);
    s.setTime(3.3333);  // between two frames
    Particles3D view(&s);
    view.resize(400, 400);
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    ASSERT_TRUE(QTest::qWaitFor([&] { return view.ready(); }, 5000));
    QTest::qWait(500);
    bool done = false;
    view.capture([&](QImage i) { shown[gpu] = i.convertToFormat(QImage::Format_RGB32), done = true; });
    ASSERT_TRUE(QTest::qWaitFor([&] { return done; }, 10000));
  }
  qunsetenv("INFLATON_3D");
  ASSERT_EQ(shown[0].size(), shown[1].size());
  // Haze and smoothing differ; where there is colour must not.
  const auto colored = [](QRgb c) { return std::max({qRed(c), qGreen(c), qBlue(c)}) - std::min({qRed(c), qGreen(c), qBlue(c)}) > 60; };
  int both = 0, one = 0;
  for (int y = 40; y < 390; ++y)
    for (int x = 10; x < 390; ++x) {
      const bool a = colored(shown[0].pixel(x, y)), b = colored(shown[1].pixel(x, y));
      both += a && b, one += a != b;
    }
  EXPECT_GT(both, 300);
  EXPECT_LT(one, both / 2);
}
