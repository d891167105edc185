#include "ui/hmc/chains/chain_summary.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace inflaton::ui {
namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(std::max<std::int64_t>(0, n)); }

float weightOf(const McmcDraws& d, std::size_t chain, std::int64_t draw, int component) {
  return d.weights[chain][size(draw) * size(d.components) + size(component)];
}

/// Draws that every array of the chain holds.
std::int64_t lengthOf(const McmcDraws& d, std::size_t chain) {
  return std::min(d.drawsOf(static_cast<int>(chain)), static_cast<std::int64_t>(d.weights[chain].size()) / std::max(1, d.components));
}

TraceBand bandOf(const McmcDraws& d, std::size_t chain, int component) {
  const std::int64_t n = lengthOf(d, chain);
  const std::int64_t buckets = std::min<std::int64_t>(n, ChainSummary::kBuckets);
  TraceBand band;
  for (std::int64_t b = 0; b < buckets; ++b) {
    const std::int64_t from = b * n / buckets, to = (b + 1) * n / buckets;
    float low = weightOf(d, chain, from, component), high = low;
    for (std::int64_t i = from + 1; i < to; ++i) {
      const float v = weightOf(d, chain, i, component);
      low = std::min(low, v), high = std::max(high, v);
    }
    band.at.push_back(0.5f * static_cast<float>(from + to - 1));
    band.low.push_back(low), band.high.push_back(high);
  }
  return band;
}

void addRange(ChainSummary& s, const McmcDraws& d, int component) {
  double low = INFINITY, high = -INFINITY;
  for (std::size_t c = 0; c < size(s.chains); ++c) {
    const std::int64_t n = lengthOf(d, c);
    // While there is little else, the warm-up is what there is to see.
    for (std::int64_t i = n - d.warmup >= 20 ? d.warmup : 0; i < n; ++i) {
      const double v = weightOf(d, c, i, component);
      if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    }
  }
  if (!(low <= high)) low = 0, high = 1;
  const double room = std::max(0.12 * (high - low), 1e-3);
  s.traceLow.push_back(std::max(0.0, low - room));
  s.traceHigh.push_back(std::min(1.0, high + room));
}

void addRanks(ChainSummary& s, const McmcDraws& d) {
  std::int64_t least = s.chains > 0 ? lengthOf(d, 0) - d.warmup : 0;
  for (std::size_t c = 0; c < size(s.chains); ++c) least = std::min(least, lengthOf(d, c) - d.warmup);
  if (least < 2 * ChainSummary::kBins) return;
  s.drawsPerChain = least;
  const std::size_t total = size(least) * size(s.chains);
  std::vector<std::size_t> order(total);
  std::vector<float> value(total);
  for (int k = 0; k < s.components; ++k) {
    for (std::size_t c = 0; c < size(s.chains); ++c)
      for (std::size_t i = 0; i < size(least); ++i) value[c * size(least) + i] = weightOf(d, c, d.warmup + static_cast<std::int64_t>(i), k);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return value[a] < value[b] || (value[a] == value[b] && a < b); });
    std::vector<std::vector<int>> counts(size(s.chains), std::vector<int>(ChainSummary::kBins, 0));
    for (std::size_t rank = 0; rank < total; ++rank) ++counts[order[rank] / size(least)][rank * ChainSummary::kBins / total];
    s.ranks.push_back(std::move(counts));
  }
}

void addPoints(ChainSummary& s, const McmcDraws& d) {
  std::vector<ChainSummary::Point> marked;
  const std::int64_t stride = std::max<std::int64_t>(1, s.kept / ChainSummary::kMostPoints);
  const std::int64_t markStride = std::max<std::int64_t>(1, s.divergences / ChainSummary::kMostMarks);
  std::int64_t seen = 0;
  for (std::size_t c = 0; c < size(s.chains); ++c)
    for (std::int64_t i = d.warmup; i < lengthOf(d, c); ++i) {
      ChainSummary::Point p{{0, 0, 0}, static_cast<int>(c), d.divergent[c].size() > size(i) && d.divergent[c][size(i)] != 0};
      for (int k = 0; k < std::min(3, s.components); ++k) p.w[k] = weightOf(d, c, i, k);
      if (p.divergent && seen++ % markStride == 0)
        marked.push_back(p);
      else if (!p.divergent && (i - d.warmup) % stride == 0)
        s.points.push_back(p);
    }
  s.points.insert(s.points.end(), marked.begin(), marked.end());
}

void addMarks(ChainSummary& s, const McmcDraws& d) {
  std::vector<ChainSummary::Mark> all;
  for (std::size_t c = 0; c < size(s.chains); ++c)
    for (std::size_t i = 0; i < d.divergent[c].size(); ++i)
      if (d.divergent[c][i]) {
        all.push_back({static_cast<int>(c), static_cast<std::int64_t>(i)});
        ++(static_cast<std::int64_t>(i) < d.warmup ? s.warmupDivergences : s.divergences);
      }
  const std::size_t stride = std::max<std::size_t>(1, all.size() / ChainSummary::kMostMarks);
  for (std::size_t k = 0; k < all.size(); k += stride) s.divergent.push_back(all[k]);
}

