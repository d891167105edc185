#pragma once

namespace inflaton {

/// Bytes of memory that this program holds; 0 where that cannot be told.
double residentMemory();

}  // namespace inflaton
