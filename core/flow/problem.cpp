#include "core/flow/problem.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <filesystem>
#include <optional>

#include "core/data/counter_rng.h"
#include "core/data/given_points.h"
#include "core/data/random.h"
#include "core/denoise/exact_denoiser.h"
#include "core/nets/file/network_file.h"

namespace inflaton {
namespace {

/// As many points of the data as are asked for: drawn, or from memory as if from a file.
PointSet dataPoints(const DenoiserOptions& o, const GivenPoints& given, std::int64_t asked, std::uint64_t seed) {
  if (!given.references) return makePoints(o, sampleCount(o, asked), seed);
  requireGivenPoints(*given.references, "references");
  return asked <= 0 || asked == given.references->n ? *given.references : resamplePoints(*given.references, asked, seed);
}

bool ownFile(const DataOptions& o) { return o.data_name == "file"; }

NetworkInfo requiredInfo(const std::string& network) {
  auto info = networkInfo(network);
  if (!info) throw Error(info.error().code, info.error().message, info.error().hint);
  return std::move(*info);
}

/// A network's own file that is gone is told as that.
void requireFile(const DataOptions& o, const DataOrigin& data, const std::string& network) {
  std::error_code none;
  if (!ownFile(o) || o.data_file.empty() || std::filesystem::exists(o.data_file, none)) return;
  throw Error(ErrorCode::failed,
              o.data_file + ": there is no such file; the network " + network + " was trained on " + data.file + " (" +
                  std::to_string(data.rows) + " rows)",
              "Put it back, or name the points with --data_file.");
}

/// What is not as the network would have it; empty when all is.
std::string otherData(const PointSet& points, const NetworkFile& network, const std::string& path) {
  if (network.data && points.origin) {
    if (network.data->sha256 == points.origin->sha256) return {};
    const bool changed = network.data->file == points.origin->file;
    return points.origin->file +
           (changed ? " has changed since the network was trained on it"
                    : " is not the file that the network was trained on, " + network.data->file) +
           (points.units() ? ": its rows are read in the units of the network" : "");
  }
  const auto name = network.configuration.find("data_name");
  if (name == network.configuration.end() || !name->is_string()) return {};
  if (*name == points.name)
    return points.origin ? "the network " + path + " is of an older version and holds no units of its data: " + points.origin->file +
                               " is read by moments of its own"
                         : std::string();
  return "the network " + path + " was trained on " + name->get<std::string>() + "; the points are of " + points.name;
}

/// The exact score of finite data, and the basis that belongs to it.
std::shared_ptr<const Denoiser> exactDenoiser(const DenoiserOptions& o, PointSet& start, const GivenPoints& given, double A0,
                                              at::ScalarType type, const c10::Device& device, std::function<void()> poll) {
  const bool own = o.references == 0 && !given.start;
  const auto seed = purposeSeed(static_cast<std::uint64_t>(o.seed), Purpose::references);
  const PointSet drawn = own ? PointSet{} : dataPoints(o, given, o.references > 0 ? o.references : o.total_samples, seed);
  const PointSet& references = own ? start : drawn;
  if (!start.origin && references.units()) start.origin = references.origin;
  if (references.dim != start.dim)
    throw Error(ErrorCode::usage, "the starting points have " + std::to_string(start.dim) + " columns; " + references.name + " has " +
                                      std::to_string(references.dim) + " dimensions");
  auto basis = eigenbasisOf(references);
  auto schedule = Schedule::make(o, references.dim, A0, basis.eigenvalues);
  const auto points = eigenTensor(basis, references, type).to(device);
  auto denoiser = std::make_shared<ExactDenoiser>(std::move(schedule), std::move(basis), points);
  denoiser->setPoll(std::move(poll));
  return denoiser;
}

}  // namespace

void requireDataDim(const ScheduleOptions& o, const PointSet& p) {
  const int dim = p.embeddedFrom > 0 ? p.embeddedFrom : p.dim;
  if (o.data_dim != 0 && o.data_dim != dim)
    throw Error(ErrorCode::usage, "data_dim is " + std::to_string(o.data_dim) + "; allowed: " + std::to_string(dim) + " (" + p.name +
                                      " has " + std::to_string(dim) + " dimensions), or 0 for that");
}

Problem makeProblem(const DenoiserOptions& o, double A0, at::ScalarType type, const c10::Device& device, std::function<void()> poll,
                    const GivenPoints& given) {
  if (given.start) requireGivenPoints(*given.start, "starting points");
  std::optional<NetworkFile> network;
  if (o.source == "net") network = readNetwork(o.network, device);
  std::vector<std::string> notes;
  const auto seed = static_cast<std::uint64_t>(o.seed);
  PointSet start = given.start                    ? *given.start
                   : network && !given.references ? networkPoints(o, o.total_samples, kToySamples, seed, *network, o.network, notes)
                                                  : dataPoints(o, given, o.total_samples, seed);
  start.labels.resize(static_cast<std::size_t>(start.n));
  requireDataDim(o, start);
  if (!network && !given.start) {
    notes = start.notes;
    if (start.origin) notes.push_back(rowsText(start));
  }
  std::shared_ptr<const Denoiser> denoiser;
  if (network) {
    requireMatches(*network->denoiser, o, start.dim, o.network);
    denoiser = network->denoiser;
    if (given.start && !start.origin && network->data && network->data->dim() == start.dim) start.origin = network->data;
  } else {
    denoiser = exactDenoiser(o, start, given, A0, type, device, std::move(poll));
  }
  const Schedule& trained = denoiser->schedule();
  const bool ownEnd = o.source == "discrete" || o.tmax != ScheduleOptions{}.tmax;
  auto schedule = trained.withEnd(ownEnd ? o.tmax : trained.tMax()).withScale(A0);
  return {std::move(start), std::move(denoiser), std::move(schedule), std::move(notes)};
}

void say(const Problem& p, const JobContext& context) {
  for (const auto& note : p.notes) context.note(note);
}

void sayUnits(const Problem& p, const DenoiserOptions& o, const UnitsOptions& asked, const std::string& given, const JobContext& context) {
  if (asked.units != "own" || !ownFile(o) || p.start.units()) return;
  context.note(given + ": no units of the file are known here" + (o.augment_to > 0 ? " (its points are embedded)" : "") +
               ", so its numbers are taken as standardised ones");
}

PointSet networkPoints(const DataOptions& o, std::int64_t asked, std::int64_t usual, std::uint64_t seed, const NetworkFile& network,
                       const std::string& path, std::vector<std::string>& notes) {
  if (network.data) requireFile(o, *network.data, path);
  PointSet points = makePoints(o, sampleCount(o, asked, usual), seed, network.data.get());
  notes = points.notes;
  if (points.origin) notes.push_back(rowsText(points));
  if (auto other = otherData(points, network, path); !other.empty()) notes.push_back(std::move(other));
  return points;
}

GivenPoints withoutOwnPoints(const DenoiserOptions& o, const JobContext& context) {
  if (o.source != "net" || !ownFile(o)) return {};
  const NetworkInfo network = requiredInfo(o.network);
  if (!network.data && !o.data_file.empty()) return {};
  if (const std::string changed = changedData(network); !changed.empty()) context.note(changed + "; nothing of it is needed here");
  auto p = std::make_shared<PointSet>();
  p->name = network.data_name, p->n = 2, p->dim = network.dim;
  p->values.assign(static_cast<std::size_t>(2 * p->dim), 0.0f), p->labels.assign(2, 0);
  return {std::move(p), {}};
}

std::shared_ptr<const DataOrigin> unitsOf(const DenoiserOptions& o) {
  if (o.source == "net")
    if (const auto network = requiredInfo(o.network); network.data) return network.data->dim() == network.dim ? network.data : nullptr;
  if (!ownFile(o) || o.data_file.empty()) return nullptr;
  const auto points = makePoints(o, 0, 0);
  return points.units() ? points.origin : nullptr;
}

at::Tensor latentDraw(std::int64_t n, const std::vector<double>& variance, std::uint64_t seed) {
  const auto D = static_cast<std::int64_t>(variance.size());
  auto z = at::empty({n, D}, at::kDouble);
  auto* value = z.data_ptr<double>();
  const CounterRng rng(purposeSeed(seed, Purpose::latents), 0);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < D; ++j)
      value[i * D + j] = std::sqrt(variance[static_cast<std::size_t>(j)]) *
                         rng.normals(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j / 4))[static_cast<std::size_t>(j % 4)];
  return z;
}

}  // namespace inflaton
