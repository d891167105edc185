#include "core/machine/blas.h"

#include <ATen/Context.h>
#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>

namespace inflaton {
namespace {

template <class F>
F symbol(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_DEFAULT, name));
}

/// OpenBLAS's name for the processor whose kernels it uses; empty when the BLAS is another.
std::string openBlasCore() {
  const auto name = symbol<char* (*)()>("openblas_get_corename");
  return name ? name() : "";
}

bool chosenAnew = false;  // written before main only

bool supportsAvx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
#else
  return false;
#endif
}

bool supportsAvx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

bool ancient(const std::string& core) {
  for (const char* name :
       {"Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Katmai", "Coppermine", "Northwood", "Banias", "Atom", "Generic"})
    if (core == name) return true;
  return false;
}

/// The file that sgemm_ comes from.
std::string blasFile() {
  Dl_info info{};
  void* sgemm = ::dlsym(RTLD_DEFAULT, "sgemm_");
  if (!sgemm || ::dladdr(sgemm, &info) == 0 || !info.dli_fname) return {};
  std::error_code unresolved;
  const auto file = std::filesystem::canonical(info.dli_fname, unresolved);
  return unresolved ? info.dli_fname : file.string();
}

bool isReference() {
  const std::string file = blasFile();
  return openBlasCore().empty() && !at::hasMKL() && file.find("/blas/libblas") != std::string::npos;
}

}  // namespace

std::string blasName() {
  if (at::hasMKL()) return "MKL";
  if (const std::string core = openBlasCore(); !core.empty()) {
    std::string version = "OpenBLAS";
    if (const auto config = symbol<char* (*)()>("openblas_get_config")) {  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
      const std::string text = config();
      version = text.substr(0, text.find(' ', text.find(' ') + 1));
    }
    return version + " (" + core + " kernels" + (chosenAnew ? ", chosen by Inflaton)" : ")");
  }
  if (isReference()) return "reference BLAS";
  const std::string file = blasFile();
  return file.empty() ? "built into LibTorch" : std::filesystem::path(file).filename().string();
}

std::vector<std::string> blasWarnings() {
  std::vector<std::string> warnings;
  if (isReference())
    warnings.emplace_back(
        "LibTorch uses the reference BLAS, which is about fifty times slower than OpenBLAS: install libopenblas0-openmp.");
  if (ancient(openBlasCore()) && supportsAvx2())
    warnings.push_back("OpenBLAS uses its " + openBlasCore() + " kernels, which leave most of this processor idle: set OPENBLAS_CORETYPE=" +
                       (supportsAvx512() ? "SkylakeX." : "Haswell."));
  return warnings;
}

namespace {
// Before main: a program that has threads must not change its environment.
[[maybe_unused]] const bool chosen = (preferWideBlasKernels(), true);
}  // namespace

void preferWideBlasKernels() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (std::getenv("OPENBLAS_CORETYPE") || std::getenv("INFLATON_KEEP_BLAS") || !supportsAvx2() || !ancient(openBlasCore())) return;
    const auto quit = symbol<void (*)()>("gotoblas_dynamic_quit"), init = symbol<void (*)()>("gotoblas_dynamic_init");
    if (!quit || !init) return;  // built for one processor only; blasWarnings tells
    ::setenv("OPENBLAS_CORETYPE", supportsAvx512() ? "SkylakeX" : "Haswell", 1);
    quit();
    init();
    ::unsetenv("OPENBLAS_CORETYPE");
    chosenAnew = true;
  });
}

}  // namespace inflaton
