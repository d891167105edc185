// The window: habits that last, undo, files good and bad, themes one can read, and an end without a crash.
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QMimeData>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

#include "tests/ui/shell_fixture.h"
#include "ui/jobs/jobs_dock.h"
#include "ui/shell/banner.h"
#include "ui/shell/views_area.h"
#include "ui/stages/draw_dialog.h"
#include "ui/stages/flow_inspector.h"
#include "ui/stages/gallery.h"
#include "ui/stages/loss_plot.h"
#include "ui/style/colors.h"
#include "ui/style/theme.h"

namespace inflaton::ui {
namespace {

class Window : public WindowTest {
 protected:
  void drop(const QString& path) {
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter({200, 200}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window.get(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent event({200, 200}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window.get(), &event);
  }
  QString file(const QString& name, const QByteArray& bytes) {
    const QString path = home.filePath(name);
    QFile f(path);
    EXPECT_TRUE(f.open(QIODevice::WriteOnly));
    f.write(bytes);
    return path;
  }
};

TEST_F(Window, OpensOnTheDemoAndInflatesOnce) {
  open();
  ASSERT_TRUE(flowOf("circles", "PRP"));
  EXPECT_EQ(view().simulation()->source, "discrete");
  EXPECT_EQ(view().simulation()->data.n, 1000);
  EXPECT_TRUE(session().player()->playing());
  EXPECT_TRUE(find<QLabel>("hint")->isVisible());
  EXPECT_TRUE(find<QLabel>("sourceAbout")->text().contains("no training"));
}

TEST_F(Window, EveryDockHasItsName) {
  open();
  for (const char* name : {"Data", "Inspector", "Time", "Plots", "Training", "Jobs", "Log"})
    EXPECT_TRUE(window->findChild<QDockWidget*>(name)) << name;
}

TEST_F(Window, ComesBackAsItWasLeft) {
  open();
  ASSERT_TRUE(flowReady());
  session().chooseSet("moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  session().player()->pause();
  view().setTime(2.5);
  view().setColorBy(ColorBy::radius);
  window->setStage("flow");
  window->findChild<QDockWidget*>("Log")->close();
  find<QTabBar>("viewTabs")->setCurrentIndex(2);
  settings->ini().setValue("plots/lossLog", false);
  reopen();
  ASSERT_TRUE(flowOf("moons", "PRP"));
  EXPECT_DOUBLE_EQ(view().time(), 2.5);
  EXPECT_EQ(view().colorBy(), ColorBy::radius);
  EXPECT_EQ(window->stage(), "flow");
  EXPECT_TRUE(window->findChild<QDockWidget*>("Log")->isHidden());
  EXPECT_EQ(find<QTabBar>("viewTabs")->currentIndex(), 2);
  EXPECT_FALSE(window->findChild<LossPlot*>()->logarithmic());
  EXPECT_FALSE(session().player()->playing()) << "only the demo plays by itself";
}

TEST_F(Window, LayoutsKeepTheirOwnDocks) {
  open();
  window->setLayoutName("present");
  EXPECT_TRUE(window->findChild<QDockWidget*>("Data")->isHidden());
  EXPECT_FALSE(window->findChild<QDockWidget*>("Time")->isHidden());
  window->setLayoutName("explore");
  EXPECT_FALSE(window->findChild<QDockWidget*>("Data")->isHidden());
  window->findChild<QDockWidget*>("Data")->close();
  window->setLayoutName("present");
  window->setLayoutName("explore");
  EXPECT_TRUE(window->findChild<QDockWidget*>("Data")->isHidden());
}

TEST_F(Window, ParametersAndSelectionAreUndoneButNotTime) {
  open();
  ASSERT_TRUE(flowReady());
  session().player()->pause();
  session().edit("Samples", [](Experiment& e) { e.flow.total_samples = 300; });
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().simulation()->data.n == 300 && !session().flowing(); }, 20000));
  view().setTime(1);
  view().selectAll();
  EXPECT_EQ(view().selectedCount(), 300);
  view().setTime(2);
  session().undo()->undo();
  EXPECT_EQ(view().selectedCount(), 0);
  EXPECT_DOUBLE_EQ(view().time(), 2);
  session().undo()->undo();
  EXPECT_EQ(session().experiment().flow.total_samples, 0);
  session().undo()->redo();
  session().undo()->redo();
  EXPECT_EQ(session().experiment().flow.total_samples, 300);
}

TEST_F(Window, OnlyTheNewestOfQuickChoicesIsShown) {
  open();
  for (const char* id : {"moons", "sine2", "swirl", "moons", "s_curve"}) {
    session().chooseSet(id);
    session().reflow();
    QTest::qWait(15);
  }
  ASSERT_TRUE(flowOf("s_curve", "PRP"));
  QTest::qWait(300);
  EXPECT_EQ(view().simulation()->data_name, "s_curve");
  EXPECT_TRUE(window->banner()->text().isEmpty()) << "superseded is no error: " << window->banner()->text().toStdString();
}

TEST_F(Window, ABadFileSaysWhyAndChangesNothing) {
  open();
  ASSERT_TRUE(flowReady());
  const Experiment before = session().experiment();
  const struct {
    const char* name;
    QByteArray bytes;
  } bad[] = {{"text.csv", "x,y\n1,2\nthree,4\n"},      {"ragged.csv", "1,2\n3\n"},
             {"broken.npz", "PK\x03\x04 nothing"},     {"broken.npy", "\x93NUMPY"},
             {"broken.safetensors", "12345678901234"}, {"picture.png", "\x89PNG"}};
  for (const auto& b : bad) {
    window->banner()->hide();
    drop(file(b.name, b.bytes));
    ASSERT_TRUE(QTest::qWaitFor([&] { return !window->banner()->text().isEmpty(); }, 5000)) << b.name;
    EXPECT_TRUE(window->banner()->text().contains(b.name)) << window->banner()->text().toStdString();
    EXPECT_TRUE(session().experiment() == before) << b.name;
  }
  window->banner()->hide();
  drop(home.filePath("absent.csv"));
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->banner()->text().isEmpty(); }, 5000));
}

