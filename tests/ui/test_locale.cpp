// Numbers on a German desktop: boxes read and show them rightly, and every file that the program writes is the one of the C locale.
#include <gtest/gtest.h>

#include <QDir>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <clocale>

#include "core/api/coverage.h"
#include "core/api/density.h"
#include "core/api/mcmc.h"
#include "core/api/simulate.h"
#include "core/api/train.h"
#include "tests/german.h"
#include "tests/paths.h"
#include "tests/ui/shell_fixture.h"
#include "tests/ui/synthetic_flow.h"
#include "ui/export/figure_export.h"
#include "ui/forms/number_box.h"
#include "ui/style/locale_numbers.h"
#include "ui/time/time_dock.h"
#include "ui/views/canvas_2d.h"
#include "ui/views/flow_plots.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

/// As in a session of that language: Qt's numbers, and the C library's where the system has the locale.
class InLocale {
 public:
  InLocale(QLocale numbers, const char* library) : numbersBefore_(QLocale()), before_(std::setlocale(LC_ALL, nullptr)) {
    there_ = std::setlocale(LC_ALL, library) != nullptr;
    numbers.setNumberOptions(numbers.numberOptions() | QLocale::OmitGroupSeparator);
    QLocale::setDefault(numbers);
  }
  ~InLocale() {
    std::setlocale(LC_ALL, before_.c_str());
    QLocale::setDefault(numbersBefore_);
  }
  bool there() const { return there_; }

 private:
  QLocale numbersBefore_;
  std::string before_;
  bool there_ = false;
};

struct German : InLocale {
  German() : InLocale(QLocale(QLocale::German, QLocale::Germany), test::kGerman) {}
};
struct American : InLocale {
  American() : InLocale(QLocale(QLocale::English, QLocale::UnitedStates), "C") {}
};

ParameterInfo real(double min, double max, double step, bool logarithmic = false) {
  ParameterInfo info;
  info.name = "x";
  info.kind = ParameterKind::real;
  info.min = min, info.max = max, info.step = step, info.logarithmic = logarithmic;
  return info;
}

void type(QWidget& box, const QString& text) {
  auto* line = box.findChild<QLineEdit*>();
  line->selectAll();
  QTest::keyClicks(line, text);
  QTest::keyClick(line, Qt::Key_Return);
}

double valueOf(const NumberBox& box) { return std::get<double>(box.value()); }
QString shown(const QWidget& box) { return box.findChild<QLineEdit*>()->text(); }

using Readings = std::vector<std::string>;

TEST(TypedNumber, PointAndCommaWhereOnlyOneReadingIsPossible) {
  const auto common = [] {
    EXPECT_EQ(typedNumber("7,01"), Readings{"7.01"});
    EXPECT_EQ(typedNumber(" 7.01 "), Readings{"7.01"});
    EXPECT_EQ(typedNumber("0,125"), Readings{"0.125"});
    EXPECT_EQ(typedNumber("1e-4"), Readings{"1e-4"});
    EXPECT_EQ(typedNumber("1,5E3"), Readings{"1.5E3"});
    EXPECT_EQ(typedNumber(QString::fromUtf8("\u22122,5")), Readings{"-2.5"});
    EXPECT_EQ(typedNumber("1.234,5"), Readings{"1234.5"});
    EXPECT_EQ(typedNumber("1,234,567.5"), Readings{"1234567.5"});
    EXPECT_EQ(typedNumber("1.234.567"), Readings{"1234567"});
    EXPECT_EQ(typedNumber("12 345,5"), Readings{"12345.5"});
    EXPECT_EQ(typedNumber("12'345"), Readings{"12345"});
    EXPECT_EQ(typedNumber("1234,500"), Readings{"1234.500"});
    // No numbers: left for the refusal to show.
    EXPECT_EQ(typedNumber("1.2.3"), Readings{"1.2.3"});
    EXPECT_EQ(typedNumber("banana"), Readings{"banana"});
    EXPECT_EQ(typedNumber(""), Readings{""});
  };
  {
    const German german;
    common();
    EXPECT_EQ(typedNumber("3,000"), Readings{"3.000"});
    EXPECT_EQ(typedNumber("3.000"), (Readings{"3.000", "3000"}));
    EXPECT_EQ(ambiguousNumber("3.000", typedNumber("3.000")), "\"3.000\" can mean 3,000 or 3000; type one of these");
  }
  const American american;
  common();
  EXPECT_EQ(typedNumber("3.000"), Readings{"3.000"});
  EXPECT_EQ(typedNumber("3,000"), (Readings{"3.000", "3000"}));
}

TEST(LocaleNumbers, PeopleSeeTheirMarkAndPlotsHaveAPoint) {
  const German german;
  EXPECT_EQ(number(1234.5, 2), "1234,50");
  EXPECT_EQ(number(-0.25), QString(QChar(0x2212)) + "0,25");
  EXPECT_EQ(plotNumber(1234.5, 2), "1234.50");
  EXPECT_EQ(localeNumber("1e-05"), "1e-05");
  EXPECT_EQ(localeText("R-hat 1.062 above 1.01. Draw more."), "R-hat 1,062 above 1,01. Draw more.");
  EXPECT_EQ(QStringLiteral("%L1").arg(12345.25, 0, 'f', 2), "12345,25");
}

