#pragma once
// What a network file says of the points that it was trained on: "data" in its configuration, beside data_name and options.
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/api/data_origin.h"

namespace inflaton {

/// Of own points: their file and its units. Null: a toy set, or a network of before that was kept. Throws Error(failed) naming `path` when
/// what is there cannot be, or tells more columns than the network has dimensions (fewer: the points were embedded).
std::shared_ptr<const DataOrigin> dataOrigin(const nlohmann::json& configuration, int networkDim, const std::string& path);

}  // namespace inflaton
