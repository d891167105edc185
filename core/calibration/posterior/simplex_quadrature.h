#pragma once
#include <vector>

namespace inflaton {

/// Gauss-Legendre nodes and weights on [0, 1]: exact for polynomials of degree 2m - 1. m >= 1.
struct Quadrature {
  std::vector<double> node, weight;
  static Quadrature gaussLegendre(int m);
};

}  // namespace inflaton