TEST_F(Window, AGoodFileFlows) {
  open();
  ASSERT_TRUE(flowReady());
  QByteArray csv = "a,b,c\n";
  for (int i = 0; i < 200; ++i)
    csv += QByteArray::number(std::sin(i * 0.7)) + ',' + QByteArray::number(std::cos(i * 1.3)) + ',' +
           QByteArray::number(std::sin(i * 2.1) * 3) + '\n';
  drop(file("mine.csv", csv));
  ASSERT_TRUE(QTest::qWaitFor([&] { return session().experiment().flow.data_name == "file"; }, 5000))
      << window->banner()->text().toStdString();
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().simulation()->data.dim == 3 && !session().flowing(); }, 20000))
      << window->banner()->text().toStdString();
  EXPECT_EQ(session().dataDim(), 3);
  EXPECT_TRUE(session().flowCommand().contains("mine.csv")) << session().flowCommand().toStdString();
}

TEST_F(Window, ADrawingBecomesAFileAndFlows) {
  open();
  ASSERT_TRUE(flowReady());
  auto* dialog = new DrawDialog(settings->drawingsFolder(), window.get());
  QObject::connect(dialog, &DrawDialog::drawn, &session(), &Session::openFile);
  dialog->show();
  EXPECT_FALSE(dialog->findChild<QPushButton*>("useDrawing")->isEnabled());
  DrawCanvas* canvas = dialog->canvas();
  QTest::mousePress(canvas, Qt::LeftButton, {}, {60, 60});
  for (int i = 0; i < 40; ++i) {
    QMouseEvent move(QEvent::MouseMove, QPointF(60 + 6 * i, 60 + 80 * std::sin(i * 0.2)), canvas->mapToGlobal(QPointF(60 + 6 * i, 100)),
                     Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(canvas, &move);
  }
  QTest::mouseRelease(canvas, Qt::LeftButton, {}, {300, 60});
  ASSERT_GE(canvas->count(), 100);
  const int drawn = canvas->count();
  dialog->findChild<QPushButton*>("useDrawing")->click();
  ASSERT_TRUE(QTest::qWaitFor([&] { return session().experiment().flow.data_name == "file"; }, 5000))
      << window->banner()->text().toStdString();
  QFile csv(QString::fromStdString(session().experiment().flow.data_file));
  ASSERT_TRUE(csv.open(QIODevice::ReadOnly));
  EXPECT_EQ(csv.readAll().count('\n'), drawn + 1);
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().simulation()->data_name != "circles" && !session().flowing(); }, 20000));
}

TEST_F(Window, CopyAsCommandIsTheLineOfTheStage) {
  open();
  ASSERT_TRUE(flowReady());
  session().chooseSet("moons");
  window->setStage("flow");
  window->actions()->action("edit.copyCommand")->trigger();
  EXPECT_TRUE(QApplication::clipboard()->text().startsWith("inflaton-cli toy-simulate")) << QApplication::clipboard()->text().toStdString();
  EXPECT_TRUE(QApplication::clipboard()->text().contains("moons"));
  window->setStage("train");
  window->actions()->action("edit.copyCommand")->trigger();
  EXPECT_TRUE(QApplication::clipboard()->text().startsWith("inflaton-cli toy-train")) << QApplication::clipboard()->text().toStdString();
}

TEST_F(Window, ReducedScheduleFollowsTheDimension) {
  open();
  ASSERT_TRUE(flowReady());
  session().chooseSet("s_curve");
  session().edit("keep", [](Experiment& e) {
    e.flow.dims_to_keep = 2;
    e.followFlow();
  });
  ASSERT_TRUE(flowOf("s_curve", "PRRto2D"));
  session().chooseSet("moons");  // two dimensions: PRR to 1
  ASSERT_TRUE(flowOf("moons", "PRRto1D")) << window->banner()->text().toStdString();
}

