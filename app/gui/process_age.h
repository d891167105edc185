#pragma once

namespace inflaton {

/// Seconds since this process started, loading of libraries included; -1 where the system does not tell.
double processAge();

}  // namespace inflaton
