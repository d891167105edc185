// The inspectors, with real clicks: two inflations, embedding, pretrained networks, costs, and sessions of older versions.
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <nlohmann/json.hpp>

#include "core/api/system.h"
#include "core/api/train.h"
#include "tests/ui/shell_fixture.h"
#include "ui/shell/banner.h"
#include "ui/shell/status_line.h"
#include "ui/stages/data_inspector.h"
#include "ui/stages/flow_inspector.h"
#include "ui/stages/train_inspector.h"

namespace inflaton::ui {
namespace {

class Stages : public WindowTest {
 protected:
  void start() {
    open();
    ASSERT_TRUE(flowReady());
    session().player()->pause();
  }
  QString said() { return window->findChild<StatusLine*>()->message(); }
  std::string troubles() { return window->banner()->text().toStdString(); }
  const Experiment& now() { return session().experiment(); }
  bool settled(int ms = 30000) {
    QTest::qWait(120);  // the flow starts a moment after the edit
    return QTest::qWaitFor([&] { return !session().flowing(); }, ms);
  }
  void undoOnce() { QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier); }
  static void type(QWidget* box, const char* text) {
    auto* line = box->findChild<QLineEdit*>();
    ASSERT_TRUE(line);
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, text);
    QTest::keyClick(line, Qt::Key_Return);
  }
  void picture(const QString& name) {
    QTest::qWait(60);
    QDir().mkpath("screenshots");
    window->grab().save("screenshots/" + name + ".png");
  }
  /// By keyboard, as a user without a mouse would.
  static void choose(QWidget* editor, const char* value) {
    auto* box = qobject_cast<QComboBox*>(editor);
    ASSERT_TRUE(box);
    const int at = box->findData(QString(value));
    ASSERT_GE(at, 0) << value;
    box->setFocus();
    while (box->currentIndex() != at) {
      const int before = box->currentIndex();
      QTest::keyClick(box, before < at ? Qt::Key_Down : Qt::Key_Up);
      ASSERT_NE(box->currentIndex(), before);
    }
  }
};

TEST_F(Stages, TrainingShowsOnlyWhatApplies) {
  start();
  window->setStage("train");
  auto* form = window->findChild<TrainInspector*>()->form();
  form->setAdvancedShown(true);
  const auto shown = [&](const char* name) { return form->field(name)->editor()->isVisible(); };
  choose(form->field("targets")->editor(), "sample");
  for (const char* name : {"width", "depth", "gamma0", "precond", "targets", "arch"}) EXPECT_TRUE(shown(name)) << name;
  for (const char* name : {"img_res", "target_references", "g_type", "inflation_gap"}) EXPECT_FALSE(shown(name)) << name;
  choose(form->field("arch")->editor(), "ToySongUNet");
  EXPECT_EQ(now().train.arch, "ToySongUNet");
  EXPECT_TRUE(shown("img_res"));
  EXPECT_FALSE(shown("width"));
  choose(form->field("targets")->editor(), "mean");
  EXPECT_TRUE(shown("target_references"));
  click("prr");
  EXPECT_TRUE(shown("g_type"));
  click("proportional");
  EXPECT_FALSE(shown("gamma0"));
  EXPECT_FALSE(shown("precond"));
  for (const char* name : {"tick", "snap", "dump", "batch_gpu", "bad_gradients", "ls", "nosubdir"}) EXPECT_TRUE(shown(name)) << name;
}

TEST_F(Stages, TabGoesThroughTheTrainStageFromTopToBottom) {
  start();
  window->setStage("train");
  find<QPushButton>("prp");
  QWidget* inspector = window->findChild<TrainInspector*>();
  inspector->findChild<QWidget*>("prp")->setFocus();
  QStringList order;
  for (int i = 0; i < 40 && inspector->isAncestorOf(QApplication::focusWidget()); ++i) {
    if (!QApplication::focusWidget()->objectName().isEmpty()) order << QApplication::focusWidget()->objectName();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
  }
  int last = -1;
  for (const char* name :
       {"prp", "asReference", "presets", "trainStart", "duration", "batch", "lr", "targets", "arch", "tmax", "advanced"}) {
    const int at = static_cast<int>(order.indexOf(name));
    EXPECT_GT(at, last) << name << " in " << order.join(' ').toStdString();
    last = at;
  }
}