TEST(NumberBoxInGerman, StepsFromWhatItShows) {
  const German german;
  NumberBox box(real(0, 20, 0.1));
  box.setValue(7.01);
  EXPECT_EQ(shown(box), "7,01");
  box.stepBy(1);
  EXPECT_DOUBLE_EQ(valueOf(box), 7.11);
  EXPECT_EQ(shown(box), "7,11");
  NumberBox tolerance(real(1e-10, 1, 0, true));
  tolerance.setValue(1e-4);
  tolerance.stepBy(1);
  EXPECT_DOUBLE_EQ(valueOf(tolerance), 2e-4);
  tolerance.stepBy(-1);
  EXPECT_DOUBLE_EQ(valueOf(tolerance), 1e-4);
}

TEST(NumberBoxInGerman, TakesWhatIsTyped) {
  const German german;
  NumberBox box(real(0, 1e6, 0.1));
  QSignalSpy rejected(&box, &NumberBox::rejected);
  for (const char* text : {"3.5", "3,5"}) {
    box.setValue(1.0);
    type(box, text);
    EXPECT_DOUBLE_EQ(valueOf(box), 3.5) << text;
    EXPECT_EQ(shown(box), "3,5");
  }
  type(box, "1.234,5");
  EXPECT_DOUBLE_EQ(valueOf(box), 1234.5);
  type(box, "1e-4");
  EXPECT_DOUBLE_EQ(valueOf(box), 1e-4);
  EXPECT_EQ(rejected.count(), 0);
  type(box, "1.234");  // 1.234 or 1234: both could be
  ASSERT_EQ(rejected.count(), 1);
  EXPECT_EQ(rejected[0][0].toString(), "\"1.234\" can mean 1,234 or 1234; type one of these");
  EXPECT_DOUBLE_EQ(valueOf(box), 1e-4);

  NumberBox small(real(0, 20, 0.1));  // only one of the two is in range
  type(small, "1.234");
  EXPECT_DOUBLE_EQ(valueOf(small), 1.234);
  ParameterInfo whole = real(1, 1e6, 1);
  whole.kind = ParameterKind::integer;
  NumberBox count(whole);
  type(count, "1.000");
  EXPECT_EQ(std::get<std::int64_t>(count.value()), 1000);
}

TEST(TimeBoxInGerman, TakesPointAndComma) {
  const German german;
  ViewState s;
  s.setSimulation(test::SyntheticFlow{}.make());
  Player player(&s);
  TimeDock dock(&s, &player);
  dock.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock));
  auto* time = dock.findChild<QDoubleSpinBox*>("time");
  ASSERT_TRUE(time);
  for (const char* text : {"3.5", "3,5", "3,500", "3.500"}) {  // 3500 would lie beyond the flow's end
    s.setTime(1);
    type(*time, text);
    EXPECT_DOUBLE_EQ(s.time(), 3.5) << text;
    EXPECT_EQ(shown(*time), "3,500") << text;
  }
  time->stepBy(1);
  EXPECT_GT(s.time(), 3.5);
  type(*time, "99");  // beyond the end: as it was
  EXPECT_LE(s.time(), 7.01);
  auto* speed = dock.findChild<QDoubleSpinBox*>("speed");
  ASSERT_TRUE(speed);
  type(*speed, "0.5");
  EXPECT_DOUBLE_EQ(player.speed(), 0.5);
  EXPECT_EQ(shown(*speed), QString::fromUtf8("0,5\u00d7"));
}

/// What the jobs of the window write, in a folder of their own with relative names.
void runJobs(const QString& folder) {
  const QString before = QDir::currentPath();
  ASSERT_TRUE(QDir().mkpath(folder) && QDir::setCurrent(folder));
  ToyTrainOptions train;
  train.outdir = "runs";
  train.duration = 0.02, train.batch = 256, train.width = 16, train.depth = 1, train.eigenbasis_samples = 2000;
  train.tick = 5, train.snap = 2, train.validation_references = 500, train.validation_queries = 64;
  const auto trained = trainToy(train, {});
  EXPECT_TRUE(trained) << trained.error().message;
  ToySimulateOptions flow;
  flow.total_samples = 40, flow.gamma0 = 0.05, flow.save_dir = "flow";
  const auto simulation = simulateToy(flow, {});
  EXPECT_TRUE(simulation && saveSimulation(**simulation, flow, {}));
  ToyCoverageOptions cover;
  cover.total_samples = 60, cover.gamma0 = 0.05, cover.steps = 12, cover.test_pts = 200, cover.boundary_pts = 40, cover.r_num = 2;
  cover.save_dir = "cover";
  const auto coverage = toyCoverage(cover, {});
  EXPECT_TRUE(coverage && saveCoverage(**coverage, cover, {}));
  DensityOptions grid;
  grid.total_samples = 60, grid.gamma0 = 0.05, grid.grid = 8, grid.tolerance = 1e-4, grid.output = "density.npz";
  const auto found = density(grid, {});
  EXPECT_TRUE(found && saveDensity(**found, grid));
  ToyMcmcOptions chains;
  chains.total_samples = 40, chains.gamma0 = 0.05, chains.map = "solver", chains.solver = "rk4", chains.steps = 6, chains.gt_n = 100;
  chains.gt_eps_mvn = 0.05, chains.chains = 2, chains.burn = 10, chains.mcmc_n = 20, chains.max_depth = 4, chains.outdir = "chains";
  const auto drawn = toyMcmc(chains, {});
  EXPECT_TRUE(drawn) << drawn.error().message;
  QDir::setCurrent(before);
}

