// What the program runs on, and the thread setting that every torch thread needs.
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <omp.h>
#include <torch/version.h>

#include "core/api/exception_text.h"
#include "core/api/system.h"
#include "core/machine/blas.h"
#include "core/machine/device.h"
#include "core/machine/patient_threads.h"

namespace inflaton {
namespace {

int cores() { return std::max(1, omp_get_num_procs()); }

std::string withoutStack(const std::exception& e) {
  const auto* torch = dynamic_cast<const c10::Error*>(&e);
  return torch ? torch->what_without_backtrace() : e.what();
}

}  // namespace

void useThreads(int threads) {
  tellExceptionsBy(withoutStack);
  preferWideBlasKernels();
  letWaitingThreadsSleep();
  const int count = threads > 0 ? threads : cores();
  // OpenMP keeps its number per thread, so this thread's setting is no other's; at::set_num_threads is OpenMP's, and OpenBLAS follows it.
  // LibTorch gives each thread the number that was set last anywhere, when that thread first asks: it does so here, before the setting.
  at::set_num_threads(count);
  at::get_num_threads();
  omp_set_num_threads(count);
}

SystemInfo systemInfo() {
  preferWideBlasKernels();
  SystemInfo info;
  info.version = programVersion();
  info.torch = TORCH_VERSION;
  info.blas = blasName();
#if defined(__clang__)
  info.compiler = "Clang " __clang_version__;
#elif defined(__GNUC__)
  info.compiler = "GCC " __VERSION__;
#endif
  info.threads = at::get_num_threads();
  info.cores = cores();
  info.devices = deviceNames();
  info.warnings = blasWarnings();
  if (info.threads == 1 && info.cores > 1)
    info.warnings.push_back("Only one of " + std::to_string(info.cores) + " cores is used; --threads 0 takes all.");
  return info;
}

}  // namespace inflaton
