// Round-trip error at the default tolerance: all seven sets, PRP and PRR; the worst of them, and a line each.
#include <algorithm>
#include <cstdio>

#include "core/api/simulate.h"

int main() {
  using namespace inflaton;
  double worst = 0;
  for (const auto& set : toySets())
    for (int keep : {0, set.dim - 1}) {
      ToySimulateOptions o;
      o.data_name = set.id, o.dims_to_keep = keep, o.total_samples = 2000, o.direction = "roundtrip", o.outputs = false;
      const auto s = simulateToy(o, {});
      if (!s) return std::fprintf(stderr, "%s: %s\n", set.id.c_str(), s.error().message.c_str()), 1;
      const std::string name = set.id + "_" + (*s)->schedule.name();
      std::printf("round_trip_%s\t%.2e\tRMSE kept axes\n", name.c_str(), (*s)->roundTripRmseKept);
      if (keep) std::printf("round_trip_%s_compressed\t%.2e\tRMSE compressed axes\n", name.c_str(), (*s)->roundTripRmseCompressed);
      worst = std::max(worst, (*s)->roundTripRmseKept);
    }
  std::printf("round_trip_worst\t%.2e\tRMSE kept axes\n", worst);
}
