#include "core/train/training_state.h"

#include <ATen/ATen.h>
#include <torch/serialize/archive.h>

#include <sstream>

#include "core/denoise/denoiser.h"
#include "core/io/atomic_file.h"
#include "core/io/input_file.h"
#include "core/nets/network.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr std::uint64_t kByteLimit = std::uint64_t{1} << 31;
constexpr std::int64_t kVersion = 1;

at::Tensor doubles(const std::vector<double>& v) { return at::tensor(v, at::kDouble); }

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {
    const std::string bytes = readTextFile(path, kByteLimit);
    if (!bytes.starts_with("PK")) throwBadFile(path, "is no training state (not a LibTorch archive)");
    try {
      archive_.load_from(bytes.data(), bytes.size());
    } catch (const std::exception&) {  // c10::Error and what unpickling throws
      throwBadFile(path, "is no training state, or is damaged (LibTorch cannot read the archive)");
    }
  }

  at::Tensor tensor(const std::string& name, at::ScalarType type, at::IntArrayRef shape) {
    at::Tensor t;
    if (!archive_.try_read(name, t) || !t.defined()) throwBadFile(path_, "has no part \"" + name + "\"");
    const std::string where = path_ + ", part \"" + name + "\"";
    if (t.scalar_type() != type || t.sizes() != shape || !t.is_cpu()) {
      std::ostringstream s;
      s << "is " << t.toString() << " of the shape " << t.sizes() << "; needed: the shape " << shape;
      throwBadFile(where, s.str());
    }
    if (!at::isfinite(t).all().item<bool>()) throwBadFile(where, "holds values that are not finite");
    return t.contiguous();
  }
  std::vector<double> numbers(const std::string& name, std::int64_t n) {
    const auto t = tensor(name, at::kDouble, {n});
    return {t.data_ptr<double>(), t.data_ptr<double>() + n};
  }
  std::string text(const std::string& name) {
    c10::IValue v;
    if (!archive_.try_read(name, v) || !v.isString()) throwBadFile(path_, "has no part \"" + name + "\"");
    return v.toStringRef();
  }
  json object(const std::string& name) {
    auto j = json::parse(text(name), nullptr, false);
    if (!j.is_object()) throwBadFile(path_, "has a damaged part \"" + name + "\"");
    return j;
  }

 private:
  std::string path_;
  torch::serialize::InputArchive archive_;
};

}  // namespace

void saveTrainingState(const std::string& path, const TrainingState& s) {
  torch::serialize::OutputArchive archive;
  archive.write("format", c10::IValue(std::string("inflaton training state")));
  archive.write("options", c10::IValue(s.options.dump()));
  archive.write("network", c10::IValue(s.network.dump()));
  archive.write("eigs", doubles(s.basis.eigenvalues));
  archive.write("W", eigenvectors(s.basis).flatten().clone());
  archive.write("mean", doubles(s.basis.mean));
  archive.write("weights", s.trainer.weights.to(at::kCPU));
  archive.write("average", s.trainer.average.to(at::kCPU));
  archive.write("first", s.trainer.first.to(at::kCPU));
  archive.write("second", s.trainer.second.to(at::kCPU));
  archive.write("counters", doubles({static_cast<double>(kVersion), static_cast<double>(s.trainer.step), s.trainer.lossSmoothed}));
  std::ostringstream bytes;
  archive.save_to(bytes);
  writeFileAtomically(path, std::string_view(bytes.str()));
}

TrainingState readTrainingState(const std::string& path) {
  Reader in(path);
  if (in.text("format") != "inflaton training state") throwBadFile(path, "is no training state of Inflaton");
  TrainingState s;
  s.options = in.object("options");
  s.network = in.object("network");
  const auto network = makeNetwork(s.network, path);
  const std::int64_t dim = network->dim();
  s.basis = {static_cast<int>(dim), in.numbers("mean", dim), in.numbers("eigs", dim), in.numbers("W", dim * dim)};
  const auto counters = in.numbers("counters", 3);
  if (counters[0] != kVersion) throwBadFile(path, "is of version " + json(counters[0]).dump() + "; this program reads version 1");
  if (!(counters[1] >= 0 && counters[1] < 1e15)) throwBadFile(path, "claims step " + json(counters[1]).dump());
  for (const double xi : s.basis.eigenvalues)
    if (!(xi > 0)) throwBadFile(path, "has an eigenvalue " + json(xi).dump() + "; allowed: > 0");
  s.trainer.step = static_cast<std::int64_t>(counters[1]);
  s.trainer.lossSmoothed = counters[2];
  const std::vector<std::int64_t> shape{network->size()};
  s.trainer.weights = in.tensor("weights", at::kFloat, shape);
  s.trainer.average = in.tensor("average", at::kFloat, shape);
  s.trainer.first = in.tensor("first", at::kFloat, shape);
  s.trainer.second = in.tensor("second", at::kFloat, shape);
  return s;
}

}  // namespace inflaton
