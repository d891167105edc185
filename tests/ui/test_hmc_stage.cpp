// The stage "HMC" with an engine of known answers: clicks, keys, snapshots, figures; at the end the real functions in the real window.
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <atomic>
#include <set>
#include <thread>

#include "tests/ui/shell_fixture.h"
#include "tests/ui/synthetic_chains.h"
#include "ui/export/figure_export.h"
#include "ui/forms/parameter_form.h"
#include "ui/hmc/calibration/calibration_run.h"
#include "ui/hmc/calibration/calibration_view.h"
#include "ui/hmc/chains/chain_runner.h"
#include "ui/hmc/chains/chain_summary.h"
#include "ui/hmc/chains/chains_inspector.h"
#include "ui/hmc/chains/chains_view.h"
#include "ui/hmc/chains/diagnostics_table.h"
#include "ui/hmc/chains/live_strip.h"
#include "ui/hmc/hmc_page.h"
#include "ui/hmc/trajectories/demonstration.h"
#include "ui/hmc/trajectories/trajectories_view.h"
#include "ui/jobs/job_button.h"
#include "ui/shell/banner.h"
#include "ui/style/theme.h"

using namespace inflaton;
using namespace inflaton::ui;
using inflaton::test::EngineLog;
using inflaton::test::SyntheticChains;

namespace {

/// The page between a banner and an inspector, as the window has it.
class HmcStage : public testing::Test {
 protected:
  void open() {
    settings = std::make_unique<Settings>(home.path());
    session = std::make_unique<Session>(settings.get());
    session->begin();
    host = std::make_unique<QWidget>();
    page = std::make_unique<HmcPage>(session.get(), test::syntheticEngine(log, home.path().toStdString() + "/00000-circles"), nullptr);
    banner = new Banner;
    auto* split = new QSplitter;
    split->addWidget(page->centre());
    split->addWidget(page->inspector());
    split->setSizes({1040, 310});
    split->setStretchFactor(0, 1);
    auto* column = new QVBoxLayout(host.get());
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(banner);
    column->addWidget(split, 1);
    QObject::connect(page.get(), &StagePage::failed, banner,
                     [this](const QString& what, const JobError& error) { banner->showError(what, error); });
    host->resize(1366, 700);
    host->show();
    host->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(host.get()));
    ASSERT_TRUE(QTest::qWaitFor([&] { return session->dataDim() == 2; }, 10000));
  }
  void TearDown() override {
    applyTheme(ThemeChoice::light);
    page.reset();
    host.reset();
    session.reset();
  }
  void shoot(const QString& name) {
    QDir().mkpath("screenshots");
    QTest::qWait(60);
    ASSERT_TRUE(host->grab().save("screenshots/" + name + ".png"));
  }
  template <class W>
  W* find(const char* name) {
    W* found = host->findChild<W*>(name);
    EXPECT_TRUE(found) << name;
    return found;
  }
  void click(const char* name) {
    auto* widget = find<QWidget>(name);
    ASSERT_TRUE(widget && widget->isVisible()) << name;
    ASSERT_TRUE(widget->isEnabled()) << name;
    QTest::mouseClick(widget, Qt::LeftButton);
  }
  void chooseTab(HmcPage::Tab tab) {
    auto* tabs = find<QTabBar>("hmcTabs");
    QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(tab).center());
    ASSERT_EQ(page->tab(), tab);
  }
  bool waitFor(ChainRunner::State state, int ms = 20000) {
    return QTest::qWaitFor([&] { return page->runner()->state() == state; }, ms);
  }
  /// Chains to their end, plots and marginal posterior there.
  void runAll() {
    click("hmcStart");
    ASSERT_TRUE(waitFor(ChainRunner::State::idle));
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
          return page->runner()->picture() && page->runner()->picture()->marginal && page->chains()->pane(ChainsView::ranks)->hasContent();
        },
        10000));
  }
  LiveStrip* strip() { return find<LiveStrip>("liveStrip"); }

  QTemporaryDir home;
  std::shared_ptr<EngineLog> log = std::make_shared<EngineLog>();
  std::unique_ptr<Settings> settings;
  std::unique_ptr<Session> session;
  std::unique_ptr<QWidget> host;
  std::unique_ptr<HmcPage> page;
  Banner* banner = nullptr;
};