TEST(FilesOfAGermanDesktop, OfTheWindowsJobsAreThoseOfTheCLocale) {
  QTemporaryDir c, comma;
  {
    const InLocale plain(QLocale::c(), "C");
    runJobs(c.path());
  }
  const German german;
  if (!german.there()) GTEST_SKIP() << test::kNoGerman;
  EXPECT_EQ(std::localeconv()->decimal_point, std::string(","));
  runJobs(comma.path());
  test::expectSameFiles(c.path().toStdString(), comma.path().toStdString());
}

TEST(FilesOfAGermanDesktop, FiguresAndTheirTablesAreThoseOfTheCLocale) {
  const auto exported = [](const QString& folder) {
    ViewState state;
    Canvas2D data(&state, Canvas2D::Kind::data), latent(&state, Canvas2D::Kind::latent);
    FlowPlots plots(&state);
    state.setSimulation(test::SyntheticFlow{}.make());
    state.setTime(1.25);
    const auto write = [&](Figure& figure, const QString& name) {
      ExportOptions o;
      o.path = folder + "/" + name + ".svg";
      o.format = FigureFormat::svg;
      o.csv = true;
      const auto done = exportFigure(figure, state, o);
      EXPECT_TRUE(done) << done.error().message;
    };
    write(data, "data"), write(latent, "latent");
    for (int k = 0; k < 3; ++k) plots.setCurrentPlot(k), write(plots, "plot" + QString::number(k));
  };
  QTemporaryDir c, comma;
  {
    const InLocale plain(QLocale::c(), "C");
    exported(c.path());
  }
  const German german;
  exported(comma.path());
  EXPECT_GE(test::filesWithContents(c.path().toStdString()).size(), 9u);
  test::expectSameFiles(c.path().toStdString(), comma.path().toStdString());
}

/// The program itself, as a German desktop starts it.
TEST(FilesOfAGermanDesktop, OfTheDemoAreThoseOfTheCLocale) {
  if (!test::germanIsThere()) GTEST_SKIP() << test::kNoGerman;
  QTemporaryDir c, comma;
  for (const auto& [locale, folder] : {std::pair{"C", c.path()}, {test::kGerman, comma.path()}}) {
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("LC_ALL", locale);
    environment.insert("QT_QPA_PLATFORM", "offscreen");
    program.setProcessEnvironment(environment);
    program.setWorkingDirectory(folder);
    program.start(test::guiProgram(), {"--export-demo", "demo"});
    ASSERT_TRUE(program.waitForFinished(240000)) << locale;
    EXPECT_EQ(program.exitCode(), 0) << locale << ": " << program.readAllStandardError().toStdString();
  }
  EXPECT_GE(test::filesWithContents(c.path().toStdString()).size(), 20u);
  test::expectSameFiles(c.path().toStdString(), comma.path().toStdString());
}

class GermanWindow : public WindowTest {
 protected:
  /// The window from its first frame to the arrays of its flow and its figure.
  void walk(const QString& folder) {
    open();
    ASSERT_TRUE(flowReady());
    view().setTime(1.5);
    QSignalSpy noted(&session(), &Session::noted), failed(&session(), &Session::failed);
    const QString before = QDir::currentPath();
    ASSERT_TRUE(QDir().mkpath(folder) && QDir::setCurrent(folder));  // the same words in both: "arrays"
    session().exportTrajectories("arrays");
    const auto written = [&] {
      return std::any_of(noted.begin(), noted.end(), [](const auto& note) { return note[0].toString().contains("files written to"); });
    };
    EXPECT_TRUE(QTest::qWaitFor([&] { return written() || failed.count() > 0; }, 60000));
    EXPECT_EQ(failed.count(), 0);
    QDir::setCurrent(before);
    window->close();
    window.reset();
    settings.reset();
  }
};

TEST_F(GermanWindow, ExportsTheSameArrays) {
  QTemporaryDir c, comma;
  {
    const InLocale plain(QLocale::c(), "C");
    walk(c.path());
  }
  const German german;
  walk(comma.path());
  EXPECT_GE(test::filesWithContents(c.path().toStdString()).size(), 2u);
  test::expectSameFiles(c.path().toStdString(), comma.path().toStdString());
}

}  // namespace
}  // namespace inflaton::ui
