#pragma once
// Is a coverage within what counting so many points can tell? Binomial errors, a band around the ideal, and a verdict in words.
#include <QString>
#include <array>
#include <utility>
#include <vector>

#include "core/api/coverage.h"

namespace inflaton::ui {

/// Wilson's interval of a share seen in `n` > 0 trials, at so many standard deviations: it stays within 0..1 and is right near both ends.
std::pair<double, double> wilson(double share, double n, double z);
/// How many standard deviations hold all of `tests` >= 1 independent or dependent tests at once with probability `level` in (0, 1)
/// (Bonferroni).
double simultaneousZ(std::size_t tests, double level = 0.95);

struct CoverageJudgement {
  double trials = 0;                                              ///< points counted: test points times seeds
  double z = 0;                                                   ///< of band and verdict: for all radii at once
  std::vector<double> band;                                       ///< [R] half width around the ideal within which a calibrated flow stays
  std::array<std::vector<std::size_t>, kCoveragePlaces> outside;  ///< radii whose share is not in the band
  bool within = true;                                             ///< at no place any
  QString words;
};

/// Of the first `result->runs` and the kind that `result` has.
CoverageJudgement judgeCoverage(const CoverageResult&, BoundaryKind);

}  // namespace inflaton::ui
