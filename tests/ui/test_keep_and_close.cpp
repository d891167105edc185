// SIGTERM to the window: a training is kept, nobody is asked, and the program ends.
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QProcess>

#include "core/api/runs.h"
#include "tests/paths.h"
#include "tests/ui/shell_fixture.h"
#include "ui/session/session.h"
#include "ui/session/training_run.h"
#include "ui/shell/keep_and_close.h"

namespace inflaton::ui {
namespace {

class KeepAndCloseTest : public WindowTest {
 protected:
  ToyTrainOptions longTraining() {
    ToyTrainOptions o;
    o.outdir = settings->runsFolder().toStdString();
    o.batch = 256, o.duration = 1000, o.width = 16, o.depth = 1, o.eigenbasis_samples = 2000;
    o.validation_references = 500, o.validation_queries = 64;
    return o;
  }
  bool train() {
    session().training()->start(longTraining());
    return QTest::qWaitFor([&] { return session().training()->latest().step > 20; }, 30000);
  }
};

TEST_F(KeepAndCloseTest, ATrainingIsKept) {
  open();
  ASSERT_TRUE(flowReady());
  ASSERT_TRUE(train());
  KeepAndClose end(window.get());
  end.ask();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->isVisible(); }, 20000));
  EXPECT_EQ(session().training()->state(), TrainingRun::State::idle);
  const std::string network = session().training()->result().network, state = session().training()->result().state;
  EXPECT_TRUE(QFileInfo::exists(QString::fromStdString(network))) << network;
  EXPECT_TRUE(QFileInfo::exists(QString::fromStdString(state))) << state;
  EXPECT_GT(session().training()->result().steps, 20);
}

TEST_F(KeepAndCloseTest, APausedTrainingIsKeptWithoutAQuestion) {
  open();
  ASSERT_TRUE(flowReady());
  ASSERT_TRUE(train());
  session().training()->pause();
  ASSERT_TRUE(QTest::qWaitFor([&] { return session().training()->state() == TrainingRun::State::paused; }, 20000));
  KeepAndClose end(window.get());
  end.ask();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->isVisible(); }, 20000));
  EXPECT_FALSE(window->findChild<QDialog*>("closeQuestion"));
}

TEST_F(KeepAndCloseTest, WithNothingUnderWayItClosesAtOnce) {
  open();
  ASSERT_TRUE(flowReady());
  KeepAndClose end(window.get());
  end.ask();
  EXPECT_TRUE(QTest::qWaitFor([&] { return !window->isVisible(); }, 5000));
}

TEST_F(KeepAndCloseTest, AskedTwiceItCancels) {
  open();
  ASSERT_TRUE(flowReady());
  ASSERT_TRUE(train());
  KeepAndClose end(window.get());
  end.ask();
  end.ask();
  EXPECT_TRUE(QTest::qWaitFor([&] { return !window->isVisible(); }, 10000));
}

TEST(KeepAndCloseProgram, SigtermEndsItInOrder) {
  if (!*test::guiProgram()) GTEST_SKIP() << "built without a window";
  const QTemporaryDir home;
  QProcess program;
  program.setProcessChannelMode(QProcess::MergedChannels);
  program.start(test::guiProgram(), {"--portable", home.path()});
  ASSERT_TRUE(program.waitForStarted());
  QTest::qWait(4000);  // the window is up, and a flow with it
  program.terminate();
  ASSERT_TRUE(program.waitForFinished(20000));
  EXPECT_EQ(program.exitStatus(), QProcess::NormalExit);
  EXPECT_EQ(program.exitCode(), 0) << program.readAll().toStdString();
}

}  // namespace
}  // namespace inflaton::ui
