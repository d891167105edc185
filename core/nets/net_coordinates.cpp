#include "core/nets/net_coordinates.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/denoise/denoiser.h"

namespace inflaton {
namespace {

at::Tensor like(const at::Tensor& v, const at::Tensor& y) { return v.to(y.options()); }

void requireIsotropic(const std::string& precond, const Schedule& s) {
  bool same = !s.proportional();
  for (int j = 1; j < s.dim(); ++j) same = same && s.rate(j) == s.rate(0);
  if (!same)
    throw Error(
        ErrorCode::usage,
        "precond is \"" + precond + "\"; allowed with " + s.name() + " of schedule " + (s.proportional() ? "paper" : "reference") + ": ifs",
        "EDM's preconditioning knows one noise level for all axes: PRP of schedule reference.");
}

}  // namespace

NetCoordinates::NetCoordinates(const std::string& precond, const std::string& space, const Schedule& schedule, const Eigenbasis& basis)
    : precond_(precond), space_(space), schedule_(schedule) {
  if (precond != "ifs" && precond != "edm" && precond != "edm_es")
    throw Error(ErrorCode::usage, "precond is \"" + precond + "\"; allowed: ifs, edm, edm_es");
  if (space != "ES" && space != "IS") throw Error(ErrorCode::usage, "space is \"" + space + "\"; allowed: ES, IS");
  if (precond == "edm_es" && space == "IS") throw Error(ErrorCode::usage, "space is \"IS\"; allowed with precond edm_es: ES");
  if (precond != "ifs") requireIsotropic(precond, schedule);
  if (precond == "edm")
    form_ = Form::edm, space_ = "IS";
  else if (space == "IS")
    form_ = Form::data;
  if (identity()) return;
  W_ = at::tensor(basis.W, at::kDouble).view({basis.dim, basis.dim});
  meanEs_ = at::mv(W_.t(), at::tensor(basis.mean, at::kDouble));
  xi_ = at::tensor(basis.eigenvalues, at::kDouble);
}

/// With s = sigma: F = skip y + shift + gain W^T out, column by column, without the difference of two nearly equal denoisers.
struct NetCoordinates::EdmTerms {
  at::Tensor spread, norm;       ///< sqrt(xi + s^2) [N, D], sqrt(1 + s^2) [N, 1]
  at::Tensor skip, shift, gain;  ///< [N, D]
};

NetCoordinates::EdmTerms NetCoordinates::edmTerms(const at::Tensor& y, const at::Tensor& t) const {
  const auto variance = kernelVariance(schedule_, t.to(at::kDouble)).slice(1, 0, 1);
  const auto xi = xi_.to(variance.device()), mean = meanEs_.to(variance.device());
  const auto s = variance.sqrt(), one = 1 + variance, root = xi.sqrt(), spread = (xi + variance).sqrt();
  return {like(spread, y), like(one.sqrt(), y), like(s * (1 - xi) / (one * root), y), like(-s / one * spread / root * mean, y),
          like(spread / (one.sqrt() * root), y)};
}

at::Tensor NetCoordinates::rotated(const at::Tensor& v) const { return at::mm(v, like(W_, v).t()); }
at::Tensor NetCoordinates::rotatedBack(const at::Tensor& v) const { return at::mm(v, like(W_, v)); }

at::Tensor NetCoordinates::input(const at::Tensor& y, const at::Tensor& t) const {
  if (form_ == Form::eigen) return y;
  if (form_ == Form::data) return rotated(y);
  const auto e = edmTerms(y, t);
  return rotated(y * e.spread + like(meanEs_, y)) / e.norm;
}

at::Tensor NetCoordinates::whitened(const at::Tensor& y, const at::Tensor& output, const at::Tensor& t) const {
  if (form_ == Form::eigen) return output;
  if (form_ == Form::data) return rotatedBack(output);
  const auto e = edmTerms(y, t);
  return e.skip * y + e.shift + e.gain * rotatedBack(output);
}

at::Tensor NetCoordinates::target(const at::Tensor& y, const at::Tensor& F, const at::Tensor& t) const {
  if (form_ == Form::eigen) return F;
  if (form_ == Form::data) return rotated(F);
  const auto e = edmTerms(y, t);
  return rotated((F - e.skip * y - e.shift) / e.gain);
}

NoiseConditioning NetCoordinates::noise(const std::string& precond, const Schedule& schedule, double M) {
  if (precond == "ifs") return {M - 1, 0};
  return {schedule.rate(0) / 8, std::log(schedule.gamma0()) / 8};
}

}  // namespace inflaton
