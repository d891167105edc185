#pragma once
// What inflaton-cli can do, as data: parsing, help, completion and the option reference all read this list.
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/console.h"
#include "app/cli/interrupt.h"
#include "core/api/error.h"
#include "core/api/options.h"
#include "core/api/parameters.h"
#include "core/api/writable.h"

namespace inflaton::cli {

/// What the user typed for one command, still as text.
struct Request {
  std::map<std::string, std::string> given;  ///< parameter name -> text
  std::vector<std::string> words;            ///< positional words that are no parameter
  bool json = false;
  bool dryRun = false;
  /// The text given for a parameter; empty when it was not typed.
  std::string typed(const std::string& name) const { return given.count(name) ? given.at(name) : std::string(); }
};

struct Command {
  std::string name, summary;              ///< the name may be two words: "residuals extract"
  const ParameterTable* table = nullptr;  ///< nullptr: no options of its own
  const void* defaults = nullptr;         ///< an options struct of the table's type
  std::vector<std::string> words;         ///< choices of one positional word that is no parameter
  bool hidden = false;
  bool writes = false;                               ///< has --dry_run
  std::function<int(const Request&, Console&)> run;  ///< returns the exit code
};

const std::vector<Command>& commands();
const Command* findCommand(const std::string& name);
/// Second words of the commands that begin with `word`; empty when it begins none.
std::vector<std::string> secondWords(const std::string& word);

/// A switch that commands share; declared here, once.
struct Switch {
  std::string name, shortName, help;
  bool onlyWriting;  ///< only for commands that write
};
const std::vector<Switch>& switches();
/// The switches of one command.
std::vector<Switch> switchesOf(const Command&);

/// Sets the typed texts in an options struct. Throws Error(usage) naming field, value and allowed range.
void applyGiven(const ParameterTable&, void* options, const std::map<std::string, std::string>& given);

/// Says so of what was typed, is not the default, and does not matter with the other options (ParameterInfo::when).
void noteUnused(const ParameterTable&, const void* options, const void* defaults, const Request&, Console&);

/// What a job is given: the user's signals to stop, the console for what it says.
JobContext jobContext(const Interrupt&, Console&);

/// A folder that holds files, as checkOutputs has it: "runs/"; "./" where `folder` is empty.
std::string asFolder(const std::string& folder);

/// Throws Error unless each of these can be written (core/api/writable.h): before any work, and in a dry run. Of a folder whose number is
/// not known yet ("runs/NNNNN-<data>/") its parent is asked.
void checkOutputs(const std::vector<std::string>& paths, MissingFolders);

/// As it is meant: a data file that is named is the data. Throws Error(usage) for files and folders that are typed as nothing, such as an
/// unset variable of a shell, which would otherwise stand for what is not named.
Request settled(const ParameterTable&, Request);

/// The things in which one job's command differs from another's.
template <class O>
struct JobCommand {
  /// Values that stand behind what was typed (a preset, a run to go on from, a network's schedule).
  std::function<O(const Request&)> base = [](const Request&) { return O{}; };
  std::function<std::vector<std::string>(const O&)> wouldWrite;
  /// Cheap where wouldWrite is not, and asked before every run: files, or folders that end in '/'. Empty: what wouldWrite says.
  std::function<std::vector<std::string>(const O&)> outputs;
  MissingFolders missingFolders = MissingFolders::refused;  ///< as the job does it
  std::function<int(const O&, Console&)> run;
  /// What a dry run tells beside command, options and files: a JSON object. May be empty.
  std::function<nlohmann::json(const O&)> alsoPlanned;
};

template <class O>
Command jobCommand(JobCommand<O> job) {
  static const O defaults{};
  const ParameterTable& table = parameterTable<O>();
  Command command;
  command.name = table.command;
  command.summary = table.summary;
  command.table = &table;
  command.defaults = &defaults;
  command.writes = true;
  command.run = [job = std::move(job), &table](const Request& typed, Console& console) {
    const Request request = settled(table, typed);
    O options = job.base(request);
    applyGiven(table, &options, request.given);
    validate(options);
    checkOutputs(job.outputs ? job.outputs(options) : job.wouldWrite(options), job.missingFolders);
    if (!request.dryRun) {
      noteUnused(table, &options, &defaults, request, console);
      return job.run(options, console);
    }
    const auto files = job.wouldWrite(options);
    checkOutputs(files, job.missingFolders);
    nlohmann::json plan{{"command", commandLine(options)}, {"options", toJson(options)}, {"would_write", files}};
    if (job.alsoPlanned) plan.update(job.alsoPlanned(options));
    return console.dryRun(plan);
  };
  return command;
}

/// The network that is named, if any, brings its own data set and schedule; what is typed beside it wins, and is then held against the
/// network. Own points must be there as they were, unless others are typed or (needsPoints false) the command looks at none.
/// Throws Error when the network cannot be read, and saying what is missing of its data.
void takeFromNetwork(const Request&, DataOptions&, ScheduleOptions&, bool needsPoints = true);

Command trainCommand();
Command simulateCommand();
Command evaluateCommand();
Command residualsExtractCommand();
Command residualsCorrelateCommand();
Command densityCommand();
Command coverageCommand();
Command marginalCommand();
Command sbcCommand();
Command mcmcCommand();
Command hmcDemoCommand();
Command compareCommand();
Command importCommand();
Command exportCommand();
Command infoCommand();
Command presetsCommand();
Command completionCommand();
Command referenceCommand();

}  // namespace inflaton::cli
