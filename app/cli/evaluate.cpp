// evaluate
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "core/api/jobs.h"

namespace inflaton::cli {

Command evaluateCommand() {
  JobCommand<EvaluateOptions> job;
  job.wouldWrite = [](const EvaluateOptions& o) { return std::vector<std::string>{o.output}; };
  job.run = [](const EvaluateOptions& options, Console& console) {
    const Interrupt interrupt(Interrupt::First::cancel, [&](const std::string& what) { console.note(what); });
    JobContext context;
    context.stop = interrupt.stop();
    context.progress = [&](const Progress& p) { console.progress(p); };
    context.log = [&](const std::string& line) { console.log(line); };
    const auto done = evaluateNetwork(options, context);
    if (!done) return console.failed(done.error());
    console.finished({{"files", {options.output}}}, "wrote " + options.output + "\n");
    return 0;
  };
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