QImage painted(Figure& figure, const QSize& size, const Theme& theme) {
  QImage image(size, QImage::Format_RGB32);
  QPainter p(&image);
  PaintOptions options;
  options.theme = theme;
  figure.paint(p, size, options);
  return image;
}

int colorsIn(const QImage& image) {
  std::set<QRgb> seen;
  for (int y = 0; y < image.height(); y += 2)
    for (int x = 0; x < image.width(); x += 2) seen.insert(image.pixel(x, y));
  return static_cast<int>(seen.size());
}

}  // namespace

TEST(ChainSummary, IsOfBoundedSizeAndKeepsWhatIsThere) {
  SyntheticChains chains{.warmup = 1000, .draws = 40000, .divergences = 5000};
  const auto draws = chains.until(41000);
  QElapsedTimer clock;
  clock.start();
  const ChainSummary s = summarise(*draws);
  EXPECT_EQ(s.chains, 4);
  EXPECT_EQ(s.kept, 160000);
  EXPECT_EQ(s.divergences, 5000);
  EXPECT_LE(s.divergent.size(), 2u * ChainSummary::kMostMarks);
  EXPECT_LE(s.points.size(), 2u * (ChainSummary::kMostPoints + ChainSummary::kMostMarks));
  ASSERT_EQ(s.trace.size(), 3u);
  const auto& band = s.trace[0][2];
  EXPECT_EQ(band.at.size(), std::size_t(ChainSummary::kBuckets));
  // No extreme is lost by thinning.
  float low = 1, high = 0;
  for (std::size_t i = 0; i < 41000; ++i) low = std::min(low, draws->weights[2][3 * i]), high = std::max(high, draws->weights[2][3 * i]);
  EXPECT_EQ(*std::min_element(band.low.begin(), band.low.end()), low);
  EXPECT_EQ(*std::max_element(band.high.begin(), band.high.end()), high);
  for (const auto& component : s.ranks) {
    for (int b = 0; b < ChainSummary::kBins; ++b) {
      int all = 0;
      for (const auto& chain : component) all += chain[static_cast<std::size_t>(b)];
      EXPECT_EQ(all, 160000 / ChainSummary::kBins) << "every rank once";
    }
  }
  for (const auto& d : s.density) {
    double area = 0;
    for (std::size_t i = 1; i < d.at.size(); ++i) area += 0.5 * (d.at[i] - d.at[i - 1]) * (d.value[i] + d.value[i - 1]);
    EXPECT_NEAR(area, 1, 1e-9);
  }
  EXPECT_NEAR(s.density[0].mean, 0.5, 1e-3);
  EXPECT_NEAR(s.density[0].sd, 0.019, 1e-3);
  double mass = 0;
  for (const double h : s.energyMarginal) mass += h * (s.energyHigh - s.energyLow) / ChainSummary::kEnergyBins;
  EXPECT_NEAR(mass, 1, 0.01);
}

TEST(ChainSummary, ShortAndEmptyChainsAreNoTrouble) {
  SyntheticChains chains;
  for (const std::int64_t n : {0, 1, 7, 199, 200, 201, 209, 245}) {
    const ChainSummary s = summarise(*chains.until(n));
    EXPECT_EQ(s.iterations, n);
    EXPECT_EQ(s.ranks.empty(), n < 240) << n;
  }
  EXPECT_EQ(summarise(McmcDraws{}).chains, 0);
}

TEST(LatentPlane, NutsPathsAreOrderedAlongTheTrajectory) {
  // Steps 0 1, then backwards -1 -2, then on again 2 3: as a tree of depth 2 and more takes them.
  const std::vector<float> path{0, 0, 1, 0.1f, -1, 0.1f, -2, 0.4f, 2, 0.4f, 3, 0.9f};
  EXPECT_EQ(alongPath(path), (std::vector<int>{3, 2, 0, 1, 4, 5}));
}

