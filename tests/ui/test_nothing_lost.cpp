// Nothing moves by itself and nothing is lost: schedules stay as chosen, closing asks, what changes is on disk soon, jobs can be seen.
#include <QAbstractButton>
#include <QDockWidget>
#include <QFileInfo>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>

#include "tests/ui/shell_fixture.h"
#include "ui/session/settings.h"
#include "ui/shell/banner.h"
#include "ui/shell/status_line.h"

namespace inflaton::ui {
namespace {

class NothingLost : public WindowTest {
 protected:
  void train() {
    window->setStage("train");
    session().edit("long", [](Experiment& e) { e.train.duration = 30, e.train.targets = "sample"; });
    click("trainStart");
    ASSERT_TRUE(QTest::qWaitFor([&] { return !session().training()->loss().isEmpty(); }, 60000)) << window->banner()->text().toStdString();
  }
  QMessageBox* question() { return window->findChild<QMessageBox*>("closeQuestion"); }
  QString message() { return window->findChild<StatusLine*>()->message(); }
};

TEST_F(NothingLost, ASetLeavesTheScheduleAsItWasChosen) {
  open();
  ASSERT_TRUE(flowOf("circles", "PRP"));
  // A pretrained network whose schedule keeps all of two axes is PRP, also of three.
  ASSERT_TRUE(QTest::qWaitFor([&] { return !session().pretrained().empty(); }, 10000));
  window->setStage("train");
  click("usePretrained_circles-PRP");
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().simulation()->source == "net" && !session().flowing(); }, 60000));
  for (const auto& [set, dim] : {std::pair{"s_curve", 3}, {"moons", 2}, {"sine2", 2}, {"circles", 2}}) {
    click(qPrintable(QStringLiteral("set_%1").arg(set)));
    EXPECT_EQ(session().scheduleName(), "PRP") << set;
    EXPECT_EQ(session().dataDim(), dim);
  }
  // PRR to two dimensions gives way where there are only two, says so, and comes back.
  click("set_s_curve");
  session().edit("keep", [](Experiment& e) {
    e.flow.dims_to_keep = 2;
    e.followFlow();
  });
  click("set_moons");
  EXPECT_EQ(session().scheduleName(), "PRRto1D");
  EXPECT_TRUE(message().contains("PRR to 1D now")) << message().toStdString();
  click("set_circles");
  EXPECT_EQ(session().scheduleName(), "PRRto1D");
  click("set_s_curve");
  EXPECT_EQ(session().scheduleName(), "PRRto2D") << "as it was chosen";
  EXPECT_TRUE(message().contains("again")) << message().toStdString();
  // Another choice in between stands.
  click("set_moons");
  window->setStage("flow");
  click("prp");
  click("set_s_curve");
  EXPECT_EQ(session().scheduleName(), "PRP");
}

TEST_F(NothingLost, AWorseNetworkIsNotTakenUnasked) {
  open();
  ASSERT_TRUE(flowOf("circles", "PRP"));
  ASSERT_TRUE(QTest::qWaitFor([&] { return !session().pretrained().empty(); }, 10000));
  window->setStage("train");
  click("usePretrained_circles-PRP");
  ASSERT_TRUE(QTest::qWaitFor([&] { return view().simulation()->source == "net" && !session().flowing(); }, 60000));
  const std::string used = session().experiment().flow.network;
  ASSERT_FALSE(used.empty());
  train();
  QTest::keyClick(window.get(), Qt::Key_Period, Qt::ControlModifier);  // stop and keep, after a step or two
  ASSERT_TRUE(QTest::qWaitFor([&] { return session().training()->state() == TrainingRun::State::idle; }, 60000));
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->banner()->text().isEmpty(); }, 10000));
  EXPECT_TRUE(window->banner()->text().contains("keeps the one in use")) << window->banner()->text().toStdString();
  EXPECT_EQ(session().experiment().flow.network, used);
  EXPECT_TRUE(find<QLabel>("trainNumbers")->text().contains("does not use this network"))
      << find<QLabel>("trainNumbers")->text().toStdString();
  session().chooseSet("moons");
  session().chooseSet("circles");
  EXPECT_NE(session().experiment().flow.network, session().training()->result().network) << "nor by way of another set";
  session().usePretrained(QString::fromStdString(used));
  // Asked for, it is.
  session().useNetwork(QString::fromStdString(session().training()->result().network));
  EXPECT_EQ(session().experiment().flow.network, session().training()->result().network);
}

TEST_F(NothingLost, ClosingDuringATrainingAsksAndKeeps) {
  open();
  ASSERT_TRUE(flowReady());
  train();
  window->close();
  EXPECT_TRUE(window->isVisible()) << "not unasked";
  ASSERT_TRUE(question());
  EXPECT_TRUE(question()->text().contains("the training of Circles")) << question()->text().toStdString();
  QTest::mouseClick(question()->findChild<QPushButton*>("closeCancel"), Qt::LeftButton);
  QTest::qWait(50);
  EXPECT_TRUE(window->isVisible());
  EXPECT_EQ(session().training()->state(), TrainingRun::State::running) << "cancel goes on";
  window->close();
  ASSERT_TRUE(QTest::qWaitFor([&] { return question() && question()->isVisible(); }, 2000));
  QTest::mouseClick(question()->findChild<QPushButton*>("closeKeep"), Qt::LeftButton);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->isVisible(); }, 30000));
  const QString kept = QString::fromStdString(session().training()->result().network);
  EXPECT_TRUE(QFileInfo::exists(kept)) << kept.toStdString();
  EXPECT_TRUE(settings->ini().value("session/networks").toStringList().contains(kept)) << "it is offered next time";
}

TEST_F(NothingLost, ClosingDuringATrainingDiscardsWhenAskedTo) {
  open();
  ASSERT_TRUE(flowReady());
  train();
  const QString folder = QString::fromStdString(session().training()->latest().run_folder);
  ASSERT_TRUE(QFileInfo::exists(folder));
  window->close();
  ASSERT_TRUE(question());
  QTest::mouseClick(question()->findChild<QPushButton*>("closeDiscard"), Qt::LeftButton);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->isVisible(); }, 30000));
  EXPECT_FALSE(QFileInfo::exists(folder));
}

TEST_F(NothingLost, WhatChangesIsOnDiskInAMoment) {
  open();
  ASSERT_TRUE(flowReady());
  click("set_moons");
  window->setStage("flow");
  QTest::qWait(3000);
  // Another program's eyes: nobody has closed anything, as if it were killed now.
  QSettings file(settings->ini().fileName(), QSettings::IniFormat);
  EXPECT_TRUE(file.value("session/flow").toString().contains("moons")) << file.value("session/flow").toString().toStdString();
  EXPECT_EQ(file.value("window/stage").toString(), "flow");
}

TEST_F(NothingLost, JobsCanBeSeenInEveryStage) {
  open();
  ASSERT_TRUE(flowReady());
  auto* jobs = find<QDockWidget>("Jobs");
  for (const char* stage : {"coverage", "hmc"}) {
    window->setStage(stage);
    QTest::qWait(50);
    EXPECT_FALSE(jobs->visibleRegion().isEmpty()) << stage;
    EXPECT_FALSE(find<QDockWidget>("Time")->isVisible()) << stage;
    EXPECT_FALSE(find<QDockWidget>("Plots")->isVisible()) << stage;
    EXPECT_GT(window->page()->centre()->height(), 380) << stage << ": the scene keeps its room";
  }
  window->setStage("flow");
  EXPECT_TRUE(find<QDockWidget>("Time")->isVisible());
}

}  // namespace
}  // namespace inflaton::ui
