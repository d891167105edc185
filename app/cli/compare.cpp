// compare-solvers
#include "core/api/compare.h"

#include "app/cli/command.h"
#include "core/api/number_text.h"

namespace inflaton::cli {
namespace {

nlohmann::json resultJson(const WorkPrecision& r, const std::vector<std::string>& files) {
  nlohmann::json result{
      {"files", files}, {"euler_error", r.eulerError}, {"reference_error", r.referenceError}, {"curves", nlohmann::json::array()}};
  for (const SolverCurve& c : r.curves)
    result["curves"].push_back({{"solver", c.solver}, {"evaluations", c.evaluations}, {"error", c.error}});
  return result;
}

std::string summaryText(const WorkPrecision& r, const std::vector<std::string>& files) {
  std::string out = "solver           evaluations   mean error (latent sd)\n";
  for (const SolverCurve& c : r.curves)
    for (std::size_t k = 0; k < c.evaluations.size(); ++k)
      out += formatted("%-16s %11d   %.3g%s\n", c.solver, c.evaluations[k], c.error[k],
                       r.eulerError > 0 && c.error[k] <= r.eulerError ? "  *" : "");
  if (r.eulerError > 0) out += formatted("* no worse than the reference's 701 Euler points (%.3g)\n", r.eulerError);
  out += formatted("the converged solution itself is good to %.1g\n", r.referenceError);
  for (const std::string& file : files) out += "wrote " + file + "\n";
  return out;
}

std::vector<std::string> wouldWrite(const CompareSolversOptions& o) {
  return o.output.empty() ? std::vector<std::string>() : std::vector{o.output};
}

int compare(const CompareSolversOptions& options, Console& console) {
  const Interrupt interrupt(Interrupt::First::cancel, console);
  const auto result = compareSolvers(options, jobContext(interrupt, console));
  if (!result) return console.failed(result.error());
  return console.finished(resultJson(*result, wouldWrite(options)), summaryText(*result, wouldWrite(options)));
}

}  // namespace

Command compareCommand() {
  JobCommand<CompareSolversOptions> job;
  job.base = [](const Request& request) {
    CompareSolversOptions o;
    if (request.typed("source") == "net") takeFromNetwork(request, o, o);
    return o;
  };
  job.wouldWrite = wouldWrite;
  job.run = compare;
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
