#pragma once
// D(x, t): the posterior mean of the clean point given the noisy one. The flow, the score and the loss all come from it.
#include <ATen/core/Tensor.h>

#include "core/api/points.h"
#include "core/api/schedule.h"

namespace inflaton {

/// Preconditioning coefficients per eigen-axis (specification 1.1), float64 [D].
struct Preconditioning {
  std::vector<double> cIn, cSkip, cOut, weight;  ///< weight = 1 / cOut
  static Preconditioning at(const Schedule&, const std::vector<double>& eigenvalues, double t);
};

/// Kernel variances [N, D], float64, of times t [N] (float64); no less than those of the schedule's first time.
at::Tensor kernelVariance(const Schedule&, const at::Tensor& t);

/// Takes and returns UNSCALED eigen-coordinates [N, D]; float32 or float64 as given; on the tensor's device.
class Denoiser {
 public:
  Denoiser(Schedule schedule, Eigenbasis basis) : schedule_(std::move(schedule)), basis_(std::move(basis)) {}
  virtual ~Denoiser() = default;

  /// D(x, t) at one time for all points, 0 <= t <= t_max.
  virtual at::Tensor denoise(const at::Tensor& x, double t) const = 0;
  /// F(y, t) with D = cSkip x + cOut F and y = cIn x (whitened): the right-hand side of the angle form. The default derives it from D.
  virtual at::Tensor whitened(const at::Tensor& y, double t) const;
  /// whitened(), and `jacobian` [N, D, D]: entry (n, i, j) is dF_i / dy_j at point n, exact. The default is autograd through
  /// whitened(), which must then be made of tensor operations.
  virtual at::Tensor whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const;
  /// whitened(), and `products` [P, N, D]: for each v [P, N, D] the row v^T dF/dy. The default multiplies with the Jacobian.
  virtual at::Tensor whitenedWithProducts(const at::Tensor& y, double t, const at::Tensor& v, at::Tensor& products) const;
  const Schedule& schedule() const { return schedule_; }
  const Eigenbasis& basis() const { return basis_; }

 private:
  Schedule schedule_;
  Eigenbasis basis_;
};

}  // namespace inflaton
