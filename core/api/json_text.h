#pragma once
// The one reader of JSON that comes from outside: files, texts inside of files, settings; and the one writer. What it returns is bounded in
// size and nesting, so whoever copies, prints or destroys it cannot run out of stack. The reader is implemented in core/io/json_reader.cpp.
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace inflaton {

struct JsonLimits {
  std::size_t bytes = std::size_t{16} << 20;  ///< of the text; its values take at most 40 times as much memory
  int depth = 64;                             ///< of objects and lists inside each other
};

/// The one value that `text` holds, or why there is none: "line 3, column 7: syntax error ...". Refused are also fields that an object
/// has twice, numbers that do not fit, and what is not UTF-8. Takes time in proportion to the text.
tl::expected<nlohmann::json, std::string> parseJson(std::string_view text, const JsonLimits& = {});
/// For what can be done without: null where there is no such value.
nlohmann::json jsonOrNull(std::string_view text);

/// The object that a file holds. Throws Error(failed) "/a/b.json: is not valid JSON (line 3, column 7: ...)" or "... is no JSON object".
nlohmann::json readJsonObject(const std::string& path, const JsonLimits& = {});
/// The same of a text out of a file; `source` is for the message: "/a/b.safetensors, entry "options" of its __metadata__".
nlohmann::json parseJsonObject(std::string_view text, const std::string& source, const JsonLimits& = {});
/// For files that can be done without: null where there is none, or none that can be read.
nlohmann::json readJsonOrNull(const std::string& path);
/// One line, or lines indented by `indent` blanks. Never throws: bytes that are no UTF-8 become U+FFFD: names that come from the user are
/// refused before (validateParameter), and a file's own text in a message must not end the work that it is a remark of.
std::string jsonText(const nlohmann::json&, int indent = -1);
/// The same, with an object's fields in the order in which they were added.
std::string orderedJsonText(const nlohmann::ordered_json&, int indent = -1);

}  // namespace inflaton
