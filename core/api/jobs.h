#pragma once
// The jobs themselves: everything that the window and the command line can ask for.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/options.h"
#include "core/api/trajectory.h"

namespace inflaton {

/// Integrates inflation, round trip and generation as the options say; writes nothing. Deterministic in the seed.
Expected<std::shared_ptr<const Simulation>> simulateToy(const ToySimulateOptions&, const JobContext&);
/// Writes the reference's npz files and _sim_params.json into options.save_dir; returns the paths.
Expected<std::vector<std::string>> saveSimulation(const Simulation&, const ToySimulateOptions&, const JobContext&);
/// Those paths before anything is computed; reads the data file or the network file. Throws Error for options that cannot be.
std::vector<std::string> simulationFiles(const ToySimulateOptions&);

struct ValidationError {
  std::vector<double> t, error;  ///< weighted error against the exact denoiser at each time (specification 9)
  double mean = 0;
};

struct TrainUpdate {
  std::int64_t step = 0;
  double mimg = 0, duration_mimg = 0;
  double loss = 0;          ///< of this batch: mean over the batch of the sum over dimensions
  double lossSmoothed = 0;
  double lr = 0, stepsPerSecond = 0, etaSeconds = -1;
  double targetShare = 0;   ///< of the time so far, what posterior-mean targets took (targets mean)
  std::shared_ptr<const ValidationError> validation;      ///< set when just measured
  std::shared_ptr<const std::vector<float>> generated;    ///< [n, dim] generated points in data coordinates, when just drawn
  int dim = 0;
  std::string run_folder;   ///< of this run, in every update: what Open folder and Discard act on
};

enum class TrainEnd { completed, stoppedAndKept };

struct TrainResult {
  TrainEnd end = TrainEnd::completed;
  std::string run_folder, network, state;  ///< last snapshot (.safetensors) and training state (.pt)
  std::int64_t steps = 0;
  double seconds = 0, loss = 0;
  ValidationError validation;
};

/// Trains an MLP denoiser into a new run folder under options.outdir. context.finish stops and keeps; context.stop cancels
/// (the folder stays, marked cancelled, with its last snapshot). NaN: Error(diverged) naming the step; last good snapshot kept.
Expected<TrainResult> trainToy(const ToyTrainOptions&, const JobContext&, const std::function<void(const TrainUpdate&)>& update = {});

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
  double mimg = 0;          ///< samples it was trained on, where known
};
Expected<NetworkInfo> networkInfo(const std::string& path);
/// Those that come with the program (resources/networks), by file name. Files that cannot be read are left out.
std::vector<NetworkInfo> pretrainedNetworks();

/// What a training would cost here, from a few steps of it: nothing is written.
struct TrainCost {
  double secondsPerStep = 0, seconds = 0, memory = 0;  ///< memory: bytes of peak, estimated
  double targetShare = 0;                              ///< of the time, what posterior-mean targets take
  std::int64_t steps = 0, parameters = 0;
};
Expected<TrainCost> trainCost(const ToyTrainOptions&, const JobContext&);

/// Merges preset `name` (resources/presets/toy-train/<name>.json) into defaults. Throws Error(usage) listing the known names.
ToyTrainOptions trainPreset(const std::string& name);
struct PresetInfo { std::string name, title, about; };
std::vector<PresetInfo> trainPresets();

struct SystemInfo {
  std::string version, torch, blas, compiler;
  int threads = 0, cores = 0;
  std::vector<std::string> devices;   ///< "cpu", "cuda:0 NVIDIA ..."
  std::vector<std::string> warnings;  ///< reference BLAS, one thread
};
SystemInfo systemInfo();
const char* programVersion();  ///< "0.1.0"

/// Must be called once on every thread that runs torch work; 0: all cores. Debian's LibTorch starts with one thread.
void useThreads(int threads);

/// Folder with presets, icons and help: INFLATON_RESOURCES, the source tree or the install prefix.
std::string resourceFolder();

}  // namespace inflaton
