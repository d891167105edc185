// The keyboard: Tab goes through what can be seen and comes round, the search takes what is typed, one key does not start and end.
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSet>
#include <QTabBar>
#include <QTableView>

#include "tests/ui/shell_fixture.h"
#include "ui/shell/banner.h"
#include "ui/shell/search.h"
#include "ui/shell/stages.h"
#include "ui/shell/status_line.h"

namespace inflaton::ui {
namespace {

class Keyboard : public WindowTest {
 protected:
  /// Somebody can see it, perhaps after its column has been scrolled: it is in no dock that hides behind another.
  static bool inSight(const QWidget* w) {
    if (!w->isVisible()) return false;
    for (const QWidget* p = w; p && !p->isWindow(); p = p->parentWidget())
      if (qobject_cast<const QDockWidget*>(p) && p->visibleRegion().isEmpty()) return false;
    return true;
  }
  static QString named(const QWidget* w) {
    QString path = QString::fromLatin1(w->metaObject()->className()) + ':' + w->objectName();
    for (const QWidget* p = w->parentWidget(); p; p = p->parentWidget())
      if (qobject_cast<const QDockWidget*>(p)) path += " in " + p->objectName();
    return path;
  }
  /// Presses Tab (or Shift+Tab) until it is back where it began; empty: it never came back.
  QList<QWidget*> round(Qt::Key key) {
    QList<QWidget*> stops;
    for (int k = 0; k < 500; ++k) {
      QWidget* at = window->focusWidget() ? window->focusWidget() : window.get();
      QTest::keyClick(at, key, key == Qt::Key_Backtab ? Qt::ShiftModifier : Qt::NoModifier);
      QWidget* now = window->focusWidget();
      if (!now) return {};
      if (!stops.isEmpty() && now == stops.first()) return stops;
      if (now == at) {
        ADD_FAILURE() << "Tab does not leave " << named(now).toStdString();
        return {};
      }
      stops << now;
    }
    return {};
  }
};

TEST_F(Keyboard, TabGoesRoundWhatCanBeSeenInEveryStage) {
  open();
  ASSERT_TRUE(flowReady());
  session().player()->pause();
  for (const Stage& stage : pointsStages()) {
    window->setStage(stage.id);
    QTest::qWait(50);
    for (const Qt::Key key : {Qt::Key_Tab, Qt::Key_Backtab}) {
      const QList<QWidget*> stops = round(key);
      ASSERT_GT(stops.size(), 10) << stage.id.toStdString() << ": it does not come round";
      QSet<QWidget*> seen;
      for (QWidget* w : stops) {
        EXPECT_TRUE(inSight(w)) << stage.id.toStdString() << ": " << named(w).toStdString();
        EXPECT_FALSE(seen.contains(w)) << stage.id.toStdString() << ": twice at " << named(w).toStdString();
        seen << w;
      }
      EXPECT_TRUE(seen.contains(window->findChild<QPushButton*>("runStage")) || !window->findChild<QPushButton*>("runStage")->isEnabled())
          << stage.id.toStdString();
    }
  }
}

TEST_F(Keyboard, TabLeavesTheTableOfJobs) {
  open();
  ASSERT_TRUE(flowReady());
  auto* dock = find<QDockWidget>("Jobs");
  dock->show();
  dock->raise();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !dock->visibleRegion().isEmpty(); }, 2000));
  auto* table = find<QTableView>("jobsTable");
  for (int k = 0; k < 3; ++k) {
    session().reflow();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !session().flowing(); }, 20000));
  }
  ASSERT_GT(table->model()->rowCount(), 1);
  table->setFocus();
  table->selectRow(0);
  QTest::keyClick(table, Qt::Key_Tab);
  EXPECT_NE(window->focusWidget(), table);
  table->setFocus();
  QTest::keyClick(table, Qt::Key_Down);
  EXPECT_EQ(table->currentIndex().row(), 1) << "the arrows go through the rows";
}

