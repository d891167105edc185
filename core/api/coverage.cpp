// The options of toy-coverage, and what its numbers come to.
#include "core/api/coverage.h"

#include <cmath>

#include "core/api/option_rows.h"

namespace inflaton {

bool CoverageResult::has(BoundaryKind kind) const { return !runs.empty() && !runs.front().shells[static_cast<std::size_t>(kind)][0].empty(); }

double CoverageResult::mean(BoundaryKind kind, CoveragePlace place, std::size_t radius) const {
  double sum = 0;
  for (const auto& run : runs) sum += static_cast<double>(run.shells[static_cast<std::size_t>(kind)][static_cast<std::size_t>(place)].at(radius).inside);
  return sum / static_cast<double>(runs.size()) / static_cast<double>(testPoints);
}

double CoverageResult::sd(BoundaryKind kind, CoveragePlace place, std::size_t radius) const {
  if (runs.size() < 2) return 0;
  const double centre = mean(kind, place, radius);
  double sum = 0;
  for (const auto& run : runs) {
    const double share = static_cast<double>(run.shells[static_cast<std::size_t>(kind)][static_cast<std::size_t>(place)].at(radius).inside) / static_cast<double>(testPoints);
    sum += (share - centre) * (share - centre);
  }
  return std::sqrt(sum / static_cast<double>(runs.size() - 1));
}

}  // namespace inflaton
