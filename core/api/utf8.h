#pragma once
// Text that goes into JSON is UTF-8. Names of files need not be: a name in another encoding is refused before anything is done with it,
// since the files that record a run could not tell it.
#include <string>
#include <string_view>

namespace inflaton {

/// Bytes of the well-formed sequence that begins at `at`; 0: none does.
std::size_t utf8Sequence(std::string_view text, std::size_t at);
/// Whether every byte belongs to a well-formed UTF-8 sequence: none overlong, none of a surrogate, none above U+10FFFF.
bool isUtf8(std::string_view text);
/// As it may be shown to people: bytes that are no UTF-8 are written \xe4. Text that is UTF-8 stays as it is.
std::string shownUtf8(std::string_view text);

}  // namespace inflaton
