#include "core/data/given_points.h"

#include <cmath>

namespace inflaton {

void requireGivenPoints(const PointSet& p, const std::string& what) {
  const auto refuse = [&](const std::string& text) { throw Error(ErrorCode::usage, what + ": " + text); };
  if (p.n < 1 || p.dim < 1)
    refuse("there are " + std::to_string(p.n) + " points in " + std::to_string(p.dim) + " dimensions; allowed: 1 or more of each");
  const auto n = static_cast<std::size_t>(p.n), D = static_cast<std::size_t>(p.dim);
  if (p.values.size() != n * D)
    refuse("there are " + std::to_string(p.values.size()) + " values; needed: " + std::to_string(n) + " x " + std::to_string(D));
  if (!p.labels.empty() && p.labels.size() != n)
    refuse("there are " + std::to_string(p.labels.size()) + " labels; needed: " + std::to_string(n) + ", or none");
  for (std::size_t i = 0; i < p.values.size(); ++i)
    if (!std::isfinite(p.values[i])) refuse("row " + std::to_string(i / D) + ", column " + std::to_string(i % D) + " is not finite");
}

}  // namespace inflaton