TEST_F(Keyboard, TheSearchTakesWhatIsTypedAtOnce) {
  open();
  ASSERT_TRUE(flowReady());
  QTest::keyClick(window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
  auto* search = window->findChild<ActionSearch*>();
  ASSERT_TRUE(search);
  ASSERT_TRUE(QTest::qWaitFor([&] { return search->isVisible(); }, 2000));
  // As a key comes to a popup: to whatever has the focus in it, else to itself.
  QWidget* target = search->focusWidget() ? search->focusWidget() : search;
  QTest::keyClicks(target, "moons");
  EXPECT_EQ(search->input()->text(), "moons");
  ASSERT_GT(search->list()->count(), 0);
  QTest::keyClick(search->input(), Qt::Key_Return);
  EXPECT_EQ(session().experiment().flow.data_name, "moons");
}

TEST_F(Keyboard, TheKeyThatFollowsAClickOnStartDoesNotEndTheTraining) {
  open();
  ASSERT_TRUE(flowReady());
  window->setStage("train");
  session().edit("long", [](Experiment& e) { e.train.duration = 30, e.train.targets = "sample"; });
  click("trainStart");
  TrainingRun* training = session().training();
  ASSERT_EQ(training->state(), TrainingRun::State::running);
  QTest::keyClick(window.get(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(training->state(), TrainingRun::State::running);
  QTest::keyClick(window.get(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(training->state(), TrainingRun::State::running);
  EXPECT_TRUE(window->findChild<StatusLine*>()->message().contains("press again")) << "and it says why";
  ASSERT_TRUE(QTest::qWaitFor([&] { return training->latest().step > 0 && !training->justStarted(); }, 60000));
  QTest::keyClick(window.get(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_NE(training->state(), TrainingRun::State::running) << "a second later it is meant";
  ASSERT_TRUE(QTest::qWaitFor([&] { return training->state() == TrainingRun::State::idle; }, 30000));
}

TEST_F(Keyboard, CopyAsCommandAnswersForTheStageInFront) {
  open();
  ASSERT_TRUE(flowReady());
  const auto copied = [this] {
    QTest::keyClick(window.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    return QApplication::clipboard()->text();
  };
  QTest::keyClick(window.get(), Qt::Key_C, Qt::ShiftModifier);  // compare solvers
  EXPECT_EQ(window->stage(), "flow") << "solvers are compared in the stage of the flow";
  EXPECT_TRUE(copied().startsWith("inflaton-cli compare-solvers")) << copied().toStdString();
  click("stage1");
  EXPECT_TRUE(copied().startsWith("inflaton-cli toy-simulate")) << copied().toStdString();
  EXPECT_NE(find<QTabBar>("viewTabs")->currentIndex(), find<QTabBar>("viewTabs")->count() - 1);
  click("stage2");
  EXPECT_TRUE(copied().startsWith("inflaton-cli toy-train")) << copied().toStdString();
  click("stage4");
  EXPECT_TRUE(copied().startsWith("inflaton-cli toy-coverage")) << copied().toStdString();
  click("stage5");
  EXPECT_TRUE(copied().startsWith("inflaton-cli toy-mcmc") || copied().startsWith("inflaton-cli hmc-demo") ||
              copied().startsWith("inflaton-cli sbc"))
      << copied().toStdString();
}

TEST_F(Keyboard, NoCommandNamesANetworkThatNothingIsComputedWith) {
  open();
  ASSERT_TRUE(flowReady());
  session().chooseSet("moons");
  ASSERT_TRUE(QTest::qWaitFor([&] { return !session().pretrained().empty(); }, 10000));
  session().usePretrained(QString::fromStdString(session().pretrained().front().path));
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().simulation()->source == "net" && !session().flowing(); }, 60000));
  window->setStage("flow");
  click("exact");
  EXPECT_FALSE(session().flowCommand().contains("--network")) << session().flowCommand().toStdString();
  const QString used = session().networkFor(session().experiment());
  click("network");
  EXPECT_EQ(QString::fromStdString(session().experiment().flow.network), used) << "and comes back when asked for";
  session().chooseSet("alt_swirl");  // for which there is none
  for (const char* stage : {"flow", "coverage"}) {
    window->setStage(stage);
    EXPECT_FALSE(window->page()->command().contains("moons")) << window->page()->command().toStdString();
  }
}

}  // namespace
}  // namespace inflaton::ui
