// The deformed grid: a square lattice over the data, started from a file like any other points and carried by the same flow.
#include <algorithm>
#include <cmath>

#include "core/api/simulate.h"
#include "ui/export/npy.h"
#include "ui/session/session.h"

namespace inflaton::ui {

namespace {

constexpr int kLines = 25;

std::vector<float> lattice(float reach) {
  std::vector<float> points;
  for (int row = 0; row < kLines; ++row)
    for (int column = 0; column < kLines; ++column)
      for (int i : {column, row}) points.push_back(reach * (2.f * static_cast<float>(i) / (kLines - 1) - 1));
  return points;
}

}  // namespace

void Session::setGridShown(bool on) {
  view_->setGrid(on);
  if (on && !view_->hasGridFlow() && view_->simulation()) startGridFlow();
}

void Session::startGridFlow() {
  const auto shown = view_->simulation();
  if (!shown || shown->data.dim != 2) return;
  float reach = 0.1f;
  for (float v : shown->data.values) reach = std::max(reach, std::abs(v));
  ToySimulateOptions options = experiment_.flow;
  options.initial = (settings_->dataFolder() + "/grid.npy").toStdString();
  options.direction = "roundtrip";
  // The exact score belongs to a batch of points: it must be the batch that is shown, so that goes to a file as well.
  const bool exact = options.source == "discrete";
  const std::string batch = (settings_->dataFolder() + "/grid-data.npy").toStdString();
  if (exact) {
    options.data_name = "file";
    options.data_file = batch;
    options.standardize = false;
    options.augment_to = 0;  // they are embedded already
    options.augment_noise = 0;
    options.total_samples = shown->data.n;
  }
  JobQueue::Request request;
  request.title = "Flow: grid";
  request.command = commandLine(options);
  request.lane = Lane::interactive();
  request.processors = static_cast<int>(options.threads);
  using Result = std::shared_ptr<const Simulation>;
  jobs_->run<Result>(
      std::move(request),
      [options, reach, exact, shown](const JobContext& context) -> Expected<Result> {
        const auto written = atEdge([&] {
          writeNpy(QString::fromStdString(options.initial), lattice(reach), 2);
          if (exact) writeNpy(QString::fromStdString(options.data_file), shown->data.values, 2);
        });
        if (!written) return tl::unexpected(written.error());
        return simulateToy(options, context);
      },
      this,
      [this, shown](const Expected<Result>& result) {
        if (view_->simulation() != shown) return;  // of a flow no longer shown
        if (result) return view_->setGridFlow(*result, kLines, kLines);
        if (!result.error().cancelled()) Q_EMIT failed(tr("Grid"), result.error());
      });
}

}  // namespace inflaton::ui
