#include "ui/analysis/compare_view.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/jobs/job_button.h"
#include "ui/session/provenance_bar.h"
#include "ui/session/session.h"
#include "ui/views/canvas_2d.h"
#include "ui/views/work_precision_chart.h"

namespace inflaton::ui {

CompareView::CompareView(Session* session, CompareFunction compare, SimulateFunction simulate, QWidget* parent)
    : QWidget(parent),
      session_(session),
      compare_(std::move(compare)),
      direction_(new QComboBox),
      budgets_(new QLineEdit),
      job_(new JobButton(session->jobs(), tr("Compare"), tr("Measure every solver at every budget (inflaton-cli compare-solvers)"))),
      diagram_(new ChartPane(tr("Work and precision"), QStringLiteral("work_precision"))),
      caption_(new QLabel),
      bar_(new ProvenanceBar(session)),
      raceBar_(new ProvenanceBar(session)) {
  setObjectName("compare");
  QSettings& ini = session->settings()->ini();
  race_ = new RaceView(
      session->view(), session->jobs(), &ini, [session] { return session->experiment().flow; }, std::move(simulate));
  race_->setObjectName("race");

  direction_->addItems({tr("Inflation"), tr("Generation")});
  direction_->setObjectName("compareDirection");
  direction_->setToolTip(tr("Which way the solvers are compared, in diagram and race (--direction)"));
  direction_->setAccessibleName(tr("Direction"));
  direction_->setCurrentIndex(std::clamp(ini.value("compare/direction", 0).toInt(), 0, 1));
  budgets_->setObjectName("budgets");
  budgets_->setToolTip(tr("Evaluations that each solver may use, with commas between them (--budgets)"));
  budgets_->setAccessibleName(tr("Budgets"));
  budgets_->setText(ini.value("compare/budgets", QString::fromStdString(CompareSolversOptions().budgets)).toString());
  budgets_->setCursorPosition(0);
  budgets_->setMinimumWidth(60);
  caption_->setObjectName("compareCaption");
  caption_->setWordWrap(true);
  caption_->setTextInteractionFlags(Qt::TextSelectableByMouse);

  auto* row = new QHBoxLayout;
  row->setSpacing(4);
  row->addWidget(direction_);
  row->addWidget(budgets_, 1);
  row->addWidget(job_);
  auto* left = new QWidget;
  auto* column = new QVBoxLayout(left);
  column->setContentsMargins(4, 2, 4, 2);
  column->setSpacing(2);
  column->addLayout(row);
  column->addWidget(bar_);
  column->addWidget(caption_);
  column->addWidget(diagram_, 1);
  bar_->dims({diagram_});
  bar_->setFormBack([this] {
    budgets_->setText(QString::fromStdString(shown_.budgets));
    direction_->setCurrentIndex(shown_.direction == "gen");
    Q_EMIT direction_->activated(direction_->currentIndex());
  });
  raceBar_->dims({race_->canvas(), race_->second(), race_->curve()});
  connect(race_, &RaceView::changed, this, &CompareView::follow);
  auto* split = new QSplitter;
  split->setChildrenCollapsible(false);
  split->setHandleWidth(3);
  split->addWidget(left);
  split->addWidget(under(raceBar_, race_));
  split->setSizes({400, 500});
  split->setStretchFactor(0, 4), split->setStretchFactor(1, 5);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->addWidget(split);

  for (QWidget* w : {static_cast<QWidget*>(diagram_), static_cast<QWidget*>(race_->canvas()), static_cast<QWidget*>(race_->second()),
                     static_cast<QWidget*>(race_->curve())})
    w->installEventFilter(this);
  connect(job_, &JobButton::runRequested, this, &CompareView::start);
  connect(budgets_, &QLineEdit::editingFinished, this, [this] {
    session_->settings()->ini().setValue("compare/budgets", budgets_->text());
    follow();
  });
  connect(direction_, &QComboBox::activated, this, [this](int i) {
    session_->settings()->ini().setValue("compare/direction", i);
    race_->setDirection(i == 0 ? "melt" : "gen");
    follow();
  });
  race_->setDirection(direction_->currentIndex() == 0 ? "melt" : "gen");
  connect(session, &Session::experimentChanged, this, &CompareView::follow);
  connect(race_, &RaceView::failed, this, [this](const JobError& error) { Q_EMIT failed(tr("Race"), error); });
  follow();
}

CompareSolversOptions CompareView::options() const {
  CompareSolversOptions o;
  static_cast<DenoiserOptions&>(o) = session_->experiment().flow;
  o.budgets = budgets_->text().remove(' ').toStdString();
  o.direction = direction_->currentIndex() == 0 ? "melt" : "gen";
  return o;
}

QString CompareView::command() const { return QString::fromStdString(commandLine(options())); }

QString CompareView::subject() const {
  return tr("%1, %2, %3, %4")
      .arg(session_->dataTitle(), session_->scheduleName(), session_->experiment().flow.source == "net" ? tr("network") : tr("exact score"),
           direction_->currentText().toLower());
}

void CompareView::run() { job_->press(); }

void CompareView::start() {
  const CompareSolversOptions o = options();
  if (const auto valid = atEdge([&] { validate(o); }); !valid) {
    Q_EMIT failed(tr("Compare solvers"), valid.error());
    return;
  }
  JobQueue::Request request;
  request.title = QStringLiteral("Compare solvers: %1").arg(subject()).toStdString();
  request.command = commandLine(o);
  request.lane = Lane::interactive("compare solvers");
  request.processors = static_cast<int>(o.threads);
  const QString what = subject();
  const int dim = session_->dataDim();
  job_->started(session_->jobs()->run<WorkPrecision>(
      std::move(request), [o, compare = compare_](const JobContext& context) { return compare(o, context); }, this,
      [this, o, what, dim](const Expected<WorkPrecision>& result) {
        if (!result) {
          if (!result.error().cancelled()) Q_EMIT failed(tr("Compare solvers"), result.error());
          return;
        }
        shown_ = o;
        dimOfShown_ = dim;
        shownSubject_ = what;
        shownSummary_ = workPrecisionSummary(*result);
        there_ = true;
        diagram_->setContent(workPrecisionChart(*result, QString::fromStdString(commandLine(o))));
        job_->say({});
        follow();
      }));
}

void CompareView::follow() {
  const int dim = session_->dataDim();
  bar_->compare(there_ ? Provenance::of(shown_, dimOfShown_) : Provenance(), Provenance::of(options(), dim));
  ToySimulateOptions race = session_->experiment().flow;
  race.direction = options().direction;
  raceBar_->compare(race_->result() ? Provenance::of(race_->base(), race_->result()->a->data.dim) : Provenance(), Provenance::of(race, dim),
                    race_->pending());
  if (!there_) {
    caption_->setText(subject());
    diagram_->setEmptyText(
        tr("Compare measures every solver at every budget on this data set, schedule and score. It takes a while and can be cancelled; the "
           "rest of the window stays usable."));
    return;
  }
  caption_->setText(tr("%1. %2.").arg(shownSubject_, shownSummary_));
  caption_->setForegroundRole(bar_->stale() ? QPalette::PlaceholderText : QPalette::WindowText);
}

Figure* CompareView::currentFigure() const {
  switch (current_) {
    case 1:
      return race_->canvas();
    case 2:
      return race_->second()->isVisible() ? race_->second() : race_->canvas();
    case 3:
      return race_->curve();
    default:
      return diagram_;
  }
}

bool CompareView::eventFilter(QObject* target, QEvent* event) {
  if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::FocusIn || event->type() == QEvent::Wheel ||
      event->type() == QEvent::Enter)  // charts hand their presses on to nobody
    current_ = target == race_->canvas() ? 1 : target == race_->second() ? 2 : target == race_->curve() ? 3 : 0;
  return QWidget::eventFilter(target, event);
}

}  // namespace inflaton::ui