TEST_F(HmcStage, UpdatesArriveAndStripAndPlotsFollow) {
  open();
  EXPECT_EQ(page->runText(), "Run chains");
  EXPECT_TRUE(page->canRun());
  EXPECT_TRUE(find<QLabel>("hmcAbout")->text().contains("4003 parameters")) << find<QLabel>("hmcAbout")->text().toStdString();
  shoot("hmc_empty");
  log->pace = 40;
  click("hmcStart");
  EXPECT_EQ(page->runner()->state(), ChainRunner::State::running);
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->chains()->pane(ChainsView::trace)->hasContent(); }, 5000));
  EXPECT_EQ(strip()->verdict(), "Warming up");
  EXPECT_EQ(strip()->mark(), StateMark::Kind::busy);
  EXPECT_EQ(strip()->value("rhat"), QString::fromUtf8("\u2013")) << "nothing is claimed before there are draws";
  shoot("hmc_warmup");
  ASSERT_TRUE(QTest::qWaitFor([&] { return strip()->value("rhat") != QString::fromUtf8("\u2013"); }, 10000));
  const QString first = strip()->value("iteration");
  ASSERT_TRUE(QTest::qWaitFor([&] { return strip()->value("iteration") != first; }, 5000));
  EXPECT_EQ(page->runText(), "Stop and keep");
  EXPECT_TRUE(page->canRun());
  ASSERT_TRUE(waitFor(ChainRunner::State::idle));
  EXPECT_EQ(strip()->value("iteration"), "800 / 800");
  EXPECT_EQ(strip()->value("divergences"), "6");
  EXPECT_EQ(strip()->mark(), StateMark::Kind::attention);
  EXPECT_TRUE(strip()->value("eta").contains("took")) << strip()->value("eta").toStdString();
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->picture() && page->runner()->picture()->summary->iterations == 800; }, 5000));
  // The marginal posterior comes by itself, of the same experiment.
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->picture()->marginal != nullptr; }, 5000));
  ASSERT_EQ(log->marginals.size(), 1u);
  EXPECT_EQ(static_cast<const PosteriorOptions&>(log->marginals[0]), static_cast<const PosteriorOptions&>(log->runs[0]));
  EXPECT_EQ(log->marginals[0].prior, "softmax") << "the chains' prior";
  EXPECT_TRUE(page->chains()->pane(ChainsView::posterior)->summary().contains("standard errors"))
      << page->chains()->pane(ChainsView::posterior)->summary().toStdString();
  shoot("hmc_overview");
  host->resize(1366, 520);
  shoot("hmc_overview_low");
  host->resize(1100, 1000);
  shoot("hmc_overview_tall");
  EXPECT_TRUE(banner->text().isEmpty());
}

TEST_F(HmcStage, PausesResumesFromItsFolderStopsAndCancels) {
  open();
  log->pace = 15;
  click("hmcStart");
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->latest().iteration > 60; }, 5000));
  click("hmcPause");
  ASSERT_TRUE(waitFor(ChainRunner::State::paused));
  EXPECT_EQ(page->runText(), "Resume chains");
  EXPECT_TRUE(page->command().contains("--resume")) << page->command().toStdString();
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->chains()->pane(ChainsView::trace)->hasContent(); }, 3000))
      << "what there is stays in sight";
  shoot("hmc_paused");
  click("hmcStart");
  ASSERT_TRUE(QTest::qWaitFor([&] { return log->runs.size() == 2; }, 5000));
  EXPECT_EQ(log->runs[1].resume, home.path().toStdString() + "/00000-circles");
  ToyMcmcOptions same = log->runs[1];
  same.resume.clear();
  EXPECT_EQ(same, log->runs[0]) << "nothing else has changed";
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->latest().iteration > 340; }, 5000));
  page->run();  // Ctrl+Return: stop and keep
  ASSERT_TRUE(waitFor(ChainRunner::State::idle));
  EXPECT_TRUE(page->runner()->result().stopped);
  EXPECT_LT(page->runner()->latest().iteration, 800);
  EXPECT_TRUE(find<QLabel>("verdictDetail")->text().contains("Stopped and kept")) << find<QLabel>("verdictDetail")->text().toStdString();
  // Cancelled within a blink.
  click("hmcStart");
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->latest().iteration > 40; }, 5000));
  QElapsedTimer clock;
  clock.start();
  click("hmcCancel");
  ASSERT_TRUE(waitFor(ChainRunner::State::idle));
  EXPECT_LT(clock.elapsed(), 1500);
  EXPECT_TRUE(banner->text().isEmpty()) << "cancelling is no error";
}

