#pragma once
// A small network with weights that do something, and a folder for its files.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/normal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/api/error.h"
#include "core/nets/mlp.h"
#include "core/nets/net_denoiser.h"

namespace inflaton::testing {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "inflaton-net-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline Eigenbasis turnedBasis() {  // 30 degrees
  return {2, {0.3, -0.2}, {1.4, 0.6}, {0.8660254037844386, -0.5, 0.5, 0.8660254037844386}};
}

inline Eigenbasis diagonal(std::vector<double> eigenvalues) {
  Eigenbasis b;
  b.dim = static_cast<int>(eigenvalues.size());
  std::vector<double> W;
  for (int i = 0; i < b.dim; ++i)
    for (int j = 0; j < b.dim; ++j) W.push_back(i == j);
  b.W = std::move(W);
  b.mean.assign(eigenvalues.size(), 0.0);
  b.eigenvalues = std::move(eigenvalues);
  return b;
}

inline NetDenoiser smallNet(int keep = 2, const MlpSettings& settings = {.dim = 2, .width = 12, .depth = 2}) {
  ScheduleOptions o;
  o.dims_to_keep = keep;
  auto network = std::make_shared<Mlp>(settings);
  auto weights = network->initialWeights(at::detail::createCPUGenerator(1)) +
                 at::normal(0., 0.1, {network->size()}, at::detail::createCPUGenerator(2));
  return {Schedule::make(o, 2), turnedBasis(), network, weights};
}

/// What a call throws, as "message | hint"; empty when it throws nothing.
template <class Call>
std::string errorOf(const Call& call) {
  try {
    call();
  } catch (const Error& e) {
    return std::string(e.what()) + " | " + e.hint();
  }
  return {};
}

}  // namespace inflaton::testing
