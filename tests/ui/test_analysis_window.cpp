// Solvers, densities and residuals in the window, with the real jobs behind them.
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QToolButton>
#include <set>

#include "tests/ui/shell_fixture.h"
#include "ui/analysis/compare_view.h"
#include "ui/analysis/density_keeper.h"
#include "ui/analysis/residual_panel.h"
#include "ui/jobs/job_button.h"
#include "ui/model/point_values.h"
#include "ui/session/provenance_bar.h"
#include "ui/shell/banner.h"
#include "ui/shell/views_area.h"
#include "ui/style/colors.h"
#include "ui/style/theme.h"

using namespace inflaton;
using namespace inflaton::ui;

namespace {

class Analysis : public WindowTest {
 protected:
  void shoot(const QString& name) {
    QDir().mkpath("screenshots");
    QTest::qWait(200);
    ASSERT_TRUE(window->grab().save("screenshots/" + name + ".png"));
  }
  void press(const char* action) { window->actions()->action(action)->trigger(); }
  bool mapAt(double t, int ms = 60000) {
    return QTest::qWaitFor(
        [&] {
          return view().densityMap() && view().densityMap()->t == t && view().densityMap()->nodes == DensityKeeper::kFine &&
                 view().densityNote().isEmpty();
        },
        ms);
  }
  void rest(double t) {
    session().player()->pause();
    view().setTime(t);
  }
};

}  // namespace

TEST_F(Analysis, ModelDensityFollowsTheRestedCursorAndSaysWhenItLags) {
  open();
  ASSERT_TRUE(flowReady());
  rest(1.2);
  view().setPoints(false), view().setTrails(false);
  QTest::keyClick(window.get(), Qt::Key_D, Qt::ShiftModifier);
  ASSERT_TRUE(view().modelDensity());
  ASSERT_TRUE(mapAt(1.2));
  EXPECT_NEAR(view().densityMap()->mass, 1, 0.02);
  shoot("model_density");
  // Scrubbing on: the flow is untouched, the old map stays and says of when it is.
  const auto flow = view().simulation();
  view().setTime(2.5);
  EXPECT_EQ(view().densityMap()->t, 1.2);
  EXPECT_FALSE(view().densityNote().isEmpty());
  shoot("model_density_late");
  ASSERT_TRUE(mapAt(2.5));
  EXPECT_EQ(view().simulation(), flow);
  EXPECT_NEAR(view().densityMap()->mass, 1, 0.02);
  // Back again: known, at once.
  view().setTime(1.2);
  EXPECT_EQ(view().densityMap()->t, 1.2);
  EXPECT_TRUE(view().densityNote().isEmpty());
  // A flow that keeps fewer axes: the flattened one still has its nodes.
  session().edit("Keep one", [](Experiment& e) { e.flow.dims_to_keep = 1, e.followFlow(); });
  ASSERT_TRUE(flowOf("circles", "PRRto1D"));
  rest(5);
  ASSERT_TRUE(mapAt(5));
  EXPECT_NEAR(view().densityMap()->mass, 1, 0.02);
  view().setPoints(true);
  shoot("model_density_prr");
  // Three dimensions: it says why there is none.
  session().chooseSet("s_curve");
  ASSERT_TRUE(flowOf("s_curve", "PRRto1D"));
  EXPECT_FALSE(view().densityMap());
  EXPECT_TRUE(view().densityNote().contains("two dimensions")) << view().densityNote().toStdString();
  shoot("model_density_3d");
  EXPECT_TRUE(window->banner()->text().isEmpty()) << window->banner()->text().toStdString();
  reopen();
  EXPECT_TRUE(view().modelDensity()) << "remembered";
}

