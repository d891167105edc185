#include "core/api/solver_choice.h"

#include <algorithm>
#include <utility>

#include "core/api/coverage.h"
#include "core/api/mcmc.h"
#include "core/api/options.h"

namespace inflaton {
namespace {

std::string joined(const std::vector<std::string>& words, const std::string& between, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 == words.size() ? last : between) + words[i];
  return text;
}
std::string list(const std::vector<std::string>& words) { return joined(words, ", ", ", "); }
std::string sentence(const std::vector<std::string>& words) { return joined(words, ", ", " and "); }

}  // namespace

SolverChoice::SolverChoice(std::optional<SolverUse> SolverInfo::*use, const std::string& standard) : use_(use) {
  for (const auto& solver : solverTable())
    if (solver.*use) solvers_.push_back(&solver);
  std::stable_partition(solvers_.begin(), solvers_.end(), [&](const SolverInfo* solver) { return solver->id == standard; });
}

std::vector<std::string> SolverChoice::ids() const {
  std::vector<std::string> all;
  for (const auto* solver : solvers_) all.push_back(solver->id);
  return all;
}

std::vector<std::string> SolverChoice::labels() const {
  std::vector<std::string> all;
  for (const auto* solver : solvers_) all.push_back(solver->label);
  return all;
}

std::vector<std::string> SolverChoice::idsOf(Property property) const {
  std::vector<std::string> all;
  for (const auto* solver : solvers_)
    if ((solver->*property)()) all.push_back(solver->id);
  return all;
}

std::string SolverChoice::those(Property property) const { return sentence(idsOf(property)); }
std::string SolverChoice::when(Property property) const { return "solver=" + joined(idsOf(property), "|", "|"); }
std::string SolverChoice::unless(Property property) const { return "solver!=" + joined(idsOf(property), "|", "|"); }

std::string SolverChoice::help() const {
  std::vector<std::pair<std::string, std::vector<std::string>>> told;  // what is said, and of which
  for (const auto* solver : solvers_) {
    const auto& detail = (solver->*use_)->detail;
    const std::string words = solver->help + (detail.empty() ? "" : ", ") + detail;
    auto found = std::find_if(told.begin(), told.end(), [&](const auto& entry) { return entry.first == words; });
    if (found == told.end()) found = told.insert(found, {words, {}});
    found->second.push_back(solver->id);
  }
  std::vector<std::string> parts;
  for (const auto& [words, ids] : told) parts.push_back(list(ids) + ": " + words);
  return joined(parts, "; ", "; ") + ".";
}

std::string SolverChoice::stepsHelp() const {
  const auto fixedAngle = [](const SolverInfo& s) { return s.angle() && s.stepping == SolverStepping::fixed; };
  std::vector<std::string> units, defaults;
  const auto tell = [&](const char* unit, const auto& belongs) {
    std::vector<std::string> ids;
    for (const auto* solver : solvers_) {
      if (!belongs(*solver)) continue;
      ids.push_back(solver->id);
      const auto& use = *(solver->*use_);
      defaults.push_back(use.stepsPerTime ? std::to_string(use.stepsPerTime) + " tmax" : std::to_string(use.steps));
    }
    if (!ids.empty()) units.push_back(unit + (" of " + sentence(ids)));
  };
  tell("evaluations", [](const SolverInfo& s) { return s.multistep(); });
  tell("steps", fixedAngle);
  tell("grid points", [](const SolverInfo& s) { return s.scaled(); });
  std::string text = list(units) + "; 0: " + sentence(defaults) + ".";
  text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

const SolverInfo& SolverChoice::at(const std::string& id) const {
  for (const auto* solver : solvers_)
    if (solver->id == id) return *solver;
  throw Error(ErrorCode::usage, "solver is \"" + id + "\"; allowed: " + list(ids()));
}

void SolverChoice::check(const std::string& solver, const std::string& schedule) const {
  if (schedule != "paper" || !at(solver).scaled()) return;
  const auto reference = idsOf(&SolverInfo::scaled);
  const bool one = reference.size() == 1;
  throw Error(
      ErrorCode::usage,
      "solver is " + solver + "; allowed with schedule paper: those of the angle form (" + list(idsOf(&SolverInfo::angle)) + ")",
      sentence(reference) + (one ? " is the reference's, and steps in its schedule." : " are the reference's, and step in its schedule."));
}

const SolverChoice& simulationSolvers() {
  static const SolverChoice choice(&SolverInfo::simulation, ToySimulateOptions{}.solver);
  return choice;
}
const SolverChoice& coverageSolvers() {
  static const SolverChoice choice(&SolverInfo::coverage, ToyCoverageOptions{}.solver);
  return choice;
}
const SolverChoice& mapSolvers() {
  static const SolverChoice choice(&SolverInfo::map, PosteriorOptions{}.solver);
  return choice;
}

}  // namespace inflaton
