#include "core/machine/resident_memory.h"

#include <unistd.h>

#include <fstream>

namespace inflaton {

double residentMemory() {
  std::ifstream in("/proc/self/statm");
  double total = 0, resident = 0;
  in >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace inflaton
