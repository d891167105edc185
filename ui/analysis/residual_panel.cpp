#include "ui/analysis/residual_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/jobs/job_button.h"
#include "ui/session/provenance_bar.h"
#include "ui/session/session.h"
#include "ui/views/residual_plot.h"

namespace inflaton::ui {
namespace {
constexpr std::int64_t kToyPoints = 2000;  // fewer than the command line takes: seconds, not minutes
}  // namespace

ResidualPanel::ResidualPanel(Session* session, ResidualFunction residuals, QWidget* parent)
    : QWidget(parent),
      session_(session),
      residuals_(std::move(residuals)),
      pages_(new QStackedWidget),
      samples_(new QSpinBox),
      times_(new QSpinBox),
      along_(new QComboBox),
      outputs_(new QCheckBox(tr("Outputs too"))),
      job_(new JobButton(session->jobs(), tr("Run"),
                         tr("Correlate the network's residuals over time (inflaton-cli residuals extract and correlate)"))),
      plot_(new ChartPane(tr("Residual autocorrelation"), QStringLiteral("residual_autocorrelation"))),
      caption_(new QLabel),
      bar_(new ProvenanceBar(session)) {
  setObjectName("residuals");
  QSettings& ini = session->settings()->ini();
  const auto number = [&](QSpinBox* box, const char* name, const QString& suffix, int low, int high, int start, const QString& tip) {
    box->setObjectName(name);
    box->setRange(low, high);
    box->setSuffix(suffix);
    box->setToolTip(tip);
    box->setKeyboardTracking(false);
    box->setValue(ini.value(QStringLiteral("residuals/") + name, start).toInt());
    connect(box, &QSpinBox::valueChanged, this, [this, name](int v) {
      session_->settings()->ini().setValue(QStringLiteral("residuals/") + name, v);
      follow();
    });
  };
  number(samples_, "samples", tr(" points"), 0, 1000000, 0,
         tr("Clean points (--n_samples); automatic: all rows of own points, %1 of a toy set, drawn once").arg(kToyPoints));
  samples_->setSpecialValueText(tr("automatic"));
  number(times_, "times", tr(" times"), 2, 10000, 141, tr("Grid points from t = 0 to t max (--n_time_pts)"));
  samples_->setSingleStep(500);
  along_->addItems({tr("Fresh noise"), tr("Trajectories")});
  along_->setObjectName("along");
  along_->setToolTip(
      tr("Fresh noise for every point at every time, as the reference's code has it; or the same points carried along the flow, as the "
         "paper's text has it (--along)"));
  along_->setCurrentIndex(std::clamp(ini.value("residuals/along", 0).toInt(), 0, 1));
  connect(along_, &QComboBox::activated, this, [this](int i) {
    session_->settings()->ini().setValue("residuals/along", i);
    follow();
  });
  outputs_->setObjectName("outputs");
  outputs_->setToolTip(tr("The correlation of the network's outputs as well"));
  outputs_->setChecked(ini.value("residuals/outputs", false).toBool());
  connect(outputs_, &QCheckBox::toggled, this, [this](bool on) {
    session_->settings()->ini().setValue("residuals/outputs", on);
    show();
  });
  caption_->setObjectName("residualsCaption");
  caption_->setForegroundRole(QPalette::PlaceholderText);
  caption_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  plot_->setEmptyText(tr("Run correlates the network's errors at t = 0 with those at later times."));

  auto* row = new QHBoxLayout;
  row->setSpacing(4);
  for (QWidget* w :
       {static_cast<QWidget*>(samples_), static_cast<QWidget*>(times_), static_cast<QWidget*>(along_), static_cast<QWidget*>(outputs_)})
    row->addWidget(w);
  row->addWidget(job_, 2);
  row->addWidget(caption_, 3);
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(4, 2, 4, 0);
  column->setSpacing(2);
  column->addLayout(row);
  column->addWidget(bar_);
  column->addWidget(plot_, 1);
  bar_->dims({plot_});
  bar_->setFormBack([this] {
    samples_->setValue(static_cast<int>(shown_.n_samples));
    times_->setValue(static_cast<int>(shown_.n_time_pts));
    along_->setCurrentIndex(shown_.along == "fresh" ? 0 : 1);
    session_->settings()->ini().setValue("residuals/along", along_->currentIndex());
    follow();
  });

  auto* none = new QWidget;
  auto* message = new QLabel(tr("Residuals are the errors of a trained network. There is none for this data set and schedule yet."));
  message->setObjectName("needsNetwork");
  message->setWordWrap(true);
  message->setAlignment(Qt::AlignHCenter | Qt::AlignBottom);
  auto* train = new QPushButton(tr("Go to Train"));
  train->setObjectName("goTrain");
  train->setAutoDefault(false);
  connect(train, &QPushButton::clicked, this, &ResidualPanel::trainRequested);
  auto* stack = new QVBoxLayout(none);
  stack->addStretch();
  stack->addWidget(message);
  stack->addWidget(train, 0, Qt::AlignHCenter);
  stack->addStretch();

  pages_->addWidget(page);
  pages_->addWidget(none);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->addWidget(pages_);
  connect(job_, &JobButton::runRequested, this, &ResidualPanel::start);
  connect(session, &Session::experimentChanged, this, &ResidualPanel::follow);
  follow();
}

/// The flow's own network, else the newest that fits.
QString ResidualPanel::network() const {
  const auto& flow = session_->experiment().flow;
  return flow.source == "net" && !flow.network.empty() ? QString::fromStdString(flow.network)
                                                       : session_->networkFor(session_->experiment());
}

bool ResidualPanel::hasNetwork() const { return !network().isEmpty(); }

ResidualsExtractOptions ResidualPanel::options() const {
  const auto& flow = session_->experiment().flow;
  ResidualsExtractOptions o;
  static_cast<DataOptions&>(o) = flow;
  static_cast<RunOptions&>(o) = flow;
  o.network = network().toStdString();
  o.along = along_->currentIndex() == 0 ? "fresh" : "trajectory";
  o.n_samples = samples_->value() == 0 && flow.data_name != "file" ? kToyPoints : samples_->value() == 1 ? 2 : samples_->value();
  o.n_time_pts = times_->value();
  o.h = flow.tmax / static_cast<double>(o.n_time_pts);
  return o;
}

QString ResidualPanel::command() const { return QString::fromStdString(commandLine(options())); }
void ResidualPanel::run() { job_->press(); }

void ResidualPanel::start() {
  const ResidualsExtractOptions o = options();
  JobQueue::Request request;
  request.title = QStringLiteral("Residual autocorrelation: %1").arg(session_->dataTitle()).toStdString();
  request.command = commandLine(o);
  request.lane = Lane::interactive("residuals");
  request.processors = static_cast<int>(o.threads);
  using Result = std::shared_ptr<const ResidualCorrelations>;
  const Provenance of = Provenance::of(o, session_->experiment().flow, session_->dataDim());
  job_->started(session_->jobs()->run<Result>(
      std::move(request), [o, residuals = residuals_](const JobContext& context) { return residuals(o, context); }, this,
      [this, o, of](const Expected<Result>& result) {
        if (!result) {
          if (!result.error().cancelled()) Q_EMIT failed(tr("Residual autocorrelation"), result.error());
          return;
        }
        result_ = *result;
        shown_ = o;
        shownOf_ = of;
        job_->say({});
        show();
      }));
}

void ResidualPanel::show() {
  if (result_) plot_->setContent(residualChart(result_, outputs_->isChecked(), QString::fromStdString(commandLine(shown_))));
  follow();
}

void ResidualPanel::follow() {
  pages_->setCurrentIndex(hasNetwork() || job_->running() ? 0 : 1);
  bar_->compare(result_ ? shownOf_ : Provenance(), Provenance::of(options(), session_->experiment().flow, session_->dataDim()));
  if (!result_) return caption_->setText(QFileInfo(network()).fileName());
  const QString of = tr("%1, %2 points, %3")
                         .arg(QFileInfo(QString::fromStdString(shown_.network)).completeBaseName())
                         .arg(shown_.n_samples > 0 ? QString::number(shown_.n_samples) : tr("all"))
                         .arg(shown_.along == "fresh" ? tr("fresh noise") : tr("trajectories"));
  caption_->setText(of);
  caption_->setToolTip(caption_->text());
}

}  // namespace inflaton::ui
