#include "core/calibration/posterior/marginal_likelihood.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "core/api/number_text.h"
#include "core/calibration/posterior/sobol.h"
#include "core/data/random.h"
#include "core/machine/slices.h"

namespace inflaton {
namespace {

constexpr std::int64_t kPiece = 8192;  // rows at a time: enough for a network to be fast, few enough to cancel at once
constexpr std::int64_t kLocalPiece = 512;

std::array<double, 3> pooledOf(std::span<const double> each, const std::vector<KernelSum>& sums, int left) {
  std::array<double, 3> pooled{};
  const std::size_t R = each.size() / 3;
  for (std::size_t k = 0; k < 3; ++k) {
    double most = -std::numeric_limits<double>::infinity(), sum = 0, count = 0;
    for (std::size_t r = 0; r < R; ++r)
      if (static_cast<int>(r) != left) most = std::max(most, each[3 * r + k]);
    for (std::size_t r = 0; r < R; ++r)
      if (static_cast<int>(r) != left) {
        const auto size = static_cast<double>(sums[3 * r + k].size());
        sum += size * std::exp(each[3 * r + k] - most), count += size;
      }
    pooled[k] = most + std::log(sum / count);
  }
  return pooled;
}

}  // namespace

void pushThrough(const GenerativeMap& map, std::span<const double> z, std::span<double> x, const std::function<void(std::int64_t)>& done) {
  const auto n = static_cast<std::int64_t>(z.size() / 2);
  for (std::int64_t from = 0; from < n; from += kPiece) {
    const std::int64_t count = std::min(kPiece, n - from);
    const auto rows = [](auto all, std::int64_t first, std::int64_t length) {
      return all.subspan(static_cast<std::size_t>(2 * first), static_cast<std::size_t>(2 * length));
    };
    if (map.local()) {
      forSlices((count + kLocalPiece - 1) / kLocalPiece, [&](std::int64_t part) {
        const std::int64_t first = from + part * kLocalPiece, length = std::min(kLocalPiece, from + count - first);
        map.values(rows(z, first, length), rows(x, first, length));
      });
    } else {
      map.values(rows(z, from, count), rows(x, from, count));
    }
    done(from + count);
  }
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!std::isfinite(x[i]))
      throw Error(ErrorCode::diverged,
                  "the image of latent (" + numberText(z[i & ~std::size_t{1}]) + ", " + numberText(z[i | 1]) + ") is not finite",
                  "Take more steps, or another solver.");
}

MarginalLikelihood::MarginalLikelihood(const GenerativeMap& map, const LatentMixture& mixture, double noiseVariance, std::int64_t points,
                                       int randomisations, std::uint64_t seed, const JobContext& context)
    : randomisations_(static_cast<int>(std::min<std::int64_t>(randomisations, points))) {
  const auto R = static_cast<std::int64_t>(randomisations_);
  std::vector<std::size_t> begins{0};  // of each group of latents, by randomisation and component
  for (std::int64_t group = 0; group < 3 * R; ++group) {
    const std::int64_t count = points / R + (group / 3 < points % R ? 1 : 0);
    begins.push_back(begins.back() + static_cast<std::size_t>(2 * count));
  }
  std::vector<double> z(begins.back());
  context.throwIfStopped();
  forSlices(3 * R, [&](std::int64_t group) {
    const auto k = static_cast<std::size_t>(group % 3), from = begins[static_cast<std::size_t>(group)],
               to = begins[static_cast<std::size_t>(group + 1)];
    const auto u = scrambledSobol(static_cast<std::int64_t>((to - from) / 2), numberedSeed(seed, static_cast<std::uint64_t>(group)));
    for (std::size_t i = 0; i < u.size(); ++i)
      z[from + i] = mixture.mean[k][i % 2] + std::sqrt(mixture.variance[k][i % 2]) * normalQuantile(u[i]);
  });
  std::vector<double> x(z.size());
  const auto began = std::chrono::steady_clock::now();
  pushThrough(map, z, x, [&](std::int64_t done) {
    context.throwIfStopped();
    const double all = static_cast<double>(z.size() / 2), part = static_cast<double>(done) / all;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    context.report({"pushing latents", static_cast<double>(done), all, seconds * (1 - part) / part, {}});
  });
  context.throwIfStopped();
  std::vector<std::optional<KernelSum>> sums(static_cast<std::size_t>(3 * R));
  forSlices(3 * R, [&](std::int64_t group) {
    const auto from = begins[static_cast<std::size_t>(group)], to = begins[static_cast<std::size_t>(group + 1)];
    sums[static_cast<std::size_t>(group)].emplace(std::span<const double>(x).subspan(from, to - from), noiseVariance);
  });
  for (auto& sum : sums) sums_.push_back(std::move(*sum));
}

void MarginalLikelihood::logEach(double x, double y, std::span<double> out) const {
  for (std::size_t i = 0; i < sums_.size(); ++i) out[i] = sums_[i].logMean(x, y);
}

std::array<double, 3> MarginalLikelihood::pooled(std::span<const double> each) const { return pooledOf(each, sums_, -1); }
std::array<double, 3> MarginalLikelihood::pooledWithout(std::span<const double> each, int left) const {
  return pooledOf(each, sums_, left);
}

}  // namespace inflaton
