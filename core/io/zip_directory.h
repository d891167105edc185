#pragma once
// What a ZIP archive claims of itself, from its directory: nothing is unpacked.
#include "core/io/input_file.h"

namespace inflaton {

/// libzip takes memory for as many entries as a 64-bit archive claims, before it looks whether the file holds them: to be called first.
/// Throws Error(failed) "claims 8589934592 <what>, more than a file of 310 bytes can hold".
void checkClaimedEntries(const InputFile&, const char* what);

}  // namespace inflaton
