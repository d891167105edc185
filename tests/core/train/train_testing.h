#pragma once
// A small network, and batches for it.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/rand.h>

#include "core/nets/mlp.h"
#include "core/train/learner.h"

namespace inflaton::testing {

inline std::shared_ptr<const Mlp> plainNetwork() { return std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 32, .depth = 2}); }

/// Gaussian data: input and target are independent, so F = 0 is best and its loss is the dimension.
inline Batch gaussianBatch(std::int64_t n, std::uint64_t seed) {
  auto dice = at::detail::createCPUGenerator(seed);
  const auto y = at::normal(0., 1., {n, 2}, dice), target = at::normal(0., 1., {n, 2}, dice);
  return {y, target, at::rand({n}, dice) * 7.01};
}

}  // namespace inflaton::testing
