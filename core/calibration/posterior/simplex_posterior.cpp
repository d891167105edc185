#include "core/calibration/posterior/simplex_posterior.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/api/error.h"
#include "core/api/number_text.h"
#include "core/calibration/posterior/simplex_quadrature.h"
#include "core/data/counter_rng.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr int kCoarse = 32;             // cells a side of the grids that look for the mass
constexpr double kNegligible = 50;      // below the largest logarithm: e^-50 is nothing to an integral in double precision
constexpr double kFaceNegligible = 30;  // likewise, for the faces under the prior that is flat on logits
constexpr int kSides[] = {48, 72, 108, 162, 243};
constexpr double kConverged = 1e-8;  // of a weight's mean
constexpr int kCells = 160;          // a side, for draws
constexpr double kSlack = 0.5;       // log of how much a cell's density may exceed that of its middle

}  // namespace

SimplexPosterior::SimplexPosterior(const SimplexLikelihood& likelihood, SimplexPrior prior, std::function<void()> poll)
    : likelihood_(&likelihood), prior_(prior), poll_(std::move(poll)), best_(-std::numeric_limits<double>::infinity()) {
  box_ = whereMassIs(0, &best_);
  if (prior_ == SimplexPrior::softmax) refuseOpenFaces();
  integrate(kSides[0]);
  for (const int side : kSides) {
    if (side == kSides[0]) continue;
    const auto before = mean_;
    integrate(side);
    change_ = 0;
    for (std::size_t k = 0; k < 3; ++k) change_ = std::max(change_, std::abs(mean_[k] - before[k]));
    if (change_ < kConverged) break;
  }
}

void SimplexPosterior::add(Places& places, int k, double a, double b) const {
  places.w[k].push_back(a);
  places.w[(k + 1) % 3].push_back((1 - a) * b);
  places.w[(k + 2) % 3].push_back((1 - a) * (1 - b));
}

void SimplexPosterior::likelihoods(Places& p) const {
  // Between two looks at poll: some 10 ms.
  const auto atOnce =
      std::clamp<std::size_t>(20'000'000 / static_cast<std::size_t>(std::max<std::int64_t>(1, likelihood_->observations())), 256, 4096);
  p.logValue.resize(p.w[0].size());
  for (std::size_t from = 0; from < p.logValue.size(); from += atOnce) {
    if (poll_) poll_();
    const std::size_t count = std::min(atOnce, p.logValue.size() - from);
    const auto part = [&](const std::vector<double>& v) { return std::span<const double>(v).subspan(from, count); };
    likelihood_->evaluate(part(p.w[0]), part(p.w[1]), part(p.w[2]), std::span<double>(p.logValue).subspan(from, count));
  }
}

void SimplexPosterior::evaluate(Places& p) const {
  likelihoods(p);
  for (std::size_t i = 0; i < p.logValue.size(); ++i) {
    p.logValue[i] += likelihood_->logScale();
    p.logValue[i] += prior_ == SimplexPrior::uniform ? std::log(2.0) : -std::log(p.w[0][i]) - std::log(p.w[1][i]) - std::log(p.w[2][i]);
  }
}

SimplexPosterior::Box SimplexPosterior::whereMassIs(int k, double* best) const {
  // The likelihood is log-concave, so what is above any level is one convex piece, and lines of constant a or b cut it once: zooming in on
  // the cells above the level, and their neighbours, loses none of it.
  Box box;
  for (int round = 0; round < 20; ++round) {
    const double width = (box.a1 - box.a0) / kCoarse, height = (box.b1 - box.b0) / kCoarse;
    Places places;
    for (int i = 0; i < kCoarse; ++i)
      for (int j = 0; j < kCoarse; ++j) add(places, k, box.a0 + (i + 0.5) * width, box.b0 + (j + 0.5) * height);
    likelihoods(places);
    const double most = *std::max_element(places.logValue.begin(), places.logValue.end());
    if (best) *best = std::max(*best, most);
    int first[2] = {kCoarse, kCoarse}, last[2] = {-1, -1};
    for (int i = 0; i < kCoarse; ++i)
      for (int j = 0; j < kCoarse; ++j)
        if (places.logValue[static_cast<std::size_t>(i * kCoarse + j)] >= most - kNegligible)
          first[0] = std::min(first[0], i), last[0] = std::max(last[0], i), first[1] = std::min(first[1], j),
          last[1] = std::max(last[1], j);
    for (int axis = 0; axis < 2; ++axis) first[axis] = std::max(first[axis] - 2, 0), last[axis] = std::min(last[axis] + 2, kCoarse - 1);
    const bool settled = last[0] - first[0] + 1 > 0.8 * kCoarse && last[1] - first[1] + 1 > 0.8 * kCoarse;
    box = {box.a0 + first[0] * width, box.a0 + (last[0] + 1) * width, box.b0 + first[1] * height, box.b0 + (last[1] + 1) * height};
    if (settled) break;
  }
  return box;
}

void SimplexPosterior::refuseOpenFaces() const {
  for (int k = 0; k < 3; ++k) {
    double low = 0, high = 1, most = -std::numeric_limits<double>::infinity();
    for (int round = 0; round < 5; ++round) {
      constexpr int kPoints = 64;
      Places places;
      for (int i = 0; i < kPoints; ++i) add(places, k, 0, low + (high - low) * (i + 0.5) / kPoints);
      likelihoods(places);
      const auto top = std::max_element(places.logValue.begin(), places.logValue.end());
      most = std::max(most, *top);
      const double step = (high - low) / kPoints, middle = low + (static_cast<double>(top - places.logValue.begin()) + 0.5) * step;
      low = std::max(0.0, middle - 2 * step), high = std::min(1.0, middle + 2 * step);
    }
    if (most > best_ - kFaceNegligible) {
      throw Error(
          ErrorCode::usage,
          formatted("prior is softmax; allowed with these observations: uniform. Without component %d they would still be e^-%.1f times "
                    "as likely, and a prior flat on logits then leaves a posterior that has no integral",
                    k, std::max(0.0, best_ - most)),
          "Take --prior uniform, or more observations.");
    }
  }
}

