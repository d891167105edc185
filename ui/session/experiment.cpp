#include "ui/session/experiment.h"

#include <QCoreApplication>
#include <algorithm>

#include "core/api/schedule.h"
#include "core/api/solver_table.h"
#include "core/api/train.h"
#include "core/api/trajectory.h"

namespace inflaton::ui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("Experiment", text); }

bool possible(const ScheduleOptions& s, int dim) {
  try {
    Schedule::make(s, dim);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

QString scorePoints(const DenoiserOptions& o) {
  const auto count = o.references > 0 ? o.references : sampleCount(o, o.total_samples);
  return count > 0 ? tr("%1 points").arg(count) : tr("all rows of the file");
}

const ToySetInfo* setInfo(const std::string& id) {
  for (const ToySetInfo& set : toySets())
    if (set.id == id) return &set;
  return nullptr;
}

int dimOf(const DataOptions& data, int fileDim) {
  if (data.augment_to > 0) return static_cast<int>(data.augment_to);
  const ToySetInfo* set = setInfo(data.data_name);
  return set ? set->dim : fileDim;
}

QStringList fitDimensions(Experiment& e, int before, int dim) {
  QStringList said;
  if (e.flow.augment_to > 0 && e.flow.augment_to < dim) {
    said << tr("an embedding in %1 dimensions has no room for these points: they are not embedded now").arg(e.flow.augment_to);
    e.flow.augment_to = 0;
  }
  if (e.flow.augment_to == 0) e.flow.augment_noise = 0;
  const std::int64_t full = std::max<std::int64_t>(dim, e.flow.augment_to);
  e.flow.data_dim = 0;
  if (before > 0 && e.flow.dims_to_keep >= before) e.flow.dims_to_keep = 0;  // all of them: PRP, whatever the dimension
  if (full > 0 && e.flow.dims_to_keep >= full) {
    said << tr("PRR to %1D needs more than %2 dimensions: it is PRR to %3D now").arg(e.flow.dims_to_keep).arg(full).arg(full - 1);
    e.flow.dims_to_keep = full - 1;
  }
  return said;
}

QStringList settleInflation(Experiment& e, int dim) {
  QStringList said;
  if (e.flow.schedule != "paper") return said;
  ScheduleOptions relaxed = e.flow;  // is it the gap, and not something else?
  relaxed.schedule = "reference";
  if (dim > 0 && !possible(e.flow, dim) && possible(relaxed, dim)) {
    ScheduleOptions softened = e.flow;
    softened.g_rescaling = 0.15;
    if (possible(softened, dim)) {
      said << tr("a gap of %L1 would stop an axis of the proportional inflation: softened (rescale g 0.15)");
    } else {
      softened.g_type = "constant_inflation_gap";
      softened.inflation_gap = 0.5;
      softened.g_rescaling = 1;
      said << tr("a gap of %L1 would stop an axis of the proportional inflation: the gap is constant, 0.5, now");
    }
    const Schedule before = Schedule::make(relaxed, dim);
    said.back() = said.back().arg(before.g().front() - before.g().back(), 0, 'g', 3);
    static_cast<ScheduleOptions&>(e.flow) = softened;
    e.followFlow();
  }
  if (const SolverInfo& solver = solverInfo(e.flow.solver); solver.scaled()) {
    e.flow.solver = ToySimulateOptions{}.solver;
    said << tr("%1 steps in the reference's schedule: the solver is %2 now")
                .arg(QString::fromStdString(solver.name), QString::fromStdString(solverInfo(e.flow.solver).name));
  }
  if (e.train.precond != "ifs") {
    said << tr("EDM's preconditioning knows one noise level for all axes: it is the flow's own now");
    e.train.precond = "ifs";
  }
  return said;
}

ToyTrainOptions withPreset(const ToyTrainOptions& now, const std::string& name) {
  ToyTrainOptions next = trainPreset(name);
  static_cast<DataOptions&>(next) = now;
  static_cast<ScheduleOptions&>(next) = now;
  static_cast<RunOptions&>(next) = now;
  next.outdir = now.outdir;
  next.desc = now.desc;
  return next;
}

}  // namespace inflaton::ui
