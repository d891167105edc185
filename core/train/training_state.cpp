#include "core/train/training_state.h"

#include "core/api/json_text.h"
#include "core/io/input_file.h"
#include "core/nets/network.h"
#include "core/train/state_file.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr std::int64_t kVersion = 1;

}  // namespace

void saveTrainingState(const std::string& path, const TrainingState& s) {
  StateWriter out;
  out.text("format", "inflaton training state");
  out.text("options", jsonText(s.options));
  out.text("network", jsonText(s.network));
  out.numbers("eigs", s.basis.eigenvalues);
  out.numbers("W", s.basis.W);
  out.numbers("mean", s.basis.mean);
  s.learner.optimiser.write(out);
  const std::vector<double> counters{static_cast<double>(kVersion), static_cast<double>(s.learner.step()), s.learner.lossSmoothed};
  out.numbers("counters", counters);
  if (s.learner.buffers.defined()) out.tensor("buffers", s.learner.buffers);
  out.commit(path);
}

TrainingState readTrainingState(const std::string& path) {
  StateReader in(path);
  if (in.text("format") != "inflaton training state") throwBadFile(path, "is no training state of Inflaton");
  TrainingState s;
  s.options = in.object("options");
  s.network = in.object("network");
  const auto network = makeNetwork(s.network, path);
  const std::int64_t dim = network->dim();
  s.basis = {static_cast<int>(dim), in.numbers("mean", dim), in.numbers("eigs", dim), in.numbers("W", dim * dim)};
  const auto counters = in.numbers("counters", 3);
  if (counters[0] != kVersion) throwBadFile(path, "is of version " + jsonText(json(counters[0])) + "; this program reads version 1");
  if (!(counters[1] >= 0 && counters[1] < 1e15)) throwBadFile(path, "claims step " + jsonText(json(counters[1])));
  for (const double xi : s.basis.eigenvalues)
    if (!(xi > 0)) throwBadFile(path, "has an eigenvalue " + jsonText(json(xi)) + "; allowed: > 0");
  s.learner.optimiser = OptimiserState::read(in, network->size(), static_cast<std::int64_t>(counters[1]));
  s.learner.lossSmoothed = counters[2];
  if (network->bufferSize() > 0) s.learner.buffers = in.floats("buffers", {network->bufferSize()});
  return s;
}

}  // namespace inflaton
