#pragma once
// What a network sees and answers, against the whitened eigen-coordinates that flows, losses and solvers work in:
// y = x / sqrt(xi + gamma), and F with D = cSkip x + cOut F (core/denoise/denoiser.h). Specification 1.1 and 1.2.
//   ifs, ES     input y                               out = F
//   ifs, IS     input W y                             out = W F
//   edm_es      as ifs, ES: with one noise level, and the eigenvalues for the data's variances, that is EDM's equation 7 per axis
//   edm         input x_is / sqrt(1 + sigma^2)        D_is = x_is / (1 + sigma^2) + sigma / sqrt(1 + sigma^2) out
// with x_is = W x + mean and sigma^2 = gamma(t), the same on every axis: EDM's own form, in data coordinates, data variance 1.
#include <ATen/core/Tensor.h>

#include <string>

#include "core/api/points.h"
#include "core/api/schedule.h"
#include "core/machine/constant_tensor.h"

namespace inflaton {

/// c_noise = scale t + offset: how architectures of the reference are told the noise level.
struct NoiseConditioning {
  double scale = 999, offset = 0;
};

class NetCoordinates {
 public:
  /// precond: ifs | edm | edm_es. space: ES | IS, for ifs; edm is in data coordinates whatever is said, edm_es in ES only.
  /// Throws Error(usage) for other words, and for edm and edm_es on a schedule that is not isotropic (PRP of schedule reference).
  NetCoordinates(const std::string& precond, const std::string& space, const Schedule&, const Eigenbasis&);

  /// What surrounds the network at some times. With s = sigma: F = skip y + shift + gain W^T out, column by column, without the
  /// difference of two nearly equal denoisers. Undefined tensors where the form has none: all but edm's.
  struct Terms {
    at::Tensor spread, norm;       ///< sqrt(xi + s^2) [N, D], sqrt(1 + s^2) [N, 1]
    at::Tensor skip, shift, gain;  ///< [N, D]
  };
  /// At times t ([N] or [1], of any floating type), for points on the device and of the type of y.
  Terms terms(const at::Tensor& t, const at::Tensor& y) const;

  // y, F, output [N, D], float32 or float64, on any device, and the terms of their times.
  at::Tensor input(const at::Tensor& y, const Terms&) const;
  /// F, from what the network answered.
  at::Tensor whitened(const at::Tensor& y, const at::Tensor& output, const Terms&) const;
  /// What the network would have to answer for F: the inverse of whitened(). Squared errors of it are the reference's loss.
  at::Tensor target(const at::Tensor& y, const at::Tensor& F, const Terms&) const;
  /// From eigen-coordinates to the axes that the network answers in: W v for each row, or v itself.
  at::Tensor ownAxes(const at::Tensor& v) const { return identity() ? v : rotated(v); }

  const std::string& precond() const { return precond_; }
  const std::string& space() const { return space_; }
  bool identity() const { return form_ == Form::eigen; }

  /// ifs: (M - 1) t. edm, edm_es: ln(sigma) / 4, which is affine in t.
  static NoiseConditioning noise(const std::string& precond, const Schedule&, double M = 1000);

 private:
  enum class Form { eigen, data, edm };
  at::Tensor rotated(const at::Tensor& eigen) const;  ///< W v for each row
  at::Tensor rotatedBack(const at::Tensor& data) const;

  std::string precond_, space_;
  Form form_ = Form::eigen;
  Schedule schedule_;
  ConstantTensor W_, meanEs_, xi_;  ///< eigenvectors in columns, W^T mean, eigenvalues
};

}  // namespace inflaton
