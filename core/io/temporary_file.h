#pragma once
// Hidden files under names that nobody else has, in which things are made before they get their own name. The one place that makes them,
// and that takes away what killed programs left.
#include <cstdint>
#include <functional>
#include <string>

namespace inflaton {

/// Open for writing and reading, and locked as long as it is: that is how others know that its owner lives.
struct TemporaryFile {
  std::string path;  ///< "<folder>/.<name>.tmp-<16 hexadecimal digits>"
  int fd = -1;       ///< < 0: it could not be made, errno says why
};

std::uint64_t randomNumber();
/// Tries other numbers while a file of that name is there. The caller closes and removes or renames it; the lock goes with the close.
TemporaryFile makeTemporary(const std::string& folder, const std::string& name, const std::function<std::uint64_t()>& draw = randomNumber);

/// Deletes the temporary files in `folder` that no living program holds. Where there are no locks, and of files that versions without
/// them made, only those that nobody has touched for a day.
void removeStaleTemporaries(const std::string& folder);
/// The same, once for each folder and process: cheap enough to be called before every writing.
void removeStaleTemporariesOnce(const std::string& folder);

}  // namespace inflaton
