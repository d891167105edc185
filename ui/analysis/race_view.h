#pragma once
// Race two solvers on one time cursor: A filled, B as rings over it or in a view beside it, their distance at the cursor and along t.
#include <QBoxLayout>
#include <QTimer>
#include <QWidget>

#include "ui/analysis/race.h"
#include "ui/jobs/job_bridge.h"
#include "ui/model/view_state.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QSettings;
class QSpinBox;

namespace inflaton::ui {

class Canvas2D;
class ChartPane;

class RaceView : public QWidget {
  Q_OBJECT
 public:
  /// `flow` gives the options that both start from; the cursor and the looks are those of `view`.
  RaceView(ViewState* view, JobBridge*, QSettings*, std::function<ToySimulateOptions()> flow, SimulateFunction, QWidget* parent = nullptr);
  ~RaceView() override;

  /// The other flow's problem, or another direction: runs again when it is in sight.
  void renew();
  void setDirection(const std::string& meltOrGen);
  const std::shared_ptr<const RaceResult>& result() const { return result_; }
  const ToySimulateOptions& base() const { return base_; }       ///< that both racers of result() started from
  bool pending() const { return running_ || soon_.isActive(); }  ///< runs, or is about to
  QString numbers() const;                                       ///< "apart at t 3.20: mean 0.012, at most 0.31 latent sd"
  Canvas2D* canvas() const { return first_; }
  Canvas2D* second() const { return second_; }
  ChartPane* curve() const { return curve_; }

 Q_SIGNALS:
  void failed(const inflaton::JobError&);
  void changed();  ///< result() or pending()

 protected:
  void showEvent(QShowEvent*) override;
  void resizeEvent(QResizeEvent*) override;

 private:
  struct Side {
    QComboBox* solver;
    QSpinBox* budget;
  };
  Side side(const QString& letter, const Racer& initial, class QBoxLayout* row);
  Racer racer(const Side&) const;
  void start();
  void take(const RaceResult&, const ToySimulateOptions& base);
  void follow();
  void arrange();
  void showNumbers();

  ViewState* view_;
  JobBridge* jobs_;
  QSettings* ini_;
  std::function<ToySimulateOptions()> flow_;
  SimulateFunction simulate_;
  ViewState a_, b_;
  Canvas2D *first_, *second_;
  ChartPane* curve_;
  Side sideA_, sideB_;
  QComboBox *layout_, *space_;
  QLabel* text_;
  QTimer soon_;
  std::shared_ptr<const RaceResult> result_;
  ToySimulateOptions base_;
  std::string direction_ = "melt";
  std::uint64_t ticket_ = 0, job_ = 0;
  bool due_ = true, running_ = false;
};

}  // namespace inflaton::ui
