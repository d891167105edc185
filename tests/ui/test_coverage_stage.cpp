// The Coverage stage in the window: a real run, the table, the scene, the alpha slider and the files, with clicks and keys.
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QToolButton>

#include "tests/ui/shell_fixture.h"
#include "ui/coverage/coverage_centre.h"
#include "ui/coverage/coverage_curve.h"
#include "ui/coverage/coverage_inspector.h"
#include "ui/coverage/coverage_page.h"
#include "ui/coverage/coverage_table.h"
#include "ui/export/figure_export.h"
#include "ui/forms/number_box.h"
#include "ui/jobs/job_button.h"
#include "ui/shell/banner.h"
#include "ui/shell/views_area.h"
#include "ui/style/theme.h"

using namespace inflaton;
using namespace inflaton::ui;

namespace {

class Coverage : public WindowTest {
 protected:
  CoveragePage& page() { return *qobject_cast<CoveragePage*>(window->page()); }
  CoverageModel& model() { return *page().model(); }
  CoverageCentre& centre() { return *page().view(); }
  CoverageSceneView& scene() { return *centre().scene(); }
  CoverageTable& table() { return *centre().table(); }
  void shoot(const QString& name) {
    QDir().mkpath("screenshots");
    QTest::qWait(150);
    ASSERT_TRUE(window->grab().save("screenshots/" + name + ".png"));
  }
  void type(const char* field, const QString& value) {
    QWidget* editor = page().form()->form()->field(field)->editor();
    auto* line = qobject_cast<QLineEdit*>(editor);
    if (!line) line = editor->findChild<QLineEdit*>();
    ASSERT_TRUE(line) << field;
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, value);
    QTest::keyClick(line, Qt::Key_Return);
  }
  void openStage() {
    open();
    ASSERT_TRUE(flowReady());
    click("stage4");
    ASSERT_TRUE(window->page());
  }
  /// Few points, so that a test takes a moment.
  void small(int points = 1500, int seeds = 1) {
    type("test_pts", QString::number(points));
    type("seeds", QString::number(seeds));
  }
  bool done(int ms = 120000) {
    return QTest::qWaitFor([&] { return model().result() && !page().running(); }, ms);
  }
  void run(int points = 1500, int seeds = 1) {
    small(points, seeds);
    click("runStage");
    ASSERT_TRUE(done()) << window->banner()->text().toStdString();
  }
  QPoint cell(int row, int column) { return table().visualRect(table().model()->index(row, column)).center(); }
  int column(CoveragePlace place, BoundaryKind kind) {
    return static_cast<const CoverageTableModel*>(table().model())->columnOf(place, kind);
  }
};

}  // namespace

TEST_F(Coverage, TheStageTakesTheCentreAndGivesItBack) {
  open();
  ASSERT_TRUE(flowReady());
  QDockWidget* time = find<QDockWidget>("Time");
  ASSERT_TRUE(time->isVisible());
  click("stage4");
  EXPECT_EQ(window->stage(), "coverage");
  EXPECT_TRUE(centre().isVisible());
  EXPECT_FALSE(window->views()->isVisible());
  EXPECT_FALSE(time->isVisible());
  EXPECT_TRUE(find<QDockWidget>("Data")->isVisible());
  EXPECT_EQ(find<QPushButton>("runStage")->text(), "Run coverage");
  EXPECT_TRUE(find<QLabel>("coverageMessage")->isVisible());
  EXPECT_FALSE(window->page()->currentFigure());
  shoot("coverage_empty");
  QTest::keyClick(window.get(), Qt::Key_3, Qt::ControlModifier);
  EXPECT_EQ(window->stage(), "flow");
  EXPECT_TRUE(time->isVisible());
  EXPECT_TRUE(window->views()->isVisible());
  EXPECT_EQ(find<QPushButton>("runStage")->text(), "Run flow");
  QTest::keyClick(window.get(), Qt::Key_4, Qt::ControlModifier);
  EXPECT_EQ(window->stage(), "coverage");
  // The layout of the flow stages survives a session that ends here.
  reopen();
  ASSERT_TRUE(flowReady());
  EXPECT_EQ(window->stage(), "coverage");
  EXPECT_FALSE(find<QDockWidget>("Time")->isVisible());
  click("stage1");
  EXPECT_TRUE(find<QDockWidget>("Time")->isVisible());
}

