#pragma once
// Going on from a training state: which of the options then hold.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/api/options.h"

namespace inflaton {

/// The stored options, with those that the user asks for beside them (those not at their default). What the table does not leave free
/// must agree. Throws Error(usage) naming the field and both values.
ToyTrainOptions resumedOptions(const ToyTrainOptions& asked, const nlohmann::json& stored, const std::string& statePath);

}  // namespace inflaton
