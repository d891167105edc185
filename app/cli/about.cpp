// info and presets: what this program is and what it knows.
#include "app/cli/command.h"
#include "core/api/json_text.h"
#include "core/api/points.h"
#include "core/api/system.h"
#include "core/api/train.h"

namespace inflaton::cli {
namespace {

int printInfo(const Request& request, Console& console) {
  useThreads(0);  // as jobs do: what is told is what they get
  const SystemInfo info = systemInfo();
  if (request.json) {
    nlohmann::json sets = nlohmann::json::array();
    for (const ToySetInfo& set : toySets()) sets.push_back({{"id", set.id}, {"title", set.title}, {"dim", set.dim}, {"about", set.about}});
    return console.print(jsonText(nlohmann::json{{"version", info.version},
                                                 {"torch", info.torch},
                                                 {"blas", info.blas},
                                                 {"compiler", info.compiler},
                                                 {"threads", info.threads},
                                                 {"cores", info.cores},
                                                 {"devices", info.devices},
                                                 {"warnings", info.warnings},
                                                 {"resources", resourceFolder()},
                                                 {"data_sets", sets}},
                                  2) +
                         "\n");
  }
  std::string text = "Inflaton   " + info.version + "\nLibTorch   " + info.torch + "\nBLAS       " + info.blas + "\ncompiler   " +
                     info.compiler + "\nthreads    " + std::to_string(info.threads) + " of " + std::to_string(info.cores) +
                     " cores\nresources  " + resourceFolder() + "\n";
  for (const std::string& device : info.devices) text += "device     " + device + "\n";
  for (const std::string& warning : info.warnings) text += "warning    " + warning + "\n";
  return console.print(text);
}

int printPresets(const Request& request, Console& console) {
  nlohmann::json list = nlohmann::json::array();
  std::string text;
  for (const PresetInfo& preset : trainPresets()) {
    list.push_back({{"name", preset.name}, {"title", preset.title}, {"about", preset.about}});
    text +=
        preset.name + std::string(preset.name.size() < 12 ? 12 - preset.name.size() : 1, ' ') + preset.title + ": " + preset.about + "\n";
  }
  return console.print(request.json ? jsonText(list, 2) + "\n" : text + "\nUse one with: inflaton-cli toy-train --preset NAME\n");
}

}  // namespace

Command infoCommand() {
  Command command;
  command.name = "info";
  command.summary = "Versions, devices, threads and linear algebra; warns about what would make it slow.";
  command.run = printInfo;
  return command;
}

Command presetsCommand() {
  Command command;
  command.name = "presets";
  command.summary = "The training presets and what each is for.";
  command.run = printPresets;
  return command;
}

}  // namespace inflaton::cli