TEST_F(Coverage, ARunFillsTableCurveAndCommand) {
  openStage();
  run(1500, 3);
  ASSERT_TRUE(model().result());
  EXPECT_EQ(model().result()->runs.size(), 3u);
  EXPECT_EQ(table().model()->rowCount(), 7);
  EXPECT_EQ(table().model()->columnCount(), 11);
  EXPECT_TRUE(centre().curve()->hasContent());
  EXPECT_GE(centre().curve()->chart()->series().size(), 7);
  EXPECT_FALSE(centre().curve()->figureCsv().isEmpty());
  // Latent points are Gaussian: at the start the shares are the ideal's within their own noise.
  for (std::size_t r = 0; r < 7; ++r)
    EXPECT_NEAR(model().result()->mean(BoundaryKind::advected, CoveragePlace::latentStart, r), model().result()->ideal[r],
                4 * 0.5 / std::sqrt(4500.0));
  click("copyCommand");
  const QString command = QApplication::clipboard()->text();
  EXPECT_TRUE(command.startsWith("inflaton-cli toy-coverage")) << command.toStdString();
  EXPECT_TRUE(command.contains("--test_pts 1500")) << command.toStdString();
  EXPECT_EQ(command, page().command());
  shoot("coverage_circles");
  click("coverageDifference");
  shoot("coverage_difference");
}

TEST_F(Coverage, ARowSelectsItsShellAndThePointsThatLeftLightUp) {
  openStage();
  run();
  const int column_ = column(CoveragePlace::data, BoundaryKind::alphaShape);
  ASSERT_GT(column_, 0);
  QSignalSpy changed(&model(), &CoverageModel::selectionChanged);
  QTest::mouseClick(table().viewport(), Qt::LeftButton, {}, cell(1, column_));
  EXPECT_EQ(changed.count(), 1);
  EXPECT_EQ(model().radius(), 1);
  EXPECT_EQ(model().place(), CoveragePlace::data);
  EXPECT_EQ(model().kind(), BoundaryKind::alphaShape);
  EXPECT_TRUE(find<QPushButton>("placeData")->isChecked());
  // The statuses are those of that shell.
  const auto& before = model().shell(BoundaryKind::alphaShape, CoveragePlace::latentStart, 1)->isInside;
  const auto& now = model().shell(BoundaryKind::alphaShape, CoveragePlace::data, 1)->isInside;
  std::int64_t left = 0, entered = 0;
  for (std::size_t i = 0; i < now.size(); ++i) left += before[i] && !now[i], entered += !before[i] && now[i];
  EXPECT_EQ(model().count(PointStatus::left), left);
  EXPECT_EQ(model().count(PointStatus::entered), entered);
  EXPECT_EQ(model().count(PointStatus::inside) + entered, model().shown()->inside);
  // Keys move on through the table.
  table().setFocus();
  QTest::keyClick(&table(), Qt::Key_Down);
  EXPECT_EQ(model().radius(), 2);
  EXPECT_EQ(model().place(), CoveragePlace::data);
}

TEST_F(Coverage, PlaceAndKindAreChosenWithButtons) {
  openStage();
  run();
  click("placeStart");
  EXPECT_EQ(model().place(), CoveragePlace::latentStart);
  EXPECT_EQ(model().count(PointStatus::left), 0);
  click("kindAdvected");
  EXPECT_EQ(model().kind(), BoundaryKind::advected);
  EXPECT_FALSE(find<QWidget>("alphaRow")->isVisible());
  EXPECT_EQ(table().currentIndex().column(), column(CoveragePlace::latentStart, BoundaryKind::advected));
  click("placeEnd");
  click("kindAlpha");
  EXPECT_TRUE(find<QWidget>("alphaRow")->isVisible());
  EXPECT_EQ(model().place(), CoveragePlace::latentEnd);
}

TEST_F(Coverage, TheAlphaSliderTriesAnotherShapeLive) {
  openStage();
  run();
  click("placeData");
  const auto whole = model().shown()->inside;
  auto* slider = find<QSlider>("alphaSlider");
  ASSERT_TRUE(slider->isVisible());
  slider->setFocus();
  bool fewer = false;
  for (int k = 0; k < 30 && !fewer; ++k) {  // to the left: page by page
    QTest::keyClick(slider, Qt::Key_PageDown);
    QTest::qWait(30);
    ASSERT_TRUE(QTest::qWaitFor([&] { return !centre().alpha()->busy(); }, 20000));
    fewer = model().trial() && model().trial()->inside < whole;
  }
  EXPECT_TRUE(fewer) << centre().alpha()->text().toStdString();
  EXPECT_NE(model().shown(), model().shell(BoundaryKind::alphaShape, CoveragePlace::data, model().radius()));
  shoot("coverage_alpha");
  click("alphaReset");
  EXPECT_FALSE(model().trial());
  EXPECT_EQ(model().shown()->inside, whole);
  click("alphaAuto");
  ASSERT_TRUE(QTest::qWaitFor([&] { return model().trial() != nullptr; }, 20000));
  EXPECT_GT(model().trial()->circumradius, 0);
  EXPECT_EQ(model().trial()->check.components, 1);
  // Another shell: the slider is of that one again.
  model().setRadius(0);
  EXPECT_FALSE(model().trial());
}

