#pragma once
// A fingerprint of points, to freeze their bytes.
#include <cstdint>
#include <cstring>
#include <map>
#include <string>

#include "core/api/points.h"

namespace inflaton::test {

/// FNV-1a (64 bits) of the values, then the labels.
inline std::uint64_t digest(const PointSet& p) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto add = [&](const void* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      hash ^= static_cast<const unsigned char*>(data)[i];
      hash *= 0x100000001b3u;
    }
  };
  add(p.values.data(), p.values.size() * sizeof(float));
  add(p.labels.data(), p.labels.size() * sizeof(std::int32_t));
  return hash;
}

/// Of sampleToy(id, 64, 5) for the sets of the reference. Whatever is added to the list, and wherever, these stay.
inline const std::map<std::string, std::uint64_t>& frozenDigests() {
  static const std::map<std::string, std::uint64_t> all{{"circles", 0xa15ce14050d7897au},  {"sine2", 0x993a39afc06ad954u},
                                                        {"moons", 0x5dbdc70e1544fb02u},    {"s_curve", 0x05292c253fd3cb1au},
                                                        {"swirl", 0x1cbce29d856ae712u},    {"alt_s_curve", 0x4c045e55b20d8008u},
                                                        {"alt_swirl", 0x0128509ada81049bu}};
  return all;
}

}  // namespace inflaton::test
