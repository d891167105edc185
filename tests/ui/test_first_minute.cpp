// The first 60 seconds of a new user, with real clicks and keys; every stop leaves a picture in the folder "screenshots".
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QProcess>
#include <QPushButton>
#include <QScreen>
#include <QTabBar>
#include <QToolButton>

#include "tests/paths.h"
#include "tests/ui/shell_fixture.h"
#include "ui/export/figure_export.h"
#include "ui/shell/banner.h"
#include "ui/shell/views_area.h"
#include "ui/time/time_dock.h"

namespace inflaton::ui {
namespace {

class FirstMinute : public WindowTest {
 protected:
  /// What is on the screen; offscreen there is none, so the window itself.
  void picture(const QString& name) {
    QTest::qWait(60);  // let the last change be drawn
    QDir().mkpath("screenshots");
    QPixmap shot;
    if (QGuiApplication::platformName() == "xcb")
      shot = window->screen()->grabWindow(0, window->x(), window->y(), window->width(), window->height());
    if (shot.isNull()) shot = window->grab();
    EXPECT_TRUE(shot.save("screenshots/" + name + ".png")) << name.toStdString();
  }
};

TEST_F(FirstMinute, AsUxTells) {
  // 0-6 s: the window is up and the circles inflate once, then wait; one hint.
  open();
  ASSERT_TRUE(flowOf("circles", "PRP"));
  EXPECT_TRUE(session().player()->playing());
  picture("01-demo");
  EXPECT_EQ(find<QLabel>("hint")->text(), "Drag the time bar, or press Space.");
  EXPECT_TRUE(find<QLabel>("hint")->isVisible());
  session().player()->setSpeed(8);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !session().player()->playing(); }, 20000));
  session().player()->setSpeed(1);
  EXPECT_NEAR(view().time(), 7.01, 1e-6);
  picture("02-inflated");

  // 6-15 s: a drag on the time bar moves every view; hovering a point lights its path; one click on Moons is a new flow.
  auto* dock = window->findChild<TimeDock*>();
  ASSERT_TRUE(dock);
  QWidget* ruler = dock->childAt(dock->width() / 2, dock->height() - 20);
  ASSERT_TRUE(ruler);
  const int y = ruler->height() / 2;
  QTest::mousePress(ruler, Qt::LeftButton, {}, {ruler->width() * 3 / 4, y});
  const double atPress = view().time();
  for (int x = ruler->width() * 3 / 4; x > ruler->width() / 3; x -= 8) {
    QMouseEvent move(QEvent::MouseMove, QPointF(x, y), ruler->mapToGlobal(QPointF(x, y)), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(ruler, &move);
  }
  QTest::mouseRelease(ruler, Qt::LeftButton, {}, {ruler->width() / 3, y});
  EXPECT_LT(view().time(), atPress);
  EXPECT_FALSE(find<QLabel>("hint")->isVisible()) << "the hint has done its work";
  picture("03-scrubbed");
  Canvas2D* data = window->views()->data();
  const QRectF shown = data->viewRect();
  for (int x = 0; x < data->width() && view().hovered() < 0; x += 5) QTest::mouseMove(data, {x, data->height() / 2});
  EXPECT_GE(view().hovered(), 0);
  EXPECT_EQ(data->viewRect(), shown);
  click("set_moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  picture("04-moons");

  // 15-35 s: quick training; the loss falls, generated points crawl onto the moons, the slider is not moved; the button says "Stop and
  // keep".
  session().player()->pause();
  QTest::keyClick(window.get(), Qt::Key_2, Qt::ControlModifier);
  EXPECT_EQ(window->stage(), "train");
  const double before = view().time();
  QTest::keyClick(window.get(), Qt::Key_Return, Qt::ControlModifier);
  TrainingRun* trainer = session().training();
  ASSERT_TRUE(QTest::qWaitFor([&] { return trainer->generated() && trainer->validation(); }, 120000))
      << window->banner()->text().toStdString();
  EXPECT_EQ(find<QPushButton>("runStage")->text(), "Stop and keep");
  EXPECT_TRUE(data->hasOverlay());
  EXPECT_DOUBLE_EQ(view().time(), before);
  picture("05-training");
  click("trainPause");
  ASSERT_TRUE(QTest::qWaitFor([&] { return trainer->state() == TrainingRun::State::paused; }, 30000));
  const auto steps = trainer->latest().step;
  picture("06-paused");
  click("trainStart");  // reads "Resume"
  ASSERT_TRUE(QTest::qWaitFor([&] { return trainer->latest().step > steps; }, 60000)) << window->banner()->text().toStdString();
  ASSERT_TRUE(QTest::qWaitFor([&] { return trainer->state() == TrainingRun::State::running && trainer->errors().size() > 1; }, 60000));
  EXPECT_LT(trainer->smoothed().last().y(), trainer->smoothed().first().y());
  click("trainKeep");
  ASSERT_TRUE(QTest::qWaitFor([&] { return trainer->state() == TrainingRun::State::idle; }, 30000));
  EXPECT_TRUE(QFile::exists(QString::fromStdString(trainer->result().network)));
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().simulation()->source == "net" && !session().flowing(); }, 60000))
      << window->banner()->text().toStdString();
  EXPECT_FALSE(data->hasOverlay());
  QTest::keyClick(window.get(), Qt::Key_3, Qt::ControlModifier);
  picture("07-network-flow");

  // 35-45 s: PRP -> PRR; the plane folds to a line; without a network for it, not even a pretrained one, the exact score steps in, and says
  // so.
  click("prr");
  ASSERT_TRUE(flowOf("moons", "PRRto1D", 60000));
  EXPECT_EQ(view().simulation()->source, session().networkFor(session().experiment()).isEmpty() ? "discrete" : "net");
  const auto& s = *view().simulation();
  EXPECT_NEAR(s.schedule.participationRatio(s.schedule.tMax(), s.basis.eigenvalues), 1, 0.05);
  view().setColorBy(ColorBy::roundTripError);
  session().player()->pause();
  QTest::keyClick(window.get(), Qt::Key_End);
  EXPECT_NEAR(view().time(), 7.01, 1e-6);
  picture("08-folded");
  QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
  ASSERT_TRUE(flowOf("moons", "PRP")) << "undo brings PRP back";
  EXPECT_EQ(session().experiment().flow.source, "net") << "and its network";

  // 45-60 s: a figure with its recipe inside; the command gives the same result; reopening returns to the same frame.
  ExportOptions options;
  options.path = home.filePath("figure.pdf");
  options.format = FigureFormat::pdf;
  const auto exported = exportFigure(*window->views()->data(), view(), options);
  ASSERT_TRUE(exported) << exported.error().message;
  EXPECT_TRUE(readFigureMetadata(options.path).contains("toy-simulate"));
  QTest::keyClick(window.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
  const QString command = QApplication::clipboard()->text();
  ASSERT_TRUE(command.startsWith("inflaton-cli toy-simulate")) << command.toStdString();
  QProcess shell;
  shell.setWorkingDirectory(home.path());
  shell.start("/bin/sh",
              {"-c", QString(command).replace(0, 12, QStringLiteral("'%1'").arg(QString::fromUtf8(inflaton::test::cliProgram()))) +
                         " --save_dir out"});
  ASSERT_TRUE(shell.waitForFinished(120000));
  EXPECT_EQ(shell.exitCode(), 0) << shell.readAllStandardError().toStdString();
  EXPECT_FALSE(QDir(home.filePath("out")).entryList({"moons_PRP_net_melt_results.npz"}).isEmpty());
  view().setTime(3.25);
  reopen();
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().simulation() && !session().flowing(); }, 30000))
      << window->banner()->text().toStdString();
  EXPECT_EQ(view().simulation()->source, "net");
  EXPECT_EQ(view().simulation()->data_name, "moons");
  EXPECT_DOUBLE_EQ(view().time(), 3.25);
  picture("09-reopened");
}

TEST_F(FirstMinute, TheThreeViewsAreThere_3D) {
  open();
  ASSERT_TRUE(flowReady());
  Particles3D* particles = window->views()->particles();
  ASSERT_TRUE(particles);
  ASSERT_TRUE(QTest::qWaitFor([&] { return particles->ready(); }, 20000));
  EXPECT_TRUE(particles->orthographic()) << "a set of two dimensions";
  QTest::keyClick(window.get(), Qt::Key_5);
  EXPECT_FALSE(particles->orthographic());
  find<QTabBar>("viewTabs")->setCurrentIndex(3);
  EXPECT_TRUE(particles->isVisible());
  EXPECT_FALSE(window->views()->data()->isVisible());
  picture("10-three-dimensions");
}

}  // namespace
}  // namespace inflaton::ui
