#include "core/calibration/posterior/mixture_experiment.h"

#include <string>

#include "core/calibration/posterior/joint_target.h"
#include "core/machine/device.h"

namespace inflaton {

MixtureExperiment makeMixtureExperiment(const PosteriorOptions& o, const JobContext& context, bool observe) {
  const auto poll = [context] { context.throwIfStopped(); };
  context.report({o.source == "net" ? "loading the network" : "making the exact score", 0, 0, -1, {}});
  Problem problem = makeProblem(o, 1.0, at::kDouble, chooseDevice(o.device), poll, withoutOwnPoints(o, context));
  say(problem, context);
  const int dim = problem.denoiser->basis().dim;
  if (dim != 2)
    throw Error(ErrorCode::usage,
                (o.source == "net" ? "network " + o.network : "the data") + " has " + std::to_string(dim) + " dimensions; allowed: 2",
                "The experiment's latent mixture is two-dimensional.");
  const LatentMixture mixture = LatentMixture::ofPaper(LatentMixture::compressedVariance(o, problem));
  auto solver = solverMap(o, problem, poll);
  GroundTruth truth;
  if (observe) {
    context.report({"drawing observations", 0, 0, -1, {}});
    truth = drawGroundTruth(mixture, *solver, o.gt_n, o.gt_eps_mvn, static_cast<std::uint64_t>(o.seed));
  }
  TableReport table;
  auto map = o.map == "table" ? generativeMap(o, problem, table, context) : solver;
  return {std::move(problem), mixture, std::move(solver), std::move(map), table, std::move(truth)};
}

}  // namespace inflaton
