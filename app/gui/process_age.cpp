#include "app/gui/process_age.h"

#ifdef __linux__
#include <time.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "core/api/number_text.h"
#endif

namespace inflaton {

double processAge() {
#ifdef __linux__
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto past = line.rfind(')');  // the program's name may hold spaces
  if (past == std::string::npos) return -1;
  std::istringstream fields(line.substr(past + 2));
  std::string word;
  for (int i = 3; i <= 22; ++i) fields >> word;  // field 22: start time in clock ticks since boot
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) -
         numberFrom(word).value_or(0) / static_cast<double>(sysconf(_SC_CLK_TCK));
#else
  return -1;
#endif
}

}  // namespace inflaton
