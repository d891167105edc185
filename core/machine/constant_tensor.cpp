#include "core/machine/constant_tensor.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

namespace inflaton {

at::Tensor ConstantTensor::like(const at::Tensor& y) const {
  const std::lock_guard lock(copies_->mutex);
  for (const auto& copy : copies_->made)
    if (copy.device() == y.device() && copy.scalar_type() == y.scalar_type()) return copy;
  return copies_->made.emplace_back(copies_->made.front().to(y.options()));
}

}  // namespace inflaton
