#include "core/io/zip_directory.h"

#include <zip.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace inflaton {
namespace {

constexpr std::uint64_t kDirectoryEntryBytes = 46;

}  // namespace

void checkClaimedEntries(const InputFile& file, const char* what) {
  constexpr std::uint64_t endMost = 65535 + 22 + 20;
  const std::uint64_t n = std::min(file.size(), endMost), from = file.size() - n;
  std::string tail(static_cast<std::size_t>(n), '\0');
  file.readAt(from, tail.data(), tail.size());
  for (auto at = tail.find("PK\x06\x07"); at != std::string::npos && at + 20 <= tail.size(); at = tail.find("PK\x06\x07", at + 1)) {
    std::uint64_t offset = 0;
    std::memcpy(&offset, tail.data() + at + 8, 8);
    if (offset > file.size() || file.size() - offset < 56) continue;
    char record[56];
    file.readAt(offset, record, sizeof record);
    if (std::memcmp(record, "PK\x06\x06", 4) != 0) continue;
    for (const int field : {24, 32}) {
      std::uint64_t entries = 0;
      std::memcpy(&entries, record + field, 8);
      if (entries > file.size() / kDirectoryEntryBytes)
        throwBadFile(file.path(), "claims " + std::to_string(entries) + " " + what + ", more than a file of " +
                                      std::to_string(file.size()) + " bytes can hold");
    }
  }
}

}  // namespace inflaton