TEST_F(Stages, NothingIsCutInASmallWindow) {
  start();
  ASSERT_EQ(window->size(), QSize(1366, 768));
  for (const QString stage : {"data", "train", "flow"}) {
    window->setStage(stage);
    for (const char* schedule : {"prp", "prr"}) {
      if (stage != "data") click(schedule);
      for (ParameterForm* form : window->findChildren<ParameterForm*>())
        if (form->isVisible()) form->setAdvancedShown(true);
      picture(QStringLiteral("22-advanced-%1-%2").arg(stage, schedule));
      for (QScrollArea* area : find<QStackedWidget>("inspectorPages")->findChildren<QScrollArea*>()) {
        if (!area->isVisible()) continue;
        EXPECT_LE(area->widget()->width(), area->viewport()->width()) << stage.toStdString() << ' ' << schedule;
      }
    }
  }
  ASSERT_TRUE(settled());
}

TEST_F(Stages, ProportionalInflationKeepsTheParticipationRatio) {
  start();
  session().chooseSet("moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  window->setStage("flow");
  EXPECT_TRUE(find<QLabel>("inflationAbout")->text().contains("keeps the participation ratio exactly"));
  click("proportional");
  ASSERT_TRUE(settled()) << troubles();
  ASSERT_TRUE(view().simulation()->schedule.proportional()) << troubles();
  const auto& s = *view().simulation();
  const double ratio = participationRatio(s.basis.eigenvalues);
  EXPECT_LT(ratio, 1.8);
  EXPECT_NEAR(s.schedule.participationRatio(s.schedule.tMax(), s.basis.eigenvalues), ratio, 1e-6);
  const QString row = QString::number(ratio, 'f', 2);
  EXPECT_EQ(window->findChild<ResultsCard*>()->text().count("<b>" + row + "</b>"), 2)
      << window->findChild<ResultsCard*>()->text().toStdString();
  click("asReference");
  ASSERT_TRUE(settled());
  EXPECT_FALSE(view().simulation()->schedule.proportional());
  EXPECT_EQ(window->findChild<ResultsCard*>()->text().count("<b>" + row + "</b>"), 1);
}

TEST_F(Stages, AGapThatWouldStopAnAxisIsSoftenedAsOneStep) {
  start();
  window->setStage("flow");
  click("proportional");
  ASSERT_TRUE(settled()) << troubles();
  click("prr");
  EXPECT_DOUBLE_EQ(now().flow.g_rescaling, 0.15);
  EXPECT_TRUE(said().contains("softened")) << said().toStdString();
  ASSERT_TRUE(settled()) << troubles();
  EXPECT_EQ(troubles(), "");
  EXPECT_EQ(view().simulation()->schedule.name(), "PRRto1D");
  EXPECT_NEAR(view().simulation()->schedule.g().front() - view().simulation()->schedule.g().back(), 0.3, 1e-12);
  EXPECT_LT(view().simulation()->schedule.participationRatio(7.01, view().simulation()->basis.eigenvalues), 2);
  undoOnce();
  EXPECT_EQ(now().flow.dims_to_keep, 0);
  EXPECT_DOUBLE_EQ(now().flow.g_rescaling, 1);
  EXPECT_EQ(now().flow.schedule, "paper");
  QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  click("asReference");
  EXPECT_DOUBLE_EQ(now().flow.g_rescaling, 1) << "what was softened for the proportional one comes back";
  ASSERT_TRUE(settled()) << troubles();
  click("proportional");  // the other way round: PRR first
  EXPECT_DOUBLE_EQ(now().flow.g_rescaling, 0.15);
  EXPECT_DOUBLE_EQ(now().train.g_rescaling, 0.15);
}

TEST_F(Stages, AWideGapBecomesAConstantOne) {
  start();
  session().edit("gap", [](Experiment& e) {
    e.flow.dims_to_keep = 1;
    e.flow.g_type = "constant_inflation_gap";
    e.flow.inflation_gap = 9;
    e.followFlow();
  });
  window->setStage("train");
  click("proportional");
  EXPECT_NO_THROW(Schedule::make(now().flow, 2));
  ASSERT_TRUE(settled()) << troubles();
  EXPECT_EQ(troubles(), "");
}

TEST_F(Stages, EulerGivesWayToTheProportionalInflationAndSaysSo) {
  start();
  window->setStage("flow");
  auto* form = window->findChild<FlowInspector*>()->form();
  form->setAdvancedShown(true);
  choose(form->field("solver")->editor(), "euler");
  EXPECT_EQ(now().flow.solver, "euler");
  EXPECT_TRUE(form->field("save_freq")->editor()->isVisible());
  EXPECT_FALSE(form->field("tolerance")->editor()->isVisible());
  click("proportional");
  EXPECT_EQ(now().flow.solver, "dopri5");
  EXPECT_TRUE(said().contains("Dormand-Prince")) << said().toStdString();
  ASSERT_TRUE(settled()) << troubles();
  EXPECT_EQ(troubles(), "");
  undoOnce();
  EXPECT_EQ(now().flow.solver, "euler");
  EXPECT_EQ(now().flow.schedule, "reference");
}

TEST_F(Stages, ASetEmbeddedInThreeDimensionsFlowsThere) {
  start();
  window->setStage("data");
  auto* form = window->findChild<DataInspector*>()->form();
  form->setAdvancedShown(true);
  EXPECT_FALSE(form->field("augment_noise")->editor()->isVisible());
  type(form->field("augment_to")->editor(), "3");
  EXPECT_EQ(now().flow.augment_to, 3);
  EXPECT_EQ(now().train.augment_to, 3);
  EXPECT_EQ(session().dataDim(), 3);
  EXPECT_TRUE(form->field("augment_noise")->editor()->isVisible());
  type(form->field("augment_noise")->editor(), "0.2");
  ASSERT_TRUE(settled()) << troubles();
  ASSERT_EQ(view().simulation()->data.dim, 3) << troubles();
  EXPECT_EQ(view().simulation()->data.embeddedFrom, 2);
  window->setStage("flow");
  click("prr");
  EXPECT_EQ(now().flow.dims_to_keep, 2);
  ASSERT_TRUE(flowOf("circles", "PRRto2D")) << troubles();
  window->setStage("data");
  type(form->field("augment_to")->editor(), "1");
  EXPECT_EQ(now().flow.augment_to, 0) << "fewer than the set has: not embedded";
  EXPECT_EQ(now().flow.dims_to_keep, 1) << "PRR stays PRR";
  ASSERT_TRUE(flowOf("circles", "PRRto1D")) << troubles();
  type(form->field("augment_to")->editor(), "2");
  ASSERT_TRUE(settled()) << troubles();
  click("set_s_curve");  // three dimensions do not go into two, but hold the two axes that were chosen
  ASSERT_TRUE(flowOf("s_curve", "PRRto2D")) << troubles();
  EXPECT_EQ(now().flow.augment_to, 0);
  EXPECT_EQ(troubles(), "");
}

TEST_F(Stages, ASessionOfTheFirstVersionIsUnderstood) {
  nlohmann::json flow = toJson(ToySimulateOptions{}), train = toJson(ToyTrainOptions{});
  flow["data_name"] = train["data_name"] = "moons";
  for (const char* name : {"augment_to", "augment_noise", "schedule"}) flow.erase(name), train.erase(name);
  for (const char* name :
       {"arch", "precond", "space", "img_res", "batch_gpu", "ls", "targets", "target_references", "bad_gradients", "nosubdir", "dump"})
    train.erase(name);
  train["tick"] = 0.2;  // Mimg, both
  train["snap"] = 5.0;
  settings = std::make_unique<Settings>(home.path());
  settings->ini().setValue("session/flow", QString::fromStdString(flow.dump()));
  settings->ini().setValue("session/train", QString::fromStdString(train.dump()));
  settings->ini().sync();
  open();
  ASSERT_TRUE(flowOf("moons", "PRP")) << troubles();
  EXPECT_DOUBLE_EQ(now().train.tick, 200);
  EXPECT_EQ(now().train.snap, 25);
  EXPECT_EQ(now().train.dump, 25);
  reopen();  // and is of this version now
  ASSERT_TRUE(flowOf("moons", "PRP")) << troubles();
  EXPECT_DOUBLE_EQ(now().train.tick, 200);
}

TEST_F(Stages, ASessionOfAnotherVersionKeepsWhatStillCanBeAndSaysWhatNot) {
  ToySimulateOptions flow;
  flow.data_name = "moons", flow.total_samples = 300, flow.outputs = false;
  ToyTrainOptions train;
  train.data_name = "moons", train.batch = 256;
  nlohmann::json storedFlow = toJson(flow), storedTrain = toJson(train);
  storedFlow["solver"] = "rk9", storedFlow["gone"] = true;
  storedTrain["gone"] = true, storedTrain["lr"] = "large", storedTrain["not_yet"] = {{"a", 1}};
  settings = std::make_unique<Settings>(home.path());
  settings->ini().setValue("session/version", 2);
  settings->ini().setValue("session/flow", QString::fromStdString(storedFlow.dump()));
  settings->ini().setValue("session/train", QString::fromStdString(storedTrain.dump()));
  settings->ini().sync();
  open();
  EXPECT_EQ(said().toStdString(), "Not restored from the last session: gone, solver, lr, not_yet");
  ASSERT_TRUE(flowOf("moons", "PRP")) << troubles();
  EXPECT_EQ(now().flow.total_samples, 300);
  EXPECT_EQ(now().flow.solver, ToySimulateOptions{}.solver);
  EXPECT_EQ(now().train.batch, 256);
  EXPECT_EQ(troubles(), "");
}

TEST_F(Stages, ASessionThatCannotBeReadGivesTheDemonstrationAndSaysSo) {
  settings = std::make_unique<Settings>(home.path());
  settings->ini().setValue("session/flow", "{\"data_name\": ");
  settings->ini().setValue("session/train", "[1, 2]");
  settings->ini().sync();
  open();
  EXPECT_EQ(said().toStdString(), "The last session cannot be read");
  EXPECT_TRUE(flowOf("circles", "PRP")) << troubles();
}

TEST_F(Stages, ASessionWhoseNetworkIsGoneKeepsTheRest) {
  start();
  session().chooseSet("moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  window->close();
  auto flow = nlohmann::json::parse(settings->ini().value("session/flow").toString().toStdString());
  flow["source"] = "net";
  flow["network"] = home.filePath("gone.safetensors").toStdString();
  window.reset();
  settings->ini().setValue("session/flow", QString::fromStdString(flow.dump()));
  settings.reset();
  open();
  ASSERT_TRUE(flowOf("moons", "PRP")) << troubles();
  EXPECT_EQ(view().simulation()->source, "discrete");
}

TEST_F(Stages, ThePaperPresetSaysWhatItCostsAndIsAskedAboutOnceInPlace) {
  start();
  window->setStage("train");
  auto* line = find<QLabel>("trainCost");
  ASSERT_TRUE(QTest::qWaitFor([&] { return line->text().startsWith("About"); }, 30000)) << line->text().toStdString();
  EXPECT_TRUE(line->text().contains("steps of 1024")) << line->text().toStdString();
  EXPECT_FALSE(find<QPushButton>("copyTraining")->isVisible());
  choose(find<QComboBox>("presets"), "paper");
  EXPECT_EQ(now().train.arch, "ToyConvUNet");
  ASSERT_TRUE(QTest::qWaitFor([&] { return line->text().contains("days") || line->text().contains(" h "); }, 60000))
      << line->text().toStdString();
  EXPECT_TRUE(line->text().contains("steps of 8192")) << line->text().toStdString();
  picture("20-paper-cost");
  const int width = window->width();
  click("copyTraining");
  QTest::qWait(50);
  EXPECT_EQ(window->width(), width) << "a long message must not widen the window";
  EXPECT_TRUE(QApplication::clipboard()->text().contains("--preset paper")) << QApplication::clipboard()->text().toStdString();
  QTest::keyClick(window.get(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(session().training()->state(), TrainingRun::State::idle) << "asked first";
  EXPECT_TRUE(find<QLabel>("longQuestion")->isVisible());
  EXPECT_FALSE(find<QPushButton>("trainStart")->isEnabled());
  picture("21-paper-asked");
  click("notNow");
  EXPECT_FALSE(find<QLabel>("longQuestion")->isVisible());
  click("trainStart");
  click("startLong");
  EXPECT_EQ(session().training()->state(), TrainingRun::State::running);
  click("trainDiscard");
  ASSERT_TRUE(QTest::qWaitFor([&] { return session().training()->state() == TrainingRun::State::idle; }, 30000));
  undoOnce();
  EXPECT_EQ(now().train.arch, "Mlp");
}

/// Resources of the program, but with networks made here in a second: what is tested is how they are offered, not how good they are.
class Pretrained : public Stages {
 protected:
  static QTemporaryDir& resources() {
    static QTemporaryDir folder;
    return folder;
  }
  static void SetUpTestSuite() {
    for (const QFileInfo& entry : QDir(QString::fromStdString(resourceFolder())).entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot))
      if (entry.fileName() != "networks") QFile::link(entry.absoluteFilePath(), resources().filePath(entry.fileName()));
    QDir(resources().path()).mkpath("networks");
    for (int keep : {0, 1}) {
      ToyTrainOptions o;
      o.data_name = "moons";
      o.dims_to_keep = keep;
      o.tmax = keep ? 9 : 8;
      o.duration = 0.01;
      o.batch = 256;
      o.width = 8;
      o.depth = 1;
      o.eigenbasis_samples = 1000;
      o.validation_references = 500;
      o.validation_queries = 20;
      o.outdir = resources().filePath("runs").toStdString();
      const auto trained = trainToy(o, {});
      ASSERT_TRUE(trained) << trained.error().message;
      ASSERT_TRUE(QFile::copy(QString::fromStdString(trained->network),
                              resources().filePath(keep ? "networks/moons-PRRto1D.safetensors" : "networks/moons-PRP.safetensors")));
    }
  }
  void SetUp() override {
    before = qgetenv("INFLATON_RESOURCES");
    qputenv("INFLATON_RESOURCES", resources().path().toUtf8());
    start();
    ASSERT_TRUE(QTest::qWaitFor([&] { return session().isPretrained(resources().filePath("networks/moons-PRP.safetensors")); }, 10000));
  }
  void TearDown() override {
    Stages::TearDown();
    before.isEmpty() ? qunsetenv("INFLATON_RESOURCES") : qputenv("INFLATON_RESOURCES", before);
  }
  QByteArray before;
};

TEST_F(Pretrained, OneClickUsesItWithItsScheduleAndOneUndoTakesThatBack) {
  window->setStage("train");
  EXPECT_FALSE(find<QWidget>("pretrained")->isVisible()) << "none for circles";
  click("set_moons");
  ASSERT_TRUE(flowOf("moons", "PRP")) << troubles();
  EXPECT_EQ(view().simulation()->source, "discrete") << "nobody asked for it yet";
  EXPECT_TRUE(find<QWidget>("pretrained")->isVisible());
  const Experiment was = now();
  click("usePretrained_moons-PRRto1D");
  ASSERT_TRUE(flowOf("moons", "PRRto1D", 60000)) << troubles();
  ASSERT_TRUE(settled());
  EXPECT_EQ(view().simulation()->source, "net") << troubles();
  EXPECT_DOUBLE_EQ(now().flow.tmax, 9);
  EXPECT_DOUBLE_EQ(now().train.tmax, 9);
  QTest::qWait(30);
  EXPECT_FALSE(find<QPushButton>("usePretrained_moons-PRRto1D")->isEnabled()) << "in use";
  EXPECT_TRUE(find<QPushButton>("usePretrained_moons-PRP")->isEnabled());
  undoOnce();
  EXPECT_TRUE(now() == was);
}

TEST_F(Pretrained, ExportedAndImportedFromTheMenuItIsTheSame) {
  click("set_moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  window->setStage("train");
  click("usePretrained_moons-PRP");
  ASSERT_TRUE(settled(60000)) << troubles();
  ASSERT_EQ(view().simulation()->source, "net") << troubles();
  const auto pick = [&](const char* action, const char* dialog, const QString& path) {
    window->actions()->refresh();
    ASSERT_TRUE(window->actions()->action(action)->isEnabled());
    window->actions()->action(action)->trigger();
    auto* box = window->findChild<QFileDialog*>(dialog);
    ASSERT_TRUE(box);
    box->setDirectory(home.path());
    box->findChild<QLineEdit*>()->setText(path);
    QMetaObject::invokeMethod(box, "accept");
  };
  pick("file.exportNetwork", "exportWeights", home.filePath("out.npz"));
  ASSERT_TRUE(QTest::qWaitFor([&] { return QFile::exists(home.filePath("out.json")) && said().contains("out.npz"); }, 20000))
      << troubles() << said().toStdString();
  pick("file.importNetwork", "importWeights", home.filePath("out.npz"));
  ASSERT_TRUE(QTest::qWaitFor([&] { return now().flow.network.ends_with("networks/out.safetensors"); }, 20000))
      << troubles() << now().flow.network;
  ASSERT_TRUE(settled(60000)) << troubles();
  EXPECT_EQ(view().simulation()->source, "net") << troubles();
  EXPECT_DOUBLE_EQ(now().flow.tmax, 8);
  EXPECT_FALSE(session().isPretrained(QString::fromStdString(now().flow.network)));

  // Weights without their configuration: it is asked for; a bad one is named, and changes nothing.
  const Experiment was = now();
  QFile::rename(home.filePath("out.npz"), home.filePath("alone.npz"));
  QFile broken(home.filePath("broken.json"));
  ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
  broken.write("{\"model_type\": 7}");
  broken.close();
  pick("file.importNetwork", "importWeights", home.filePath("alone.npz"));
  auto* second = window->findChild<QFileDialog*>("importConfiguration");
  ASSERT_TRUE(second);
  second->findChild<QLineEdit*>()->setText(home.filePath("broken.json"));
  QMetaObject::invokeMethod(second, "accept");
  ASSERT_TRUE(QTest::qWaitFor([&] { return troubles().find("broken.json") != std::string::npos; }, 20000)) << troubles();
  EXPECT_TRUE(now() == was);
}

TEST_F(Pretrained, TheFlowStageOffersItAtOnceAndNamesIt) {
  click("set_moons");
  ASSERT_TRUE(flowOf("moons", "PRP"));
  window->setStage("flow");
  click("network");
  ASSERT_TRUE(settled(60000)) << troubles();
  EXPECT_EQ(view().simulation()->source, "net") << troubles();
  EXPECT_TRUE(find<QLabel>("sourceAbout")->text().contains("Pretrained")) << find<QLabel>("sourceAbout")->text().toStdString();
  click("prr");  // t max 7.01 is within 9: its own network steps in
  ASSERT_TRUE(flowOf("moons", "PRRto1D", 60000)) << troubles();
  ASSERT_TRUE(settled(60000));
  EXPECT_EQ(view().simulation()->source, "net") << troubles();
  EXPECT_TRUE(said().contains("pretrained")) << said().toStdString();
  click("set_circles");  // none for these
  ASSERT_TRUE(flowOf("circles", "PRRto1D")) << troubles();
  EXPECT_EQ(view().simulation()->source, "discrete");
}

}  // namespace
}  // namespace inflaton::ui