// As the window closes: cancelled, the page gone, the worker still on its way out and speaking.
TEST_F(HmcStage, MayBeClosedWhileChainsRun) {
  open();
  std::atomic<bool> gone{false}, over{false};
  HmcEngine stubborn = test::syntheticEngine(log, home.path().toStdString() + "/00000-circles");
  stubborn.chains = [&](const ToyMcmcOptions&, const JobContext& context,
                        const std::function<void(const McmcUpdate&)>& update) -> Expected<McmcResult> {
    McmcUpdate last = log->chains.update(20);
    while (!gone) {
      update(last);
      context.report({"sampling", 1, 800, 1, ""});
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    for (int i = 0; i < 50; ++i) update(last);
    over = true;
    return atEdge([&]() -> McmcResult {
      context.throwIfStopped();
      return {};
    });
  };
  auto closing = std::make_unique<HmcPage>(session.get(), stubborn, nullptr);
  closing->runner()->start(page->setup()->options());
  ASSERT_TRUE(QTest::qWaitFor([&] { return closing->runner()->latest().iteration > 0; }, 10000));
  session->jobs()->cancelAll();
  closing.reset();
  gone = true;
  ASSERT_TRUE(QTest::qWaitFor([&] { return over.load(); }, 10000));
  QTest::qWait(50);
  EXPECT_TRUE(banner->text().isEmpty());
}

TEST_F(HmcStage, AFailureIsToldWithItsAdviceAndTheDrawsStay) {
  open();
  log->diverge = true;
  click("hmcStart");
  ASSERT_TRUE(QTest::qWaitFor([&] { return !banner->text().isEmpty(); }, 10000));
  EXPECT_TRUE(banner->text().contains("diverge"));
  EXPECT_TRUE(banner->text().contains("--acpt")) << "what to do about it";
  EXPECT_EQ(page->runner()->state(), ChainRunner::State::idle);
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->chains()->pane(ChainsView::trace)->hasContent(); }, 3000));
  EXPECT_TRUE(find<QLabel>("verdictDetail")->text().contains("Ended early"));
  shoot("hmc_failed");
}

