#pragma once
// JSON as text, in the one way that never throws. Callers include <nlohmann/json.hpp>.
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace inflaton {

/// One line, or lines indented by `indent` blanks. Bytes that are no UTF-8 become U+FFFD: names that come from the user are refused before
/// (validateParameter), and a file's own text in a message must not end the work that it is a remark of.
std::string jsonText(const nlohmann::json&, int indent = -1);

}  // namespace inflaton
