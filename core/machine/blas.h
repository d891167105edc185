#pragma once
// Which BLAS LibTorch multiplies matrices with, and whether it uses this processor.
#include <string>
#include <vector>

namespace inflaton {

/// "OpenBLAS 0.3.21 (SkylakeX kernels, chosen by Inflaton)", "MKL", "reference BLAS", "built into LibTorch".
std::string blasName();
/// What is slow about it, one sentence each; empty when nothing is.
std::vector<std::string> blasWarnings();

/// An OpenBLAS older than the processor does not know it and falls back to kernels of twenty years ago, four times slower.
/// This makes it choose again by instruction set. Programs that link this file have it done before main; leaves any other
/// BLAS, and a choice made through OPENBLAS_CORETYPE, alone, and does nothing where INFLATON_KEEP_BLAS is set (to any value).
void preferWideBlasKernels();

}  // namespace inflaton
