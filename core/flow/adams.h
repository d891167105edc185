#pragma once
// A multistep solver made for dy_j = f_j(y, w) dtau_j(w): f is a network and dear, the measures tau_j are known in closed form.
#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "core/api/solver_table.h"

namespace inflaton {

struct MeasuredField {
  std::function<at::Tensor(const at::Tensor& y, double w)> value;  ///< f [N, D]: one evaluation
  std::function<std::vector<double>(double w)> measure;            ///< dtau_j/dw [D]: smooth and cheap
};

/// Adams-Bashforth-Moulton in the mode PEC (predict, evaluate, correct): ONE evaluation a step, in equal steps of w, of which a grid
/// makes what it will (core/flow/grid.h). The predictor integrates the polynomial in w through the last `order` values of f, the
/// corrector the one through the new value and order - 1 before it, each against the exact measures (so f = 0 and f polynomial in w
/// are exact however tau bends); the correction costs no evaluation, as f at the predicted point goes on to the next step.
/// It starts with the orders 1, 2, 3 ...: global order `order` on a grid that begins gently; the first step, a trapezium, leaves an error
/// of third order in its own length.
/// Source: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, III.1 and III.5; weights by five-point Gauss quadrature.
struct AdamsSettings {
  int evaluations = 32;     ///< in all; evaluations - 1 steps; at least 2
  int order = kAdamsOrder;  ///< 1 to 6
};

/// The nodes whose values of f make step n, from node n to n + 1: `predictor` to n, then `corrector` to n + 1 (where order is 1 that
/// polynomial serves the stops only).
struct AdamsStep {
  std::size_t predictor, corrector;
};
AdamsStep adamsStep(std::size_t n, std::size_t order);

/// The weights by which a step from w = `from` to `to` adds the values of f at nodes[first .. last]: y_j grows by the sum over k of
/// weights[k][j] f_kj, the integral of the Lagrange polynomial through them against the measures.
std::vector<std::vector<double>> adamsWeights(const std::function<std::vector<double>(double w)>& measure, const std::vector<double>& nodes,
                                              std::size_t first, std::size_t last, double from, double to);

/// Goes from stops.front() to stops.back() (monotone, at least two) and calls `at(k, y, f)` at every stop in order, k = 0 included;
/// between steps y and f are the corrector's own polynomial, so stops cost no evaluation. `stepped(w)` is called after every step and
/// may throw to cancel. Throws Error(diverged) when the state leaves the finite range.
void adams(const MeasuredField&, const at::Tensor& y0, const std::vector<double>& stops, const AdamsSettings&,
           const std::function<void(std::size_t, const at::Tensor& y, const at::Tensor& f)>& at,
           const std::function<void(double)>& stepped);

}  // namespace inflaton
