#include "core/calibration/chains/resume.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace fs = std::filesystem;

namespace inflaton {
namespace {

const std::set<std::string> kFree{"checkpoint", "threads", "save_trajs"};
const std::set<std::string> kOfFolder{"resume", "outdir", "desc", "nosubdir"};  // where it is, rather than what it does

}  // namespace

ToyMcmcOptions storedOptions(const std::string& folder) {
  const fs::path path = fs::path(folder) / "options.json";
  if (!fs::exists(path))
    throw Error(ErrorCode::usage, "resume is " + folder + ", which holds no run; allowed: a run folder of toy-mcmc",
                "It has options.json and checkpoint.npz in it.");
  std::ifstream in(path);
  const auto description = nlohmann::json::parse(in, nullptr, false);
  if (!description.is_object() || !description.contains("options") || !description["options"].contains("mcmc_n"))
    throw Error(ErrorCode::failed, path.string() + " does not hold the options of a toy-mcmc run",
                "The file was damaged, or the folder is another command's.");
  ToyMcmcOptions o;
  fromJson(o, description["options"], path.string());
  return o;
}

ToyMcmcOptions resumedOptions(const ToyMcmcOptions& asked) {
  const ToyMcmcOptions defaults;
  ToyMcmcOptions options = storedOptions(asked.resume);
  for (const auto& p : parameterTable<ToyMcmcOptions>().parameters) {
    const auto wanted = p.get(&asked), had = p.get(&options);
    if (kOfFolder.contains(p.name) || wanted == p.get(&defaults) || wanted == had) continue;
    const bool more = p.name == "mcmc_n" && std::get<std::int64_t>(wanted) > std::get<std::int64_t>(had);
    if (!more && !kFree.contains(p.name))
      throw Error(ErrorCode::usage,
                  p.name + " is " + formatParameter(wanted) + "; allowed when resuming " + asked.resume + ": " +
                      (p.name == "mcmc_n" ? "at least " : "") + formatParameter(had) + ", what the run was started with",
                  "Leave it out, or start a new run.");
    p.set(&options, wanted);
  }
  options.resume = asked.resume;
  return options;
}

}  // namespace inflaton
