// Single trajectories on the latent plane of one observation, for watching.
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <mutex>
#include <nlohmann/json.hpp>

#include "core/api/job.h"
#include "core/api/json_text.h"
#include "core/api/options.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/calibration/posterior/latent_target.h"
#include "core/calibration/posterior/mixture_experiment.h"
#include "core/data/random.h"
#include "core/io/npz.h"
#include "core/mcmc/sampler.h"

namespace inflaton {
namespace {

constexpr std::int64_t kCoarse = 64;   // nodes a side of the look that finds where the mass is
constexpr double kLook = 4, kFar = 6;  // latent standard deviations: of that look, and beyond which paths no longer widen the picture
constexpr double kDeep = 12;           // below the top, in log-density, that is still shown
constexpr double kPoor = 4.5;          // latent standard deviations along each axis, on the side away from the truth
constexpr std::int64_t kAtOnce = 4096;
// Of the search for a step size: transitions, the first step, and the acceptance aimed at, since a landscape may be rugged where the chain
// comes later.
constexpr std::int64_t kTuning = 150;
constexpr double kFirstStep = 0.05, kTunedAccept = 0.93;

struct Box {
  double least[2] = {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  double most[2] = {-std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  void add(const double* z) {
    for (int j = 0; j < 2; ++j) least[j] = std::min(least[j], z[j]), most[j] = std::max(most[j], z[j]);
  }
};

/// Log-density at nodes of a box, rows along axis 1.
std::vector<double> onGrid(const LatentTarget& target, const Box& box, std::int64_t nodes, const JobContext& context) {
  std::vector<double> z, values(static_cast<std::size_t>(nodes * nodes));
  for (std::int64_t r = 0; r < nodes; ++r)
    for (std::int64_t c = 0; c < nodes; ++c) {
      const double at[2] = {static_cast<double>(c), static_cast<double>(r)};
      for (int j = 0; j < 2; ++j) z.push_back(box.least[j] + at[j] * (box.most[j] - box.least[j]) / static_cast<double>(nodes - 1));
    }
  for (std::int64_t from = 0; from < nodes * nodes; from += kAtOnce) {
    context.throwIfStopped();
    context.report({"log-density", static_cast<double>(from), static_cast<double>(nodes * nodes), -1, {}});
    const auto count = static_cast<std::size_t>(std::min(kAtOnce, nodes * nodes - from)), first = static_cast<std::size_t>(from);
    target.values(std::span(z).subspan(2 * first, 2 * count), std::span(values).subspan(first, count));
  }
  return values;
}

/// What an experiment is made of: its options, and the files they name as they are now.
struct Ingredients {
  PosteriorOptions options;
  std::filesystem::file_time_type network{}, data{};
  bool operator==(const Ingredients&) const = default;
};

Ingredients ingredientsOf(const PosteriorOptions& o) {
  std::error_code none;
  Ingredients made{o, {}, {}};
  made.options.threads = 0;
  if (!o.network.empty()) made.network = std::filesystem::last_write_time(o.network, none);
  if (!o.data_file.empty()) made.data = std::filesystem::last_write_time(o.data_file, none);
  return made;
}

/// The last experiment with a table is kept: whoever plays with step sizes asks for it again and again. (Without one it would hold on to a
/// job's stop token; a table asks no solver.)
std::shared_ptr<const MixtureExperiment> experimentFor(const PosteriorOptions& o, const JobContext& context) {
  static std::mutex guard;
  static Ingredients keptFor;
  static std::shared_ptr<const MixtureExperiment> kept;
  const auto wanted = ingredientsOf(o);
  {
    const std::lock_guard lock(guard);
    if (kept && keptFor == wanted) return kept;
  }
  auto made = std::make_shared<const MixtureExperiment>(makeMixtureExperiment(o, context));
  if (o.map == "table") {
    const std::lock_guard lock(guard);
    kept = made, keptFor = wanted;
  }
  return made;
}

class Demo {
 public:
  Demo(const HmcDemoOptions& o, const JobContext& context)
      : o_(o),
        context_(context),
        kept_(experimentFor(o, context)),
        experiment_(*kept_),
        at_(static_cast<std::size_t>(2 * o.observation)),
        target_(experiment_.map, experiment_.mixture, {experiment_.truth.x[at_], experiment_.truth.x[at_ + 1]}, o.gt_eps_mvn) {
    sd_[1] = std::sqrt(LatentMixture::compressedVariance(o, experiment_.problem));
  }

  std::shared_ptr<const HmcDemo> run() {
    if (const auto& data = experiment_.problem.start; data.units()) result_->origin = data.origin;
    const auto& truth = experiment_.truth.z;
    result_->truth = {static_cast<float>(truth[at_]), static_cast<float>(truth[at_ + 1])};
    result_->stepSize = o_.step_size > 0 ? o_.step_size : tunedStep();
    move(start());
    map();
    return result_;
  }

 private:
  std::vector<double> trueLatent() const { return {experiment_.truth.z[at_], experiment_.truth.z[at_ + 1]}; }

  std::vector<double> start() const {
    std::vector<double> z = trueLatent();
    if (o_.init == "poor")
      for (std::size_t j = 0; j < 2; ++j) z[j] = (z[j] > 0 ? -kPoor : kPoor) * sd_[j];
    return z;
  }

  mcmc::Settings settings() const {
    mcmc::Settings s;
    s.nuts = o_.sampler == "nuts", s.adaptMetric = false;
    s.leapfrogs = o_.traj_length;
    s.seed = purposeSeed(static_cast<std::uint64_t>(o_.seed), Purpose::demonstrationChain);
    return s;
  }

  /// Where the mass is, wherever the chain will start.
  double tunedStep() {
    mcmc::Settings s = settings();
    s.findStepSize = true, s.stepSize = kFirstStep, s.warmup = kTuning, s.draws = 1, s.targetAccept = kTunedAccept;
    mcmc::Sampler sampler(target_, s, {trueLatent()});
    for (std::int64_t i = 0; i < kTuning; ++i) {
      context_.report({"step size", static_cast<double>(i), static_cast<double>(kTuning), -1, {}});
      sampler.step([this] { context_.throwIfStopped(); });
    }
    return sampler.states().front().stepSize;
  }

  void move(const std::vector<double>& start) {
    mcmc::Settings s = settings();
    s.findStepSize = false, s.stepSize = result_->stepSize, s.warmup = 0, s.draws = o_.transitions;
    mcmc::Sampler sampler(target_, s, {start});
    sampler.recordPath(true);
    double accept = 0;
    for (std::int64_t i = 0; i < o_.transitions; ++i) {
      context_.report({"trajectories", static_cast<double>(i), static_cast<double>(o_.transitions), -1, {}});
      const auto from = sampler.states().front().q;
      const auto t = sampler.step([this] { context_.throwIfStopped(); }).front();
      HmcDemo::Transition one;
      addPoint(one, from, 0);
      for (std::size_t k = 0; k < sampler.path().size(); ++k) addPoint(one, sampler.path()[k], sampler.pathEnergyError()[k]);
      const auto& q = sampler.states().front().q;
      one.chosen[0] = static_cast<float>(q[0]), one.chosen[1] = static_cast<float>(q[1]);
      one.accepted = t.accepted, one.divergent = t.divergent, one.depth = t.depth;
      accept += t.accept;
      result_->transitions.push_back(std::move(one));
    }
    result_->accept = accept / static_cast<double>(o_.transitions);
  }

  void addPoint(HmcDemo::Transition& t, const std::vector<double>& z, double energyError) {
    for (const double v : z) t.path.push_back(static_cast<float>(v));
    t.energyError.push_back(static_cast<float>(energyError));
    if (std::abs(z[0]) < kFar * sd_[0] && std::abs(z[1]) < kFar * sd_[1]) box_.add(z.data());
  }

  /// The picture holds the mass, the truth, and paths that stay within reason.
  void map() {
    Box look;
    for (const double side : {-kLook, kLook}) {
      const double corner[2] = {side * sd_[0], side * sd_[1]};
      look.add(corner);
    }
    const auto coarse = onGrid(target_, look, kCoarse, context_);
    const double top = *std::max_element(coarse.begin(), coarse.end());
    for (std::int64_t i = 0; i < kCoarse * kCoarse; ++i) {
      if (!(coarse[static_cast<std::size_t>(i)] > top - kDeep)) continue;
      const double z[2] = {look.least[0] + static_cast<double>(i % kCoarse) * (look.most[0] - look.least[0]) / (kCoarse - 1),
                           look.least[1] + static_cast<double>(i / kCoarse) * (look.most[1] - look.least[1]) / (kCoarse - 1)};
      box_.add(z);
    }
    box_.add(&experiment_.truth.z[at_]);
    for (int j = 0; j < 2; ++j) {
      const double margin = 0.06 * (box_.most[j] - box_.least[j]) + 0.05 * sd_[j];
      box_.least[j] -= margin, box_.most[j] += margin;
    }
    const auto fine = onGrid(target_, box_, o_.grid, context_);
    double best = -std::numeric_limits<double>::infinity();
    for (const double v : fine)
      if (std::isfinite(v)) best = std::max(best, v);
    if (!std::isfinite(best))
      throw Error(ErrorCode::diverged, "the log-density of observation " + std::to_string(o_.observation) + " is nowhere finite",
                  "Raise gt_eps_mvn.");
    auto& r = *result_;
    r.rows = r.columns = static_cast<int>(o_.grid);
    r.left = box_.least[0], r.bottom = box_.least[1];
    r.stepX = (box_.most[0] - box_.least[0]) / static_cast<double>(o_.grid - 1),
    r.stepY = (box_.most[1] - box_.least[1]) / static_cast<double>(o_.grid - 1);
    for (const double v : fine) r.logDensity.push_back(static_cast<float>(v - best));
  }

  const HmcDemoOptions& o_;
  const JobContext& context_;
  std::shared_ptr<const MixtureExperiment> kept_;
  const MixtureExperiment& experiment_;
  std::size_t at_;
  LatentTarget target_;
  double sd_[2] = {1, 1};
  Box box_;
  std::shared_ptr<HmcDemo> result_ = std::make_shared<HmcDemo>();
};

}  // namespace

Expected<std::shared_ptr<const HmcDemo>> hmcDemo(const HmcDemoOptions& options, const JobContext& context) {
  return atEdge([&] {
    validate(options);
    useThreads(context.threads(options.threads));
    const StopScope stops(context);
    const at::NoGradGuard off;
    return Demo(options, context).run();
  });
}

Expected<void> saveHmcDemo(const HmcDemo& d, const HmcDemoOptions& o) {
  return atEdge([&] {
    NpzWriter out(o.output);
    out.add("log_density", std::span<const float>(d.logDensity), {d.rows, d.columns});
    std::vector<double> axis0, axis1;
    for (int i = 0; i < d.columns; ++i) axis0.push_back(d.left + i * d.stepX);
    for (int i = 0; i < d.rows; ++i) axis1.push_back(d.bottom + i * d.stepY);
    out.add("axis0", std::span<const double>(axis0), {d.columns});
    out.add("axis1", std::span<const double>(axis1), {d.rows});
    std::vector<float> paths, error, chosen;
    std::vector<std::int64_t> start{0};
    std::vector<std::int32_t> accepted, divergent, depth;
    for (const auto& t : d.transitions) {
      paths.insert(paths.end(), t.path.begin(), t.path.end()), error.insert(error.end(), t.energyError.begin(), t.energyError.end());
      start.push_back(static_cast<std::int64_t>(error.size()));
      chosen.push_back(t.chosen[0]), chosen.push_back(t.chosen[1]);
      accepted.push_back(t.accepted), divergent.push_back(t.divergent), depth.push_back(t.depth);
    }
    const auto points = static_cast<std::int64_t>(error.size()), T = static_cast<std::int64_t>(d.transitions.size());
    out.add("paths", std::span<const float>(paths), {points, 2});
    out.add("energy_error", std::span<const float>(error), {points});
    out.add("start", std::span<const std::int64_t>(start), {T + 1});
    out.add("chosen", std::span<const float>(chosen), {T, 2});
    out.add("accepted", std::span<const std::int32_t>(accepted), {T});
    out.add("divergent", std::span<const std::int32_t>(divergent), {T});
    out.add("depth", std::span<const std::int32_t>(depth), {T});
    out.add("truth", std::span<const float>(d.truth), {2});
    nlohmann::json meta{
        {"program", std::string("inflaton ") + programVersion()}, {"options", toJson(o)}, {"accept", d.accept}, {"step_size", d.stepSize}};
    if (d.origin) meta["data"] = originJson(*d.origin);
    out.addText("meta", jsonText(meta));
    out.commit();
  });
}

}  // namespace inflaton
