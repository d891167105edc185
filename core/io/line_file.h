#pragma once
// Text files that grow line by line, written and read.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace inflaton {

/// A text file that only grows. Each line goes out in one write, so a kill leaves whole lines (the last one at worst cut).
/// Throws Error(failed) when it cannot be written.
class LineFile {
 public:
  explicit LineFile(std::string path);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  void write(std::string line);
  void cutTo(std::uint64_t bytes);  ///< takes what comes after these off the end
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int fd_ = -1;
};

/// Of a line that is longer nothing is read but its length.
inline constexpr std::size_t kLongestLine = std::size_t{1} << 20;
/// Calls `take(line, end)` for each line, `end` being the byte after it and its end mark, until it says false or the file ends. Lines
/// beyond kLongestLine come empty. Memory: one line. Throws Error(failed) as InputFile.
void readLines(const std::string& path, const std::function<bool(std::string_view line, std::uint64_t end)>& take);

}  // namespace inflaton
