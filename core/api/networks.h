#pragma once
// Network files: what they say of themselves, and their values at given points.
#include <memory>
#include <string>
#include <vector>

#include "core/api/data_origin.h"
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
  DataOptions dataOptions;  ///< those it was trained with, where known; data_name "file": own points
  std::shared_ptr<const DataOrigin>
      data;  ///< of own points: their file and its units; null: a toy set, or a network of before that was kept
  double validation_mean = -1;
  std::string arch = "Mlp", precond = "ifs", space = "ES";
  double mimg = 0;  ///< samples it was trained on, where known
};
Expected<NetworkInfo> networkInfo(const std::string& path);
/// What has become of the own points that a network was trained on: "mine.csv: there is no such file; ...", "... has changed since ...";
/// empty where they are there byte for byte, or where the network does not know.
std::string changedData(const NetworkInfo&);
/// The data set that goes with a network when none is named: `data` becomes it. A toy set brings its name and embedding; own points must be
/// there, byte for byte what the network was trained on, or (needed false) may have gone. Throws Error saying what is missing.
void takeDataOf(const NetworkInfo&, DataOptions& data, bool needed = true);
/// Those that come with the program (resources/networks), by file name. Files that cannot be read are left out.
std::vector<NetworkInfo> pretrainedNetworks();

}  // namespace inflaton