TEST_F(HmcStage, EveryTabPaintsAndExports) {
  open();
  runAll();
  const auto names = std::vector<std::pair<HmcPage::Tab, QString>>{
      {HmcPage::trace, "hmc_trace"},   {HmcPage::ranks, "hmc_ranks"},         {HmcPage::pairs, "hmc_pairs"},
      {HmcPage::energy, "hmc_energy"}, {HmcPage::posterior, "hmc_posterior"}, {HmcPage::diagnostics, "diagnostics"}};
  for (const auto& [tab, name] : names) {
    chooseTab(tab);
    Figure* figure = page->currentFigure();
    ASSERT_TRUE(figure) << name.toStdString();
    EXPECT_EQ(figure->figureName(), name);
    for (const Theme& theme : {Theme::light(), Theme::darkTheme()})
      EXPECT_GT(colorsIn(painted(*figure, {640, 420}, theme)), 6) << name.toStdString();
    painted(*figure, {60, 40}, Theme::light());  // tiny: no trouble
    EXPECT_GT(figure->figureCsv().count('\n'), 3) << name.toStdString();
    EXPECT_TRUE(figure->figureCommand().startsWith("inflaton-cli toy-mcmc")) << figure->figureCommand().toStdString();
    for (const auto& [format, suffix] :
         {std::pair{FigureFormat::png, "png"}, std::pair{FigureFormat::svg, "svg"}, std::pair{FigureFormat::pdf, "pdf"}}) {
      ExportOptions options;
      options.path = home.path() + '/' + name + '.' + suffix;
      options.format = format;
      options.csv = true;
      const auto ok = exportFigure(*figure, *session->view(), options);
      ASSERT_TRUE(ok) << ok.error().message;
      EXPECT_GT(QFileInfo(options.path).size(), 1000) << options.path.toStdString();
    }
    EXPECT_GT(QFileInfo(home.path() + '/' + name + ".csv").size(), 50);
    shoot("hmc_tab_" + name);
  }
  // Double click: one fills the whole, and gives it back.
  chooseTab(HmcPage::overview);
  QTest::mouseDClick(page->chains()->pane(ChainsView::pairs), Qt::LeftButton);
  EXPECT_EQ(page->tab(), HmcPage::pairs);
  EXPECT_FALSE(page->chains()->pane(ChainsView::trace)->isVisible());
  QTest::mouseDClick(page->chains()->pane(ChainsView::pairs), Qt::LeftButton);
  EXPECT_EQ(page->tab(), HmcPage::overview);
  EXPECT_TRUE(page->chains()->pane(ChainsView::trace)->isVisible());
  // Keyboard: the tab bar takes arrows.
  auto* tabs = find<QTabBar>("hmcTabs");
  tabs->setFocus();
  QTest::keyClick(tabs, Qt::Key_Right);
  EXPECT_EQ(page->tab(), HmcPage::trace);
  applyTheme(ThemeChoice::dark);
  chooseTab(HmcPage::overview);
  shoot("hmc_overview_dark");
  chooseTab(HmcPage::pairs);
  shoot("hmc_pairs_dark");
}

TEST_F(HmcStage, TheDiagnosticsSortByAnyColumn) {
  open();
  runAll();
  chooseTab(HmcPage::diagnostics);
  auto* table = find<QTableView>("diagnosticsTable");
  ASSERT_TRUE(QTest::qWaitFor([&] { return table->model()->rowCount() == 7; }, 3000));
  EXPECT_EQ(table->model()->index(0, 0).data().toString(), "w0") << "weights first";
  const auto head = [&](int column) {
    auto* header = table->horizontalHeader();
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                      QPoint(header->sectionViewportPosition(column) + header->sectionSize(column) / 2, header->height() / 2));
  };
  head(DiagnosticsModel::essBulk);
  head(DiagnosticsModel::essBulk);
  std::vector<double> ess;
  for (int r = 0; r < 7; ++r) ess.push_back(table->model()->index(r, DiagnosticsModel::essBulk).data(Qt::UserRole).toDouble());
  EXPECT_TRUE(std::is_sorted(ess.begin(), ess.end()) || std::is_sorted(ess.rbegin(), ess.rend()));
  bool marked = false;
  for (int r = 0; r < 7; ++r) marked |= table->model()->index(r, DiagnosticsModel::essBulk).data().toString().contains(QChar(0x25B2));
  EXPECT_TRUE(marked) << "300 draws carry a mark";
  EXPECT_EQ(page->currentFigure()->figureCsv().count('\n'), 8);
}

