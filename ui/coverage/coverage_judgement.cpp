#include "ui/coverage/coverage_judgement.h"

#include <algorithm>
#include <cmath>

#include "ui/coverage/coverage_model.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

std::pair<double, double> wilson(double share, double n, double z) {
  const double z2 = z * z, middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const double half = z / (1 + z2 / n) * std::sqrt(std::max(0.0, share * (1 - share) / n + z2 / (4 * n * n)));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

double simultaneousZ(std::size_t tests, double level) {
  const double beyond = (1 - level) / static_cast<double>(std::max<std::size_t>(1, tests));
  double low = 0, high = 40;  // of two tails: erfc(z / sqrt 2) falls from 1 to nothing
  for (int k = 0; k < 80; ++k) {
    const double z = (low + high) / 2;
    (std::erfc(z / std::sqrt(2.0)) > beyond ? low : high) = z;
  }
  return (low + high) / 2;
}

CoverageJudgement judgeCoverage(const CoverageResult& r, BoundaryKind kind) {
  CoverageJudgement j;
  j.trials = static_cast<double>(r.testPoints) * static_cast<double>(std::max<std::size_t>(1, r.runs.size()));
  j.z = simultaneousZ(r.radii.size());
  for (const double ideal : r.ideal)  // half a count more, since counts are whole
    j.band.push_back(j.z * std::sqrt(ideal * (1 - ideal) / j.trials) + 0.5 / j.trials);
  const auto tr = [](const char* text) { return CoverageModel::tr(text); };
  const auto percent = [](double share) { return number(100 * share, 1); };
  QStringList said;
  for (int p = 0; p < kCoveragePlaces; ++p) {
    const auto place = static_cast<CoveragePlace>(p);
    auto& outside = j.outside[static_cast<std::size_t>(p)];
    double worst = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < r.radii.size(); ++i) {
      const double off = r.mean(kind, place, i) - r.ideal[i];
      if (std::abs(off) <= j.band[i]) continue;
      outside.push_back(i);
      if (std::abs(off) / j.band[i] > worst) worst = std::abs(off) / j.band[i], at = i;
    }
    if (outside.empty()) continue;
    j.within = false;
    said << tr("%1: %2 of %3 radii, most at r %4 with %5 % instead of %6 \u00b1 %7 %")
                .arg(placeName(place).toLower())
                .arg(outside.size())
                .arg(r.radii.size())
                .arg(number(r.radii[at], -3), percent(r.mean(kind, place, at)), percent(r.ideal[at]), number(100 * j.band[at], -2));
  }
  j.words = j.within ? tr("Calibrated as far as %1 points can tell: within the band at every radius and place").arg(j.trials, 0, 'f', 0)
                     : tr("Not calibrated: outside the band at the %1").arg(said.join(QStringLiteral("; ")));
  return j;
}

}  // namespace inflaton::ui
