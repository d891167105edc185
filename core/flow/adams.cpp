#include "core/flow/adams.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/api/error.h"

namespace inflaton {
namespace {

// To these digits: all results of the method rest on them to the last bit.
constexpr std::array<double, 5> kGaussPoint{0.046910077030668, 0.230765344947158, 0.5, 0.769234655052842, 0.953089922969332};
constexpr std::array<double, 5> kGaussWeight{0.118463442528095, 0.239314335249683, 0.284444444444444, 0.239314335249683, 0.118463442528095};

/// Lagrange's polynomial of node k among those from `first` to `last`.
double lagrange(const std::vector<double>& nodes, std::size_t first, std::size_t last, std::size_t k, double w) {
  double product = 1;
  for (std::size_t l = first; l <= last; ++l)
    if (l != k) product *= (w - nodes[l]) / (nodes[k] - nodes[l]);
  return product;
}

/// The values of f that a polynomial goes through.
struct Stencil {
  const std::vector<double>& nodes;
  const std::vector<at::Tensor>& f;
  std::size_t first, last;

  at::Tensor at(double w) const {
    at::Tensor sum = at::zeros_like(f[last]);
    for (std::size_t k = first; k <= last; ++k) sum.add_(f[k], lagrange(nodes, first, last, k, w));
    return sum;
  }
};

/// The measures between two points, at the points of the quadrature.
struct Stretch {
  std::array<double, 5> w{};
  std::array<std::vector<double>, 5> weight;
  Stretch(const std::function<std::vector<double>(double)>& measure, double from, double to) {
    for (std::size_t q = 0; q < w.size(); ++q) {
      w[q] = from + (to - from) * kGaussPoint[q];
      weight[q] = measure(w[q]);
      for (double& v : weight[q]) v *= (to - from) * kGaussWeight[q];
    }
  }
};

std::vector<std::vector<double>> weights(const std::vector<double>& nodes, std::size_t first, std::size_t last, const Stretch& stretch) {
  std::vector<std::vector<double>> all;
  for (std::size_t k = first; k <= last; ++k) {
    std::vector<double> axis(stretch.weight[0].size(), 0.0);
    for (std::size_t q = 0; q < stretch.w.size(); ++q) {
      const double basis = lagrange(nodes, first, last, k, stretch.w[q]);
      for (std::size_t j = 0; j < axis.size(); ++j) axis[j] += basis * stretch.weight[q][j];
    }
    all.push_back(std::move(axis));
  }
  return all;
}

/// y plus the integral of the stencil's polynomial against the measures.
at::Tensor advance(const at::Tensor& y, const Stencil& s, const Stretch& stretch) {
  at::Tensor sum = y.clone();
  const auto all = weights(s.nodes, s.first, s.last, stretch);
  for (std::size_t k = s.first; k <= s.last; ++k) sum.addcmul_(s.f[k], at::tensor(all[k - s.first], at::kDouble).to(y.options()));
  return sum;
}

}  // namespace

AdamsStep adamsStep(std::size_t n, std::size_t order) {
  return {n + 1 - std::min(order, n + 1), n + 2 - std::min(std::max<std::size_t>(order, 2), n + 2)};
}

std::vector<std::vector<double>> adamsWeights(const std::function<std::vector<double>(double)>& measure, const std::vector<double>& nodes,
                                              std::size_t first, std::size_t last, double from, double to) {
  return weights(nodes, first, last, Stretch(measure, from, to));
}

void adams(const MeasuredField& field, const at::Tensor& y0, const std::vector<double>& stops, const AdamsSettings& settings,
           const std::function<void(std::size_t, const at::Tensor&, const at::Tensor&)>& at, const std::function<void(double)>& stepped) {
  const auto steps = static_cast<std::size_t>(std::max(1, settings.evaluations - 1)),
             order = static_cast<std::size_t>(std::clamp(settings.order, 1, 6));
  const double start = stops.front(), span = stops.back() - start, sign = span < 0 ? -1 : 1;
  std::vector<double> nodes;
  for (std::size_t n = 0; n <= steps; ++n)
    nodes.push_back(n == steps ? stops.back() : start + span * static_cast<double>(n) / static_cast<double>(steps));
  at::Tensor y = y0;
  std::vector<at::Tensor> f{field.value(y, start)};
  at(0, y, f.front());
  std::size_t next = 1;
  for (std::size_t n = 0; n < steps; ++n) {
    const double from = nodes[n], to = nodes[n + 1];
    const Stretch step(field.measure, from, to);
    const AdamsStep stencils = adamsStep(n, order);
    f.push_back(field.value(advance(y, {nodes, f, stencils.predictor, n}, step), to));
    const Stencil corrector{nodes, f, stencils.corrector, n + 1};
    const at::Tensor arrived = order == 1 ? advance(y, {nodes, f, n, n}, step) : advance(y, corrector, step);
    if (!at::isfinite(arrived).all().item<bool>())
      throw Error(ErrorCode::diverged, "the flow left the finite range at step " + std::to_string(n + 1) + " of " + std::to_string(steps),
                  "Take more steps, or dopri5.");
    for (; next < stops.size() && (stops[next] - to) * sign <= 1e-12 * std::abs(span); ++next) {
      const double w = stops[next];
      if ((to - w) * sign <= 1e-9 * std::abs(to - from))
        at(next, arrived, f.back());
      else
        at(next, advance(y, corrector, Stretch(field.measure, from, w)), corrector.at(w));
    }
    if (n + 1 >= order) f[n + 1 - order].reset();  // no longer needed
    y = arrived;
    stepped(to);
  }
}

}  // namespace inflaton
