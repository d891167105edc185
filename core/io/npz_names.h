#pragma once
// Which names arrays in an npz may have: they must never mean a place outside the archive.
#include <algorithm>
#include <string>

namespace inflaton {

/// Why `name` (without ".npy") is refused; empty when it is fine.
inline std::string arrayNameFault(const std::string& name) {
  if (name.empty()) return "an array needs a name";
  if (name.size() > 1024) return "the name is longer than 1024 bytes";
  for (const unsigned char c : name)
    if (c < 0x20 || c == 0x7F) return "the name holds a control character";
  if (name.find('\\') != std::string::npos || name.front() == '/' || (name.size() > 1 && name[1] == ':'))
    return "the name is a path out of the archive";
  for (std::size_t from = 0; from <= name.size();) {
    const auto end = std::min(name.find('/', from), name.size());
    const auto part = name.substr(from, end - from);
    if (part.empty() || part == "." || part == "..") return "the name is a path out of the archive";
    from = end + 1;
  }
  return {};
}

}  // namespace inflaton
