#pragma once
// training-state-<kimg>.safetensors: all that the training of a denoiser needs to go on as if it had never stopped (state_file.h).
// Texts: options, network; of own points data (originJson). Tensors: weights, average, first, second F32 [size], buffers F32 where the
// network has any; eigs [D], W [D D], mean [D] F64; step I64 []; loss_smoothed F64 [1]. Random numbers need no state: batch k follows from
// (seed, k).
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/api/data_origin.h"
#include "core/api/points.h"
#include "core/train/learner.h"

namespace inflaton {

struct TrainingState {
  nlohmann::json options;  ///< of the run
  nlohmann::json network;  ///< Network::configuration
  Eigenbasis basis;
  LearnerState learner;            ///< read: on the CPU
  std::optional<DataOrigin> data;  ///< of own points: the file that the run was started with
};

void saveTrainingState(const std::string& path, const TrainingState&);
/// Throws Error(failed) naming file and part: no training state, missing parts, wrong shapes, values that are not finite.
TrainingState readTrainingState(const std::string& path);

}  // namespace inflaton
