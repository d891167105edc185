#include "ui/analysis/density_question.h"

#include "core/api/json_text.h"

namespace inflaton::ui {

DensityOptions densityQuestion(const Simulation& simulation, double t) {
  ToySimulateOptions flow;
  fromJson(flow, parseJsonObject(simulation.optionsJson, "options of the flow"), "options of the flow");
  DensityOptions o;
  static_cast<DenoiserOptions&>(o) = flow;
  o.t = t;
  o.tolerance = 1e-4;  // a colour map shows no more
  return o;
}

double firstDensityTime(const Simulation& simulation) {
  return simulation.source == "discrete" && simulation.schedule.proportional() ? 0.02 : 0;
}

Expected<std::shared_ptr<const DensityResult>> densityAt(std::vector<float> points, int dim, DensityOptions options,
                                                         const DensityFunction& ask, const JobContext& context) {
  auto asked = std::make_shared<PointSet>();
  asked->name = "what is asked";
  asked->dim = dim, asked->n = static_cast<std::int64_t>(points.size()) / dim;
  asked->values = std::move(points);
  options.grid = 0;
  return ask(options, context, {asked, {}});
}

}  // namespace inflaton::ui
