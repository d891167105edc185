// What results are of: no view shows one set's results under another's name, and one click goes back to what is shown.
#include <QDockWidget>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "core/api/compare.h"
#include "core/api/coverage.h"
#include "tests/ui/shell_fixture.h"
#include "tests/ui/synthetic_chains.h"
#include "ui/coverage/coverage_centre.h"
#include "ui/coverage/coverage_inspector.h"
#include "ui/coverage/coverage_page.h"
#include "ui/export/figure_export.h"
#include "ui/forms/parameter_form.h"
#include "ui/hmc/calibration/calibration_view.h"
#include "ui/hmc/chains/chain_runner.h"
#include "ui/hmc/chains/chains_inspector.h"
#include "ui/hmc/chains/chains_view.h"
#include "ui/hmc/hmc_page.h"
#include "ui/hmc/trajectories/demonstration.h"
#include "ui/hmc/trajectories/trajectories_view.h"
#include "ui/session/provenance.h"
#include "ui/session/provenance_bar.h"
#include "ui/shell/banner.h"
#include "ui/shell/views_area.h"
#include "ui/stages/loss_plot.h"

using namespace inflaton;
using namespace inflaton::ui;

TEST(Provenance, TellsWhatItIsOfAndOnlyWhatNumbersDependOnDiffers) {
  ToySimulateOptions o;
  const Provenance circles = Provenance::of(o, 2);
  EXPECT_EQ(circles.set(), "Circles");
  EXPECT_EQ(circles.subject(), "Circles, PRP, exact score of 1000 points");
  EXPECT_TRUE(Provenance().empty());
  EXPECT_FALSE(circles.empty());

  ToySimulateOptions elsewhere = o;
  elsewhere.save_dir = "/tmp", elsewhere.threads = 3, elsewhere.device = "cpu", elsewhere.dims_to_keep = 2, elsewhere.data_dim = 2;
  elsewhere.network = "moons.safetensors";  // that an exact score does not read
  EXPECT_TRUE(circles.same(Provenance::of(elsewhere, 2))) << circles.differences(Provenance::of(elsewhere, 2)).join(", ").toStdString();

  ToySimulateOptions more = o;
  more.total_samples = 200000, more.seed = 4;
  const Provenance many = Provenance::of(more, 2);
  EXPECT_FALSE(circles.same(many));
  EXPECT_TRUE(circles.sameData(many));
  EXPECT_EQ(circles.differences(many), (QStringList{"seed 0, now 4", "total_samples 1000, now 200000"}));

  ToySimulateOptions curve = o;
  curve.data_name = "s_curve", curve.dims_to_keep = 2, curve.source = "net", curve.network = "/a/b/s_curve-PRRto2D.safetensors";
  EXPECT_EQ(Provenance::of(curve, 3).subject(), "S-curve, PRRto2D, network s_curve-PRRto2D");
  EXPECT_FALSE(circles.sameData(Provenance::of(curve, 3)));
  curve.network = "/runs/00003-s_curve/network-snapshot-000001.safetensors";
  EXPECT_EQ(Provenance::of(curve, 3).subject(), "S-curve, PRRto2D, network 00003-s_curve");

  ToyTrainOptions training;
  training.data_name = "moons";
  EXPECT_EQ(Provenance::of(training, 2).subject(), "Moons, PRP") << "a training has no score";
}

TEST(Provenance, GoesBackToDataSetScheduleScoreSeedAndCount) {
  Experiment e;
  e.flow.data_name = "moons", e.flow.seed = 9, e.flow.threads = 2;
  ToyCoverageOptions o;
  o.data_name = "s_curve", o.dims_to_keep = 1, o.seed = 5, o.total_samples = 300, o.threads = 1;
  Provenance::of(o, 3).back(e);
  EXPECT_EQ(e.flow.data_name, "s_curve");
  EXPECT_EQ(e.flow.dims_to_keep, 1);
  EXPECT_EQ(e.flow.seed, 5);
  EXPECT_EQ(e.flow.total_samples, 300);
  EXPECT_EQ(e.flow.threads, 2) << "that is this machine's";
  EXPECT_EQ(e.train.data_name, "s_curve");
  ToyMcmcOptions chains;
  chains.data_name = "circles", chains.seed = 77;
  Provenance::of(chains, 2).back(e);
  EXPECT_EQ(e.flow.data_name, "circles");
  EXPECT_EQ(e.flow.seed, 5) << "the chains' seed is their own";
}

