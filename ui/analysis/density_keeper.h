#pragma once
// Keeps the density map of the cursor's time: asks when the cursor has rested, coarse first, and remembers what was asked.
#include <QTimer>
#include <deque>

#include "ui/analysis/density_question.h"
#include "ui/jobs/job_bridge.h"
#include "ui/model/density_map.h"
#include "ui/model/view_state.h"

namespace inflaton::ui {

class DensityKeeper : public QObject {
  Q_OBJECT
 public:
  static constexpr int kCoarse = 48, kFine = 128;  ///< nodes a side
  static constexpr int kRest = 300;                ///< ms

  DensityKeeper(ViewState*, JobBridge*, DensityFunction, QObject* parent = nullptr);
  int jobs() const { return asked_; }  ///< how many were started; for tests

 Q_SIGNALS:
  void failed(const inflaton::JobError&);

 private:
  void follow();
  void ask();
  void take(std::shared_ptr<const DensityMap>);
  std::shared_ptr<const DensityMap> known(double t) const;

  ViewState* view_;
  JobBridge* jobs_;
  DensityFunction density_;
  QTimer rest_;
  std::deque<std::shared_ptr<const DensityMap>> kept_;  ///< of the simulation shown, newest first
  std::shared_ptr<const Simulation> refused_;           ///< that it failed for: not asked again
  double asking_ = -1;                                  ///< time of the job under way
  std::uint64_t ticket_ = 0, job_ = 0;
  int asked_ = 0;
};

}  // namespace inflaton::ui
