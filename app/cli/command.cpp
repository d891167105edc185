#include "app/cli/command.h"

#include "core/api/networks.h"
#include "core/api/points.h"
#include "core/api/relevance.h"
#include "core/api/trajectory.h"

namespace inflaton::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> all{trainCommand(),
                                        simulateCommand(),
                                        evaluateCommand(),
                                        residualsExtractCommand(),
                                        residualsCorrelateCommand(),
                                        densityCommand(),
                                        coverageCommand(),
                                        marginalCommand(),
                                        sbcCommand(),
                                        mcmcCommand(),
                                        hmcDemoCommand(),
                                        compareCommand(),
                                        importCommand(),
                                        exportCommand(),
                                        infoCommand(),
                                        presetsCommand(),
                                        completionCommand(),
                                        referenceCommand()};
  return all;
}

const Command* findCommand(const std::string& name) {
  for (const Command& command : commands())
    if (command.name == name) return &command;
  return nullptr;
}

std::vector<std::string> secondWords(const std::string& word) {
  std::vector<std::string> words;
  for (const Command& command : commands())
    if (command.name.size() > word.size() + 1 && command.name.compare(0, word.size() + 1, word + " ") == 0)
      words.push_back(command.name.substr(word.size() + 1));
  return words;
}

void takeFromNetwork(const Request& request, DataOptions& data, ScheduleOptions& schedule, bool needsPoints) {
  const std::string path = request.typed("network");
  if (path.empty()) return;
  const auto network = networkInfo(path);
  if (!network) throw Error(network.error().code, network.error().message, network.error().hint);
  schedule = network->scheduleOptions;
  schedule.data_dim = 0;  // the data's own; held against the network when they are known
  const std::string name = request.typed("data_name");
  if (!name.empty() && name != "file") return;  // others are asked for
  const bool named = !request.typed("data_file").empty();
  takeDataOf(*network, data, needsPoints && !named);
}

const std::vector<Switch>& switches() {
  static const std::vector<Switch> all{
      {"json", "", "Progress and result as one JSON object a line on stderr.", false},
      {"dry_run", "n", "Check everything, print the resolved options as JSON and what would be written; write nothing.", true},
      {"help", "h", "Print this help.", false},
  };
  return all;
}

std::vector<Switch> switchesOf(const Command& command) {
  std::vector<Switch> own;
  for (const Switch& s : switches())
    if (!s.onlyWriting || command.writes) own.push_back(s);
  return own;
}

std::string asFolder(const std::string& folder) { return folder.empty() ? "./" : folder + "/"; }

void checkOutputs(const std::vector<std::string>& paths, MissingFolders missing) {
  for (const std::string& path : paths) {
    const auto number = path.find("/NNNNN-");
    const auto checked = checkWritable(number == std::string::npos ? path : path.substr(0, number + 1), missing);
    if (!checked) throw Error(checked.error().code, checked.error().message, checked.error().hint);
  }
}

Request settled(const ParameterTable& table, Request request) {
  for (const Parameter& p : table.parameters) {
    const bool file = p.kind == ParameterKind::file, folder = p.kind == ParameterKind::folder;
    if ((file || folder) && request.given.count(p.name) && request.typed(p.name).empty())
      throw Error(ErrorCode::usage, p.name + " is empty",
                  std::string("Name a ") + (file ? "file" : "folder") + ", or leave --" + p.name + " out.");
  }
  if (request.given.count("data_file") && !request.given.count("data_name")) request.given["data_name"] = "file";
  return request;
}

void noteUnused(const ParameterTable& table, const void* options, const void* defaults, const Request& request, Console& console) {
  for (const Parameter& p : table.parameters) {
    if (!request.given.count(p.name) || p.get(options) == p.get(defaults)) continue;
    if (const std::string text = noEffectText(table, p, options); !text.empty()) console.note(text);
  }
}

JobContext jobContext(const Interrupt& interrupt, Console& console) {
  JobContext context;
  context.stop = interrupt.stop();
  context.finish = interrupt.finish();
  context.progress = [&](const Progress& p) { console.progress(p); };
  context.log = [&](const std::string& line) { console.log(line); };
  return context;
}

void applyGiven(const ParameterTable& table, void* options, const std::map<std::string, std::string>& given) {
  for (const auto& [name, text] : given) {
    const Parameter* parameter = table.find(name);
    if (!parameter) throw Error(ErrorCode::usage, table.command + " has no option --" + name);
    const ParameterValue value = parseParameter(*parameter, text);
    validateParameter(*parameter, value);
    parameter->set(options, value);
  }
}

}  // namespace inflaton::cli