TEST_F(HmcStage, CalibrationRunsFromItsButtonAndShowsWhatItFinds) {
  open();
  chooseTab(HmcPage::calibration);
  EXPECT_EQ(page->runText(), "Test calibration");
  EXPECT_TRUE(page->command().startsWith("inflaton-cli sbc")) << page->command().toStdString();
  shoot("hmc_sbc_empty");
  log->pace = 30;
  auto* job = find<JobButton>("sbcJob");
  QTest::mouseClick(job->button(), Qt::LeftButton);
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->calibrationView()->ecdf()->hasContent(); }, 5000)) << "partial results";
  EXPECT_TRUE(page->test()->running());
  EXPECT_EQ(page->runText(), "Cancel test");
  shoot("hmc_sbc_running");
  ASSERT_TRUE(QTest::qWaitFor([&] { return !page->test()->running(); }, 20000));
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->calibrationView()->verdict().contains("alibrated"); }, 2000));
  EXPECT_TRUE(page->calibrationView()->verdict().startsWith("Calibrated")) << page->calibrationView()->verdict().toStdString();
  EXPECT_EQ(log->tests[0].observations, 200);
  EXPECT_EQ(log->tests[0].data_name, "circles");
  shoot("hmc_sbc");
  EXPECT_EQ(page->currentFigure()->figureName(), "sbc_ecdf");
  for (Figure* figure :
       {static_cast<Figure*>(page->calibrationView()->ecdf()), static_cast<Figure*>(page->calibrationView()->coverage())}) {
    EXPECT_GT(figure->figureCsv().count('\n'), 15);
    EXPECT_TRUE(figure->figureCommand().startsWith("inflaton-cli sbc"));
    ExportOptions options;
    options.path = home.path() + "/sbc.svg";
    options.format = FigureFormat::svg;
    ASSERT_TRUE(exportFigure(*figure, *session->view(), options));
  }
  // A flow made wrong on purpose is found out; while it runs it can be cancelled.
  SbcOptions wrong = page->test()->own();
  wrong.score_scale = 1.2;
  page->test()->setOwn(wrong);
  log->pace = 1;
  page->run();
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->calibrationView()->verdict().startsWith("Not calibrated"); }, 20000))
      << page->calibrationView()->verdict().toStdString();
  shoot("hmc_sbc_wrong");
  log->pace = 200;
  ASSERT_TRUE(QTest::qWaitFor([&] { return !page->test()->running(); }, 5000));
  page->run();
  ASSERT_TRUE(page->test()->running());
  QTest::mouseClick(job->button(), Qt::LeftButton);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !page->test()->running(); }, 5000));
  EXPECT_TRUE(banner->text().isEmpty());
}

