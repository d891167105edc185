// inflaton-cli: every job of the window without a window.
#include <csignal>

#include "app/cli/arguments.h"
#include "app/cli/help.h"
#include "core/api/data_sets.h"
#include "core/api/job.h"
#include "core/api/standard_streams.h"
#include "core/api/system.h"
#include "core/api/utf8.h"

int main(int argc, char** argv) {
  using namespace inflaton;
  using namespace inflaton::cli;
  openStandardStreams();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away must not kill a training
  std::signal(SIGXFSZ, SIG_IGN);  // a file over the user's limit is a failed write, told in words
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  bool json = false;
  for (const std::string& a : arguments) json = json || a == "--json";
  Console console(json);
  try {
    freezeDataSets();
    for (const std::string& a : arguments)  // before anything is read or written: what a run records of them is JSON
      if (!isUtf8(a))
        throw Error(ErrorCode::usage, "\"" + shownUtf8(a) + "\" is not UTF-8; allowed: arguments and names of files in UTF-8",
                    "Rename the file, for instance with convmv.");
    const Parsed parsed = parseArguments(arguments);
    if (parsed.version) return console.print(std::string("inflaton-cli ") + programVersion() + "\n");
    if (parsed.help) return console.print(parsed.command ? helpText(*parsed.command) : overviewText(parsed.family));
    if (!parsed.command) throw Error(ErrorCode::usage, "which command?", "inflaton-cli --help lists the commands");
    return parsed.command->run(parsed.request, console);
  } catch (...) {
    return console.failed(currentExceptionAsJobError());
  }
}
