#pragma once
// Words of a command line that people are told to type.
#include <string>

namespace inflaton {

/// The word as a POSIX shell has to see it: as it is where that is safe, in single quotes otherwise. Every hint or command that holds a
/// path goes through here.
std::string shellQuoted(const std::string& word);

}  // namespace inflaton
