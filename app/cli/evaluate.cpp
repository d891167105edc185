// evaluate
#include "app/cli/command.h"
#include "core/api/networks.h"

namespace inflaton::cli {

Command evaluateCommand() {
  JobCommand<EvaluateOptions> job;
  job.wouldWrite = [](const EvaluateOptions& o) { return std::vector<std::string>{o.output}; };
  job.run = [](const EvaluateOptions& options, Console& console) {
    const Interrupt interrupt(Interrupt::First::cancel, console);
    const auto done = evaluateNetwork(options, jobContext(interrupt, console));
    if (!done) return console.failed(done.error());
    return console.finished({{"files", {options.output}}}, "wrote " + options.output + "\n");
  };
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