void addEnergy(ChainSummary& s, const McmcDraws& d) {
  std::vector<double> marginal, transition;
  for (std::size_t c = 0; c < size(s.chains); ++c) {
    const auto& all = d.energy[c];
    if (static_cast<std::int64_t>(all.size()) <= d.warmup) {
      s.ebfmi.push_back(std::nan(""));
      continue;
    }
    const std::vector<double> energy(all.begin() + d.warmup, all.end());
    s.ebfmi.push_back(ebfmi(energy));
    const double mean = std::accumulate(energy.begin(), energy.end(), 0.0) / static_cast<double>(energy.size());
    for (std::size_t i = 0; i < energy.size(); ++i) {
      marginal.push_back(energy[i] - mean);
      if (i > 0) transition.push_back(energy[i] - energy[i - 1]);
    }
  }
  if (transition.size() < 20) return;
  double square = 0, squareOfSteps = 0;
  for (const double e : marginal) square += e * e;
  for (const double e : transition) squareOfSteps += e * e;
  const double reach = 3.5 * std::max(std::sqrt(square / static_cast<double>(marginal.size())),
                                      std::sqrt(squareOfSteps / static_cast<double>(transition.size())));
  if (!(reach > 0) || !std::isfinite(reach)) return;
  s.energyLow = -reach, s.energyHigh = reach;
  const double width = 2 * reach / ChainSummary::kEnergyBins;
  const auto histogram = [&](const std::vector<double>& values) {
    std::vector<double> h(ChainSummary::kEnergyBins, 0);
    for (const double v : values)
      if (const auto bin = static_cast<std::int64_t>(std::floor((v + reach) / width)); bin >= 0 && bin < ChainSummary::kEnergyBins)
        h[size(bin)] += 1 / (width * static_cast<double>(values.size()));
    return h;
  };
  s.energyMarginal = histogram(marginal), s.energyTransition = histogram(transition);
}

void addDensities(ChainSummary& s, const McmcDraws& d) {
  for (int k = 0; k < s.components; ++k) {
    std::vector<float> all;
    std::vector<DensityCurve> each;
    for (std::size_t c = 0; c < size(s.chains); ++c) {
      std::vector<float> own;
      for (std::int64_t i = d.warmup; i < lengthOf(d, c); ++i) own.push_back(weightOf(d, c, i, k));
      each.push_back(densityOf(own));
      all.insert(all.end(), own.begin(), own.end());
    }
    s.density.push_back(densityOf(all));
    s.chainDensity.push_back(std::move(each));
  }
}

}  // namespace

DensityCurve densityOf(const std::vector<float>& values) {
  DensityCurve curve;
  if (values.size() < 8) return curve;
  double sum = 0, square = 0;
  for (const float v : values) sum += v;
  curve.mean = sum / static_cast<double>(values.size());
  for (const float v : values) square += (v - curve.mean) * (v - curve.mean);
  curve.sd = std::sqrt(square / static_cast<double>(values.size() - 1));
  if (!(curve.sd > 0) || !std::isfinite(curve.sd)) return curve;
  const double h = 1.06 * curve.sd * std::pow(static_cast<double>(values.size()), -0.2);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double low = std::max(0.0, *least - 3 * h), high = std::min(1.0, *most + 3 * h);
  // Binned first, then smoothed: the cost does not grow with draws times grid points.
  constexpr int kGrid = 240;
  const double step = (high - low) / (kGrid - 1);
  if (!(step > 0)) return curve;
  std::vector<double> bins(kGrid, 0);
  for (const float v : values)
    bins[static_cast<std::size_t>(std::clamp(static_cast<int>(std::lround((v - low) / step)), 0, kGrid - 1))] += 1;
  const int reach = static_cast<int>(std::ceil(4 * h / step));
  std::vector<double> kernel;
  for (int j = 0; j <= reach; ++j) kernel.push_back(std::exp(-0.5 * std::pow(j * step / h, 2)));
  for (int i = 0; i < kGrid; ++i) {
    double v = 0;
    for (int j = -reach; j <= reach; ++j) {
      int at = i + j;
      if (at < 0 && low <= 0) at = -at;
      if (at >= kGrid && high >= 1) at = 2 * (kGrid - 1) - at;
      if (at >= 0 && at < kGrid) v += bins[static_cast<std::size_t>(at)] * kernel[static_cast<std::size_t>(std::abs(j))];
    }
    curve.at.push_back(low + i * step);
    curve.value.push_back(v);
  }
  double area = 0;
  for (int i = 1; i < kGrid; ++i)
    area += 0.5 * step * (curve.value[static_cast<std::size_t>(i)] + curve.value[static_cast<std::size_t>(i - 1)]);
  for (double& v : curve.value) v /= area;
  return curve;
}

ChainSummary summarise(const McmcDraws& d) {
  ChainSummary s;
  s.chains =
      std::min<int>(d.chains, static_cast<int>(std::min({d.weights.size(), d.logDensity.size(), d.energy.size(), d.divergent.size()})));
  s.components = d.components;
  s.warmup = d.warmup;
  for (std::size_t c = 0; c < size(s.chains); ++c) {
    s.iterations = std::max(s.iterations, lengthOf(d, c));
    s.kept += std::max<std::int64_t>(0, lengthOf(d, c) - d.warmup);
  }
  for (int k = 0; k < s.components; ++k) {
    s.trace.emplace_back();
    for (std::size_t c = 0; c < size(s.chains); ++c) s.trace.back().push_back(bandOf(d, c, k));
    addRange(s, d, k);
  }
  addMarks(s, d);
  addRanks(s, d);
  addPoints(s, d);
  addEnergy(s, d);
  addDensities(s, d);
  return s;
}

}  // namespace inflaton::ui