TEST_F(Coverage, AClickOnAPointShowsItsPath) {
  openStage();
  run();
  click("placeData");
  int wanted = -1;  // one that lies free
  QPointF at;
  for (int i = 40; i < 400 && wanted < 0; ++i) {
    at = scene().positionOf(i);
    if (scene().rect().adjusted(80, 30, -80, -50).contains(at.toPoint())) wanted = scene().pointAt(at);
  }
  ASSERT_GE(wanted, 0);
  at = scene().positionOf(wanted);
  QTest::mouseClick(&scene(), Qt::LeftButton, {}, at.toPoint());
  ASSERT_GE(model().picked(), 0);
  EXPECT_TRUE(scene().pickedText().contains("latent end"));
  const auto path = pathOf(*model().result(), model().picked());
  ASSERT_GT(path[0].size(), 10u);
  ASSERT_GT(path[1].size(), 10u);
  // It starts, turns and ends where the points are.
  const auto i = static_cast<std::size_t>(model().picked());
  for (std::size_t a = 0; a < 2; ++a) {
    EXPECT_NEAR(path[0].front().x[a], model().points(CoveragePlace::latentStart)[2 * i + a], 1e-4);
    EXPECT_NEAR(path[0].back().x[a], model().points(CoveragePlace::data)[2 * i + a], 1e-4);
    EXPECT_NEAR(path[1].back().x[a], model().points(CoveragePlace::latentEnd)[2 * i + a], 1e-4);
  }
  shoot("coverage_path");
  QTest::keyClick(&scene(), Qt::Key_Escape);
  EXPECT_EQ(model().picked(), -1);
}

TEST_F(Coverage, MouseAndKeysMoveTheViewAndRBringsItBack) {
  openStage();
  run(500);
  scene().setFocus();
  const QPointF before = scene().positionOf(0);
  QTest::keyClick(&scene(), Qt::Key_Right);
  EXPECT_NE(scene().positionOf(0), before);
  QTest::keyClick(&scene(), Qt::Key_Plus);
  EXPECT_GT(scene().zoom(), 1);
  QTest::keyClick(window.get(), Qt::Key_R);
  EXPECT_EQ(scene().zoom(), 1);
  EXPECT_EQ(scene().positionOf(0), before);
  QTest::mousePress(&scene(), Qt::LeftButton, {}, QPoint(200, 150));
  QTest::mouseMove(&scene(), QPoint(240, 170));
  QTest::mouseMove(&scene(), QPoint(250, 180));
  QTest::mouseRelease(&scene(), Qt::LeftButton, {}, QPoint(250, 180));
  EXPECT_NE(scene().positionOf(0), before);
  EXPECT_EQ(model().picked(), -1) << "a drag picks nothing";
}

TEST_F(Coverage, ExportWritesFiles) {
  openStage();
  run();
  const QDir folder(home.path());
  page().exports()->saveTable(folder.filePath("c.csv"));
  page().exports()->saveShell(folder.filePath("shell.ply"));
  page().exports()->saveShell(folder.filePath("shell.vtp"));
  page().exports()->saveAll(folder.filePath("all"));
  ASSERT_TRUE(QTest::qWaitFor(
      [&] { return !QDir(folder.filePath("all")).entryList({"*.csv"}).isEmpty() && session().jobs()->active().empty(); }, 30000))
      << window->banner()->text().toStdString();
  for (const char* name : {"c.csv", "shell.ply", "shell.vtp"}) EXPECT_GT(QFileInfo(folder.filePath(name)).size(), 100) << name;
  ToyCoverageOptions same = page().form()->options();
  same.save_dir = folder.filePath("all").toStdString();
  for (const std::string& path : coverageFiles(same)) EXPECT_TRUE(QFileInfo::exists(QString::fromStdString(path))) << path;
  // Both parts as figures, with the command inside.
  for (Figure* figure : {static_cast<Figure*>(&scene()), static_cast<Figure*>(centre().curve())})
    for (const auto& [format, suffix] : {std::pair{FigureFormat::png, "png"}, {FigureFormat::svg, "svg"}, {FigureFormat::pdf, "pdf"}}) {
      ExportOptions o;
      o.path = folder.filePath(figure->figureName() + '.' + suffix);
      o.format = format;
      o.dpi = 150;
      const auto written = exportFigure(*figure, view(), o);
      ASSERT_TRUE(written) << written.error().message;
      EXPECT_TRUE(readFigureMetadata(o.path).contains("toy-coverage")) << o.path.toStdString();
    }
  QDir().mkpath("screenshots");
  QFile::remove("screenshots/coverage_figure.png");
  QFile::copy(folder.filePath("coverage_scene.png"), "screenshots/coverage_figure.png");
}

