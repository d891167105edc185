#pragma once
// How many threads a count of so many points is worth: below some milliseconds, waiting for the others costs more than they give.
#include <algorithm>
#include <cstdint>

namespace inflaton {

inline int teamFor(std::int64_t points, int threads) {
  return static_cast<int>(std::clamp<std::int64_t>(points / 16384, 1, std::max(threads, 1)));
}

}  // namespace inflaton