TEST_F(HmcStage, PresetsOfTheDemonstrationShowWhatTheySay) {
  open();
  chooseTab(HmcPage::trajectories);
  DemoPlayer* player = page->demonstration()->player();
  ASSERT_TRUE(QTest::qWaitFor([&] { return player->demo() != nullptr; }, 5000));
  EXPECT_TRUE(player->playing()) << "it starts by itself, once";
  ASSERT_TRUE(QTest::qWaitFor([&] { return player->transition() > 1; }, 5000));
  EXPECT_EQ(page->runText(), "Pause");
  shoot("hmc_demo_good");
  const auto good = player->demo();
  EXPECT_GT(good->accept, 0.8);
  EXPECT_EQ(session->jobsModel()->rowCount() > 0 && session->jobsModel()->job(0)->title.starts_with("Trajectories"), false)
      << "no row in the list of jobs for each";
  const auto preset = [&](const char* id) {
    const auto before = player->demo();
    click(id);
    return QTest::qWaitFor([&] { return player->demo() != before; }, 5000);
  };
  ASSERT_TRUE(preset("demo_large"));
  EXPECT_LT(player->demo()->accept, 0.5);
  EXPECT_TRUE(find<QLabel>("demoWatch")->text().contains("leaps")) << find<QLabel>("demoWatch")->text().toStdString();
  player->pause();
  player->toEnd();
  shoot("hmc_demo_large");
  ASSERT_TRUE(preset("demo_small"));
  EXPECT_GT(player->demo()->accept, 0.99);
  player->pause();
  player->toEnd();
  shoot("hmc_demo_small");
  ASSERT_TRUE(preset("demo_poor"));
  EXPECT_EQ(log->demos.back().init, "poor");
  EXPECT_LT(player->demo()->transitions[0].path[0], -1);
  player->pause();
  player->skip(3);
  shoot("hmc_demo_poor");
  // Keys, while the plane has the focus.
  auto* plane = page->trajectoriesView()->plane();
  QTest::mouseClick(plane, Qt::LeftButton);
  ASSERT_TRUE(plane->hasFocus());
  player->pause();
  QTest::keyClick(plane, Qt::Key_Home);
  EXPECT_EQ(player->transition(), 0);
  EXPECT_EQ(player->step(), 0);
  QTest::keyClick(plane, Qt::Key_Right);
  EXPECT_EQ(player->step(), 1);
  QTest::keyClick(plane, Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_EQ(player->transition(), 1);
  EXPECT_EQ(player->step(), 0);
  QTest::keyClick(plane, Qt::Key_Left);
  EXPECT_EQ(player->transition(), 0) << "back over the edge";
  EXPECT_EQ(player->step(), player->steps());
  QTest::keyClick(plane, Qt::Key_Space);
  EXPECT_TRUE(player->playing());
  QTest::keyClick(plane, Qt::Key_Space);
  EXPECT_FALSE(player->playing());
  // A value of one's own leaves the presets.
  HmcDemoOptions own = page->demonstration()->own();
  own.step_size = 0.05;
  const auto before = player->demo();
  page->demonstration()->setOwn(own);
  ASSERT_TRUE(QTest::qWaitFor([&] { return player->demo() != before; }, 5000));
  EXPECT_TRUE(page->demonstration()->preset().isEmpty());
  EXPECT_FALSE(find<QPushButton>("demo_poor")->isChecked());
  EXPECT_TRUE(page->command().contains("--step_size 0.05")) << page->command().toStdString();
  for (Figure* figure : {static_cast<Figure*>(plane), static_cast<Figure*>(page->trajectoriesView()->strip())})
    EXPECT_GT(colorsIn(painted(*figure, {500, 400}, Theme::light())), 5);
  EXPECT_GT(plane->figureCsv().count('\n'), 100);
  applyTheme(ThemeChoice::dark);
  player->toEnd();
  shoot("hmc_demo_dark");
  // Out of sight it rests.
  player->play();
  chooseTab(HmcPage::overview);
  EXPECT_FALSE(player->playing());
}

TEST_F(HmcStage, OtherDimensionsAreExplainedWithAWayOut) {
  open();
  session->chooseSet("s_curve");
  ASSERT_TRUE(QTest::qWaitFor([&] { return session->dataDim() == 3; }, 5000));
  EXPECT_FALSE(page->canRun());
  EXPECT_TRUE(find<QLabel>("needsPlane")->isVisible());
  EXPECT_FALSE(find<QPushButton>("hmcStart")->isVisible());
  shoot("hmc_needs_plane");
  click("hmcCircles");
  EXPECT_EQ(session->experiment().data().data_name, "circles");
  EXPECT_TRUE(page->canRun());
  EXPECT_FALSE(find<QLabel>("needsPlane")->isVisible());
}

TEST_F(HmcStage, ARunIsOpenedAgainAndAFolderWithoutOneIsRefused) {
  open();
  page->openRun(home.path());
  ASSERT_TRUE(QTest::qWaitFor([&] { return !banner->text().isEmpty(); }, 5000));
  EXPECT_TRUE(banner->text().contains("no chains in this folder"));
  page->openRun(home.path() + "/00000-circles");
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->chains()->pane(ChainsView::ranks)->hasContent(); }, 5000));
  EXPECT_EQ(strip()->value("iteration"), "800 / 800");
  EXPECT_TRUE(find<QLabel>("verdictDetail")->text().contains("Opened again")) << find<QLabel>("verdictDetail")->text().toStdString();
  EXPECT_TRUE(log->marginals.empty()) << "only when asked";
  QTest::mouseClick(find<JobButton>("marginalJob")->button(), Qt::LeftButton);
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->picture()->marginal != nullptr; }, 5000));
}

TEST_F(HmcStage, WhatWasTypedIsRememberedAndCopiedAsCommand) {
  open();
  auto* form = page->setup()->form();
  ToyMcmcOptions o = page->setup()->options();
  EXPECT_EQ(o.data_name, "circles");
  auto* chains = form->field("chains");
  ASSERT_TRUE(chains);
  chains->editor()->setFocus();
  QTest::keyClick(chains->editor(), Qt::Key_Up);
  EXPECT_EQ(page->setup()->options().chains, 5);
  EXPECT_TRUE(page->command().contains("--chains 5")) << page->command().toStdString();
  EXPECT_FALSE(form->field("data_name")) << "the experiment's, not the form's";
  page.reset();
  host.reset();
  session.reset();
  open();
  EXPECT_EQ(page->setup()->options().chains, 5);
}

