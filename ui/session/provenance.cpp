#include "ui/session/provenance.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <nlohmann/json.hpp>
#include <set>

#include "core/api/json_text.h"
#include "core/api/number_text.h"
#include "ui/style/locale_numbers.h"

namespace inflaton::ui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("Provenance", text); }

/// Where files go, on what it runs and how often it is recorded: no number depends on it.
bool changesNothing(const std::string& name) {
  static const std::set<std::string> names{"outdir",     "desc",         "nosubdir", "resume",  "save_dir",   "output",
                                           "device",     "threads",      "preset",   "outputs", "checkpoint", "data_dim",
                                           "save_trajs", "trajectories", "tick",     "snap",    "dump",       "units"};
  return names.contains(name);
}

/// The folder tells more than the name of a snapshot.
QString networkName(const std::string& path) {
  const QFileInfo file(QString::fromStdString(path));
  const QString name = file.completeBaseName();
  return name.startsWith("network-snapshot") ? file.absoluteDir().dirName() : name;
}

}  // namespace

DenoiserOptions denoiserOf(const ToyTrainOptions& o) {
  DenoiserOptions d;
  static_cast<DataOptions&>(d) = o;
  static_cast<ScheduleOptions&>(d) = o;
  static_cast<RunOptions&>(d) = o;
  d.source.clear();
  return d;
}

Provenance::Provenance(const ParameterTable& table, const void* options, const DenoiserOptions& of, int dim) {
  const nlohmann::json all = parametersToJson(table, options);
  const bool file = of.data_name == "file", all_kept = of.dims_to_keep == 0 || (dim > 0 && of.dims_to_keep >= dim);
  for (const auto& [name, value] : all.items()) {
    if (changesNothing(name)) continue;
    if (!file && (name == "data_file" || name == "standardize")) continue;
    if (of.source == "discrete" && name == "network") continue;
    if (of.source == "net" && name == "references") continue;
    values_[name] = name == "dims_to_keep" && all_kept ? "0" : value.is_string() ? value.get<std::string>() : jsonText(value);
  }
  data_ = of.data_name + '\n' + (file ? of.data_file + '\n' + (of.standardize ? "1" : "0") : std::string()) + '\n' +
          std::to_string(of.augment_to) + '\n' + jsonText(nlohmann::json(of.augment_noise));
  if (values_.contains("total_samples")) values_["total_samples"] = std::to_string(sampleCount(of, of.total_samples));
  const ToySetInfo* info = setInfo(of.data_name);
  set_ = info   ? QString::fromStdString(info->title)
         : file ? QFileInfo(QString::fromStdString(of.data_file)).fileName()
                : QString::fromStdString(of.data_name);
  subject_ = set_ + QStringLiteral(", ") + (all_kept ? QStringLiteral("PRP") : QStringLiteral("PRRto%1D").arg(of.dims_to_keep));
  if (of.source == "net")
    subject_ += tr(", network %1").arg(networkName(of.network));
  else if (of.source == "discrete")
    subject_ += tr(", exact score of %1").arg(scorePoints(of));
}

Provenance Provenance::of(const ResidualsExtractOptions& options, const DenoiserOptions& flow, int dim) {
  DenoiserOptions whole = flow;
  whole.source = "net";
  whole.network = options.network;
  Provenance p(parameterTable<ResidualsExtractOptions>(), &options, whole, dim);
  p.values_["dims_to_keep"] = std::to_string(flow.dims_to_keep);
  p.back_ = [whole](Experiment& e) { restoreFlow(e, whole, true); };
  return p;
}

QStringList Provenance::differences(const Provenance& now) const {
  const auto shown = [](const std::string& value) {
    const QString text = QString::fromStdString(value);
    return value.empty() ? tr("none") : numberFrom(value) ? localeNumber(text) : text;
  };
  QStringList all;
  for (const auto& [name, value] : values_)
    if (const auto other = now.values_.find(name); other == now.values_.end())
      all << QStringLiteral("%1 %2").arg(QString::fromStdString(name), shown(value));
    else if (other->second != value)
      all << tr("%1 %2, now %3").arg(QString::fromStdString(name), shown(value), shown(other->second));
  return all;
}

void Provenance::back(Experiment& e) const {
  if (back_) back_(e);
}

void Provenance::restoreFlow(Experiment& e, const DenoiserOptions& o, bool seed) {
  const RunOptions run = e.flow;
  static_cast<DenoiserOptions&>(e.flow) = o;
  e.flow.device = run.device;
  e.flow.threads = run.threads;
  if (!seed) e.flow.seed = run.seed;
  e.followFlow();
}

void Provenance::restoreSimulation(Experiment& e, const ToySimulateOptions& o) {
  const ToySimulateOptions before = e.flow;
  e.flow = o;
  e.flow.device = before.device;
  e.flow.threads = before.threads;
  e.flow.outputs = before.outputs;
  e.flow.save_dir = before.save_dir;
  e.followFlow();
}

void Provenance::restoreTraining(Experiment& e, const ToyTrainOptions& o) {
  const ToyTrainOptions before = e.train;
  e.train = o;
  e.train.device = before.device;
  e.train.threads = before.threads;
  e.train.outdir = before.outdir;
  e.train.desc = before.desc;
  e.train.resume.clear();
  e.followTrain();
}

}  // namespace inflaton::ui
