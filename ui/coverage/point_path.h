#pragma once
// The way of one test point through the flow and back.
#include <array>
#include <vector>

#include "core/api/coverage.h"

namespace inflaton::ui {

struct PathPoint {
  double t = 0;
  std::array<float, 3> x{};  ///< scaled eigen-coordinates; the third is 0 for two dimensions
};
/// Lane 0 generation (t falls), lane 1 inflation back (t grows); `steps` points each. Empty: no flows, or no such point.
std::array<std::vector<PathPoint>, 2> pathOf(const CoverageResult&, int point, int steps = 160);

/// Factor from the schedule's scaled coordinates to the result's: the A0 of the run (--end_vars).
double coverageScale(const CoverageResult&);

}  // namespace inflaton::ui
