// The whole coverage experiment with the networks that come with the program: circles and S-curve PRP, both directions, both kinds of
// boundary, three seeds, 20 000 test points. Its tables on stderr.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "core/api/coverage.h"
#include "core/api/options.h"
#include "core/api/system.h"

int main() {
  using namespace inflaton;
  double seconds = 0, worst = 0;
  for (const char* name : {"circles", "s_curve"}) {
    ToyCoverageOptions o;
    o.source = "net", o.network = resourceFolder() + "/networks/" + name + "-PRP.safetensors", o.data_name = name, o.seeds = 3;
    const auto r = toyCoverage(o, {});
    if (!r) return std::fprintf(stderr, "%s: %s\n", name, r.error().message.c_str()), 1;
    std::fprintf(stderr, "%s", coverageTable(**r).c_str());
    std::printf("coverage_%s\t%.2f\ts\n", name, (*r)->seconds);
    std::fflush(stdout);
    seconds += (*r)->seconds;
    for (std::size_t k = 0; k < (*r)->radii.size(); ++k)
      worst = std::max(worst, std::abs((*r)->mean(BoundaryKind::advected, CoveragePlace::data, k) -
                                       (*r)->mean(BoundaryKind::advected, CoveragePlace::latentStart, k)));
  }
  std::printf("coverage_experiment\t%.2f\ts\ncoverage_advected_drift\t%.4f\t%%\n", seconds, 100 * worst);
}
