#pragma once
// Text of others (names in files, paths, messages of libraries) on its way to people: whatever would steer a terminal is spelt out.
#include <string>
#include <string_view>

namespace inflaton {

/// One line: control characters, line ends among them, and the marks that turn the direction of writing become \u001b and the like, as
/// JSON writes them; bytes that are no UTF-8 become \xe9 and the like. Everything else stays.
std::string printable(std::string_view text);
/// The same, with line ends left as they are: for text whose lines are our own. JSON stays JSON of the same meaning.
std::string printableLines(std::string_view text);

}  // namespace inflaton
