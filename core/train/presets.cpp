// Named sets of training options: resources/presets/toy-train/<name>.json with title, about and options.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/api/json_text.h"
#include "core/api/system.h"
#include "core/api/train.h"
#include "core/io/input_file.h"

namespace fs = std::filesystem;
using nlohmann::json;

namespace inflaton {
namespace {

std::string folder() { return resourceFolder() + "/presets/toy-train"; }

std::vector<std::string> names() {
  std::vector<std::string> all;
  std::error_code fault;
  for (fs::directory_iterator it(folder(), fault), end; !fault && it != end; it.increment(fault))
    if (it->path().extension() == ".json") all.push_back(it->path().stem().string());
  if (fault)
    throw Error(ErrorCode::failed, folder() + ": cannot list the presets (" + fault.message() + ")",
                "Set INFLATON_RESOURCES to Inflaton's resources folder.");
  std::sort(all.begin(), all.end());
  return all;
}

json read(const std::string& name) {
  const std::string path = folder() + "/" + name + ".json";
  const auto preset = readJsonObject(path);
  for (const auto& [field, value] : preset.items())
    if (field != "title" && field != "about" && field != "options")
      throwBadFile(path, "has the unknown field \"" + field + "\"; known: title, about, options");
  for (const char* field : {"title", "about"})
    if (!preset.contains(field) || !preset[field].is_string()) throwBadFile(path, std::string("has no text \"") + field + "\"");
  if (!preset.contains("options") || !preset["options"].is_object()) throwBadFile(path, "has no object \"options\"");
  return preset;
}

}  // namespace

ToyTrainOptions trainPreset(const std::string& name) {
  const auto known = names();
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    std::string list;
    for (const auto& n : known) list += (list.empty() ? "" : ", ") + n;
    throw Error(ErrorCode::usage, "preset is \"" + name + "\"; allowed: " + list);
  }
  ToyTrainOptions options;
  fromJson(options, read(name)["options"], folder() + "/" + name + ".json");
  options.preset = name;
  return options;
}

std::vector<PresetInfo> trainPresets() {
  std::vector<PresetInfo> infos;
  for (const auto& name : names()) {
    const auto preset = read(name);
    infos.push_back({name, preset["title"].get<std::string>(), preset["about"].get<std::string>()});
  }
  return infos;
}

}  // namespace inflaton
