// Networks: the user's, those that come with the program, and those of other programs.
#include <QDir>
#include <QFileInfo>
#include <algorithm>
#include <cmath>

#include "core/api/exchange.h"
#include "core/api/networks.h"
#include "ui/jobs/background.h"
#include "ui/session/session.h"

namespace inflaton::ui {

namespace {

/// To float32: networks of other programs keep their schedule so. A network trained up to a later time serves.
bool sameFlow(const Schedule& trained, const Schedule& asked) {
  const auto near = [](double a, double b) { return std::abs(a - b) <= 1e-6 * std::max(std::abs(a), std::abs(b)); };
  if (!std::equal(trained.g().begin(), trained.g().end(), asked.g().begin(), asked.g().end(), near)) return false;
  return near(trained.rho(), asked.rho()) && near(trained.gamma0(), asked.gamma0()) && trained.proportional() == asked.proportional() &&
         asked.tMax() <= trained.tMax() * (1 + 1e-6);
}

}  // namespace

void Session::offerPretrained() {
  inBackground(
      this, [] { return pretrainedNetworks(); },
      [this](const std::vector<NetworkInfo>& found) {
        pretrained_ = found;
        Q_EMIT experimentChanged();  // forms may now offer them
      });
}

bool Session::fits(const NetworkInfo& info, const Experiment& e) const {
  const int dim = dimOf(e.flow, fileDim_);
  const std::string file = QFileInfo(QString::fromStdString(e.flow.data_file)).completeBaseName().toStdString();
  if (info.dim != dim || (info.data_name != e.flow.data_name && info.data_name != file)) return false;
  try {
    return sameFlow(Schedule::make(info.scheduleOptions, dim), Schedule::make(e.flow, dim));
  } catch (const Error&) {
    return false;
  }
}

const NetworkInfo* Session::networkNamed(const QString& path) const {
  if (const auto own = networks_.find(path); own != networks_.end()) return &own->second;
  for (const NetworkInfo& info : pretrained_)
    if (info.path == path.toStdString()) return &info;
  return nullptr;
}

bool Session::isPretrained(const QString& path) const {
  return std::any_of(pretrained_.begin(), pretrained_.end(), [&](const NetworkInfo& info) { return info.path == path.toStdString(); });
}

std::vector<NetworkInfo> Session::pretrained() const {
  std::vector<NetworkInfo> some;
  for (const NetworkInfo& info : pretrained_)
    if (info.data_name == experiment_.flow.data_name && info.dim == dataDim()) some.push_back(info);
  return some;
}

QString Session::networkFor(const Experiment& e) const {
  if (const NetworkInfo* last = networkNamed(lastUsed_); last && fits(*last, e)) return lastUsed_;
  QString newest;
  for (const auto& [path, info] : networks_)
    if (fits(info, e) && !declined_.contains(path) &&
        (newest.isEmpty() || QFileInfo(path).lastModified() > QFileInfo(newest).lastModified()))
      newest = path;
  if (!newest.isEmpty()) return newest;
  const NetworkInfo* best = nullptr;
  for (const NetworkInfo& info : pretrained_)
    if (fits(info, e) && (!best || info.validation_mean < best->validation_mean)) best = &info;
  return best ? QString::fromStdString(best->path) : QString();
}

void Session::adopt(Experiment& e, const NetworkInfo& info) const {
  if (const ToySetInfo* set = setInfo(info.data_name)) {
    e.flow.data_name = info.data_name;
    e.flow.data_file.clear();
    if (dimOf(e.flow, 0) != info.dim) {  // it was trained on the set embedded, or not embedded
      e.flow.augment_to = info.dim > set->dim ? info.dim : 0;
      e.flow.augment_noise = 0;
    }
  }
  static_cast<ScheduleOptions&>(e.flow) = info.scheduleOptions;
  e.flow.data_dim = 0;
  if (e.flow.dims_to_keep >= info.dim) e.flow.dims_to_keep = 0;  // PRP, also of a set of other dimensions
  e.flow.source = "net";
  e.flow.network = info.path;
  e.followFlow();
}

void Session::usePretrained(const QString& path) {
  if (const NetworkInfo* info = networkNamed(path)) edit(tr("Use a pretrained network"), [&](Experiment& e) { adopt(e, *info); });
}

void Session::addNetwork(const QString& path, bool use) {
  if (path.isEmpty()) return;
  inBackground(
      this, [path = path.toStdString()] { return networkInfo(path); },
      [this, path, use](const Expected<NetworkInfo>& info) {
        if (!info) {
          if (use) Q_EMIT failed(tr("Open network"), info.error());
          return;
        }
        networks_[path] = *info;
        Q_EMIT experimentChanged();  // forms may now offer the network
        if (!use) return;
        const bool trainedHere = training_->busy() || training_->result().network == path.toStdString();
        if (!fits(*info, experiment_) && !trainedHere &&
            setInfo(info->data_name))  // a network from elsewhere brings its data set and schedule
          return edit(tr("Open network"), [&](Experiment& e) { adopt(e, *info); });
        useNetwork(path);
      });
}

void Session::useNetwork(const QString& path) {
  const NetworkInfo* info = networkNamed(path);
  if (!info) return;
  if (!fits(*info, experiment_)) {
    Q_EMIT noted(tr("%1 is for %2, %3: choose these to use it")
                     .arg(QFileInfo(path).fileName(), QString::fromStdString(info->data_name), QString::fromStdString(info->schedule)));
    return;
  }
  declined_.erase(path);
  lastUsed_.clear();
  edit(tr("Use the trained network"), [&](Experiment& e) {
    e.flow.source = "net";
    e.flow.network = path.toStdString();
  });
}

void Session::takeTrained(const TrainResult& result) {
  if (result.network.empty()) return;
  const QString done =
      result.end == TrainEnd::completed ? tr("Training done in %1").arg(durationText(result.seconds)) : tr("Training stopped and kept");
  inBackground(
      this, [path = result.network] { return networkInfo(path); },
      [this, path = QString::fromStdString(result.network), done](const Expected<NetworkInfo>& info) {
        if (!info) return Q_EMIT failed(tr("Open network"), info.error());
        networks_[path] = *info;
        if (!fits(*info, experiment_)) {
          Q_EMIT experimentChanged();  // forms may now offer the network
          return Q_EMIT noted(tr("%1; its network is for %2, %3: choose these to use it")
                                  .arg(done, QString::fromStdString(info->data_name), QString::fromStdString(info->schedule)));
        }
        const auto& flow = experiment_.flow;
        const NetworkInfo* used = flow.source == "net" ? networkNamed(QString::fromStdString(flow.network)) : nullptr;
        // One that stopped before its error was measured cannot be said to be better than one that is known.
        const bool worse = used && fits(*used, experiment_) && used->validation_mean >= 0 &&
                           !(info->validation_mean >= 0 && info->validation_mean <= used->validation_mean);
        if (worse) {
          declined_.insert(path);
          Q_EMIT experimentChanged();
          const auto error = [](double e) { return e >= 0 ? QLocale().toString(e, 'g', 2) : tr("not measured"); };
          return Q_EMIT worseNetwork(path,
                                     tr("%1. The error of its network is %2, that of the one in use %3: the flow keeps the one in use.")
                                         .arg(done, error(info->validation_mean), error(used->validation_mean)));
        }
        useNetwork(path);
        Q_EMIT experimentChanged();
        Q_EMIT noted(tr("%1; the flow now uses the network").arg(done));
      });
}

void Session::importNetwork(const QString& weights, const QString& configuration) {
  ImportNetworkOptions options;
  options.weights = weights.toStdString();
  options.configuration = configuration.toStdString();
  const QString folder = settings_->dataFolder() + "/networks";
  const QString base = folder + "/" + QFileInfo(weights).completeBaseName();
  QString output = base + ".safetensors";
  for (int k = 2; QFileInfo::exists(output); ++k) output = QStringLiteral("%1-%2.safetensors").arg(base).arg(k);
  options.output = output.toStdString();
  JobQueue::Request request;
  request.title = QStringLiteral("Import %1").arg(QFileInfo(weights).fileName()).toStdString();
  request.folder = folder.toStdString();
  request.command = commandLine(options);
  jobs_->run<void>(
      std::move(request),
      [options, folder](const JobContext& context) -> Expected<void> {
        if (!QDir().mkpath(folder)) return tl::unexpected(JobError{ErrorCode::failed, folder.toStdString() + ": cannot be made", {}});
        return inflaton::importNetwork(options, context);
      },
      this,
      [this, output](const Expected<void>& done) {
        if (done) return addNetwork(output, true);
        if (!done.error().cancelled()) Q_EMIT failed(tr("Import network"), done.error());
      });
}

QString Session::exportableNetwork() const {
  return experiment_.flow.source == "net" ? QString::fromStdString(experiment_.flow.network) : networkFor(experiment_);
}

void Session::exportNetwork(const QString& weights) {
  ExportNetworkOptions options;
  options.network = exportableNetwork().toStdString();
  options.weights = weights.toStdString();
  const QFileInfo file(weights);
  const QString configuration = file.dir().filePath(file.completeBaseName() + ".json");
  options.configuration = configuration.toStdString();
  JobQueue::Request request;
  request.title = QStringLiteral("Export network to %1").arg(file.fileName()).toStdString();
  request.folder = file.absolutePath().toStdString();
  request.command = commandLine(options);
  jobs_->run<void>(
      std::move(request), [options](const JobContext& context) { return inflaton::exportNetwork(options, context); }, this,
      [this, weights, configuration](const Expected<void>& done) {
        if (done) return Q_EMIT noted(tr("Network written to %1 and %2").arg(weights, QFileInfo(configuration).fileName()));
        if (!done.error().cancelled()) Q_EMIT failed(tr("Export network"), done.error());
      });
}

}  // namespace inflaton::ui
