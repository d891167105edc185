// What the tables of several jobs share: choices, refusals and checks.
#include "core/api/option_rows.h"

#include "core/api/points.h"

namespace inflaton {

std::pair<std::vector<std::string>, std::vector<std::string>> dataChoices() {
  std::pair<std::vector<std::string>, std::vector<std::string>> all;
  for (const auto& set : toySets()) all.first.push_back(set.id), all.second.push_back(set.title);
  all.first.push_back("file"), all.second.push_back("Own file");
  return all;
}

void refuseOption(const std::string& text, const std::string& hint) { throw Error(ErrorCode::usage, text, hint); }

void checkData(const DataOptions& o) {
  if (o.data_name == "file" && o.data_file.empty()) refuseOption("data_file is empty; data_name file needs a .csv, .npy or .npz");
  if (o.augment_noise > 0 && o.augment_to == 0)
    refuseOption("augment_noise is " + formatParameter(o.augment_noise) + "; allowed without augment_to: 0");
  for (const auto& set : toySets())
    if (set.id == o.data_name && o.augment_to != 0 && o.augment_to < set.dim)
      refuseOption("augment_to is " + std::to_string(o.augment_to) + "; allowed: " + std::to_string(set.dim) + " to " +
                   std::to_string(kMostToyDims) + " (" + set.id + " has " + std::to_string(set.dim) + " dimensions), or 0 for none");
}

void checkSchedule(const DataOptions& d, const ScheduleOptions& s) {
  for (const auto& set : toySets())
    if (set.id == d.data_name) {
      const std::int64_t dim = d.augment_to > 0 ? d.augment_to : set.dim;
      const std::string has = d.augment_to > 0 ? " (augment_to)" : " (" + set.id + " has " + std::to_string(set.dim) + " dimensions)";
      if (s.data_dim != 0 && s.data_dim != set.dim)
        refuseOption("data_dim is " + std::to_string(s.data_dim) + "; allowed: " + std::to_string(set.dim) + " (" + set.id + " has " +
                     std::to_string(set.dim) + " dimensions), or 0 for that");
      if (s.dims_to_keep > dim)
        refuseOption(
            "dims_to_keep is " + std::to_string(s.dims_to_keep) + "; allowed: 1 to " + std::to_string(dim) + has + ", or 0 for all",
            "PRP keeps every dimension; PRR keeps fewer than the data have.");
    }
  if (s.data_dim != 0 && d.augment_to == 0 && s.dims_to_keep > s.data_dim)
    refuseOption("dims_to_keep is " + std::to_string(s.dims_to_keep) + "; allowed: 1 to " + std::to_string(s.data_dim) +
                 " (data_dim), or 0 for all");
  if (s.tmin >= s.tmax)
    refuseOption("tmin is " + formatParameter(s.tmin) + "; allowed: 0 <= tmin < tmax (" + formatParameter(s.tmax) + ")");
}

void checkTraining(const TrainOptions& o) {
  if (o.batch_gpu > 0 && (o.batch_gpu > o.batch || o.batch % o.batch_gpu != 0))
    refuseOption("batch_gpu is " + std::to_string(o.batch_gpu) + "; allowed: a divisor of batch (" + std::to_string(o.batch) +
                 "), or 0 for all of it");
}

void checkSampleCount(const char* name, std::int64_t asked, std::int64_t usual) {
  if (asked == 1)
    refuseOption(std::string(name) + " is 1; allowed: 2 to 10000000, or 0 for all rows of an own file and " + std::to_string(usual) +
                 " points of a toy set");
}

bool namedByNetwork(const DenoiserOptions& o) { return o.source == "net" && o.data_name == "file" && o.data_file.empty(); }

void checkDenoiser(const DenoiserOptions& o, const std::string& command, bool usesData) {
  checkSampleCount("total_samples", o.total_samples, kToySamples);
  if (o.source == "net" && o.network.empty())
    refuseOption("network is empty; " + command + " net needs a .safetensors file", "Train one with inflaton-cli toy-train.");
  DataOptions own;
  own.data_name = "file";  // of which only the reader knows the dimensions
  checkSchedule(usesData ? static_cast<const DataOptions&>(o) : own, o);
  if (o.schedule == "paper" && o.source == "discrete" && o.references > 0)
    refuseOption("references is " + std::to_string(o.references) + "; allowed with schedule paper: 0, the samples themselves",
                 "Its kernels start at width 0, so the exact score of finite data is only defined at those data. Train a network to start "
                 "elsewhere.");
}

}  // namespace inflaton
