#include "ui/stages/stages.h"
#include "ui/stages/train_inspector.h"
#include "ui/stages/views_page.h"

namespace inflaton::ui {
namespace {

/// One button for the whole life of a training: start, stop and keep, resume.
class TrainPage : public ViewsPage {
 public:
  using State = TrainingRun::State;

  TrainPage(Session* session, QObject* parent) : ViewsPage(session, new TrainInspector(session), parent) {
    connect(session->training(), &TrainingRun::stateChanged, this, &StagePage::changed);
  }
  QString runText() const override {
    const State state = session()->training()->state();
    return state == State::idle ? tr("Start training") : state == State::paused ? tr("Resume training") : tr("Stop and keep");
  }
  bool canRun() const override {
    const State state = session()->training()->state();
    return state == State::idle || state == State::paused || state == State::running;
  }
  void run() override {
    TrainingRun* training = session()->training();
    if (training->state() == State::idle) return session()->startTraining();
    if (training->state() == State::paused) return training->resume();
    training->stopAndKeep();
  }
  bool justStarted() const override { return session()->training()->justStarted(); }
  QString unfinished() const override {
    const TrainingRun* training = session()->training();
    return training->busy() ? tr("the training of %1").arg(training->provenance().set()) : QString();
  }
  void keep() override {
    TrainingRun* training = session()->training();
    training->latest().step > 0 ? training->stopAndKeep() : training->discard();  // before the first step there is nothing
  }
  void discard() override { session()->training()->discard(); }
  QString command() const override { return session()->trainCommand(); }
  QString hint() const override { return tr("Ctrl+Return train  \u00b7  Ctrl+. stop and keep  \u00b7  F1 keys"); }
  QPair<QString, QString> dockInFront() const override { return {QStringLiteral("Training"), QStringLiteral("Plots")}; }
};

}  // namespace

Stage trainStage() {
  return {QStringLiteral("train"),
          StagePage::tr("Train"),
          {{QStringLiteral("train"), StagePage::tr("About &training")}, {QStringLiteral("networks"), StagePage::tr("About &networks")}},
          [](Session* session, QObject* parent) { return new TrainPage(session, parent); }};
}

}  // namespace inflaton::ui
