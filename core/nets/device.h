#pragma once
// Which device, and how many threads. Every job that computes asks here.
#include <string>
#include <vector>

#include <c10/core/Device.h>

namespace inflaton {

/// "auto" (the first CUDA device, else the processor), "cpu", "cuda" or "cuda:n".
/// Throws Error(usage) for other words, and for a device that is not there, naming those that are.
c10::Device chooseDevice(const std::string& text);

/// "cpu", "cuda:0 NVIDIA ...": what chooseDevice accepts on this machine, with names.
std::vector<std::string> deviceNames();

}  // namespace inflaton
