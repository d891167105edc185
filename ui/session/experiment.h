#pragma once
// What the user has set up: one choice of data, schedule and seed, shared by training and flow, and what each adds to it.
#include <QStringList>

#include "core/api/options.h"
#include "core/api/points.h"

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

/// "1000 points", "all rows of the file": what the exact score is made of.
QString scorePoints(const DenoiserOptions&);
/// nullptr: no toy set of that name.
const ToySetInfo* setInfo(const std::string& id);
/// Dimensions of the points that flow: of the set, of the user's file (`fileDim`), or those it is embedded in.
int dimOf(const DataOptions&, int fileDim);
/// Another data set of `dim` dimensions (0: not known) under the same schedule: PRP stays PRP, PRR keeps as many axes as it did where it
/// can. `before`: dimensions of the points until now, which tell PRP where as many axes are kept as there were. Says what had to change.
QStringList fitDimensions(Experiment&, int before, int dim);
/// The proportional inflation takes no gap that stops an axis, no solver of the reference and no preconditioning of EDM: puts what can run
/// in their place, and says what it did. Empty: nothing to do. `dim` 0: not known yet.
QStringList settleInflation(Experiment&, int dim);
/// Training knobs of a preset only: those of data, schedule and run keep what the user has chosen. Throws as trainPreset.
ToyTrainOptions withPreset(const ToyTrainOptions& now, const std::string& name);

}  // namespace inflaton::ui
