#pragma once
// Standard input, output and error of a program, whatever state they are in when it starts. Implemented in core/io.
#include <string_view>

namespace inflaton {

/// The first thing in main: opens /dev/null on each of descriptors 0, 1 and 2 that is closed. Otherwise the next file opened, or a pipe
/// for signals, would be taken for standard output, and what is printed would go into it.
void openStandardStreams();

/// Writes all of it past any buffer of the C library. 0, or the errno of what failed: a full disk, a reader that went away.
int writeToStandardOutput(std::string_view text);
int writeToStandardError(std::string_view text);

}  // namespace inflaton
