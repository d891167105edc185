// The job behind toy-coverage: latent points and shells through the flow and back, counted at three places, for every seed.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/coverage.h"
#include "core/api/job.h"
#include "core/api/json_text.h"
#include "core/api/memory_need.h"
#include "core/api/number_text.h"
#include "core/api/solver_table.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/api/trajectory.h"
#include "core/coverage/count_shells.h"
#include "core/coverage/coverage_flow.h"
#include "core/coverage/latent_shells.h"
#include "core/flow/problem.h"

namespace inflaton {
namespace {

constexpr double kCarryCost = 2.5;  // of the advected shells, in lanes of the test points; for progress only

std::vector<double> valuesOf(const at::Tensor& v) {
  const auto host = v.to(at::kCPU, at::kDouble).contiguous();
  return {host.data_ptr<double>(), host.data_ptr<double>() + host.numel()};
}

std::vector<float> floatsOf(std::span<const double> v) { return {v.begin(), v.end()}; }

at::Tensor pointTensor(std::span<const double> values, int dim) {
  return at::from_blob(const_cast<double*>(values.data()), {static_cast<std::int64_t>(values.size()) / dim, dim}, at::kDouble).clone();
}

/// Parts of the whole that are done, and how long the rest may take.
class Steps {
 public:
  Steps(const JobContext& context, double total) : context_(context), total_(total) {}
  void at(const std::string& stage, double part) const {
    context_.throwIfStopped();
    const double fraction = std::min(1.0, (done_ + part) / total_), seconds = elapsed();
    context_.report({stage, std::min(done_ + part, total_), total_, fraction > 0.01 ? seconds * (1 - fraction) / fraction : -1, {}});
  }
  void finished(double parts) { done_ += parts; }
  double elapsed() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(); }

 private:
  const JobContext& context_;
  double total_, done_ = 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

class Experiment {
 public:
  Experiment(const ToyCoverageOptions& o, const JobContext& context)
      : o_(o),
        context_(context),
        flow_(o, context),
        radii_(coverageRadii(o)),
        alpha_(o.boundary != "advected"),
        advected_(o.boundary != "alpha"),
        steps_(context, 2.0 * static_cast<double>(o.seeds) + (advected_ ? kCarryCost : 0)) {
    for (const double v : flow_.latentVariance()) sd_.push_back(std::sqrt(v));
    const double points = static_cast<double>(o.test_pts) + static_cast<double>(o.r_num * o.boundary_pts);
    const double bytes =
        points * flow_.dim() * (2.0 * static_cast<double>(flow_.framesKept()) * (solverInfo(o.solver).scaled() ? 20 : 8) + 200);
    requireMemory(bytes,
                  "test_pts " + std::to_string(o.test_pts) + " and r_num * boundary_pts " + std::to_string(o.r_num * o.boundary_pts) +
                      " at about " + std::to_string(flow_.framesKept()) + " frames a flow",
                  "Lower test_pts or raise save_freq.", kMostResultBytes);
    auto& r = result_;
    r.data_name = flow_.dataName(), r.schedule = flow_.schedule().name(), r.dim = flow_.dim();
    r.testPoints = o.test_pts, r.boundaryPoints = o.boundary_pts;
    r.radii = radii_, r.latentVariance = flow_.latentVariance();
    for (const double radius : radii_) r.ideal.push_back(shareWithin(radius, r.dim));
    r.command = commandLine(o);
  }

  std::shared_ptr<const CoverageResult> run(const std::function<void(const CoverageUpdate&)>& update) {
    for (std::int64_t i = 0; i < o_.seeds; ++i) {
      if (i > 0 && context_.finish.stop_requested()) {
        context_.note("stopped after " + std::to_string(i) + " of " + std::to_string(o_.seeds) + " seeds, and kept");
        break;
      }
      repetition(static_cast<std::uint64_t>(o_.seed + i), i == 0);
      result_.seconds = steps_.elapsed();
      if (update) update({std::make_shared<const CoverageResult>(result_)});
    }
    return std::make_shared<const CoverageResult>(std::move(result_));
  }

 private:
  void repetition(std::uint64_t seed, bool first) {
    const std::string name = o_.seeds > 1 ? "seed " + std::to_string(seed) + ": " : "";
    CoverageRun& run = result_.runs.emplace_back();
    run.seed = seed;
    const auto test = latentDraw(o_.test_pts, flow_.latentVariance(), seed);
    const auto boundary = boundaryPoints(radii_, o_.boundary_pts, sd_, seed);
    const auto latent = at::cat({test, pointTensor(boundary, flow_.dim())});
    steps_.at(name + "counting at the latent start", 0);
    if (alpha_) countAlpha(run, CoveragePlace::latentStart, latent, first);  // an alpha that cannot be says so before the flow is run

    const auto carry = [&](const char* stage) {
      return CoverageFlow::Carry{first, o_.test_pts, [this, name, stage](double part) { steps_.at(name + stage, part); }};
    };
    auto generated = flow_.generate(latent, carry("generation"));
    steps_.finished(1);
    const auto data = flow_.scaledData(generated.end);
    if (alpha_) countAlpha(run, CoveragePlace::data, data, first);
    auto inflated = flow_.inflate(generated.end, carry("inflation back"));
    steps_.finished(1);
    const auto back = flow_.scaledLatent(inflated.end);
    if (alpha_) countAlpha(run, CoveragePlace::latentEnd, back, first);
    if (advected_) {
      if (first) carryBoundary();
      for (const auto& [place, points] :
           {std::pair{CoveragePlace::latentStart, &latent}, {CoveragePlace::data, &data}, {CoveragePlace::latentEnd, &back}})
        run.shells[static_cast<std::size_t>(BoundaryKind::advected)][static_cast<std::size_t>(place)] =
            advectedShells(carried_, place, valuesOf(testOf(*points)), counting(first));
    }
    const auto missed = (testOf(back) - test) / at::tensor(sd_, at::kDouble);
    run.roundTripRmse = std::sqrt(missed.square().mean().item<double>());
    if (first) keep(generated, inflated, latent, data, back);
    context_.note(name + "round-trip RMSE " + formatParameter(run.roundTripRmse) + " latent standard deviations");
  }

