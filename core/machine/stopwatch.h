#pragma once
// Seconds that have passed.
#include <chrono>

namespace inflaton {

using Clock = std::chrono::steady_clock;
inline double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

}  // namespace inflaton