namespace {

/// In the window, with the real functions.
class HmcWindow : public WindowTest {
 protected:
  void shoot(const QString& name) {
    QDir().mkpath("screenshots");
    QTest::qWait(150);
    ASSERT_TRUE(window->grab().save("screenshots/" + name + ".png"));
  }
  HmcPage* enter() {
    open();
    EXPECT_TRUE(flowReady());
    session().edit("Network", [this](Experiment& e) { e.flow.source = "net", e.flow.network = session().networkFor(e).toStdString(); });
    EXPECT_TRUE(flowReady());
    click("stage5");
    return window->findChild<HmcPage*>();
  }
};

}  // namespace

TEST_F(HmcWindow, ASmallRunIsSampledComparedPausedAndOpenedAgain) {
  HmcPage* page = enter();
  ASSERT_TRUE(page);
  ASSERT_TRUE(page->centre()->isVisible());
  EXPECT_TRUE(find<QLabel>("hmcSubject")->text().contains("circles-PRP")) << find<QLabel>("hmcSubject")->text().toStdString();
  ToyMcmcOptions o = page->setup()->options();
  o.gt_n = 30, o.chains = 2, o.burn = 60, o.mcmc_n = 80, o.table_tolerance = 0.05;
  page->setup()->form()->setOptions(o);
  QTest::keyClick(window.get(), Qt::Key_Return, Qt::ControlModifier);
  ASSERT_NE(page->runner()->state(), ChainRunner::State::idle) << window->banner()->text().toStdString();
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->state() == ChainRunner::State::idle; }, 120000));
  ASSERT_TRUE(window->banner()->text().isEmpty()) << window->banner()->text().toStdString();
  EXPECT_EQ(page->runner()->latest().iteration, 140);
  EXPECT_GT(page->runner()->result().table.cells, 0);
  ASSERT_TRUE(QFileInfo::exists(page->runner()->folder() + "/sampled_weights.npz")) << page->runner()->folder().toStdString();
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->picture() && page->runner()->picture()->summary->iterations == 140; }, 5000));
  // So few observations have no marginal posterior under a prior flat on logits; not asked for, that is told in its place and no alarm.
  const auto* marginal = page->setup()->findChild<QLabel*>("marginalText");
  if (!QTest::qWaitFor([&] { return page->runner()->picture()->marginal != nullptr || !marginal->text().isEmpty(); }, 60000))
    FAIL() << "neither marginal posterior nor a reason";
  EXPECT_TRUE(window->banner()->text().isEmpty()) << window->banner()->text().toStdString();
  shoot("hmc_window");
  // Opened again, it is the same.
  const QString folder = page->runner()->folder();
  const auto before = page->runner()->latest().weights;
  page->openRun(folder);
  ASSERT_TRUE(QTest::qWaitFor([&] { return page->runner()->opened(); }, 20000)) << window->banner()->text().toStdString();
  ASSERT_EQ(page->runner()->latest().weights.size(), before.size());
  for (std::size_t k = 0; k < before.size(); ++k) EXPECT_NEAR(page->runner()->latest().weights[k].mean, before[k].mean, 1e-5);
  EXPECT_EQ(page->runner()->options().gt_n, 30);
}

TEST_F(HmcWindow, TrajectoriesOfARealFlowPlay) {
  HmcPage* page = enter();
  ASSERT_TRUE(page);
  page->setTab(HmcPage::trajectories);
  DemoPlayer* player = page->demonstration()->player();
  ASSERT_TRUE(QTest::qWaitFor([&] { return player->demo() || !window->banner()->text().isEmpty(); }, 120000));
  ASSERT_TRUE(player->demo()) << window->banner()->text().toStdString();
  EXPECT_GT(player->demo()->accept, 0.5);
  player->pause();
  player->skip(8);
  player->advance(9);
  shoot("hmc_window_trajectories");
}
