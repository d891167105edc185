// The marginal posterior of the weights, 2000 observations and 60 000 latents of each component, and simulation-based calibration, 500
// replicates of 200 observations: through the pretrained PRP circles network, table and all.
#include <algorithm>
#include <cstdio>
#include <string>

#include "core/api/calibration.h"
#include "core/api/options.h"
#include "core/api/system.h"

int main() {
  using namespace inflaton;
  MarginalOptions marginal;
  marginal.source = "net", marginal.network = resourceFolder() + "/networks/circles-PRP.safetensors";
  const auto posterior = marginalPosterior(marginal, {});
  if (!posterior) return std::fprintf(stderr, "%s\n", posterior.error().message.c_str()), 1;
  const auto& p = **posterior;
  double error = 0;
  for (std::size_t k = 0; k < 3; ++k) error = std::max(error, p.meanError[k] / p.sd[k]);
  std::printf("marginal_posterior\t%.2f\ts\nmarginal_posterior_table\t%.2f\ts\nmarginal_posterior_error\t%.4f\tsd\n", p.seconds,
              p.table.seconds, error);

  SbcOptions sbc;
  sbc.source = marginal.source, sbc.network = marginal.network;
  const auto calibration = simulationBasedCalibration(sbc, {});
  if (!calibration) return std::fprintf(stderr, "%s\n", calibration.error().message.c_str()), 1;
  std::printf("sbc\t%.1f\ts\n", (*calibration)->seconds);
}
