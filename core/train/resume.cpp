#include "core/train/resume.h"

#include <nlohmann/json.hpp>

#include "core/api/resumed.h"

namespace inflaton {

ToyTrainOptions resumedOptions(const ToyTrainOptions& asked, const nlohmann::json& stored, const std::string& statePath) {
  ToyTrainOptions started;
  fromJson(started, stored, statePath);
  return resumedFrom(started, asked, statePath);
}

}  // namespace inflaton
