// toy-simulate
#include "core/api/simulate.h"
#include "app/cli/command.h"
#include "core/api/number_text.h"

namespace inflaton::cli {
namespace {

const char* laneName(Direction d) {
  switch (d) {
    case Direction::inflation:
      return "inflation";
    case Direction::roundTrip:
      return "round trip";
    case Direction::generation:
      return "generation";
  }
  return "";
}

nlohmann::json resultJson(const Simulation& s, bool ofFile, const std::vector<std::string>& files) {
  nlohmann::json result{{"files", files},
                        {"data_name", s.data_name},
                        {"schedule", s.schedule.name()},
                        {"points", s.data.n},
                        {"lanes", nlohmann::json::array()}};
  for (const Trajectory& lane : s.lanes)
    result["lanes"].push_back({{"direction", laneName(lane.direction)},
                               {"frames", lane.frames()},
                               {"steps", lane.steps},
                               {"rejected", lane.rejected},
                               {"evaluations", lane.evaluations},
                               {"seconds", lane.seconds}});
  if (ofFile && s.data.origin) result["rows"] = rowsText(s.data), result["data"] = originJson(*s.data.origin);
  if (!s.roundTripError.empty())
    result["round_trip_rmse"] = {{"all", s.roundTripRmse}, {"kept", s.roundTripRmseKept}, {"compressed", s.roundTripRmseCompressed}};
  return result;
}

/// ofFile: the points are rows of the data file, and not given beside it.
std::string summaryText(const Simulation& s, bool ofFile, const std::vector<std::string>& files) {
  const std::string rows = ofFile ? rowsText(s.data) : std::string();
  std::string out = s.data_name + ", " + s.schedule.name() + ", " + (rows.empty() ? std::to_string(s.data.n) + " points" : rows) + "\n";
  for (const Trajectory& lane : s.lanes) {
    out += formatted("%-11s %5d steps %6d evaluations %8.2f s\n", laneName(lane.direction), lane.steps, lane.evaluations, lane.seconds);
  }
  if (!s.roundTripError.empty()) {
    out += formatted("round-trip RMSE %.3g", s.roundTripRmse);
    if (!s.schedule.preserving())
      out += formatted(" (kept axes %.3g, compressed axes %.3g)", s.roundTripRmseKept, s.roundTripRmseCompressed);
    out += "\n";
  }
  for (const std::string& file : files) out += "wrote " + file + "\n";
  return out;
}

int simulate(const ToySimulateOptions& options, Console& console) {
  const Interrupt interrupt(Interrupt::First::cancel, console);
  const JobContext context = jobContext(interrupt, console);
  const auto simulation = simulateToy(options, context);
  if (!simulation) return console.failed(simulation.error());
  const auto files = saveSimulation(**simulation, options, context);
  if (!files) return console.failed(files.error());
  return console.finished(resultJson(**simulation, options.initial.empty(), *files),
                          summaryText(**simulation, options.initial.empty(), *files));
}

ToySimulateOptions baseOptions(const Request& request) {
  ToySimulateOptions o;
  // 0 stands for "from tmax" only when nothing is typed: a typed step of 0 is a slip.
  if (request.given.count("h") &&
      std::get<double>(parseParameter(*parameterTable<ToySimulateOptions>().find("h"), request.typed("h"))) == 0)
    throw Error(ErrorCode::usage, "h is 0; allowed: 0 < h <= 10", "Leave it out to spread the steps up to tmax.");
  if (request.typed("source") == "net") takeFromNetwork(request, o, o, request.typed("initial").empty());
  return o;
}

}  // namespace

Command simulateCommand() {
  JobCommand<ToySimulateOptions> job;
  job.base = baseOptions;
  job.wouldWrite = simulationFiles;
  job.outputs = [](const ToySimulateOptions& o) { return std::vector{asFolder(o.save_dir)}; };
  job.missingFolders = MissingFolders::made;
  job.run = simulate;
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
