#pragma once
// A run goes on with the own points that it was started with, or not at all.
#include <string>

#include "core/api/data_origin.h"

namespace inflaton {

/// Throws Error(failed) when the file holds other bytes than when the run was `started`.
void requireDataAsStarted(const std::string& statePath, const DataOrigin& started, const DataOrigin& now);

}  // namespace inflaton
