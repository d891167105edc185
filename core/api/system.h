#pragma once
// The machine and the program itself.
#include <string>
#include <vector>

namespace inflaton {

struct SystemInfo {
  std::string version, torch, blas, compiler;
  int threads = 0, cores = 0;
  std::vector<std::string> devices;   ///< "cpu", "cuda:0 NVIDIA ..."
  std::vector<std::string> warnings;  ///< reference BLAS, one thread
};
SystemInfo systemInfo();
const char* programVersion();  ///< "0.1.0"

/// Must be called once on every thread that runs torch work; 0: all cores. Debian's LibTorch starts with one thread. A job asks its
/// context how many it may have: useThreads(context.threads(options.threads)).
void useThreads(int threads);

/// Folder with presets, icons and help: INFLATON_RESOURCES, the source tree or the install prefix.
std::string resourceFolder();

}  // namespace inflaton