namespace {

class Belongs : public WindowTest {
 protected:
  bool says(const ProvenanceBar* bar, const QString& words, int ms = 5000) {
    return QTest::qWaitFor([&] { return bar->isVisible() && bar->text().contains(words); }, ms);
  }
  bool silent(const ProvenanceBar* bar, int ms = 20000) {
    return QTest::qWaitFor([&] { return !bar->isVisible() && bar->text().isEmpty(); }, ms);
  }
};

}  // namespace

TEST_F(Belongs, ACancelledFlowLeavesTheOldOneUnderItsOwnName) {
  open();
  ASSERT_TRUE(flowOf("circles", "PRP"));
  window->setStage("flow");
  EXPECT_TRUE(silent(window->flowBar()));
  session().edit("Samples", [](Experiment& e) {
    e.flow.total_samples = 40000;
    e.followFlow();
  });
  auto* stop = find<QToolButton>("jobCancel");
  ASSERT_TRUE(QTest::qWaitFor([&] { return stop->isVisible() && session().flowing(); }, 10000));
  ASSERT_TRUE(says(window->flowBar(), "not the present parameters")) << "it takes longer than a moment";
  click("jobCancel");
  ASSERT_TRUE(QTest::qWaitFor([&] { return !session().flowing(); }, 20000));
  EXPECT_EQ(view().simulation()->data.n, 1000);
  ASSERT_TRUE(says(window->flowBar(), "exact score of 1000 points")) << window->flowBar()->text().toStdString();
  bool veiled = false;
  for (const QWidget* veil : window->views()->data()->findChildren<QWidget*>("veil")) veiled = veiled || veil->isVisible();
  EXPECT_TRUE(veiled) << "dimmed";
  // It is still in the list, as cancelled.
  bool listed = false;
  for (int row = 0; row < session().jobsModel()->rowCount(); ++row) {
    const JobStatus* job = session().jobsModel()->job(row);
    listed = listed || (job->title.starts_with("Flow: Circles") && job->state == JobState::cancelled);
  }
  EXPECT_TRUE(listed);
  click("provenanceBack");
  EXPECT_EQ(session().experiment().flow.total_samples, 0) << "the set's usual number";
  EXPECT_TRUE(silent(window->flowBar()));
}

TEST_F(Belongs, AQuickFlowIsNotTalkedAbout) {
  open();
  ASSERT_TRUE(flowOf("circles", "PRP"));
  bool spoken = false;
  for (const char* set : {"moons", "sine2", "circles"}) {
    session().edit("few", [](Experiment& e) { e.flow.total_samples = 60; });
    click(qPrintable(QStringLiteral("set_%1").arg(set)));
    spoken = spoken || window->flowBar()->isVisible();
    ASSERT_TRUE(flowOf(set, "PRP"));
  }
  EXPECT_FALSE(spoken);
}

