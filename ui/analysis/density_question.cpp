#include "ui/analysis/density_question.h"

#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include "ui/export/npy.h"

namespace inflaton::ui {

DensityOptions densityQuestion(const Simulation& simulation, double t) {
  ToySimulateOptions flow;
  fromJson(flow, nlohmann::json::parse(simulation.optionsJson), "options of the flow");
  DensityOptions o;
  static_cast<DenoiserOptions&>(o) = flow;
  o.t = t;
  o.tolerance = 1e-4;  // a colour map shows no more
  return o;
}

double firstDensityTime(const Simulation& simulation) {
  return simulation.source == "discrete" && simulation.schedule.proportional() ? 0.02 : 0;
}

Expected<std::shared_ptr<const DensityResult>> densityAt(const std::vector<float>& points, int dim, DensityOptions options,
                                                         const DensityFunction& ask, const JobContext& context) {
  const QTemporaryDir folder;
  if (!folder.isValid())
    return tl::unexpected(
        JobError{ErrorCode::failed, "no temporary folder: " + folder.errorString().toStdString(), "Make room on the disk, or set TMPDIR."});
  options.points = folder.filePath("points.npy").toStdString();
  options.grid = 0;
  if (const auto written = atEdge([&] { writeNpy(QString::fromStdString(options.points), points, dim); }); !written)
    return tl::unexpected(written.error());
  return ask(options, context);
}

}  // namespace inflaton::ui
