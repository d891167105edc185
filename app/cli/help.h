#pragma once
// Help texts, the Markdown option reference and the bash completion: all made from the command list and the parameter tables.
#include <string>

#include "app/cli/command.h"

namespace inflaton::cli {

/// All commands, or those that begin with the word `family`.
std::string overviewText(const std::string& family = {});
/// Complete, grouped help of one command: default, unit and range of every option. `width`: columns.
std::string helpText(const Command&, int width = 100);
/// The same facts as Markdown tables, for all commands.
std::string optionsReference();
std::string bashCompletion();

/// "TEXT", "NUMBER", "FILE", "circles|moons": what stands after an option.
std::string valueName(const ParameterInfo&);
/// Default as typed on a command line; "" for an empty text.
std::string defaultText(const Command&, const Parameter&);

}  // namespace inflaton::cli
