#pragma once
// Parameters are declared once: one options struct per job, and beside it one table with a row per field.
// Command line, JSON, validation, form, tooltips, "Copy as Command" and the option reference all read that table.
#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

#include "core/api/error.h"

namespace inflaton {

enum class ParameterKind { flag, integer, real, text, choice, file, folder };

using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

/// Whether a run may be gone on from with another value of a parameter. What nobody decided about is fixed, which is always safe.
enum class OnResume {
  fixed,   ///< must be what the run was started with: it shapes data, schedule, network or the order of random draws
  grows,   ///< may be larger
  free,    ///< may differ
  folder,  ///< where the run lies: the folder that is gone on from tells, not the option
};

/// What is known of one field, free of the struct it lives in.
struct ParameterInfo {
  std::string name;  ///< as in the reference's options, with underscores
  ParameterKind kind = ParameterKind::text;
  std::string label;  ///< for the form
  std::string help;   ///< one sentence
  std::string unit;   ///< empty: dimensionless
  std::string group;  ///< heading in the form and in --help
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  double step = 0;                        ///< increment of a spin box; 0: free
  bool openMin = false;                   ///< min itself is excluded
  bool advanced = false;                  ///< folded away in the form
  bool positional = false;                ///< a word after the command instead of an option ("toy-simulate net")
  bool logarithmic = false;               ///< a slider or spin box moves by factors
  std::vector<std::string> choices;       ///< for ParameterKind::choice
  std::vector<std::string> choiceLabels;  ///< same length as choices, or empty
  std::string when;                       ///< condition on the other options under which it matters (core/api/relevance.h); empty: always
  OnResume onResume = OnResume::fixed;    ///< read by commands that can go on with a run (core/api/resumed.h)
  /// "0 < x <= 20", "one of circles, moons"; empty when anything goes.
  std::string range() const;
};

struct Parameter : ParameterInfo {
  std::function<ParameterValue(const void*)> get;
  std::function<void(void*, const ParameterValue&)> set;
};

/// The table of one options struct. Pointers passed below must point at that struct.
struct ParameterTable {
  std::string command;  ///< the inflaton-cli command, "toy-train"
  std::string summary;  ///< one sentence
  std::vector<Parameter> parameters;
  std::function<void(const void*)> crossCheck;  ///< throws Error(usage) for combinations that cannot be; may be empty

  const Parameter* find(const std::string& name) const;  ///< accepts '-' for '_'; nullptr when absent
};

/// The table of options struct O; specialised for each job in the .cpp file of core/api that is named after it.
template <class O>
const ParameterTable& parameterTable();

/// Text as typed on a command line to a value of the parameter's kind. Throws Error(usage) naming field, value and range.
ParameterValue parseParameter(const ParameterInfo&, const std::string& text);
/// Shortest text that parses back to the same value.
std::string formatParameter(const ParameterValue&);
/// Throws Error(usage) naming field, value and allowed range. Texts must be UTF-8.
void validateParameter(const ParameterInfo&, const ParameterValue&);

nlohmann::json parametersToJson(const ParameterTable&, const void* options);
/// Sets the fields present; throws Error(usage) on unknown names, wrong types and values out of range, leaving `options` unchanged.
/// With `unknown`, names that the table does not have are put there instead of being refused.
void parametersFromJson(const ParameterTable&, void* options, const nlohmann::json&, const std::string& source,
                        std::vector<std::string>* unknown = nullptr);
/// Sets the fields whose names and values can be, one by one, and returns the names of the others. Refuses nothing.
std::vector<std::string> salvageParameters(const ParameterTable&, void* options, const nlohmann::json&);
/// All rows, then the cross-check.
void validateParameters(const ParameterTable&, const void* options);
/// "inflaton-cli toy-train --data_name moons ...": only what differs from the defaults, quoted for a POSIX shell;
/// negative numbers included. Flags are written --name=true.
std::string commandLine(const ParameterTable&, const void* options, const void* defaults);

// Typed front doors. Callers of those that take or give JSON include <nlohmann/json.hpp>.
template <class O, class Json = nlohmann::json>
Json toJson(const O& o) {
  return parametersToJson(parameterTable<O>(), &o);
}
template <class O>
void fromJson(O& o, const nlohmann::json& j, const std::string& source) {
  parametersFromJson(parameterTable<O>(), &o, j, source);
}
/// For files of the program's own past, not for what a user typed: returns the names that are no option any more, or not yet.
template <class O>
std::vector<std::string> fromJsonKnown(O& o, const nlohmann::json& j, const std::string& source) {
  std::vector<std::string> unknown;
  parametersFromJson(parameterTable<O>(), &o, j, source, &unknown);
  return unknown;
}
/// For what the window remembers: as much of it as still can be. Returns the names of what was left out.
template <class O>
std::vector<std::string> salvage(O& o, const nlohmann::json& j) {
  return salvageParameters(parameterTable<O>(), &o, j);
}
template <class O>
void validate(const O& o) {
  validateParameters(parameterTable<O>(), &o);
}
template <class O>
std::string commandLine(const O& o) {
  const O defaults{};
  return commandLine(parameterTable<O>(), &o, &defaults);
}

}  // namespace inflaton
