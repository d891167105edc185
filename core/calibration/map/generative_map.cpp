#include "core/calibration/map/generative_map.h"

#include <cmath>

#include "core/api/job.h"
#include "core/calibration/posterior/latent_mixture.h"

namespace inflaton {

std::shared_ptr<const GenerativeMap> generativeMap(const PosteriorOptions& o, const Problem& problem, TableReport& report,
                                                   const JobContext& context) {
  report = {};
  if (o.map != "solver" && o.map != "table") throw Error(ErrorCode::usage, "map is \"" + o.map + "\"; allowed: table, solver");
  auto solver = solverMap(o, problem, [context] { context.throwIfStopped(); });
  if (o.map == "solver") return solver;
  std::vector<double> sd;
  for (int j = 0; j < problem.schedule.dim(); ++j)
    sd.push_back(j < problem.schedule.dimsToKeep() ? 1 : std::sqrt(LatentMixture::compressedVariance(o, problem)));
  return tableMap(o, problem, std::move(solver), sd, report, context);
}

}  // namespace inflaton
