#pragma once
// progress.json, written and read.
#include "core/io/run_folder.h"

namespace inflaton {

double nowSeconds();  ///< since 1970
std::string hostName();
long processId();  ///< of this process
nlohmann::json statusToJson(const RunStatus&);

}  // namespace inflaton
