#include "core/train/training_state.h"

#include "core/api/json_text.h"
#include "core/api/options.h"
#include "core/io/input_file.h"
#include "core/nets/network.h"
#include "core/train/state_file.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr std::int64_t kMostSteps = 1'000'000'000'000'000;

const std::string& command() { return parameterTable<ToyTrainOptions>().command; }

}  // namespace

void saveTrainingState(const std::string& path, const TrainingState& s) {
  StateWriter out(command());
  out.text("options", jsonText(s.options));
  out.text("network", jsonText(s.network));
  if (s.data) out.text("data", jsonText(originJson(*s.data)));
  out.numbers("eigs", s.basis.eigenvalues);
  out.numbers("W", s.basis.W);
  out.numbers("mean", s.basis.mean);
  s.learner.optimiser.write(out);
  out.whole("step", s.learner.step());
  out.numbers("loss_smoothed", std::span(&s.learner.lossSmoothed, 1));
  if (s.learner.buffers.defined()) out.tensor("buffers", s.learner.buffers);
  out.commit(path);
}

TrainingState readTrainingState(const std::string& path) {
  const StateReader in(path, command());
  TrainingState s;
  s.options = in.object("options");
  s.network = in.object("network");
  if (in.holdsText("data")) s.data = originFromJson(in.object("data"), path);
  const auto network = makeNetwork(s.network, path);
  const std::int64_t dim = network->dim();
  s.basis = {static_cast<int>(dim), in.numbers("mean", dim), in.numbers("eigs", dim), in.numbers("W", dim * dim)};
  const auto step = in.whole("step");
  if (!(step >= 0 && step < kMostSteps)) throwBadFile(path, "claims step " + std::to_string(step));
  for (const double xi : s.basis.eigenvalues)
    if (!(xi > 0)) throwBadFile(path, "has an eigenvalue " + jsonText(json(xi)) + "; allowed: > 0");
  s.learner.optimiser = OptimiserState::read(in, network->size(), step);
  s.learner.lossSmoothed = in.numbers("loss_smoothed", 1)[0];
  if (network->bufferSize() > 0) s.learner.buffers = in.floats("buffers", {network->bufferSize()});
  return s;
}

}  // namespace inflaton
