#pragma once
// Training a denoiser: the job, what it tells on its way, what it would cost, and its presets.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/options.h"

namespace inflaton {

/// What any training tells on its way.
struct TrainUpdate {
  std::int64_t step = 0;
  double mimg = 0, duration_mimg = 0;
  double loss = 0;  ///< of this batch: mean over the batch, for denoisers of the sum over dimensions
  double lossSmoothed = 0;
  double lr = 0, stepsPerSecond = 0, etaSeconds = -1;
  double seconds = 0;       ///< that this run has taken so far
  std::string run_folder;   ///< in every update: what Open folder and Discard act on
  std::string previewFile;  ///< a picture of what it makes, when just written into the run folder
};

enum class TrainEnd { completed, stoppedAndKept };

struct TrainResult {
  TrainEnd end = TrainEnd::completed;
  std::string run_folder, network, state;  ///< last snapshot and training state (.safetensors)
  std::int64_t steps = 0;
  double seconds = 0, loss = 0;
};

struct ValidationError {
  std::vector<double> t, error;  ///< weighted error against the exact denoiser at each time (specification 9)
  double mean = 0;
};

/// What a toy training tells beside it.
struct ToyTrainUpdate : TrainUpdate {
  double targetShare = 0;                               ///< of the time so far, what posterior-mean targets took (targets mean)
  std::shared_ptr<const ValidationError> validation;    ///< set when just measured
  std::shared_ptr<const std::vector<float>> generated;  ///< [n, dim] generated points in data coordinates, when just drawn
  int dim = 0;
};

struct ToyTrainResult : TrainResult {
  ValidationError validation;  ///< the last; no times: there was none
};

/// Trains a denoiser into a new run folder under options.outdir. context.finish stops and keeps; context.stop cancels
/// (the folder stays, marked cancelled, with its last snapshot). NaN: Error(diverged) naming the step; last good snapshot kept.
Expected<ToyTrainResult> trainToy(const ToyTrainOptions&, const JobContext&, const std::function<void(const ToyTrainUpdate&)>& update = {});

/// What a training would cost here, from a few steps of it: nothing is written.
struct TrainCost {
  double secondsPerStep = 0, seconds = 0, memory = 0;  ///< memory: bytes of peak, estimated
  double targetShare = 0;                              ///< of the time, what posterior-mean targets take
  std::int64_t steps = 0, parameters = 0;
};
Expected<TrainCost> trainCost(const ToyTrainOptions&, const JobContext&);

/// Merges preset `name` (resources/presets/toy-train/<name>.json) into defaults. Throws Error(usage) listing the known names.
ToyTrainOptions trainPreset(const std::string& name);
struct PresetInfo {
  std::string name, title, about;
};
std::vector<PresetInfo> trainPresets();

}  // namespace inflaton