TEST_F(Belongs, ATrainingIsNotDrawnOverAnotherSet) {
  open();
  ASSERT_TRUE(flowOf("circles", "PRP"));
  window->setStage("train");
  session().edit("long", [](Experiment& e) { e.train.duration = 30, e.train.targets = "sample"; });
  click("trainStart");
  TrainingRun* training = session().training();
  ASSERT_TRUE(QTest::qWaitFor([&] { return training->generated() != nullptr; }, 120000)) << window->banner()->text().toStdString();
  EXPECT_TRUE(window->views()->data()->hasOverlay());
  EXPECT_TRUE(silent(window->trainingBar()));
  click("trainPause");
  ASSERT_TRUE(QTest::qWaitFor([&] { return training->state() == TrainingRun::State::paused; }, 30000));
  for (int row = 0; row < session().jobsModel()->rowCount(); ++row)
    if (session().jobsModel()->job(row)->title.starts_with("Train")) {
      EXPECT_EQ(session().jobsModel()->index(row, JobsModel::state).data().toString(), "paused");
      EXPECT_NE(session().jobsModel()->index(row, JobsModel::progress).data().toString(), "100 %");
    }
  click("set_moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  EXPECT_FALSE(window->views()->data()->hasOverlay()) << "circles over moons";
  EXPECT_TRUE(says(window->trainingBar(), "Of Circles, PRP; not the present parameters")) << window->trainingBar()->text().toStdString();
  EXPECT_TRUE(find<QLabel>("trainNumbers")->text().startsWith("Of Circles, PRP")) << find<QLabel>("trainNumbers")->text().toStdString();
  EXPECT_TRUE(window->findChild<LossPlot*>()->figureCommand().contains("toy-train"));
  click("set_circles");
  ASSERT_TRUE(flowOf("circles", "PRP"));
  EXPECT_TRUE(window->views()->data()->hasOverlay());
  EXPECT_TRUE(silent(window->trainingBar()));
  click("trainDiscard");
  ASSERT_TRUE(QTest::qWaitFor([&] { return training->state() == TrainingRun::State::idle; }, 10000));
}

TEST_F(Belongs, CoverageKeepsItsNameWhenAnotherSetIsChosen) {
  open();
  ASSERT_TRUE(flowOf("circles", "PRP"));
  click("stage4");
  auto* page = qobject_cast<CoveragePage*>(window->page());
  ASSERT_TRUE(page);
  ToyCoverageOptions small = page->form()->options();
  small.test_pts = 1200, small.boundary_pts = 60;
  page->form()->setOwn(small);
  click("runStage");
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->model()->result() && !page->running(); }, 120000))
      << window->banner()->text().toStdString();
  EXPECT_FALSE(page->view()->bar()->isVisible());
  EXPECT_FALSE(page->view()->verdict().isEmpty());
  click("set_s_curve");
  ASSERT_TRUE(says(page->view()->bar(), "Of Circles, PRP, exact score of 1000 points; not the present parameters"))
      << page->view()->bar()->text().toStdString();
  EXPECT_TRUE(find<QLabel>("coverageCaption")->text().startsWith("Circles")) << find<QLabel>("coverageCaption")->text().toStdString();
  EXPECT_TRUE(find<QLabel>("coverageResults")->text().contains("Circles"));
  click("provenanceBack");
  EXPECT_EQ(session().experiment().flow.data_name, "circles");
  EXPECT_TRUE(silent(page->view()->bar()));
  // Its own parameters count as well.
  ToyCoverageOptions other = page->form()->options();
  other.test_pts = 5000;
  page->form()->setOwn(other);
  ASSERT_TRUE(says(page->view()->bar(), "test_pts 1200, now 5000")) << page->view()->bar()->text().toStdString();
  click("provenanceBack");
  EXPECT_EQ(page->form()->options().test_pts, 1200);
  EXPECT_TRUE(silent(page->view()->bar()));
}

namespace {

/// The stage "HMC" on an engine of known answers.
class ChainsBelong : public testing::Test {
 protected:
  void open() {
    settings = std::make_unique<Settings>(home.path());
    session = std::make_unique<Session>(settings.get());
    session->begin();
    page = std::make_unique<HmcPage>(session.get(), test::syntheticEngine(log, home.path().toStdString() + "/00000-circles"), nullptr);
    page->centre()->resize(1100, 700);
    page->centre()->show();
    ASSERT_TRUE(QTest::qWaitFor([&] { return session->dataDim() == 2 && session->view()->simulation(); }, 20000));
  }
  void TearDown() override {
    page.reset();
    session.reset();
  }
  void press(const ProvenanceBar* bar) {
    auto* back = bar->findChild<QPushButton*>("provenanceBack");
    ASSERT_TRUE(back && back->isVisible());
    QTest::mouseClick(back, Qt::LeftButton);
  }

