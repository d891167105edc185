#include "core/flow/grid.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>

#include "core/flow/adams.h"

namespace inflaton {
namespace {

constexpr double kFloor = 0.1;  // of the mean density: no stretch is left out, however quiet the pilot found it
constexpr int kSmoothing = 6;   // passes of (1, 2, 1)/4: the map must itself be smooth for a polynomial in w

double fraction(double r) { return r * r / (r * r + 1 - r); }
double fractionSlope(double r) {
  const double below = r * r + 1 - r;
  return r * (2 - r) / (below * below);
}
/// Inverse of fraction.
double graduation(double f) { return f <= 0 ? 0 : 2 * f / (f + std::sqrt(f * (4 - 3 * f))); }

}  // namespace

Grid Grid::graded(const Flow& flow, double tEnd) { return Grid(flow, tEnd); }

double Grid::density(double r) const {
  if (density_.empty()) return 1;
  const double place = r * static_cast<double>(density_.size() - 1);
  const auto i = std::min(density_.size() - 2, static_cast<std::size_t>(std::max(0.0, place)));
  return density_[i] + (place - static_cast<double>(i)) * (density_[i + 1] - density_[i]);
}

double Grid::graded(double w) const {
  if (density_.empty()) return w;
  const auto above = std::upper_bound(reached_.begin() + 1, reached_.end() - 1, w);
  const auto i = static_cast<std::size_t>(above - reached_.begin()) - 1;
  const double cell = 1 / static_cast<double>(density_.size() - 1);
  // w - reached = cell (d0 x + (d1 - d0) x^2 / 2), solved without cancellation.
  const double d0 = density_[i], rise = density_[i + 1] - d0, rest = (w - reached_[i]) / cell;
  const double x = 2 * rest / (d0 + std::sqrt(std::max(0.0, d0 * d0 + 2 * rise * rest)));
  return (static_cast<double>(i) + x) * cell;
}

double Grid::time(double w) const { return w <= 0 ? 0 : w >= 1 ? end_ : flow_->time(angle_ * fraction(graded(w))); }

double Grid::position(double t) const {
  if (t <= 0) return 0;
  if (t >= end_) return 1;
  const double r = graduation(flow_->angle(t) / angle_);
  if (density_.empty()) return r;
  const double place = r * static_cast<double>(density_.size() - 1);
  const auto i = std::min(density_.size() - 2, static_cast<std::size_t>(place));
  const double x = place - static_cast<double>(i), cell = 1 / static_cast<double>(density_.size() - 1);
  return reached_[i] + cell * x * (density_[i] + 0.5 * x * (density_[i + 1] - density_[i]));
}

std::vector<double> Grid::measure(double w) const {
  const double r = graded(w), stretch = angle_ * fractionSlope(r) / density(r);
  auto share = flow_->angleShares(time(w));
  for (double& v : share) v *= stretch;
  return share;
}

Grid Grid::placed(const Flow& flow, double tEnd, const at::Tensor& pilot, bool inflating, int order, const std::function<void()>& poll) {
  Grid grid(flow, tEnd);
  const auto count = static_cast<std::size_t>(pilotEvaluations);
  std::vector<double> stops;
  for (std::size_t k = 0; k < count; ++k) stops.push_back(static_cast<double>(k) / static_cast<double>(count - 1));
  if (!inflating) std::reverse(stops.begin(), stops.end());
  std::vector<at::Tensor> speed(count);  // dy/dr where r runs upwards
  adams(
      {[&](const at::Tensor& y, double w) {
         if (poll) poll();
         return -flow.denoiser().whitened(y, grid.time(w));
       },
       [&](double w) { return grid.measure(w); }},
      pilot, stops, {pilotEvaluations, order},
      [&](std::size_t k, const at::Tensor&, const at::Tensor& f) {
        speed[inflating ? k : count - 1 - k] =
            (f * at::tensor(grid.measure(stops[k]), at::kDouble).to(f.options())).to(at::kCPU, at::kDouble);
      },
      [](double) {});
  for (int pass = 0; pass < order; ++pass) {
    for (std::size_t k = 0; k + 1 < speed.size(); ++k) speed[k] = speed[k + 1] - speed[k];
    speed.pop_back();
  }
  std::vector<double> density(count);
  for (std::size_t k = 0; k < count; ++k) {
    const auto centred =
        std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(k) - order / 2, 0, static_cast<std::ptrdiff_t>(speed.size()) - 1);
    density[k] = std::pow(speed[static_cast<std::size_t>(centred)].square().sum(1).sqrt().mean().item<double>(), 1.0 / (order + 1));
  }
  for (int pass = 0; pass < kSmoothing; ++pass) {
    const auto before = density;
    for (std::size_t k = 0; k < count; ++k)
      density[k] = 0.25 * before[k ? k - 1 : 0] + 0.5 * before[k] + 0.25 * before[std::min(count - 1, k + 1)];
  }
  double mean = 0;
  for (double v : density) mean += v / static_cast<double>(count);
  if (!(mean > 0) || !std::isfinite(mean)) return grid;
  double total = 0;
  std::vector<double> reached{0};
  for (double& v : density) v += kFloor * mean;
  for (std::size_t k = 0; k + 1 < count; ++k)
    reached.push_back(total += 0.5 * (density[k] + density[k + 1]) / static_cast<double>(count - 1));
  for (double& v : density) v /= total;
  for (double& v : reached) v /= total;
  grid.density_ = std::move(density), grid.reached_ = std::move(reached);
  return grid;
}

}  // namespace inflaton
