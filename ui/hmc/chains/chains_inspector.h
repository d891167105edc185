#pragma once
// The set-up card of the chains: what will be sampled, in words and in a form, and everything one can do to a run.
#include <QWidget>

#include "ui/hmc/calibration/calibration_run.h"
#include "ui/hmc/chains/chain_runner.h"

class QCheckBox;
class QLabel;
class QPushButton;

namespace inflaton::ui {

class JobButton;
class ParameterForm;

class ChainsInspector : public QWidget {
  Q_OBJECT
 public:
  ChainsInspector(Session*, ChainRunner*, MarginalRun*, QWidget* parent = nullptr);
  ToyMcmcOptions options() const;      ///< what Run would do now
  bool ready() const;                  ///< they can be run as they are
  void setOwn(const ToyMcmcOptions&);  ///< what the form has besides the experiment
  ParameterForm* form() const { return form_; }
  void computeMarginal(bool asked = true);  ///< of the run shown, or of the options when there is none
  bool autoMarginal() const;

 Q_SIGNALS:
  void changed();
  void startRequested();  ///< run or resume
  void openRequested();

 private:
  void follow();
  void followRun();
  void save();
  QString about(const ToyMcmcOptions&) const;

  Session* session_;
  ChainRunner* runner_;
  MarginalRun* marginal_;
  QWidget *card_, *refusal_;
  QLabel *subject_, *about_, *pending_, *folderText_, *marginalText_;
  ParameterForm *form_, *marginalForm_;
  QPushButton *start_, *pause_, *keep_, *cancel_, *open_, *folder_, *save_;
  QCheckBox* auto_;
  JobButton* marginalJob_;
};

}  // namespace inflaton::ui
