#include "core/mcmc/checks.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/api/error.h"
#include "core/api/number_text.h"
#include "core/data/xoshiro.h"
#include "core/mcmc/adaptation.h"

namespace inflaton::mcmc {
namespace {

std::string number(double v) { return numberText(v); }

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::usage, message); }

bool finite(const std::vector<double>& v) {
  return std::all_of(v.begin(), v.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace

void checkSettings(const Settings& s, std::size_t chains) {
  if (chains == 0) refuse("chains is 0; at least 1 is needed");
  if (!(s.targetAccept > 0 && s.targetAccept < 1))
    refuse("target acceptance is " + number(s.targetAccept) + "; it must lie between 0 and 1, both excluded");
  if (!(s.stepSize > 0 && std::isfinite(s.stepSize))) refuse("step size is " + number(s.stepSize) + "; it must be positive and finite");
  if (s.draws < 1) refuse("draws is " + std::to_string(s.draws) + "; at least 1 is needed");
  if (s.warmup < 0) refuse("warm-up is " + std::to_string(s.warmup) + "; it must be 0 or more");
  if (!s.nuts && s.leapfrogs < 1) refuse("leapfrog steps is " + std::to_string(s.leapfrogs) + "; at least 1 is needed");
  if (s.nuts && (s.maxDepth < 1 || s.maxDepth > 30)) refuse("maximum depth is " + std::to_string(s.maxDepth) + "; it must lie in 1 to 30");
  if (!(s.maxEnergyError > 0)) refuse("maximum energy error is " + number(s.maxEnergyError) + "; it must be positive");
}

void checkStates(const std::vector<ChainState>& states, const Settings& settings, std::size_t size) {
  for (std::size_t k = 0; k < states.size(); ++k) {
    const ChainState& s = states[k];
    const auto broken = [&](const std::string& what) {
      throw Error(ErrorCode::failed, "the saved state of chain " + std::to_string(k) + " " + what);
    };
    for (const auto& [vector, name] : {std::pair{&s.q, "position"}, {&s.gradient, "gradient"}, {&s.inverseMetric, "metric"}})
      if (vector->size() != size)
        broken(std::string("has a ") + name + " of " + std::to_string(vector->size()) + " numbers; the target has " + std::to_string(size) +
               " parameters");
    if (!finite(s.q) || !finite(s.gradient) || !std::isfinite(s.logDensity))
      broken("has a position, gradient or log-density that is not finite");
    if (!finite(s.inverseMetric) || !std::all_of(s.inverseMetric.begin(), s.inverseMetric.end(), [](double v) { return v > 0; }))
      broken("has a metric that is not positive and finite");
    if (!(s.stepSize >= 0 && std::isfinite(s.stepSize))) broken("has the step size " + number(s.stepSize));
    if (s.generator.size() != Xoshiro::kWords ||
        std::all_of(s.generator.begin(), s.generator.end(), [](std::uint64_t w) { return w == 0; }))
      broken("has a generator that is none");
    if (s.iteration < 0 || s.iteration != states[0].iteration)
      broken("is " + std::to_string(s.iteration) + " transitions on, chain 0 is " + std::to_string(states[0].iteration));
    const bool warming = s.iteration < settings.warmup;
    // Before the first transition a search may be due even without warm-up.
    const std::size_t learnt = warming ? adaptationSize(size, settings.adaptMetric) : (s.iteration == 0 ? kAdaptationHead : 0);
    if (s.adaptation.size() != learnt)
      broken("carries " + std::to_string(s.adaptation.size()) + " numbers of adaptation, these settings need " + std::to_string(learnt));
    if (!finite(s.adaptation)) broken("carries adaptation that is not finite");
  }
}

void checkStart(std::size_t chain, const ChainState& s) {
  const std::string where = "the start of chain " + std::to_string(chain);
  if (!finite(s.q)) throw Error(ErrorCode::failed, where + " has a coordinate that is not finite");
  if (!std::isfinite(s.logDensity))
    throw Error(ErrorCode::failed, "the log-density at " + where + " is " + number(s.logDensity),
                "Start closer to where the posterior is.");
  const auto bad = std::find_if(s.gradient.begin(), s.gradient.end(), [](double v) { return !std::isfinite(v); });
  if (bad != s.gradient.end())
    throw Error(ErrorCode::failed,
                "the gradient of the log-density at " + where + " is " + number(*bad) + " for parameter " +
                    std::to_string(bad - s.gradient.begin()),
                "Start closer to where the posterior is.");
}

void throwCollapsed(std::size_t chain, double stepSize, std::int64_t iteration) {
  throw Error(ErrorCode::diverged,
              "the step size of chain " + std::to_string(chain) + " fell to " + number(stepSize) + " after " + std::to_string(iteration) +
                  " transitions: no step keeps the energy",
              "Use a smaller initial step or another start; if that does not help, the log-density has no smooth gradient there (a solver "
              "too coarse for it?).");
}

void checkStepSizes(const std::vector<ChainState>& states) {
  for (std::size_t k = 0; k < states.size(); ++k)
    if (!(states[k].stepSize >= kLeastStepSize)) throwCollapsed(k, states[k].stepSize, states[k].iteration);
}

}  // namespace inflaton::mcmc
