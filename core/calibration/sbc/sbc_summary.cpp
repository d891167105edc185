#include "core/calibration/sbc/sbc_summary.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/api/number_text.h"
#include "core/calibration/sbc/bands.h"

namespace inflaton {
namespace {

constexpr int kLevels = 19;     // 5 % to 95 %
constexpr double kTelling = 3;  // standard errors beyond which a direction is named

std::string chance(double p) { return p < 1e-4 ? "p < 0.0001" : formatted("p = %.2g", p); }

/// "too narrow", "too low": what the ranks' mean and spread say of the posteriors.
std::string direction(const std::vector<std::int32_t>& ranks, std::int64_t draws) {
  const auto n = static_cast<double>(ranks.size());
  double mean = 0, square = 0;
  for (const auto rank : ranks) {
    const double u = (rank + 0.5) / static_cast<double>(draws + 1) - 0.5;
    mean += u / n, square += u * u / n;
  }
  const double shift = mean * std::sqrt(12 * n), spread = (square - 1.0 / 12) * std::sqrt(180 * n);
  std::string text;
  if (std::abs(shift) > kTelling) text = shift > 0 ? "too low" : "too high";
  if (std::abs(spread) > kTelling) text += std::string(text.empty() ? "" : " and ") + (spread > 0 ? "too sure of itself" : "too unsure");
  return text.empty() ? "of the wrong shape" : text;
}

std::string verdictOf(const SbcResult& r, const SbcRanks& ranks, std::int64_t draws, std::int64_t observations, double band) {
  std::string outside;
  double least = 1;
  int count = 0;
  for (std::size_t k = 0; k < r.scalars.size(); ++k) {
    const auto& s = r.scalars[k];
    least = std::min(least, s.pValue);
    if (s.inside) continue;
    ++count;
    outside += (outside.empty() ? "" : "; ") + s.name + " (" + chance(s.pValue) + ") is " + direction(ranks.weight[k], draws);
  }
  const std::string basis =
      formatted("%lld replicates of %lld observations", static_cast<long long>(r.done), static_cast<long long>(observations));
  if (count == 0)
    return "Calibrated, as far as " + basis + " can tell: the ranks of all three weights stay inside the " + formatted("%g", 100 * band) +
           " % band (least " + chance(least) + ").";
  if (count == 1 && 3 * least > 1 - band)
    return "Doubtful: of three weights one leaves its " + formatted("%g", 100 * band) + " % band, " + outside +
           ". Of calibrated flows one in " + formatted("%.0f", 1 / (1 - band * band * band)) +
           " does so by chance: repeat with another seed.";
  return "Not calibrated (" + basis + "): the posterior of " + outside + ".";
}

}  // namespace

SbcResult summarise(const SbcRanks& ranks, std::int64_t draws, double band, std::int64_t observations, std::int64_t total) {
  SbcResult r;
  const std::int64_t n = static_cast<std::int64_t>(ranks.density.size()), values = draws + 1;
  r.done = n, r.replicates = total;
  const UniformityBands bands(n, values, band);
  r.at = bands.at(), r.lower = bands.lower(), r.upper = bands.upper();
  r.calibrated = true;
  for (int k = 0; k < 3; ++k) {
    SbcScalar s;
    s.name = "w" + std::to_string(k);
    s.ranks = ranks.weight[static_cast<std::size_t>(k)];
    const auto test = bands.test(s.ranks);
    s.ecdfDifference = test.ecdfDifference, s.inside = test.inside, s.pValue = test.pValue;
    r.calibrated = r.calibrated && s.inside;
    r.scalars.push_back(std::move(s));
  }
  for (int i = 1; i <= kLevels; ++i) {
    // Levels that a whole number of ranks can have: `within` of them, in the middle, or the lowest.
    const double nominal = static_cast<double>(i) / (kLevels + 1);
    std::int64_t within = std::llround(nominal * static_cast<double>(values));
    if ((within - values) % 2 != 0) ++within;
    if (within < 1 || within >= values || (!r.levels.empty() && within <= std::llround(r.levels.back() * static_cast<double>(values))))
      continue;
    const double level = static_cast<double>(within) / static_cast<double>(values);
    r.levels.push_back(level);
    const auto interval = binomialInterval(n, level, 0.95);
    r.coverageLower.push_back(interval.lower), r.coverageUpper.push_back(interval.upper);
    for (auto& s : r.scalars) {
      const auto central = [&](std::int32_t rank) { return std::abs(2 * static_cast<std::int64_t>(rank) + 1 - values) < within; };
      const auto inside = std::count_if(s.ranks.begin(), s.ranks.end(), central);
      s.coverage.push_back(static_cast<double>(inside) / static_cast<double>(n));
    }
    const auto inside = std::count_if(ranks.density.begin(), ranks.density.end(), [&](std::int32_t rank) { return rank < within; });
    r.regionCoverage.push_back(static_cast<double>(inside) / static_cast<double>(n));
  }
  r.verdict = verdictOf(r, ranks, draws, observations, band);
  return r;
}

}  // namespace inflaton
