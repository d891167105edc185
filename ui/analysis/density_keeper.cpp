#include "ui/analysis/density_keeper.h"

#include "ui/views/plot_frame.h"

namespace inflaton::ui {

namespace {
constexpr std::size_t kMost = 24;  // maps kept
}

DensityKeeper::DensityKeeper(ViewState* view, JobBridge* jobs, DensityFunction density, QObject* parent)
    : QObject(parent), view_(view), jobs_(jobs), density_(std::move(density)) {
  rest_.setSingleShot(true);
  rest_.setInterval(kRest);
  connect(&rest_, &QTimer::timeout, this, &DensityKeeper::ask);
  connect(view, &ViewState::timeChanged, this, &DensityKeeper::follow);
  connect(view, &ViewState::appearanceChanged, this, &DensityKeeper::follow);
  connect(view, &ViewState::simulationChanged, this, [this] {
    kept_.clear();
    follow();
  });
}

std::shared_ptr<const DensityMap> DensityKeeper::known(double t) const {
  for (const auto& map : kept_)
    if (map->t == t && map->simulation == view_->simulation()) return map;
  return nullptr;
}

void DensityKeeper::follow() {
  const auto simulation = view_->simulation();
  const double t = view_->time();
  const bool wanted = view_->modelDensity() && simulation && view_->trajectory();
  if (asking_ >= 0 && (!wanted || asking_ != t)) {  // nobody waits for it any more
    jobs_->cancel(job_);
    ++ticket_;
    asking_ = -1;
  }
  if (!wanted) return rest_.stop();
  if (simulation->data.dim != 2) {
    rest_.stop();
    return view_->setDensityNote(tr("Model density: for sets of two dimensions only. Colour the points by log density instead."));
  }
  if (t < firstDensityTime(*simulation)) {
    rest_.stop();
    view_->setDensityMap(nullptr);
    return view_->setDensityNote(tr("No density at t = 0: the paper's kernels start with width 0"));
  }
  if (refused_ == simulation) return view_->setDensityNote(tr("The model density could not be computed"));
  if (const auto map = known(t)) {
    view_->setDensityMap(map);
    if (map->nodes >= kFine) {
      rest_.stop();
      return view_->setDensityNote({});
    }
  }
  if (asking_ == t) return;
  view_->setDensityNote(tr("computing at t %1").arg(plotNumber(t, 2)));
  rest_.start();
}

void DensityKeeper::ask() {
  const auto simulation = view_->simulation();
  if (!simulation || !view_->modelDensity()) return;
  const double t = asking_ = view_->time();
  const std::uint64_t ticket = ++ticket_;
  ++asked_;
  using Map = std::shared_ptr<const DensityMap>;
  const auto take = [this, ticket](const Map& map) {
    if (ticket == ticket_) this->take(map);
  };
  JobQueue::Request request;
  request.title = "Model density";
  request.lane = Lane::interactive("density map");
  try {
    DensityOptions told = densityQuestion(*simulation, t);
    told.grid = kFine;
    request.command = commandLine(told);
  } catch (const std::exception&) {  // the job will say why
  }
  job_ = jobs_->run<Map, Map>(
      std::move(request),
      [simulation, t, density = density_](const JobContext& context, const auto& publish) -> Expected<Map> {
        Expected<DensityOptions> options = atEdge([&] {
          DensityOptions o = densityQuestion(*simulation, t);
          o.stretch = false;
          return o;
        });
        if (!options) return tl::unexpected(options.error());
        Map map;
        for (const int nodes : {kCoarse, kFine}) {
          DensityMap lattice = densityLattice(simulation, t, nodes);
          const auto found = densityAt(latticePoints(lattice), 2, *options, density, context);
          if (!found) return tl::unexpected(found.error());
          map = withValues(std::move(lattice), (*found)->logDensity);
          if (!map)
            return tl::unexpected(JobError{ErrorCode::failed,
                                           "the density came back with " + std::to_string((*found)->logDensity.size()) + " values for " +
                                               std::to_string(nodes * nodes) + " points",
                                           ""});
          if (nodes == kCoarse) publish(map);
        }
        return map;
      },
      this, take,
      [this, ticket, take, simulation](const Expected<Map>& map) {
        if (map) take(*map);
        if (ticket != ticket_) return;
        asking_ = -1;
        if (map) return view_->setDensityNote({});
        if (map.error().cancelled()) return view_->setDensityNote(tr("cancelled; move the cursor to compute it again"));
        refused_ = simulation;
        view_->setDensityNote(tr("The model density could not be computed"));
        Q_EMIT failed(map.error());
      });
}

void DensityKeeper::take(std::shared_ptr<const DensityMap> map) {
  if (map->simulation != view_->simulation()) return;
  std::erase_if(kept_, [&](const auto& old) { return old->t == map->t; });
  kept_.push_front(map);
  if (kept_.size() > kMost) kept_.pop_back();
  view_->setDensityMap(map);
}

}  // namespace inflaton::ui
