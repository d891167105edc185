#pragma once
// A tensor that does not change, converted once for each device and type that it is used on.
#include <ATen/core/Tensor.h>

#include <memory>
#include <mutex>
#include <vector>

namespace inflaton {

/// Copies share the conversions. Any thread may ask.
class ConstantTensor {
 public:
  ConstantTensor() = default;  ///< to be assigned before it is asked
  explicit ConstantTensor(at::Tensor values) : copies_(std::make_shared<Copies>()) { copies_->made.push_back(std::move(values)); }
  /// On the device and of the type of y.
  at::Tensor like(const at::Tensor& y) const;

 private:
  struct Copies {
    std::mutex mutex;
    std::vector<at::Tensor> made;  ///< first what was given
  };
  std::shared_ptr<Copies> copies_;
};

}  // namespace inflaton
