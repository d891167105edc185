#include "core/machine/device.h"

#include <torch/cuda.h>

#include <charconv>

#include "core/api/error.h"

namespace inflaton {
namespace {

int cudaDevices() { return static_cast<int>(torch::cuda::device_count()); }

std::string known() {
  std::string all = "auto, cpu";
  for (int i = 0; i < cudaDevices(); ++i) all += (i == 0 ? ", cuda, cuda:" : ", cuda:") + std::to_string(i);
  return all;
}

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw Error(ErrorCode::usage, "device is \"" + text + "\"" + why + "; allowed on this machine: " + known(),
              cudaDevices() == 0 ? "No CUDA device can be used here; auto takes the processor." : "");
}

}  // namespace

c10::Device chooseDevice(const std::string& text) {
  const int count = cudaDevices();
  if (text == "cpu") return c10::kCPU;
  if (text == "auto") return count > 0 ? c10::Device(c10::kCUDA, 0) : c10::Device(c10::kCPU);
  if (!text.starts_with("cuda")) refuse(text, "");
  int index = 0;
  if (text != "cuda") {
    const char* end = text.data() + text.size();
    if (text.size() < 6 || text[4] != ':') refuse(text, "");
    const auto parsed = std::from_chars(text.data() + 5, end, index);
    if (parsed.ec != std::errc() || parsed.ptr != end || index < 0) refuse(text, "");
  }
  if (index >= count) refuse(text, ", which is not there");
  return {c10::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

std::vector<std::string> deviceNames() {
  std::vector<std::string> names{"cpu"};
  for (int i = 0; i < cudaDevices(); ++i) names.push_back("cuda:" + std::to_string(i));
  return names;
}

}  // namespace inflaton
