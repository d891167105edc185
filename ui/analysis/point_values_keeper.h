#pragma once
// Works out log-density and stretch of every point when a colour asks for them, once for each lane of a simulation.
#include <map>

#include "ui/analysis/density_question.h"
#include "ui/jobs/job_bridge.h"
#include "ui/model/point_values.h"
#include "ui/model/view_state.h"

namespace inflaton::ui {

class PointValuesKeeper : public QObject {
  Q_OBJECT
 public:
  PointValuesKeeper(ViewState*, JobBridge*, DensityFunction, QObject* parent = nullptr);
  bool working() const { return working_; }

 Q_SIGNALS:
  void failed(const inflaton::JobError&);
  void noted(const QString& message);

 private:
  void follow();
  void ask();
  ViewState* view_;
  JobBridge* jobs_;
  DensityFunction density_;
  std::map<Direction, std::shared_ptr<const PointValues>> known_;  ///< of the simulation shown
  std::map<Direction, bool> refused_;                              ///< failed or cancelled: not asked again by itself
  bool working_ = false;
  Direction workingLane_ = Direction::inflation;
  std::uint64_t ticket_ = 0, job_ = 0;
};

}  // namespace inflaton::ui