  at::Tensor testOf(const at::Tensor& points) const { return points.slice(0, 0, o_.test_pts); }

  CountSettings counting(bool first) const {
    return {flow_.dim(), at::get_num_threads(), first, [this] { context_.throwIfStopped(); }};
  }

  void countAlpha(CoverageRun& run, CoveragePlace place, const at::Tensor& points, bool first) const {
    auto& shells = run.shells[static_cast<std::size_t>(BoundaryKind::alphaShape)][static_cast<std::size_t>(place)];
    shells = alphaShells(valuesOf(points.slice(0, o_.test_pts)), radii_, valuesOf(testOf(points)), circumradiusLimit(o_.alpha, flow_.dim()),
                         place, counting(first));
    if (!first) return;
    for (std::size_t k = 0; k < shells.size(); ++k) {
      const MeshCheck& check = shells[k].check;
      if (check.closed && check.components == 1 && check.nonManifold == 0 && check.isolated == 0) continue;
      context_.note(formatted("alpha shape of radius %.6g at %s: %s, %d component(s), %d pinched %s, %d boundary points left out",
                              radii_[k], placeName(place), check.closed ? "closed" : "not closed", check.components, check.nonManifold,
                              flow_.dim() == 2 ? "points" : "edges", check.isolated));
    }
  }

  void carryBoundary() {
    double part = 0;
    const auto call = [&](double most) {
      const double from = part;
      return CoverageFlow::Carry{false, 0,
                                 [this, &part, from, most](double share) { part = from + most * share, steps_.at("shells", part); }};
    };
    // Nobody knows how many rounds of refinement there will be: each takes a part of what is left of the bar.
    const PointMap generate = [&](std::span<const double> points) {
      return valuesOf(flow_.scaledData(flow_.generate(pointTensor(points, flow_.dim()), call(0.4 * (0.6 * kCarryCost - part))).end));
    };
    const PointMap inflate = [&](std::span<const double> points) {
      return valuesOf(
          flow_.scaledLatent(flow_.inflate(flow_.unscaledData(pointTensor(points, flow_.dim())), call(0.95 * (kCarryCost - part))).end));
    };
    carried_ = carryShells(radii_, o_.boundary_pts, sd_, generate, inflate);
    steps_.finished(kCarryCost);
    std::int64_t added = 0;
    for (std::size_t k = 0; k < radii_.size(); ++k) {
      added += carried_.added[k];
      if (!carried_.complete[k])
        context_.note("advected shell of radius " + formatParameter(radii_[k]) +
                      ": refinement reached its limit where the flow stretches most");
    }
    context_.note("advected shells: " + std::to_string(added) + " points added where the flow stretches them");
  }

  /// Of the first repetition: what scenes show.
  void keep(CoverageFlow::Batch& generated, CoverageFlow::Batch& inflated, const at::Tensor& latent, const at::Tensor& data,
            const at::Tensor& back) {
    auto& r = result_;
    r.points = {floatsOf(valuesOf(testOf(latent))), floatsOf(valuesOf(testOf(data))), floatsOf(valuesOf(testOf(back)))};
    r.evaluations = generated.lane.evaluations + inflated.lane.evaluations;
    auto flows = std::make_shared<Simulation>();
    flows->data_name = r.data_name, flows->source = o_.source;
    flows->basis = flow_.basis(), flows->schedule = flow_.schedule();
    flows->latentVariance = r.latentVariance;
    flows->command = r.command, flows->optionsJson = jsonText(toJson(o_));
    // The points as generated stand for the data; label 0: tested, k: of shell k.
    auto& points = flows->data;
    points.name = r.data_name, points.n = latent.size(0), points.dim = r.dim;
    points.offset.assign(static_cast<std::size_t>(r.dim), 0.0), points.scale.assign(static_cast<std::size_t>(r.dim), 1.0);
    points.origin = flow_.origin();
    for (std::int64_t i = 0; i < points.n; ++i)
      points.labels.push_back(i < o_.test_pts ? 0 : static_cast<std::int32_t>((i - o_.test_pts) / o_.boundary_pts + 1));
    flows->lanes = {std::move(generated.lane), std::move(inflated.lane)};
    points.values = positionsAt(*flows, flows->lanes.front(), 0, Space::dataUnscaled);
    r.flows = std::move(flows);
  }

  const ToyCoverageOptions& o_;
  const JobContext& context_;
  CoverageFlow flow_;
  std::vector<double> radii_, sd_;
  bool alpha_, advected_;
  Steps steps_;
  CarriedShells carried_;
  CoverageResult result_;
};

}  // namespace

Expected<std::shared_ptr<const CoverageResult>> toyCoverage(const ToyCoverageOptions& o, const JobContext& context,
                                                            const std::function<void(const CoverageUpdate&)>& update) {
  return atEdge([&] {
    validate(o);
    useThreads(context.threads(o.threads));
    const StopScope stops(context);
    const at::NoGradGuard noGradients;
    return Experiment(o, context).run(update);
  });
}

}  // namespace inflaton