TEST_F(Window, TheGridIsCarriedByTheFlowThatIsShown) {
  open();
  ASSERT_TRUE(flowReady());
  session().player()->pause();
  session().setGridShown(true);
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().hasGridFlow(); }, 20000)) << window->banner()->text().toStdString();
  session().chooseSet("moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().hasGridFlow(); }, 20000));
}

TEST_F(Window, TheGridTakesNoFilesUntilItsCommandIsCopied) {
  open();
  ASSERT_TRUE(flowReady());
  session().player()->pause();
  session().setGridShown(true);
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().hasGridFlow(); }, 20000)) << window->banner()->text().toStdString();
  const auto files = [&] { return QDir(settings->dataFolder()).entryList({"grid*.npy"}); };
  EXPECT_TRUE(files().isEmpty()) << files().join(' ').toStdString();

  const auto* model = session().jobsModel();
  int row = 0;
  while (row < model->rowCount() && model->job(row)->title != "Flow: grid") ++row;
  ASSERT_LT(row, model->rowCount());
  find<QTableView>("jobsTable")->selectRow(row);
  for (auto* button : window->findChild<JobsPanel*>()->findChildren<QToolButton*>())
    if (button->text() == "Copy as Command") button->click();
  const QString command = QApplication::clipboard()->text();
  EXPECT_TRUE(command.startsWith("inflaton-cli toy-simulate")) << command.toStdString();
  ASSERT_EQ(files().size(), 2) << "the grid, and the batch whose score carries it";
  for (const QString& name : files()) EXPECT_TRUE(command.contains(name)) << command.toStdString();
}

TEST_F(Window, ClosingWhileATrainingRunsEndsItQuickly) {
  open();
  ASSERT_TRUE(flowReady());
  window->setStage("train");
  session().edit("long", [](Experiment& e) { e.train.duration = 30, e.train.targets = "sample"; });
  window->actions()->action("stage.run")->trigger();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !session().training()->loss().isEmpty(); }, 60000)) << window->banner()->text().toStdString();
  window.reset();  // joins
  settings.reset();
}

TEST_F(Window, DiscardTakesTheRunAwayAndUndoBringsItBack) {
  open();
  ASSERT_TRUE(flowReady());
  window->setStage("train");
  session().edit("long", [](Experiment& e) { e.train.duration = 30, e.train.targets = "sample"; });
  click("trainStart");
  TrainingRun* trainer = session().training();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !trainer->loss().isEmpty(); }, 60000)) << window->banner()->text().toStdString();
  const QString folder = QString::fromStdString(trainer->latest().run_folder);
  ASSERT_TRUE(QDir(folder).exists()) << folder.toStdString();
  click("trainDiscard");
  ASSERT_TRUE(QTest::qWaitFor([&] { return trainer->state() == TrainingRun::State::idle; }, 10000));
  EXPECT_FALSE(QDir(folder).exists());
  ASSERT_TRUE(trainer->canUndoDiscard());
  trainer->undoDiscard();
  EXPECT_TRUE(QDir(folder).exists());
}

TEST(Theme, TextReachesFourAndAHalfToOneInBoth) {
  for (const QPalette& p : {lightPalette(), darkPalette()}) {
    const auto ratio = [&](QPalette::ColorRole ink, QPalette::ColorRole ground) { return contrast(p.color(ink), p.color(ground)); };
    EXPECT_GE(ratio(QPalette::WindowText, QPalette::Window), 4.5);
    EXPECT_GE(ratio(QPalette::Text, QPalette::Base), 4.5);
    EXPECT_GE(ratio(QPalette::Text, QPalette::AlternateBase), 4.5);
    EXPECT_GE(ratio(QPalette::ButtonText, QPalette::Button), 4.5);
    EXPECT_GE(ratio(QPalette::HighlightedText, QPalette::Highlight), 4.5);
    EXPECT_GE(ratio(QPalette::ToolTipText, QPalette::ToolTipBase), 4.5);
    for (QPalette::ColorRole ground : {QPalette::Window, QPalette::Base}) {
      EXPECT_GE(ratio(QPalette::PlaceholderText, ground), 4.5);
      EXPECT_GE(ratio(QPalette::BrightText, ground), 4.5);
      EXPECT_GE(ratio(QPalette::Link, ground), 4.5);
    }
  }
}

TEST(LossCurve, ThinningKeepsEndsAndExtremes) {
  QVector<QPointF> curve;
  for (int i = 0; i < 5000; ++i) curve << QPointF(i, i == 2345 ? 99 : std::sin(i * 0.01));
  const auto few = thinned(curve, 200);
  EXPECT_LE(few.size(), 200);
  EXPECT_EQ(few.first(), curve.first());
  EXPECT_EQ(few.last(), curve.last());
  EXPECT_TRUE(few.contains(QPointF(2345, 99)));
  EXPECT_TRUE(std::is_sorted(few.begin(), few.end(), [](const QPointF& a, const QPointF& b) { return a.x() < b.x(); }));
}

}  // namespace
}  // namespace inflaton::ui