void SimplexPosterior::integrate(int side) {
  side_ = side;
  const auto q = Quadrature::gaussLegendre(side);
  const Box& box = box_;
  Places places;
  std::vector<double> measure;
  for (std::size_t i = 0; i < q.node.size(); ++i)
    for (std::size_t j = 0; j < q.node.size(); ++j) {
      const double a = box.a0 + (box.a1 - box.a0) * q.node[i];
      add(places, 0, a, box.b0 + (box.b1 - box.b0) * q.node[j]);
      measure.push_back(q.weight[i] * q.weight[j] * (1 - a));
    }
  evaluate(places);
  const auto top = std::max_element(places.logValue.begin(), places.logValue.end());
  const auto peak = static_cast<std::size_t>(top - places.logValue.begin());
  double total = 0, first[3] = {0, 0, 0}, second[9] = {};
  for (std::size_t i = 0; i < measure.size(); ++i) {
    const double mass = measure[i] * std::exp(places.logValue[i] - *top);
    total += mass;
    for (std::size_t k = 0; k < 3; ++k) {
      const double d = places.w[k][i] - places.w[k][peak];  // about the peak, so that nothing cancels
      first[k] += mass * d;
      for (std::size_t l = 0; l < 3; ++l) second[3 * k + l] += mass * d * (places.w[l][i] - places.w[l][peak]);
    }
  }
  for (std::size_t k = 0; k < 3; ++k) {
    mean_[k] = places.w[k][peak] + first[k] / total;
    for (std::size_t l = 0; l < 3; ++l) covariance_[3 * k + l] = second[3 * k + l] / total - first[k] * first[l] / (total * total);
  }
  logIntegral_ = *top + std::log(total * (box.a1 - box.a0) * (box.b1 - box.b0));
}

std::array<double, 3> SimplexPosterior::sd() const {
  return {std::sqrt(covariance_[0]), std::sqrt(covariance_[4]), std::sqrt(covariance_[8])};
}

std::vector<double> SimplexPosterior::logDensity(std::span<const double> w0, std::span<const double> w1, std::span<const double> w2) const {
  Places places;
  places.w[0].assign(w0.begin(), w0.end()), places.w[1].assign(w1.begin(), w1.end()), places.w[2].assign(w2.begin(), w2.end());
  evaluate(places);
  for (double& v : places.logValue) v -= logIntegral_;
  return std::move(places.logValue);
}

std::vector<double> SimplexPosterior::marginal(int k, std::span<const double> at) const {
  const auto q = Quadrature::gaussLegendre(side_);
  const Box box = whereMassIs(k, nullptr);
  Places places;
  for (const double a : at)
    for (const double node : q.node) add(places, k, a, box.b0 + (box.b1 - box.b0) * node);
  evaluate(places);
  std::vector<double> density;
  for (std::size_t i = 0; i < at.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < q.node.size(); ++j) sum += q.weight[j] * std::exp(places.logValue[i * q.node.size() + j] - logIntegral_);
    density.push_back(sum * (box.b1 - box.b0) * (1 - at[i]));
  }
  return density;
}

SimplexPosterior::Draws SimplexPosterior::draws(std::int64_t count, std::uint64_t seed) const {
  const Box& box = box_;
  const double width = (box.a1 - box.a0) / kCells, height = (box.b1 - box.b0) / kCells;
  Places cells;
  for (int i = 0; i < kCells; ++i)
    for (int j = 0; j < kCells; ++j) add(cells, 0, box.a0 + (i + 0.5) * width, box.b0 + (j + 0.5) * height);
  evaluate(cells);
  const double top = *std::max_element(cells.logValue.begin(), cells.logValue.end());
  std::vector<double> upTo;
  double total = 0;
  for (std::size_t i = 0; i < cells.logValue.size(); ++i) upTo.push_back(total += (1 - cells.w[0][i]) * std::exp(cells.logValue[i] - top));

  const CounterRng rng(purposeSeed(seed, Purpose::simplexDraws), 0);
  Draws out;
  const auto wanted = static_cast<std::size_t>(count);
  for (std::uint64_t attempt = 0; out.logDensity.size() < wanted;) {
    Places tried;
    std::vector<double> bar;  // log of what the density must exceed
    for (int i = 0; i < 1024; ++i, ++attempt) {
      const auto u = rng.uniforms(attempt, 0);
      const auto cell = static_cast<std::size_t>(std::upper_bound(upTo.begin(), upTo.end() - 1, u[0] * total) - upTo.begin());
      add(tried, 0, box.a0 + (static_cast<double>(cell / kCells) + u[1]) * width,
          box.b0 + (static_cast<double>(cell % kCells) + u[2]) * height);
      bar.push_back(cells.logValue[cell] + std::log(1 - cells.w[0][cell]) + kSlack + std::log(u[3]));
    }
    evaluate(tried);
    for (std::size_t i = 0; i < bar.size() && out.logDensity.size() < wanted; ++i)
      if (tried.logValue[i] + std::log(1 - tried.w[0][i]) > bar[i]) {
        for (int k = 0; k < 3; ++k) out.w[k].push_back(tried.w[k][i]);
        out.logDensity.push_back(tried.logValue[i] - logIntegral_);
      }
  }
  return out;
}

}  // namespace inflaton
