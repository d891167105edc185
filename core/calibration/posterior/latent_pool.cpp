#include "core/calibration/posterior/latent_pool.h"

#include <algorithm>
#include <cmath>

#include "core/calibration/posterior/mixture_density.h"
#include "core/data/counter_rng.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr std::int64_t kAtOnce = 2000;

using Weights = std::array<double, LatentMixture::components>;

Weights logOf(Weights w) {
  for (double& v : w) v = std::log(v);
  return w;
}

}  // namespace

LatentPool LatentPool::make(const LatentMixture& m, const GenerativeMap& map, std::uint64_t seed, const std::function<void()>& poll) {
  LatentPool pool;
  const CounterRng rng(purposeSeed(seed, Purpose::startPool), 0);
  for (std::int64_t i = 0; i < kSize; ++i) {
    const auto normal = rng.normals(static_cast<std::uint64_t>(i), 0);
    const auto k = static_cast<std::size_t>(i % LatentMixture::components);
    for (std::size_t j = 0; j < 2; ++j) pool.z.push_back(m.mean[k][j] + std::sqrt(m.variance[k][j]) * normal[j]);
  }
  pool.x.resize(pool.z.size()), pool.slope.resize(pool.z.size()), pool.jacobian.resize(2 * pool.z.size());
  for (std::int64_t from = 0; from < kSize; from += kAtOnce) {
    if (poll) poll();
    const auto first = static_cast<std::size_t>(2 * from), count = static_cast<std::size_t>(2 * std::min(kAtOnce, kSize - from));
    std::vector<double> row(count);
    for (std::size_t i = 0; i < 2; ++i) {
      map.pullback(
          std::span(pool.z).subspan(first, count), std::span(pool.x).subspan(first, count),
          [i](std::span<const double> x, std::span<double> bar) {
            for (std::size_t j = 0; j < x.size(); ++j) bar[j] = j % 2 == i;
          },
          row);
      for (std::size_t j = 0; j < count; ++j) pool.jacobian[2 * (first + j - j % 2) + 2 * i + j % 2] = row[j];
    }
  }
  for (std::size_t i = 0; i < pool.z.size(); i += 2) logMixture(m, {}, &pool.z[i], &pool.slope[i]);
  return pool;
}

std::vector<double> LatentPool::logRatio(const LatentMixture& m, const std::array<double, 3>& w) const {
  const Weights even = logOf({1.0 / 3, 1.0 / 3, 1.0 / 3}), asked = logOf(w);
  std::vector<double> ratio(static_cast<std::size_t>(kSize));
  for (std::size_t i = 0; i < ratio.size(); ++i) ratio[i] = logMixture(m, asked, &z[2 * i]) - logMixture(m, even, &z[2 * i]);
  return ratio;
}

double LatentPool::weigh(const double* observation, double variance, const std::vector<double>& logRatio,
                         std::vector<double>& weight) const {
  weight.resize(logRatio.size());
  const double scale = -0.5 / variance;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const double a = x[2 * i] - observation[0], b = x[2 * i + 1] - observation[1];
    weight[i] = logRatio[i] + scale * (a * a + b * b);
  }
  const double top = *std::max_element(weight.begin(), weight.end());
  double sum = 0, squares = 0;
  for (double& w : weight) {
    w = w > top - 40 ? std::exp(w - top) : 0;
    sum += w, squares += w * w;
  }
  return sum * sum / squares;
}

}  // namespace inflaton
