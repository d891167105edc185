#pragma once
// How much memory a request will take, said before it is taken. Implemented in core/job.
#include <limits>
#include <string>

#include "core/api/error.h"

namespace inflaton {

/// What the arrays of one result may take.
inline constexpr double kMostResultBytes = 8.0 * (1ull << 30);

/// Throws Error(usage) "<what> need 12.3 GiB; allowed: 8 GiB" above `most`, and Error(failed) "<what> need 12.3 GiB, and 5.1 GiB are free"
/// above what this machine has left. Otherwise the estimate is kept for this thread's job: should memory run out after all, that is what is
/// told. `what`: a subject in the plural, "total_samples 1000 at 30 frames".
void requireMemory(double bytes, const std::string& what, const std::string& hint, double most = std::numeric_limits<double>::infinity());

/// Memory has run out: one sentence with what had been estimated, or how much was asked for at once where a message of a library tells
/// that ("you tried to allocate N bytes").
JobError outOfMemory(const std::string& libraryText = {});

/// At the start of a job: an earlier one of this thread had other needs.
void forgetMemoryNeed();

}  // namespace inflaton
