#include "ui/session/session.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QRandomGenerator>
#include <algorithm>
#include <cmath>

#include "core/api/json_text.h"
#include "core/api/simulate.h"
#include "core/api/train.h"
#include "ui/jobs/background.h"
#include "ui/style/color_modes.h"

namespace inflaton::ui {

namespace {

/// An undo step made of a value before and a value after. Quick edits of the same thing become one step.
template <class Value>
class ChangeCommand : public QUndoCommand {
 public:
  ChangeCommand(const QString& text, Value before, Value after, std::function<void(const Value&)> apply)
      : QUndoCommand(text), before_(std::move(before)), after_(std::move(after)), apply_(std::move(apply)) {
    age_.start();
  }
  void undo() override { apply_(before_); }
  void redo() override { apply_(after_); }
  int id() const override { return 1 + static_cast<int>(qHash(text()) & 0x3fffffff); }
  bool mergeWith(const QUndoCommand* next) override {
    const auto* other = dynamic_cast<const ChangeCommand*>(next);
    if (!other || other->text() != text() || age_.elapsed() > 1500) return false;
    after_ = other->after_;
    age_.restart();
    return true;
  }

 private:
  Value before_, after_;
  std::function<void(const Value&)> apply_;
  QElapsedTimer age_;
};

bool sameGap(const ScheduleOptions& a, const ScheduleOptions& b) {
  return a.g_type == b.g_type && a.inflation_gap == b.inflation_gap && a.g_rescaling == b.g_rescaling;
}

/// Versions before the second gave tick and snap in Mimg, and had no dump.
void modernise(nlohmann::json& train, int version) {
  const auto number = [&](const char* name) { return train.contains(name) && train[name].is_number(); };
  if (version >= 2 || !number("tick") || !number("snap")) return;
  const double tick = train["tick"].get<double>(), snap = train["snap"].get<double>();
  train["tick"] = 1000 * tick;
  train["snap"] = std::max(1LL, std::llround(snap / tick));
  train["dump"] = train["snap"];
}

}  // namespace

Session::Session(Settings* settings, QObject* parent)
    : QObject(parent),
      settings_(settings),
      view_(new ViewState(this)),
      player_(new Player(view_, this)),
      model_(new JobsModel(this)),
      jobs_(std::make_unique<JobBridge>()),
      training_(new TrainingRun(jobs_.get(), model_, settings, this)),
      undo_(new QUndoStack(this)),
      cost_(new CostMeter(jobs_.get(), training_, trainCost, this)) {
  experiment_.train = trainPreset("quick");
  experiment_.flow.outputs = false;
  experiment_.followFlow();
  undo_->setUndoLimit(500);

  reflowSoon_.setSingleShot(true);
  reflowSoon_.setInterval(80);
  connect(&reflowSoon_, &QTimer::timeout, this, &Session::reflow);
  connect(jobs_.get(), &JobBridge::changed, this, [this](const JobStatus& status) {
    model_->update(status);
    const bool superseded = status.state == JobState::cancelled && !jobs_->askedToCancel(status.id);
    if (superseded && status.title.starts_with("Flow")) model_->remove(status.id);  // by an edit; what the user cancelled stays
    if (cost_->owns(status.id)) model_->remove(status.id);                          // its answer is a line under the button
  });
  connect(view_, &ViewState::selectionChanged, this, &Session::selectionEdited);
  connect(training_, &TrainingRun::kept, this, &Session::takeTrained);
  connect(cost_, &CostMeter::wantedStart, this, [this] { startTraining(); });
  cost_->ask(experiment_.train);
  offerPretrained();
}

Session::~Session() { jobs_.reset(); }

void Session::edit(const QString& what, const std::function<void(Experiment&)>& change) {
  editSaying(what, [&change](Experiment& e) {
    change(e);
    return QStringList();
  });
}

void Session::editSaying(const QString& what, const std::function<QStringList(Experiment&)>& change) {
  Experiment next = experiment_;
  QStringList said = change(next);
  const auto tell = [&] {  // together: one message would hide another
    if (said.isEmpty()) return;
    said.front() = said.front().left(1).toUpper() + said.front().mid(1);
    Q_EMIT noted(said.join("; "));
  };
  if (next == experiment_) return tell();
  const ScheduleOptions wished = next.flow;
  const QStringList settled = settleInflation(next, dimOf(next.flow, fileDim_));
  if (!settled.isEmpty()) said << tr("Proportional: %1").arg(settled.join("; "));
  if (!sameGap(wished, next.flow)) softened_.emplace(wished, next.flow);
  if (squeezed_ && next.flow.dims_to_keep != squeezed_->second) squeezed_.reset();  // another choice has been made
  said << settleSource(next);
  tell();
  undo_->push(new ChangeCommand<Experiment>(what, experiment_, next, [this](const Experiment& e) { apply(e); }));
}

void Session::apply(const Experiment& next) {
  const bool flowChanged = !(next.flow == experiment_.flow);
  const bool otherFlow = !(next.data() == experiment_.data()) || !(next.schedule() == experiment_.schedule());
  if (otherFlow && restartsPlay()) playNext_ = true;
  experiment_ = next;
  if (flowChanged) reflowSoon_.start();
  cost_->ask(experiment_.train);
  Q_EMIT experimentChanged();
}

// At either end nothing is being looked at closely: show the new flow from its start. In between, the cursor is the user's.
bool Session::restartsPlay() const {
  const auto simulation = view_->simulation();
  if (!simulation || player_->playing()) return true;
  return view_->time() <= 0 || view_->time() >= simulation->schedule.tMax() * 0.999;
}

QStringList Session::settleSource(Experiment& e) {
  if (e.flow.source != "net") {
    if (experiment_.flow.source == "net") lastUsed_ = QString::fromStdString(experiment_.flow.network);
    e.flow.network.clear();  // no command names a network that nothing is computed with
    return {};
  }
  const bool switched = !(e.data() == experiment_.data()) || !(e.schedule() == experiment_.schedule());
  if (!switched && !e.flow.network.empty()) return {};
  const NetworkInfo* named = networkNamed(QString::fromStdString(e.flow.network));
  if (named && fits(*named, e)) return {};
  const QString network = networkFor(e);
  if (network.isEmpty()) {
    e.flow.source = "discrete";
    e.flow.network.clear();
    return {tr("no network for this data set and schedule yet: showing the exact score")};
  }
  e.flow.network = network.toStdString();
  return isPretrained(network) ? QStringList{tr("using the pretrained network of this data set and schedule")} : QStringList();
}

QStringList Session::fitTo(Experiment& e, int dim) {
  const std::int64_t full = std::max<std::int64_t>(dim, e.flow.augment_to);
  if (squeezed_ && e.flow.dims_to_keep == squeezed_->second && squeezed_->first < full) {  // there is room again for what was chosen
    e.flow.dims_to_keep = squeezed_->first;
    squeezed_.reset();
    e.flow.data_dim = 0;
    return fitDimensions(e, 0, dim) << tr("PRR to %1D again, as chosen").arg(e.flow.dims_to_keep);
  }
  const std::int64_t wished = squeezed_ && e.flow.dims_to_keep == squeezed_->second ? squeezed_->first : e.flow.dims_to_keep;
  const QStringList said = fitDimensions(e, dataDim(), dim);
  if (e.flow.dims_to_keep == 0)
    squeezed_.reset();
  else if (e.flow.dims_to_keep < wished)
    squeezed_.emplace(wished, e.flow.dims_to_keep);
  return said;
}

void Session::begin() {
  playNext_ = !view_->simulation() && view_->time() <= 0;
  reflow();
}

void Session::saveTo(QSettings& ini) const {
  const auto text = [](const nlohmann::json& json) { return QString::fromStdString(jsonText(json)); };
  ini.setValue("session/version", 2);
  ini.setValue("session/flow", text(toJson(experiment_.flow)));
  ini.setValue("session/train", text(toJson(experiment_.train)));
  ini.setValue("session/time", view_->time());
  ini.setValue("session/lane", static_cast<int>(view_->lane()));
  ini.setValue("session/colorBy", static_cast<int>(view_->colorBy()));
  QStringList networks;
  for (const auto& [path, info] : networks_) networks << path;
  const QString trained = QString::fromStdString(training_->result().network);  // perhaps not read yet
  if (!trained.isEmpty() && !networks.contains(trained)) networks << trained;
  ini.setValue("session/networks", networks);
}

bool Session::restoreFrom(QSettings& ini) {
  view_->setColorBy(colorModeNumbered(ini.value("session/colorBy", 0).toInt()).by);
  const std::string flow = ini.value("session/flow").toString().toStdString(), train = ini.value("session/train").toString().toStdString();
  if (flow.empty() || train.empty()) return false;
  const auto storedFlow = jsonOrNull(flow);
  auto storedTrain = jsonOrNull(train);
  if (!storedFlow.is_object() || !storedTrain.is_object()) {
    Q_EMIT noted(tr("The last session cannot be read"));
    return false;
  }
  modernise(storedTrain, ini.value("session/version", 1).toInt());
  Experiment e = experiment_;
  QStringList left;  // of another version
  for (const std::string& name : salvage(e.flow, storedFlow)) left << QString::fromStdString(name);
  for (const std::string& name : salvage(e.train, storedTrain)) left << QString::fromStdString(name);
  left.removeDuplicates();
  if (!e.flow.data_file.empty() && !QFileInfo::exists(QString::fromStdString(e.flow.data_file))) {
    Q_EMIT noted(tr("The points of the last session are gone: %1").arg(QString::fromStdString(e.flow.data_file)));
    return false;
  }
  if (e.flow.source == "net" && !QFileInfo::exists(QString::fromStdString(e.flow.network))) e.flow.source = "discrete";  // taken away since
  if (e.flow.source != "net") e.flow.network.clear();
  e.followFlow();
  experiment_ = e;
  const double time = ini.value("session/time").toDouble();
  const int lane = std::clamp(ini.value("session/lane").toInt(), 0, 2);
  connect(
      this, &Session::flowFinished, view_,
      [this, time, lane] {  // once there is a flow to stand in
        view_->setLane(static_cast<Direction>(lane));
        view_->setTime(time);
      },
      static_cast<Qt::ConnectionType>(Qt::AutoConnection | Qt::SingleShotConnection));
  for (const QString& path : ini.value("session/networks").toStringList()) addNetwork(path, false);
  cost_->ask(experiment_.train);
  Q_EMIT experimentChanged();
  reflow();
  if (!left.isEmpty()) Q_EMIT noted(tr("Not restored from the last session: %1").arg(left.join(", ")));
  return true;
}

void Session::chooseSet(const QString& id) {
  const ToySetInfo* info = setInfo(id.toStdString());
  if (!info) return;
  editSaying(tr("Choose %1").arg(QString::fromStdString(info->title)), [&](Experiment& e) {
    e.flow.data_name = info->id;
    e.flow.data_file.clear();
    const QStringList said = fitTo(e, info->dim);
    e.followFlow();
    return said;
  });
}

void Session::setEmbedding(std::int64_t dimensions, double noise) {
  const ToySetInfo* set = setInfo(experiment_.flow.data_name);
  const int own = set ? set->dim : fileDim_;
  editSaying(tr("Embed"), [&](Experiment& e) {
    e.flow.augment_to = dimensions;
    e.flow.augment_noise = noise;
    const QStringList said = fitTo(e, own);
    e.followFlow();
    return said;
  });
}

void Session::setProportional(bool on) {
  edit(on ? tr("Proportional inflation") : tr("Inflation as the reference"), [&](Experiment& e) {
    e.flow.schedule = on ? "paper" : "reference";
    if (!on && softened_ && sameGap(e.flow, softened_->second)) {  // what was softened for its sake comes back
      e.flow.g_type = softened_->first.g_type;
      e.flow.inflation_gap = softened_->first.inflation_gap;
      e.flow.g_rescaling = softened_->first.g_rescaling;
    }
    e.followFlow();
  });
}

void Session::rollSeed() {
  edit(tr("New seed"), [](Experiment& e) {
    e.flow.seed = QRandomGenerator::global()->bounded(1000000);
    e.followFlow();
  });
}

void Session::openFile(const QString& path) {
  if (path.contains(QChar::ReplacementCharacter)) {  // what Qt makes of bytes that are no UTF-8
    const JobError error{ErrorCode::usage, path.toStdString() + ": the name of this file is not UTF-8, so it cannot be opened here",
                         "Rename it, for instance with convmv."};
    Q_EMIT failed(tr("Open"), error);
    return;
  }
  const QString suffix = QFileInfo(path).suffix().toLower();
  if (suffix == "csv" || suffix == "npy" || suffix == "npz") return openPoints(path);
  if (suffix == "safetensors") return addNetwork(path, true);
  JobError error{ErrorCode::usage, path.toStdString() + ": not a kind of file that can be opened here",
                 "Points: .csv, .npy or .npz with 2 to 4096 columns. Networks: .safetensors."};
  Q_EMIT failed(tr("Open"), error);
}

void Session::openPoints(const QString& path) {
  struct Opened {
    int dim;
    std::vector<std::string> notes;
  };
  const bool standardize = experiment_.flow.standardize;
  inBackground(
      this,
      [path = path.toStdString(), standardize]() -> Expected<Opened> {
        return atEdge([&] {
          const PointSet points = loadPoints(path, standardize);
          eigenbasisOf(points);  // points on a line are refused here, with the form as it was
          return Opened{points.dim, points.notes};
        });
      },
      [this, path](const Expected<Opened>& opened) {
        if (!opened) return Q_EMIT failed(tr("Open %1").arg(QFileInfo(path).fileName()), opened.error());
        editSaying(tr("Open %1").arg(QFileInfo(path).fileName()), [&](Experiment& e) {
          e.flow.data_name = "file";
          e.flow.data_file = QFileInfo(path).absoluteFilePath().toStdString();
          QStringList said = fitTo(e, opened->dim);
          fileDim_ = opened->dim;
          e.followFlow();
          for (const auto& note : opened->notes) said << QString::fromStdString(note);
          return QStringList{tr("opened %1").arg(QFileInfo(path).fileName())} + said;
        });
      });
}

int Session::dataDim() const { return dimOf(experiment_.flow, fileDim_); }

QString Session::dataTitle() const {
  if (const ToySetInfo* info = setInfo(experiment_.flow.data_name)) return QString::fromStdString(info->title);
  return QFileInfo(QString::fromStdString(experiment_.flow.data_file)).fileName();
}

QString Session::scheduleName() const {
  const auto keep = experiment_.flow.dims_to_keep;
  return keep == 0 || keep >= dataDim() ? QStringLiteral("PRP") : QStringLiteral("PRRto%1D").arg(keep);
}

QString Session::flowCommand() const { return QString::fromStdString(commandLine(experiment_.flow)); }
QString Session::trainCommand() const { return QString::fromStdString(commandLine(experiment_.train)); }

void Session::reflow() {
  reflowSoon_.stop();
  ToySimulateOptions options = experiment_.flow;
  JobQueue::Request request;
  request.title = QStringLiteral("Flow: %1, %2").arg(dataTitle(), scheduleName()).toStdString();
  request.command = commandLine(options);
  request.lane = Lane::interactive();
  request.processors = static_cast<int>(options.threads);
  const std::uint64_t ticket = ++flowTicket_;
  using Result = std::shared_ptr<const Simulation>;
  flowing_ = true;
  const Provenance of = presentFlow();
  flowJob_ = jobs_->run<Result>(
      std::move(request), [options](const JobContext& context) { return simulateToy(options, context); }, this,
      [this, ticket, options, of](const Expected<Result>& result) {
        if (ticket == flowTicket_) flowDone(result, options, of);  // else a newer request is under way
      });
  Q_EMIT flowStarted();
}

void Session::flowDone(const Expected<std::shared_ptr<const Simulation>>& result, const ToySimulateOptions& options, const Provenance& of) {
  flowing_ = false;
  if (!result) {
    Q_EMIT flowFinished();
    if (!result.error().cancelled()) Q_EMIT failed(tr("Flow"), result.error());
    return;
  }
  if (options.data_name == "file" && options.data_file == experiment_.flow.data_file)  // not of the set before it
    fileDim_ = (*result)->data.embeddedFrom > 0 ? (*result)->data.embeddedFrom : (*result)->data.dim;
  // The dimensions of a file may not have been known when it was asked for.
  shownFlow_ = dataDim() > 0 && experiment_.flow == options ? presentFlow() : of;
  shownOptions_ = options;
  quiet_ = true;  // a selection lost to other points is no edit
  view_->setSimulation(*result);
  lastSelection_ = view_->selection();
  quiet_ = false;
  view_->setGridFlow(nullptr, 0, 0);  // it was carried by the flow before
  if (view_->grid()) startGridFlow();
  if (std::exchange(playNext_, false)) {
    view_->setLane(Direction::inflation);
    view_->setTime(0);
    player_->autoplay();
  }
  Q_EMIT flowFinished();
}

void Session::selectionEdited() {
  const QVector<bool> before = std::exchange(lastSelection_, view_->selection());
  if (quiet_ || before == lastSelection_) return;
  undo_->push(new ChangeCommand<QVector<bool>>(tr("Select points"), before, lastSelection_, [this](const QVector<bool>& selection) {
    if (view_->selection() == selection) return;
    quiet_ = true;
    view_->setSelection(selection);
    quiet_ = false;
  }));
}

void Session::exportTrajectories(const QString& folder) {
  ToySimulateOptions options = experiment_.flow;
  options.outputs = true;
  options.save_dir = folder.toStdString();
  JobQueue::Request request;
  request.title = QStringLiteral("Export arrays: %1, %2").arg(dataTitle(), scheduleName()).toStdString();
  request.folder = options.save_dir;
  request.command = commandLine(options);
  using Paths = std::vector<std::string>;
  jobs_->run<Paths>(
      std::move(request),
      [options](const JobContext& context) -> Expected<Paths> {
        auto simulation = simulateToy(options, context);
        if (!simulation) return tl::unexpected(simulation.error());
        return saveSimulation(**simulation, options, context);
      },
      this,
      [this, folder](const Expected<Paths>& paths) {
        if (paths) return Q_EMIT noted(tr("%1 files written to %2").arg(paths->size()).arg(folder));
        if (!paths.error().cancelled()) Q_EMIT failed(tr("Export arrays"), paths.error());
      });
}

void Session::startTraining(bool sure) {
  if (training_->busy()) return;
  if (!sure && cost_->startWhenKnown()) return;  // it comes back here with an answer
  if (!sure && cost_->isLong()) return Q_EMIT longTraining();
  player_->pause();
  training_->start(experiment_.train);
}

}  // namespace inflaton::ui
