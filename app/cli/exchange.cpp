// import-network and export-network
#include "core/api/exchange.h"
#include "app/cli/command.h"

namespace inflaton::cli {
namespace {

template <class O, class Run, class Files>
Command exchangeCommand(const Run& run, const Files& files) {
  JobCommand<O> job;
  job.wouldWrite = files;
  job.run = [run, files](const O& options, Console& console) {
    const Interrupt interrupt(Interrupt::First::cancel, console);
    const auto done = run(options, jobContext(interrupt, console));
    if (!done) return console.failed(done.error());
    std::string text;
    for (const auto& file : files(options)) text += "wrote " + file + "\n";
    return console.finished({{"files", files(options)}}, text);
  };
  return jobCommand(std::move(job));
}

}  // namespace

Command importCommand() {
  return exchangeCommand<ImportNetworkOptions>(importNetwork,
                                               [](const ImportNetworkOptions& o) { return std::vector<std::string>{o.output}; });
}

Command exportCommand() {
  return exchangeCommand<ExportNetworkOptions>(exportNetwork, [](const ExportNetworkOptions& o) {
    return std::vector<std::string>{o.weights, o.configuration};
  });
}

}  // namespace inflaton::cli
