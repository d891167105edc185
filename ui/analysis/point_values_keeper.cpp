#include "ui/analysis/point_values_keeper.h"

#include "ui/style/color_modes.h"

namespace inflaton::ui {

PointValuesKeeper::PointValuesKeeper(ViewState* view, JobBridge* jobs, DensityFunction density, QObject* parent)
    : QObject(parent), view_(view), jobs_(jobs), density_(std::move(density)) {
  connect(view, &ViewState::appearanceChanged, this, &PointValuesKeeper::follow);
  connect(view, &ViewState::laneChanged, this, &PointValuesKeeper::follow);
  connect(view, &ViewState::simulationChanged, this, [this] {
    known_.clear();
    refused_.clear();
    follow();
  });
}

void PointValuesKeeper::follow() {
  const bool wanted = view_->trajectory() && colorMode(view_->colorBy()).needs == ColorNeeds::pointValues;
  const auto found = known_.find(view_->lane());
  const bool there = found != known_.end() && found->second->simulation == view_->simulation();
  if (working_ && (!wanted || there || workingLane_ != view_->lane())) {
    jobs_->cancel(job_);
    ++ticket_;
    working_ = false;
  }
  if (!wanted) return refused_.clear();  // choosing the colour again asks again
  if (there) return view_->setPointValues(found->second);
  if (!working_ && !refused_[view_->lane()]) ask();
}

void PointValuesKeeper::ask() {
  const auto simulation = view_->simulation();
  const Direction direction = workingLane_ = view_->lane();
  const std::uint64_t ticket = ++ticket_;
  working_ = true;
  using Values = std::shared_ptr<const PointValues>;
  JobQueue::Request request;
  request.title = "Stretch and density of the points";
  request.lane = Lane::interactive("values of points");
  try {
    request.command = commandLine(densityQuestion(*simulation, firstDensityTime(*simulation)));
  } catch (const std::exception&) {  // the job will say why
  }
  Q_EMIT noted(tr("Working out density and stretch at every point"));
  job_ = jobs_->run<Values>(
      std::move(request),
      [simulation, direction, density = density_](const JobContext& context) -> Expected<Values> {
        const double t = firstDensityTime(*simulation);
        const Expected<DensityOptions> options = atEdge([&] { return densityQuestion(*simulation, t); });
        if (!options) return tl::unexpected(options.error());
        // The points themselves, so that generated ones are asked where they came out.
        const Trajectory& lane = *simulation->lane(direction);
        const auto found = densityAt(positionsAt(*simulation, lane, t, Space::dataUnscaled), lane.dim, *options, density, context);
        if (!found) return tl::unexpected(found.error());
        const auto n = static_cast<std::size_t>(lane.n), D = static_cast<std::size_t>(lane.dim);
        const DensityResult& result = **found;
        if (result.logDensity.size() != n || result.singular.size() != n * D)
          return tl::unexpected(JobError{
              ErrorCode::failed,
              "the density came back with " + std::to_string(result.logDensity.size()) + " values for " + std::to_string(n) + " points",
              ""});
        auto values = std::make_shared<PointValues>();
        values->simulation = simulation;
        values->lane = direction;
        values->t = t;
        values->logDensity.assign(result.logDensity.begin(), result.logDensity.end());
        for (std::size_t i = 0; i < n; ++i) values->stretch.push_back(result.singular[i * D]);
        return Values(values);
      },
      this,
      [this, ticket, simulation, direction](const Expected<Values>& values) {
        if (ticket != ticket_) return;
        working_ = false;
        if (values) {
          known_[direction] = *values;
          Q_EMIT noted({});
          return follow();
        }
        refused_[direction] = true;
        if (values.error().cancelled())
          Q_EMIT noted(tr("Density and stretch were cancelled; choose the colour again to work them out"));
        else
          Q_EMIT failed(values.error());
      });
}

}  // namespace inflaton::ui