TEST_F(Analysis, PointsAreColouredByStretchAndLogDensityAlsoInThreeDimensions) {
  open();
  for (const char* set : {"circles", "s_curve"}) {
    session().chooseSet(set);
    session().reflow();
    ASSERT_TRUE(flowOf(set, "PRP"));
    rest(0.5);
    auto* box = find<QComboBox>("colorBy");
    box->setFocus();
    for (int k = box->currentIndex(); k < 5; ++k) QTest::keyClick(box, Qt::Key_Down);  // log density
    ASSERT_TRUE(QTest::qWaitFor([&] { return view().pointValues() != nullptr; }, 60000))
        << set << ": " << window->banner()->text().toStdString();
    ASSERT_EQ(view().colorBy(), ColorBy::logDensity);
    const auto& values = *view().pointValues();
    ASSERT_EQ(values.stretch.size(), 1000u);
    float least = 1e9f, most = 0;
    for (const float s : values.stretch) least = std::min(least, s), most = std::max(most, s);
    EXPECT_GT(least, 0.f);
    EXPECT_GT(most, 1.2f * least);
    shoot(QStringLiteral("log_density_%1").arg(set));
    QTest::keyClick(box, Qt::Key_Up);
    ASSERT_EQ(view().colorBy(), ColorBy::stretch);
    const auto theme = Theme::fromPalette(window->palette());
    const auto& colors = colorsOf(view(), theme);
    EXPECT_EQ(colors.title, "stretch");
    EXPECT_TRUE(colors.logarithmic);
    EXPECT_GT(std::set<QRgb>(colors.rgb.begin(), colors.rgb.end()).size(), 30u);
    shoot(QStringLiteral("stretch_%1").arg(set));
  }
  EXPECT_TRUE(window->banner()->text().isEmpty()) << window->banner()->text().toStdString();
}

TEST_F(Analysis, SolversAreMeasuredAndRacedOnTheCursor) {
  open();
  ASSERT_TRUE(flowReady());
  rest(3);
  QTest::keyClick(window.get(), Qt::Key_C, Qt::ShiftModifier);
  auto* compare = find<CompareView>("compare");
  ASSERT_TRUE(compare->isVisible());
  // The race runs by itself.
  ASSERT_TRUE(QTest::qWaitFor([&] { return compare->race()->result() != nullptr; }, 30000)) << window->banner()->text().toStdString();
  EXPECT_TRUE(compare->race()->numbers().contains("t 3.00")) << compare->race()->numbers().toStdString();
  const auto first = compare->race()->result();
  EXPECT_LE(first->a->lane(Direction::inflation)->evaluations, 30);
  EXPECT_GT(first->mean.back(), 1e-4);
  EXPECT_NEAR(first->mean.front(), 0, 1e-6) << "from the same points";
  shoot("race_overlaid");
  find<QSpinBox>("budgetB")->setValue(400);
  ASSERT_TRUE(QTest::qWaitFor([&] { return compare->race()->result() != first; }, 30000));
  EXPECT_LT(compare->race()->result()->mean.back(), first->mean.back()) << "a richer Euler comes nearer";
  // The diagram, on few budgets to be quick.
  auto* budgets = find<QLineEdit>("budgets");
  budgets->setFocus();
  budgets->selectAll();
  QTest::keyClicks(budgets, "12,24,48,96");
  QTest::mouseClick(compare->job()->button(), Qt::LeftButton);
  EXPECT_TRUE(compare->job()->running());
  ASSERT_TRUE(QTest::qWaitFor([&] { return compare->diagram()->hasContent(); }, 120000)) << window->banner()->text().toStdString();
  EXPECT_GE(compare->diagram()->figureCsv().count('\n'), 12);
  EXPECT_TRUE(compare->diagram()->figureCommand().contains("compare-solvers")) << compare->diagram()->figureCommand().toStdString();
  EXPECT_TRUE(find<QLabel>("compareCaption")->text().contains("701 Euler")) << find<QLabel>("compareCaption")->text().toStdString();
  press("edit.copyCommand");
  EXPECT_TRUE(QApplication::clipboard()->text().contains("compare-solvers discrete --budgets 12,24,48,96"))
      << QApplication::clipboard()->text().toStdString();
  shoot("solvers");
  find<QComboBox>("raceLayout")->setFocus();
  QTest::keyClick(find<QComboBox>("raceLayout"), Qt::Key_Down);
  EXPECT_TRUE(compare->race()->second()->isVisible());
  shoot("race_side_by_side");
  // Another set: the diagram says that it is of the one before.
  session().chooseSet("moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  EXPECT_TRUE(compare->bar()->isVisible());
  EXPECT_TRUE(compare->bar()->text().startsWith("Of Circles, PRP")) << compare->bar()->text().toStdString();
  EXPECT_TRUE(find<QLabel>("compareCaption")->text().startsWith("circles") || find<QLabel>("compareCaption")->text().startsWith("Circles"))
      << find<QLabel>("compareCaption")->text().toStdString();
  EXPECT_TRUE(QTest::qWaitFor([&] { return compare->race()->result()->a->data_name == "moons"; }, 30000)) << "the race follows";
  // Cancelled at once, the window lives on.
  QTest::mouseClick(compare->job()->button(), Qt::LeftButton);
  QTest::qWait(100);
  QElapsedTimer clock;
  clock.start();
  QTest::mouseClick(compare->job()->button(), Qt::LeftButton);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !compare->job()->running(); }, 5000));
  EXPECT_LT(clock.elapsed(), 1500);
  EXPECT_TRUE(window->banner()->text().isEmpty()) << window->banner()->text().toStdString();
  applyTheme(ThemeChoice::dark);
  shoot("solvers_dark");
  applyTheme(ThemeChoice::light);
  reopen();
  EXPECT_EQ(find<QSpinBox>("budgetB")->value(), 400);
  EXPECT_EQ(find<QLineEdit>("budgets")->text(), "12,24,48,96");
}

