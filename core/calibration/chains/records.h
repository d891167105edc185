#pragma once
// What the joint sampler leaves on disk: run folder, latents of every kept draw, checkpoints, results.
#include <memory>
#include <optional>

#include "core/calibration/chains/checkpoint.h"
#include "core/calibration/chains/latent_file.h"
#include "core/calibration/posterior/mixture_experiment.h"
#include "core/io/run_folder.h"

namespace inflaton {

/// The right to write in the run folder to go on in, to be had before its files are read; none for a new run. Throws Error(failed) when
/// that run is still written.
std::optional<LifeLock> claimedRun(const ToyMcmcOptions&);

/// Options for a run folder's checkpoint to go on from. Throws Error naming what is missing, damaged or does not fit.
McmcCheckpoint loadResumable(const ToyMcmcOptions&);

class McmcRecords {
 public:
  /// Makes the folder, or goes on in the claimed one to resume; what it says of later transitions is taken off. Keeps references. Throws
  /// Error(failed) when it cannot be made.
  McmcRecords(const ToyMcmcOptions&, const MixtureExperiment&, const JobContext&, const McmcCheckpoint&, std::optional<LifeLock> claimed);

  RunFolder& folder() { return *folder_; }
  const std::string& path() const { return folder_->path(); }
  void note(const std::string& line);
  void stat(const McmcUpdate&, const McmcCheckpoint&);  ///< a line of stats.jsonl

  /// The latents of draw number `draw` after warm-up, where `thin` says so; the reference's state files when asked for.
  void keep(std::int64_t draw, const std::vector<std::vector<double>>& positions);
  /// Latents to the disk, then checkpoint.npz.
  void save(McmcCheckpoint&);
  /// Diagnostics of all latents, the verdict on them and the output files, once there are draws. The latents are then in these, and
  /// latents.part goes.
  McmcResult results(McmcUpdate, const McmcCheckpoint&, const std::function<void()>& poll);

 private:
  const ToyMcmcOptions& o_;
  const MixtureExperiment& experiment_;
  const JobContext& context_;
  std::unique_ptr<RunFolder> folder_;
  std::optional<LatentFile> latents_;
  std::vector<float> row_;  ///< [chains, 2 n]
};

}  // namespace inflaton
