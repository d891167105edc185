#include "core/calibration/posterior/simplex_quadrature.h"

#include <cmath>
#include <numbers>

namespace inflaton {

Quadrature Quadrature::gaussLegendre(int m) {
  Quadrature q;
  q.node.resize(static_cast<std::size_t>(m)), q.weight.resize(static_cast<std::size_t>(m));
  for (int i = 0; i < m; ++i) {
    double x = std::cos(std::numbers::pi * (i + 0.75) / (m + 0.5)), slope = 1;  // close enough to root i for Newton's method
    for (int step = 0; step < 100; ++step) {
      double p = 1, before = 0;
      for (int k = 0; k < m; ++k) {
        const double next = ((2 * k + 1) * x * p - k * before) / (k + 1);
        before = p, p = next;
      }
      slope = m * (x * p - before) / (x * x - 1);
      const double move = p / slope;
      x -= move;
      if (std::abs(move) < 1e-15) break;
    }
    const auto at = static_cast<std::size_t>(m - 1 - i);  // ascending
    q.node[at] = 0.5 * (1 + x);
    q.weight[at] = 1 / ((1 - x * x) * slope * slope);
  }
  return q;
}

}  // namespace inflaton