TEST_F(Coverage, CancelEndsTheRunAndLeavesTheRest) {
  openStage();
  small(200000, 50);
  click("runStage");
  ASSERT_TRUE(QTest::qWaitFor([&] { return page().running(); }, 5000));
  EXPECT_EQ(find<QPushButton>("runStage")->text(), "Cancel coverage");
  QTest::qWait(300);
  QElapsedTimer clock;
  clock.start();
  click("runStage");
  ASSERT_TRUE(QTest::qWaitFor([&] { return !page().running(); }, 10000));
  EXPECT_EQ(find<QPushButton>("runStage")->text(), "Run coverage");
  EXPECT_TRUE(window->banner()->isHidden());
  EXPECT_LT(clock.elapsed(), 5000);
}

TEST_F(Coverage, ASeedShowsBeforeTheNextOneIsThere) {
  openStage();
  small(3000, 40);
  click("runStage");
  ASSERT_TRUE(QTest::qWaitFor([&] { return model().result() && page().running(); }, 60000));
  EXPECT_LT(model().result()->runs.size(), 40u);
  EXPECT_TRUE(table().isVisible());
  click("runStage");
  ASSERT_TRUE(QTest::qWaitFor([&] { return !page().running(); }, 10000));
  EXPECT_TRUE(model().result()) << "what was counted stays";
}

TEST_F(Coverage, WhatCannotBeIsSaidInPlainWords) {
  openStage();
  type("r_min", "3");
  type("r_max", "1");
  EXPECT_TRUE(page().form()->form()->problem().contains("r_m")) << page().form()->form()->problem().toStdString();
  EXPECT_FALSE(find<QPushButton>("runStage")->isEnabled());
  EXPECT_FALSE(page().running());
}

TEST_F(Coverage, ThreeDimensions_3D) {
  openStage();
  session().chooseSet("s_curve");
  ASSERT_TRUE(flowOf("s_curve", "PRP"));
  type("r_num", "4");
  run(4000);
  ASSERT_EQ(model().dim(), 3);
  ASSERT_TRUE(scene().drawable());
  shoot("coverage_s_curve");
  click("placeData");
  shoot("coverage_s_curve_data");
  EXPECT_TRUE(find<QToolButton>("coverageClip")->isVisible());
  click("coverageClip");
  ASSERT_TRUE(scene().clip());
  shoot("coverage_s_curve_clip");
  const double cut = scene().clip()->at;
  QTest::keyClick(find<QSlider>("coverageClipAt"), Qt::Key_Left);
  EXPECT_LT(scene().clip()->at, cut);
  click("coverageClip");
  click("kindAdvected");
  find<QComboBox>("coveragePoints")->setCurrentIndex(1);
  scene().setPoints(CoverageSceneView::Points::changed);
  shoot("coverage_s_curve_advected");
  const auto yaw = scene().camera().yaw;
  scene().setFocus();
  QTest::keyClick(&scene(), Qt::Key_Left);
  EXPECT_NE(scene().camera().yaw, yaw);
  QTest::keyClick(&scene(), Qt::Key_7);
  EXPECT_EQ(scene().camera().pitch, 90);
  QTest::keyClick(&scene(), Qt::Key_5);
  EXPECT_TRUE(scene().orthographic());
  applyTheme(ThemeChoice::dark);
  QTest::keyClick(&scene(), Qt::Key_9);
  shoot("coverage_s_curve_dark");
  click("stage3");
  click("stage4");
  applyTheme(ThemeChoice::light);
}

TEST_F(Coverage, DarkTheme) {
  openStage();
  run(3000, 3);
  applyTheme(ThemeChoice::dark);
  click("placeData");
  shoot("coverage_dark");
  applyTheme(ThemeChoice::light);
}
