#pragma once
// From argv to a command and a request.
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command.h"

namespace inflaton::cli {

struct Parsed {
  const Command* command = nullptr;  ///< nullptr: only general help or version asked for
  std::string family;                ///< first word of several commands, whose help is asked for
  Request request;
  bool help = false, version = false;
};

/// One spelling for all: '-' becomes '_' inside option names, -h and -n get their long names, "--option value" becomes
/// "--option=value" (so a value may begin with '-'), flags get "=true" or "=false" (--no_flag), "--option=" an empty value.
/// Throws Error(usage) when a value is missing.
std::vector<std::string> normalised(const std::vector<std::string>& arguments, const Command*);

/// Throws Error(usage); an unknown command or option is answered with the nearest known name.
Parsed parseArguments(const std::vector<std::string>& arguments);

/// The known name nearest to `typed` by edit distance; empty when none is near.
std::string nearestName(const std::string& typed, const std::vector<std::string>& known);

}  // namespace inflaton::cli