  QTemporaryDir home;
  std::shared_ptr<test::EngineLog> log = std::make_shared<test::EngineLog>();
  std::unique_ptr<Settings> settings;
  std::unique_ptr<Session> session;
  std::unique_ptr<HmcPage> page;
};

}  // namespace

TEST_F(ChainsBelong, ChainsOfCirclesSaySoUnderMoons) {
  open();
  page->setTab(HmcPage::overview);
  page->run();
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->state() == ChainRunner::State::idle; }, 20000));
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->picture() != nullptr; }, 5000));
  EXPECT_FALSE(page->chainsBar()->stale()) << page->chainsBar()->text().toStdString();
  session->chooseSet("moons");
  EXPECT_TRUE(page->chainsBar()->isVisible());
  EXPECT_TRUE(page->chainsBar()->text().startsWith("Of Circles, PRP, exact score of 1000 points"))
      << page->chainsBar()->text().toStdString();
  EXPECT_TRUE(page->chains()->pane(ChainsView::trace)->figureCommand().contains("toy-mcmc"));
  EXPECT_FALSE(page->chains()->pane(ChainsView::trace)->figureCommand().contains("moons"));
  press(page->chainsBar());
  EXPECT_EQ(session->experiment().flow.data_name, "circles");
  EXPECT_FALSE(page->chainsBar()->stale());
  // Parameters of the chains themselves: the form goes back, too.
  ToyMcmcOptions other = page->setup()->options();
  other.gt_n = 700;
  page->setup()->setOwn(other);
  EXPECT_TRUE(page->chainsBar()->text().contains("gt_n 2000, now 700")) << page->chainsBar()->text().toStdString();
  press(page->chainsBar());
  EXPECT_EQ(page->setup()->options().gt_n, 2000);
  EXPECT_FALSE(page->chainsBar()->stale());
}

TEST_F(ChainsBelong, TheTestOfCalibrationAndTheTrajectoriesToo) {
  open();
  page->setTab(HmcPage::calibration);
  page->run();
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->test()->result() && !page->test()->running(); }, 20000));
  EXPECT_FALSE(page->calibrationView()->bar()->stale());
  SbcOptions wrong = page->test()->own();
  wrong.score_scale = 1.2;
  page->test()->setOwn(wrong);
  EXPECT_TRUE(page->calibrationView()->bar()->isVisible());
  EXPECT_TRUE(page->calibrationView()->bar()->text().contains("score_scale 1.0, now 1.2"))
      << page->calibrationView()->bar()->text().toStdString();
  press(page->calibrationView()->bar());
  EXPECT_EQ(page->test()->options().score_scale, 1);
  EXPECT_FALSE(page->calibrationView()->bar()->stale());

  page->setTab(HmcPage::trajectories);
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->demonstration()->player()->demo() != nullptr; }, 10000));
  EXPECT_FALSE(page->trajectoriesView()->bar()->stale());
  session->chooseSet("s_curve");  // nothing can follow there: the plane is of circles
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->trajectoriesView()->bar()->isVisible(); }, 5000));
  EXPECT_TRUE(page->trajectoriesView()->bar()->text().startsWith("Of Circles")) << page->trajectoriesView()->bar()->text().toStdString();
  EXPECT_FALSE(page->trajectoriesView()->plane()->figureCommand().contains("s_curve"));
  press(page->trajectoriesView()->bar());
  EXPECT_EQ(session->experiment().flow.data_name, "circles");
}

TEST_F(ChainsBelong, AFigureOfChainsDoesNotCarryTheOptionsOfTheFlow) {
  open();
  page->run();
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->state() == ChainRunner::State::idle && page->runner()->picture(); }, 20000));
  const QByteArray chains = figureMetadata(*session->view(), *page->chains()->pane(ChainsView::trace));
  EXPECT_TRUE(chains.contains("toy-mcmc")) << chains.toStdString();
  EXPECT_FALSE(chains.contains("\"options\"")) << "those are the flow's: " << chains.toStdString();
}
