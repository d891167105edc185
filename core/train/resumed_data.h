#pragma once
// A run goes on with the own points that it was started with, or not at all.
#include <string>

#include "core/api/data_origin.h"

namespace inflaton {

/// The networks that lie beside a training state tell which bytes its data file held; where none does, nothing is known. Throws
/// Error(failed) when `data` are others.
void requireDataAsStarted(const std::string& statePath, const DataOrigin& data);

}  // namespace inflaton
