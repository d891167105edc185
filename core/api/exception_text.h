#pragma once
// What atEdge (core/api/job.h) makes of exceptions that are not ours: no message holds a C++ stack or a library's name for its exception,
// and memory that runs out is one sentence (core/api/memory_need.h).
#include <exception>
#include <string>

namespace inflaton {

/// What an exception says to people, where what() says more than that. core/machine knows how for LibTorch's, which core/job does not see.
using ExceptionTeller = std::string (*)(const std::exception&);
void tellExceptionsBy(ExceptionTeller);

}  // namespace inflaton