TEST_F(Analysis, ResidualsAskForANetworkThenPlotThatOne) {
  open();
  ASSERT_TRUE(flowReady());
  press("flow.residuals");
  auto* panel = find<ResidualPanel>("residuals");
  ASSERT_TRUE(panel->isVisible());
  // A set for which no network comes with the program.
  session().chooseSet("alt_swirl");
  ASSERT_TRUE(flowOf("alt_swirl", "PRP"));
  ASSERT_FALSE(panel->hasNetwork());
  EXPECT_TRUE(find<QLabel>("needsNetwork")->isVisible());
  shoot("residuals_none");
  click("goTrain");
  EXPECT_EQ(window->stage(), "train");
  session().chooseSet("circles");
  ASSERT_TRUE(flowOf("circles", "PRP"));
  session().edit("Short", [](Experiment& e) { e.train.duration = 0.05, e.train.validation_references = 0; });
  session().startTraining();
  ASSERT_TRUE(QTest::qWaitFor(
      [&] { return session().experiment().flow.source == "net" && !session().flowing() && view().simulation()->source == "net"; }, 120000));
  session().player()->pause();
  press("flow.residuals");
  ASSERT_TRUE(panel->hasNetwork());
  find<QSpinBox>("samples")->setValue(500);
  find<QSpinBox>("times")->setValue(41);
  QTest::mouseClick(panel->job()->button(), Qt::LeftButton);
  ASSERT_TRUE(QTest::qWaitFor([&] { return panel->plot()->hasContent(); }, 60000)) << window->banner()->text().toStdString();
  const QStringList rows = panel->plot()->figureCsv().trimmed().split('\n');
  ASSERT_EQ(rows.size(), 42);
  EXPECT_NEAR(rows[1].section(',', 2, 2).toDouble(), 1, 1e-3) << "with itself";
  EXPECT_TRUE(panel->plot()->figureCommand().startsWith("inflaton-cli residuals extract")) << panel->plot()->figureCommand().toStdString();
  find<QCheckBox>("outputs")->click();
  shoot("residuals");
  EXPECT_TRUE(window->banner()->text().isEmpty()) << window->banner()->text().toStdString();
}

TEST_F(Analysis, LooksRightInTheDarkWithValuesUnderThePointer) {
  open();
  session().chooseSet("moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  rest(2);
  applyTheme(ThemeChoice::dark);
  view().setColorBy(ColorBy::stretch);
  view().setModelDensity(true);
  ASSERT_TRUE(mapAt(2));
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().pointValues() != nullptr; }, 60000));
  view().setHovered(10);
  window->resize(1600, 960);
  shoot("analysis_dark");
  EXPECT_EQ(window->actions()->conflicts(), QStringList()) << window->actions()->conflicts().join('\n').toStdString();
  applyTheme(ThemeChoice::light);
  view().setColorBy(ColorBy::classLabel);
  ASSERT_TRUE(QTest::qWaitFor([&] { return colorsOf(view(), Theme::light()).classes; }, 1000));
  EXPECT_TRUE(window->banner()->text().isEmpty()) << window->banner()->text().toStdString();
}
