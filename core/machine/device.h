#pragma once
// Which device a job computes on.
#include <string>
#include <vector>

#include <c10/core/Device.h>

namespace inflaton {

/// "auto" (the first CUDA device, else the processor), "cpu", "cuda" or "cuda:n".
/// Throws Error(usage) for other words, and for a device that is not there, naming those that are.
c10::Device chooseDevice(const std::string& text);

/// "cpu", "cuda:0", ...: the devices of this machine.
std::vector<std::string> deviceNames();

}  // namespace inflaton
