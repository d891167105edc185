#pragma once
// What a training would cost here, measured by a few steps of it: on the interactive lane, after every edit, when nothing else computes.
#include <QObject>
#include <QTimer>
#include <functional>
#include <optional>
#include <set>

#include "core/api/train.h"
#include "ui/jobs/job_bridge.h"
#include "ui/session/training_run.h"

namespace inflaton::ui {

class CostMeter : public QObject {
  Q_OBJECT
 public:
  using Measure = std::function<Expected<TrainCost>(const ToyTrainOptions&, const JobContext&)>;
  CostMeter(JobBridge*, TrainingRun*, Measure, QObject* parent = nullptr);

  /// Of these options from now on; measured while somebody watches.
  void ask(const ToyTrainOptions&);
  void setWatched(bool);

  const std::optional<TrainCost>& cost() const { return cost_; }  ///< of the options asked for; empty: not known (yet)
  QString problem() const { return problem_; }                    ///< why it cannot be known
  bool measuring() const { return job_ != 0 || soon_.isActive(); }
  bool isLong() const { return cost_ && cost_->seconds > kLong; }
  /// True when it cannot be said yet whether a start would be a long one: wantedStart() comes with the answer.
  bool startWhenKnown();
  bool startPending() const { return startPending_; }
  bool owns(std::uint64_t job) const { return mine_.contains(job); }

  static constexpr double kLong = 30 * 60;  ///< seconds from which a start is asked about

 Q_SIGNALS:
  void changed();
  void wantedStart();

 private:
  void measure();
  void took(const Expected<TrainCost>&);
  void stop();
  bool quiet() const;  ///< nothing else computes: else it would be cancelled, and measure wrongly

  JobBridge* bridge_;
  TrainingRun* training_;
  Measure work_;
  QTimer soon_;
  std::optional<ToyTrainOptions> asked_;
  std::optional<TrainCost> cost_;
  QString problem_;
  std::uint64_t job_ = 0, ticket_ = 0;
  std::set<std::uint64_t> mine_;
  bool watched_ = false, startPending_ = false;
};

/// "About 14 days here (854 493 steps of 8192, 1.4 s each, 0.6 GB)."
QString costText(const TrainCost&, std::int64_t batch);

}  // namespace inflaton::ui
