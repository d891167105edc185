#include "core/nets/net_coordinates.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/tensor.h>

#include <cmath>

#include "core/denoise/denoiser.h"

namespace inflaton {
namespace {

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
  const auto W = eigenvectors(basis);
  W_ = ConstantTensor(W);
  meanEs_ = ConstantTensor(at::mv(W.t(), at::tensor(basis.mean, at::kDouble)));
  xi_ = ConstantTensor(at::tensor(basis.eigenvalues, at::kDouble));
}

NetCoordinates::Terms NetCoordinates::terms(const at::Tensor& t, const at::Tensor& y) const {
  if (form_ != Form::edm) return {};
  const auto like = [&](const at::Tensor& v) { return v.to(y.options()); };
  const auto variance = kernelVariance(schedule_, t.to(at::kDouble)).slice(1, 0, 1).to(y.device());
  const auto xi = xi_.like(variance), mean = meanEs_.like(variance);
  const auto s = variance.sqrt(), one = 1 + variance, root = xi.sqrt(), spread = (xi + variance).sqrt();
  return {like(spread), like(one.sqrt()), like(s * (1 - xi) / (one * root)), like(-s / one * spread / root * mean),
          like(spread / (one.sqrt() * root))};
}

at::Tensor NetCoordinates::rotated(const at::Tensor& v) const { return at::mm(v, W_.like(v).t()); }
at::Tensor NetCoordinates::rotatedBack(const at::Tensor& v) const { return at::mm(v, W_.like(v)); }

at::Tensor NetCoordinates::input(const at::Tensor& y, const Terms& e) const {
  if (form_ == Form::eigen) return y;
  if (form_ == Form::data) return rotated(y);
  return rotated(y * e.spread + meanEs_.like(y)) / e.norm;
}

at::Tensor NetCoordinates::whitened(const at::Tensor& y, const at::Tensor& output, const Terms& e) const {
  if (form_ == Form::eigen) return output;
  if (form_ == Form::data) return rotatedBack(output);
  return e.skip * y + e.shift + e.gain * rotatedBack(output);
}

at::Tensor NetCoordinates::target(const at::Tensor& y, const at::Tensor& F, const Terms& e) const {
  if (form_ == Form::eigen) return F;
  if (form_ == Form::data) return rotated(F);
  return rotated((F - e.skip * y - e.shift) / e.gain);
}

NoiseConditioning NetCoordinates::noise(const std::string& precond, const Schedule& schedule, double M) {
  if (precond == "ifs") return {M - 1, 0};
  return {schedule.rate(0) / 8, std::log(schedule.gamma0()) / 8};
}

}  // namespace inflaton
