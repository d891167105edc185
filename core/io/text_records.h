#pragma once
// Text of a table: lines, cells, quotes, comments. What is handed out are views into the text.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inflaton {

/// The file's text as UTF-8 without byte order mark and end mark (^Z). At most `byteLimit` bytes, and it takes as many as the file has.
/// Throws Error(failed) for UTF-16, archives, workbooks and other files that hold no text, naming what they seem to be.
std::string readTableText(const std::string& path, std::uint64_t byteLimit);

/// One record after another: a line (ended by LF, CR LF or CR), or several where line breaks stand in quotes.
class Records {
 public:
  /// Both are kept by reference.
  Records(std::string_view text, const std::string& path) : text_(text), path_(path) {}
  /// False at the end. Throws Error(failed) for a record of more than 1 MiB.
  bool next(std::string_view& record);
  std::int64_t line() const { return line_; }  ///< where the last record begins, from 1

 private:
  std::size_t plainEnd();
  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0;
  std::size_t lf_ = 0, cr_ = 0;  ///< the next of each, looked for once: a text may have only one kind
  bool looked_ = false;
  std::int64_t line_ = 0, after_ = 1;
};

/// Without blanks (spaces and tabs) on both sides.
std::string_view trimmed(std::string_view);
/// "1, 2  # a note" becomes "1, 2". A '#' inside a word or in quotes is part of it.
std::string_view withoutComment(std::string_view record);
bool isComment(std::string_view record);

/// Takes the first cell off `rest`, trimmed, in its quotes if it has them. False when there is none left. separator ' ': runs of blanks.
bool takeCell(std::string_view& rest, char separator, std::string_view& cell);
void splitCells(std::string_view record, char separator, std::vector<std::string_view>& cells);

/// Without the quotes around it, trimmed; doubled quotes inside stay.
std::string_view unquoted(std::string_view cell);
/// A name to show: unquoted, line breaks as spaces, no control characters; bytes that are no UTF-8 are taken as Latin-1.
std::string cellText(std::string_view cell);
/// The first 40 bytes or so of a text that is UTF-8, for notes.
std::string briefly(const std::string& text);

}  // namespace inflaton
