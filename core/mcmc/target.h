#pragma once
// What is sampled: a log-density and its gradient, for all chains at once, so that a dear evaluation (a flow) is one batch.
#include <span>

namespace inflaton::mcmc {

class Target {
 public:
  virtual ~Target() = default;
  virtual std::size_t size() const = 0;  ///< parameters
  /// q [chains, size] -> logDensity [chains], gradient [chains, size]. Rows are independent: a row's result does not depend on the others,
  /// to the bit. Values that are not finite are allowed and reject. May throw to cancel.
  virtual void evaluate(std::span<const double> q, std::span<double> logDensity, std::span<double> gradient) const = 0;
};

}  // namespace inflaton::mcmc
