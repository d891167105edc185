// residuals extract and residuals correlate
#include <filesystem>

#include "app/cli/command.h"
#include "core/api/networks.h"
#include "core/api/residuals.h"

namespace inflaton::cli {
namespace {

namespace fs = std::filesystem;

int told(const Expected<std::string>& file, Console& console) {
  if (!file) return console.failed(file.error());
  return console.finished({{"files", {*file}}}, "wrote " + *file + "\n");
}

NetworkInfo infoOf(const std::string& network) {
  const auto info = networkInfo(network);
  if (!info) throw Error(info.error().code, info.error().message, info.error().hint);
  return *info;
}

/// "circles_PRRto1_toy_": the reference's word for a schedule has no D here.
std::string stemOf(const std::string& data, std::string schedule) {
  if (schedule.ends_with('D')) schedule.pop_back();
  return data + "_" + schedule + "_toy_";
}

}  // namespace

Command residualsExtractCommand() {
  JobCommand<ResidualsExtractOptions> job;
  job.base = [](const Request& request) {
    ResidualsExtractOptions o;
    ScheduleOptions network;
    takeFromNetwork(request, o, network);
    return o;
  };
  job.wouldWrite = [](const ResidualsExtractOptions& o) {
    const std::string data = o.data_name == "file" ? fs::path(o.data_file).stem().string() : o.data_name;
    return std::vector<std::string>{
        (fs::path(o.save_dir.empty() ? "." : o.save_dir) / (stemOf(data, infoOf(o.network).schedule) + "net_outputs_residuals.npz"))
            .string()};
  };
  job.outputs = [](const ResidualsExtractOptions& o) { return std::vector{asFolder(o.save_dir)}; };
  job.missingFolders = MissingFolders::made;
  job.run = [](const ResidualsExtractOptions& o, Console& console) {
    const Interrupt interrupt(Interrupt::First::cancel, console);
    return told(extractResiduals(o, jobContext(interrupt, console)), console);
  };
  return jobCommand(std::move(job));
}

Command residualsCorrelateCommand() {
  JobCommand<ResidualsCorrelateOptions> job;
  job.base = [](const Request& request) {
    ResidualsCorrelateOptions o;
    if (!request.typed("res_root").empty()) o.data_name = residualsDataName(request.typed("res_root"));
    return o;
  };
  job.wouldWrite = [](const ResidualsCorrelateOptions& o) { return std::vector<std::string>{correlationsFile(o)}; };
  job.missingFolders = MissingFolders::made;
  job.run = [](const ResidualsCorrelateOptions& o, Console& console) {
    const Interrupt interrupt(Interrupt::First::cancel, console);
    return told(correlateResiduals(o, jobContext(interrupt, console)), console);
  };
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
