#pragma once
// What the user has set up: one choice of data, schedule and seed, shared by training and flow, and what each adds to it.
#include "core/api/options.h"

namespace inflaton::ui {

struct Experiment {
  ToyTrainOptions train;
  ToySimulateOptions flow;

  const DataOptions& data() const { return flow; }
  const ScheduleOptions& schedule() const { return flow; }
  /// The shared part of `flow` becomes that of `train`, or the other way round.
  void followFlow() {
    static_cast<DataOptions&>(train) = flow;
    static_cast<ScheduleOptions&>(train) = flow;
    static_cast<RunOptions&>(train) = flow;
  }
  void followTrain() {
    static_cast<DataOptions&>(flow) = train;
    static_cast<ScheduleOptions&>(flow) = train;
    static_cast<RunOptions&>(flow) = train;
  }
  bool operator==(const Experiment&) const = default;
};

}  // namespace inflaton::ui
