#pragma once
// The stage "HMC": chains over weights and latents, the test of calibration, and trajectories to watch.
#include <memory>

#include "ui/hmc/hmc_engine.h"
#include "ui/session/session.h"
#include "ui/session/stage_page.h"

class QStackedWidget;
class QTabBar;

namespace inflaton::ui {

class CalibrationInspector;
class CalibrationRun;
class CalibrationView;
class ChainRunner;
class ChainsInspector;
class ChainsView;
class Demonstration;
class LiveStrip;
class MarginalRun;
class ProvenanceBar;
class TrajectoriesView;

class HmcPage : public StagePage {
  Q_OBJECT
 public:
  enum Tab { overview, trace, ranks, pairs, energy, posterior, diagnostics, calibration, trajectories };

  HmcPage(Session*, QObject* parent);
  HmcPage(Session*, HmcEngine, QObject* parent);
  ~HmcPage() override;

  QWidget* inspector() const override;
  QWidget* centre() const override;
  QString runText() const override;
  bool canRun() const override;
  void run() override;
  QString command() const override;
  Figure* currentFigure() const override;
  QString hint() const override;
  void entered() override;
  bool justStarted() const override;
  QString unfinished() const override;
  void keep() override;
  void discard() override;

  Tab tab() const;
  void setTab(Tab);
  void openRun(const QString& folder);
  ChainRunner* runner() const { return runner_; }
  ChainsView* chains() const { return chains_; }
  ChainsInspector* setup() const { return setup_; }
  CalibrationRun* test() const { return test_; }
  CalibrationView* calibrationView() const { return calibrationView_; }
  Demonstration* demonstration() const { return demonstration_; }
  TrajectoriesView* trajectoriesView() const { return trajectoriesView_; }
  ProvenanceBar* chainsBar() const { return chainsBar_; }

 private:
  void startChains();
  void openDialog();
  void follow();
  void followProvenance();

  Session* session_;
  std::unique_ptr<HmcEngine> engine_;
  ChainRunner* runner_;
  MarginalRun* marginal_;
  CalibrationRun* test_;
  Demonstration* demonstration_;
  QPointer<QWidget> centre_;
  QPointer<QStackedWidget> inspector_;
  QTabBar* tabs_;
  QStackedWidget* pages_;
  LiveStrip* strip_;
  ChainsView* chains_;
  ProvenanceBar* chainsBar_;
  ChainsInspector* setup_;
  CalibrationView* calibrationView_;
  CalibrationInspector* calibrationSetup_;
  TrajectoriesView* trajectoriesView_;
};

Stage hmcStage();

}  // namespace inflaton::ui
