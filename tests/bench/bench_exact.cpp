// Exact-score inflation: 2000 points on 2000 references, 700 Euler steps; seconds, and the process's peak memory.
#include <sys/resource.h>

#include <cstdio>

#include "core/api/simulate.h"

int main() {
  inflaton::ToySimulateOptions o;
  o.total_samples = 2000, o.solver = "euler", o.steps = 701, o.direction = "melt", o.outputs = false;
  const auto s = inflaton::simulateToy(o, {});
  if (!s) return std::fprintf(stderr, "%s\n", s.error().message.c_str()), 1;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("exact_inflation\t%.3f\ts\n", (*s)->lanes.front().seconds);
  std::printf("exact_memory\t%.0f\tMB\n", static_cast<double>(usage.ru_maxrss) / 1024);
}
