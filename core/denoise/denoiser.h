#pragma once
// D(x, t): the posterior mean of the clean point given the noisy one. The flow, the score and the loss all come from it.
#include <ATen/core/Tensor.h>

#include "core/api/points.h"
#include "core/api/schedule.h"
#include "core/machine/remembered.h"

namespace inflaton {

/// Preconditioning coefficients per eigen-axis (specification 1.1), float64 [D].
struct Preconditioning {
  std::vector<double> cIn, cSkip, cOut, weight;  ///< weight = 1 / cOut
  static Preconditioning at(const Schedule&, const std::vector<double>& eigenvalues, double t);
};

/// The same as tensors [D], on the device and of the type of the points that they multiply.
struct Coefficients {
  at::Tensor cIn, cSkip, cOut, weight;
};

/// A time, and where and in which type what depends on it alone is needed.
struct Moment {
  double t;
  c10::Device device;
  c10::ScalarType type;
  Moment(double time, const at::Tensor& like) : t(time), device(like.device()), type(like.scalar_type()) {}
  bool operator==(const Moment&) const = default;
};

/// Rows [k, D] as one tensor like `like` (device and type), in one copy; take it apart with unbind().
at::Tensor rowsLike(const at::Tensor& like, const std::vector<std::vector<double>>& rows);

/// Kernel variances [N, D], float64, of times t [N] (float64); no less than those of the schedule's first time.
at::Tensor kernelVariance(const Schedule&, const at::Tensor& t);

/// W [D, D], float64 on the processor. It is the basis's own memory: not to be written to.
at::Tensor eigenvectors(const Eigenbasis&);

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

  /// Where it computes, whatever device its points are on. The default is the processor.
  virtual c10::Device device() const { return c10::kCPU; }
  /// Multiplications for one point, of a denoiser that is not interrupted within an evaluation, so that who asks for many points asks in
  /// parts. 0: it looks at the stop token itself.
  virtual std::int64_t workPerPoint() const { return 0; }

  const Schedule& schedule() const { return schedule_; }
  const Eigenbasis& basis() const { return basis_; }
  /// Of time t (or the schedule's first time, if that is later). One copy to the device; those of the last time asked are kept.
  Coefficients coefficients(double t, const at::Tensor& like) const;

 private:
  Schedule schedule_;
  Eigenbasis basis_;
  Remembered<Moment, Coefficients> coefficients_;
};

}  // namespace inflaton
