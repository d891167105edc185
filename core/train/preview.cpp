#include "core/train/preview.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/normal.h>

#include "core/denoise/exact_denoiser.h"
#include "core/flow/flow.h"
#include "core/flow/solvers.h"

namespace inflaton {
namespace {
constexpr int kSteps = 12;
}

Preview::Preview(int dim, std::int64_t points, std::uint64_t seed)
    : latent_(at::normal(0.0, 1.0, {points, dim}, at::detail::createCPUGenerator(seed), at::kFloat)) {}

std::shared_ptr<const std::vector<float>> Preview::draw(const NetDenoiser& net, std::int64_t atMost,
                                                        const std::function<void()>& poll) const {
  const at::NoGradGuard off;
  const Flow flow(net, 1.0);
  auto y = latent_.slice(0, 0, atMost).to(net.weights().device());
  const double from = flow.angle(net.schedule().tMax()), h = -from / kSteps;
  const auto velocity = [&](const at::Tensor& point, double u) { return poll(), flow.angleVelocity(point, u); };
  for (int i = 0; i < kSteps; ++i) y = rungeKuttaStep(velocity, Tableau::heun(), y, from + i * h, h);
  const auto x = toData(net.basis(), flow.unwhiten(y, 0)).to(at::kCPU).contiguous();
  return std::make_shared<const std::vector<float>>(x.data_ptr<float>(), x.data_ptr<float>() + x.numel());
}

}  // namespace inflaton
