// The deformed grid: a square lattice over the data, carried by the flow that is shown. Its points and the batch whose exact score carries
// them go to the job in memory; the command of the job names files, which are written when it is copied.
#include <QCryptographicHash>
#include <algorithm>
#include <cmath>

#include "core/api/save_array.h"
#include "core/api/simulate.h"
#include "ui/session/session.h"

namespace inflaton::ui {

namespace {

constexpr int kLines = 25;

PointSet lattice(float reach) {
  PointSet p;
  p.name = "grid", p.dim = 2, p.n = kLines * kLines;
  for (int row = 0; row < kLines; ++row)
    for (int column = 0; column < kLines; ++column)
      for (int i : {column, row}) p.values.push_back(reach * (2.f * static_cast<float>(i) / (kLines - 1) - 1));
  return p;
}

/// A name of its own for other points, so that no two windows and no two commands share a file.
std::string fileFor(const QString& folder, const char* word, const PointSet& p) {
  const QByteArrayView bytes(reinterpret_cast<const char*>(p.values.data()), static_cast<qsizetype>(p.values.size() * sizeof(float)));
  const auto mark = QCryptographicHash::hash(bytes.toByteArray(), QCryptographicHash::Sha1).toHex().left(8);
  return QStringLiteral("%1/%2-%3.npy").arg(folder, QLatin1String(word), QString::fromLatin1(mark)).toStdString();
}

Expected<void> save(const std::string& path, const PointSet& p) { return saveArray(path, p.values, {p.n, p.dim}); }

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
  ToySimulateOptions options = shownOptions_;  // the form may say something else by now
  GivenPoints given;
  given.start = std::make_shared<const PointSet>(lattice(reach));
  options.initial = fileFor(settings_->dataFolder(), "grid", *given.start);
  options.units = "standardized";  // as the file of the lattice is
  options.direction = "roundtrip";
  // The exact score belongs to a batch of points: it must be the batch that is shown.
  if (options.source == "discrete") {
    given.references = std::shared_ptr<const PointSet>(shown, &shown->data);
    options.data_name = "file";
    options.data_file = fileFor(settings_->dataFolder(), "grid-data", shown->data);
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
  const auto id = jobs_->run<Result>(
      std::move(request), [options, given](const JobContext& context) { return simulateToy(options, context, given); }, this,
      [this, shown](const Expected<Result>& result) {
        if (view_->simulation() != shown) return;  // of a flow no longer shown
        if (result) return view_->setGridFlow(*result, kLines, kLines);
        if (!result.error().cancelled()) Q_EMIT failed(tr("Grid"), result.error());
      });
  constexpr std::size_t kRemembered = 200;  // commands; the oldest is asked for least
  if (gridFiles_.size() >= kRemembered) gridFiles_.erase(gridFiles_.begin());
  gridFiles_[id] = [options, start = given.start, flow = std::weak_ptr<const Simulation>(shown)]() -> Expected<void> {
    auto written = save(options.initial, *start);
    if (!written || options.source != "discrete") return written;
    if (const auto held = flow.lock()) return save(options.data_file, held->data);
    return tl::unexpected(JobError{ErrorCode::failed, "the points that the command names are those of a flow that is gone",
                                   "Show the grid again and copy the command of the new job."});
  };
}

void Session::writeFilesOf(quint64 job) {
  const auto found = gridFiles_.find(job);
  if (found == gridFiles_.end()) return;
  if (const auto written = found->second(); !written) Q_EMIT failed(tr("Copy as Command"), written.error());
}

}  // namespace inflaton::ui
