#pragma once
// Going on with a run: which options it was started with, and which may differ now.
#include <string>

#include "core/api/mcmc.h"

namespace inflaton {

/// The options of the run in this folder. Throws Error(usage) when there is none, Error(failed) when its options.json is damaged.
ToyMcmcOptions storedOptions(const std::string& folder);

/// The run's options with what may differ by the table taken from `asked`, and where it lies. Fields of `asked` at their defaults count
/// as not given. Throws Error(usage) naming the option and both values for any other difference.
ToyMcmcOptions resumedOptions(const ToyMcmcOptions& asked);

}  // namespace inflaton
