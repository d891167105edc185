// The job behind marginal-posterior: latents pushed once, kernel sums, and a posterior three numbers wide.
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/calibration.h"
#include "core/api/job.h"
#include "core/api/json_text.h"
#include "core/api/options.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/calibration/posterior/marginal_run.h"
#include "core/calibration/posterior/mixture_experiment.h"
#include "core/io/npz.h"

namespace inflaton {
namespace {

std::vector<double> givenObservations(const std::string& path) {
  auto file = readNpy<double>(path);
  if (file.info.shape.size() != 2 || file.info.shape[0] < 1 || file.info.shape[1] != 2)
    throw Error(ErrorCode::usage, "observations: " + path + " must hold an array [n, 2] with n >= 1");
  for (std::size_t i = 0; i < file.values.size(); ++i)
    if (!std::isfinite(file.values[i]))
      throw Error(ErrorCode::failed, "observations: row " + std::to_string(i / 2) + " of " + path + " is not finite");
  return std::move(file.values);
}

std::shared_ptr<const MarginalPosterior> compute(const MarginalOptions& o, const JobContext& context) {
  validate(o);
  useThreads(context.threads(o.threads));
  const StopScope stops(context);
  const auto began = std::chrono::steady_clock::now();
  auto r = std::make_shared<MarginalPosterior>();
  r->command = commandLine(o);
  std::vector<double> x;
  if (!o.observations.empty()) x = givenObservations(o.observations);
  auto experiment = makeMixtureExperiment(o, context, x.empty());
  const PointSet& data = experiment.problem.start;
  if (data.units()) r->origin = data.origin;
  if (!x.empty()) sayUnits(experiment.problem, o, o, "observations", context);
  if (!x.empty() && data.units() && o.units == "own") {
    // The map's values are scaled data coordinates at t = 0.
    const auto& problem = experiment.problem;
    const double scale = problem.schedule.s(0, problem.denoiser->basis().eigenvalues.front());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = scale * (x[i] - data.units()->offset[i % 2]) / data.units()->scale[i % 2];
  }
  if (x.empty()) {
    x = std::move(experiment.truth.x);
    r->truth.assign(experiment.mixture.truth.begin(), experiment.mixture.truth.end());
  }
  r->table = experiment.table;
  integrateMarginal(*r, *experiment.map, experiment.mixture, x, o, context);
  r->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return r;
}

void save(const MarginalPosterior& r, const MarginalOptions& o) {
  NpzWriter w(o.output);
  const auto G = static_cast<std::int64_t>(r.at.size());
  w.add("draws", std::span<const float>(r.draws), {static_cast<std::int64_t>(r.draws.size() / 3), 3});
  w.add("mean", std::span<const double>(r.mean), {3});
  w.add("sd", std::span<const double>(r.sd), {3});
  w.add("covariance", std::span<const double>(r.covariance), {3, 3});
  w.add("mean_error", std::span<const double>(r.meanError), {3});
  w.add("at", std::span<const double>(r.at), {G});
  w.begin<double>("density", {3, G});
  for (const auto& density : r.density) w.append(std::span<const double>(density));
  if (!r.truth.empty()) w.add("truth", std::span<const double>(r.truth), {3});
  nlohmann::json meta{{"program", std::string("Inflaton ") + programVersion()},
                      {"command", commandLine(o)},
                      {"options", toJson(o)},
                      {"seed", o.seed},
                      {"observations", r.observations},
                      {"points", r.points},
                      {"mean_error", "standard error of mean from the quasi-Monte Carlo"},
                      {"density", "of each weight at the values `at`"},
                      {"table", {{"cells", r.table.cells}, {"mean", r.table.mean}, {"q99", r.table.q99}, {"max", r.table.max}}}};
  if (std::isfinite(r.logEvidence)) meta["log_evidence"] = r.logEvidence;
  if (r.origin) meta["data"] = originJson(*r.origin);
  w.addText("meta", jsonText(meta));
  w.commit();
}

}  // namespace

Expected<std::shared_ptr<const MarginalPosterior>> marginalPosterior(const MarginalOptions& o, const JobContext& context) {
  return atEdge([&] { return compute(o, context); });
}

Expected<void> saveMarginal(const MarginalPosterior& r, const MarginalOptions& o) {
  return atEdge([&] { save(r, o); });
}

}  // namespace inflaton
