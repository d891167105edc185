#include "core/calibration/chains/resume.h"

#include <filesystem>

#include "core/api/json_text.h"
#include "core/api/resumed.h"

namespace fs = std::filesystem;

namespace inflaton {

ToyMcmcOptions storedOptions(const std::string& folder) {
  const fs::path path = fs::path(folder) / "options.json";
  if (!fs::exists(path))
    throw Error(ErrorCode::usage, "resume is " + folder + ", which holds no run; allowed: a run folder of toy-mcmc",
                "It has options.json and checkpoint.npz in it.");
  const auto description = readJsonOrNull(path.string());
  if (!description.is_object() || !description.contains("options") || !description["options"].contains("mcmc_n"))
    throw Error(ErrorCode::failed, path.string() + " does not hold the options of a toy-mcmc run",
                "The file was damaged, or the folder is another command's.");
  ToyMcmcOptions o;
  fromJson(o, description["options"], path.string());
  return o;
}

ToyMcmcOptions resumedOptions(const ToyMcmcOptions& asked) {
  ToyMcmcOptions options = resumedFrom(storedOptions(asked.resume), asked, asked.resume);
  options.resume = asked.resume;
  return options;
}

}  // namespace inflaton
