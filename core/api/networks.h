#pragma once
// Network files: what they say of themselves, and their values at given points.
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/options.h"

namespace inflaton {

/// denoised, weight, score at x [N,D], t [N]; reads and writes npz.
Expected<void> evaluateNetwork(const EvaluateOptions&, const JobContext&);

/// What a network file says of itself, without loading its weights.
struct NetworkInfo {
  std::string path, data_name, schedule;
  int dim = 0;
  std::int64_t parameters = 0;
  ScheduleOptions scheduleOptions;
  double validation_mean = -1;
  std::string arch = "Mlp", precond = "ifs", space = "ES";
  double mimg = 0;  ///< samples it was trained on, where known
};
Expected<NetworkInfo> networkInfo(const std::string& path);
/// Those that come with the program (resources/networks), by file name. Files that cannot be read are left out.
std::vector<NetworkInfo> pretrainedNetworks();

}  // namespace inflaton
