#include "ui/analysis/race_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSettings>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "core/api/solver_choice.h"
#include "ui/style/color_modes.h"
#include "ui/views/canvas_2d.h"
#include "ui/views/chart_pane.h"
#include "ui/views/chart_parts.h"
#include "ui/views/plot_frame.h"
#include "ui/views/work_precision_chart.h"

namespace inflaton::ui {
namespace {

ChartPane::Content distanceChart(std::shared_ptr<const RaceResult> r) {
  ChartPane::Content content;
  content.csv = QStringLiteral("t,mean,most\n");
  for (std::size_t k = 0; k < r->t.size(); ++k)
    content.csv += QStringLiteral("%1,%2,%3\n").arg(r->t[k], 0, 'g', 9).arg(r->mean[k], 0, 'g', 9).arg(r->most[k], 0, 'g', 9);
  content.summary = RaceView::tr("Mean distance %1 latent sd at the end")
                        .arg(number(r->direction == Direction::inflation ? r->mean.back() : r->mean.front(), -3));
  content.make = [r](const Theme& theme, const QFont& font, bool compact) {
    auto chart = emptyChart(theme, font, compact);
    double most = 0;
    for (const double v : r->mean) most = std::max(most, v);
    most = most > 0 ? most : 1e-12;
    auto* x = plainAxis(0, r->t.back(), compact ? 4 : 6, RaceView::tr("t"), theme, font);
    auto* y = decadeAxis(most * 1e-4, most, RaceView::tr("mean distance (latent sd)"), theme, font);
    chart->addAxis(x, Qt::AlignBottom);
    chart->addAxis(y, Qt::AlignLeft);
    auto* line = new QLineSeries;
    line->setPen(QPen(theme.accent, 1.8));
    QList<QPointF> points;
    for (std::size_t k = 0; k < r->t.size(); ++k) points << QPointF(r->t[k], std::max(r->mean[k], y->min()));
    line->replace(points);
    addCurve(*chart, line, {}, theme);
    chart->legend()->hide();
    return chart;
  };
  return content;
}

}  // namespace

RaceView::RaceView(ViewState* view, JobBridge* jobs, QSettings* ini, std::function<ToySimulateOptions()> flow, SimulateFunction simulate,
                   QWidget* parent)
    : QWidget(parent),
      view_(view),
      jobs_(jobs),
      ini_(ini),
      flow_(std::move(flow)),
      simulate_(std::move(simulate)),
      first_(new Canvas2D(&a_, Canvas2D::Kind::data)),
      second_(new Canvas2D(&b_, Canvas2D::Kind::data)),
      curve_(new ChartPane(tr("Distance of the two solvers"), QStringLiteral("solver_distance"))),
      layout_(new QComboBox),
      space_(new QComboBox),
      text_(new QLabel) {
  setAccessibleName(tr("Race of two solvers"));
  first_->setObjectName("raceA");
  second_->setObjectName("raceB");
  text_->setObjectName("raceNumbers");
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  text_->setWordWrap(true);
  curve_->setEmptyText(tr("Their distance along t appears here"));

  auto* row = new QHBoxLayout;
  row->setSpacing(4);
  sideA_ = side(QStringLiteral("A"), {"adams", 28}, row);
  row->addSpacing(6);
  sideB_ = side(QStringLiteral("B"), {kReferenceSolver, 28}, row);
  row->addStretch();
  layout_->addItems({tr("Overlaid"), tr("Side by side")});
  layout_->setObjectName("raceLayout");
  layout_->setToolTip(tr("A filled and B as rings in one view, or each in a view of its own"));
  layout_->setAccessibleName(tr("Arrangement"));
  space_->addItems({tr("Data"), tr("Latent")});
  space_->setObjectName("raceSpace");
  space_->setToolTip(tr("Coordinates in which both are shown"));
  space_->setAccessibleName(tr("Space"));
  auto* second = new QHBoxLayout;
  second->setSpacing(4);
  second->addWidget(text_, 1);
  for (QComboBox* box : {layout_, space_}) {
    box->setFocusPolicy(Qt::TabFocus);
    second->addWidget(box);
  }
  layout_->setCurrentIndex(std::clamp(ini->value("compare/layout", 0).toInt(), 0, 1));
  space_->setCurrentIndex(std::clamp(ini->value("compare/space", 0).toInt(), 0, 1));

  auto* views = new QSplitter;
  views->setChildrenCollapsible(false);
  views->setHandleWidth(3);
  views->addWidget(first_);
  views->addWidget(second_);
  views->addWidget(curve_);
  curve_->setMinimumWidth(110);
  for (Canvas2D* canvas : {first_, second_}) canvas->setMinimumWidth(120);
  views->setStretchFactor(0, 3), views->setStretchFactor(1, 3), views->setStretchFactor(2, 2);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 2, 4, 2);
  column->setSpacing(2);
  column->addLayout(row);
  column->addLayout(second);
  column->addWidget(views, 1);

  soon_.setSingleShot(true);
  soon_.setInterval(250);
  connect(&soon_, &QTimer::timeout, this, &RaceView::start);
  connect(layout_, &QComboBox::activated, this, &RaceView::arrange);
  connect(space_, &QComboBox::activated, this, &RaceView::arrange);
  connect(view, &ViewState::timeChanged, this, &RaceView::follow);
  connect(view, &ViewState::appearanceChanged, this, &RaceView::follow);
  connect(view, &ViewState::selectionChanged, this, &RaceView::follow);
  connect(view, &ViewState::simulationChanged, this, &RaceView::renew);
  connect(first_, &Canvas2D::viewRectChanged, second_, &Canvas2D::setViewRect);  // what is compared is compared at one scale
  connect(second_, &Canvas2D::viewRectChanged, first_, &Canvas2D::setViewRect);
  connect(curve_, &ChartPane::timePicked, view, &ViewState::setTime);
  arrange();
  showNumbers();
}

// The views go before the states that they read.
RaceView::~RaceView() {
  delete first_;
  delete second_;
}

RaceView::Side RaceView::side(const QString& letter, const Racer& initial, QBoxLayout* row) {
  Side s{new QComboBox, new QSpinBox};
  auto* label = new QLabel(letter);
  QFont bold = label->font();
  bold.setBold(true);
  label->setFont(bold);
  for (const std::string& id : simulationSolvers().ids()) {
    s.solver->addItem(QString::fromStdString(id));
    s.solver->setItemData(s.solver->count() - 1, solverLabel(id), Qt::ToolTipRole);
  }
  s.solver->setObjectName("solver" + letter);
  s.solver->setAccessibleName(tr("Solver %1").arg(letter));
  s.solver->setToolTip(letter == "A" ? tr("Solver A: filled points") : tr("Solver B: rings, or the right view"));
  s.solver->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  s.solver->setMinimumContentsLength(7);
  s.solver->setMinimumWidth(60);
  s.budget->setMinimumWidth(60);
  s.budget->setObjectName("budget" + letter);
  s.budget->setAccessibleName(tr("Evaluations of %1").arg(letter));
  s.budget->setRange(2, 2000);
  s.budget->setSuffix(tr(" eval."));
  s.budget->setKeyboardTracking(false);
  s.budget->setToolTip(tr("Evaluations of the denoiser it may use, 2 to 2000; what it did use stands below"));
  s.solver->setCurrentText(ini_->value("compare/solver" + letter, QString::fromStdString(initial.solver)).toString());
  s.budget->setValue(ini_->value("compare/budget" + letter, initial.budget).toInt());
  label->setBuddy(s.solver);
  const auto changed = [this, s, letter] {
    ini_->setValue("compare/solver" + letter, s.solver->currentText());
    ini_->setValue("compare/budget" + letter, s.budget->value());
    renew();
  };
  connect(s.solver, &QComboBox::activated, this, changed);
  connect(s.budget, &QSpinBox::valueChanged, this, changed);
  row->addWidget(label);
  row->addWidget(s.solver);
  row->addWidget(s.budget);
  return s;
}

Racer RaceView::racer(const Side& s) const { return {s.solver->currentText().toStdString(), s.budget->value()}; }

void RaceView::setDirection(const std::string& direction) {
  if (direction == direction_) return;
  direction_ = direction;
  renew();
}

void RaceView::renew() {
  due_ = true;
  if (isVisible()) soon_.start();
  Q_EMIT changed();
}

void RaceView::resizeEvent(QResizeEvent* e) {
  QWidget::resizeEvent(e);
  arrange();
}

void RaceView::showEvent(QShowEvent* e) {
  QWidget::showEvent(e);
  follow();
  if (due_) soon_.start();
}

void RaceView::start() {
  if (!view_->simulation()) return;  // the first flow is on its way, and its end comes here again
  due_ = false;
  running_ = true;
  ToySimulateOptions base = flow_();
  base.direction = direction_;
  const Racer a = racer(sideA_), b = racer(sideB_);
  const std::uint64_t ticket = ++ticket_;
  JobQueue::Request request;
  request.title = "Race: " + a.solver + " against " + b.solver;
  request.command = commandLine(racerOptions(base, a));
  request.lane = Lane::interactive("race");
  request.processors = static_cast<int>(base.threads);
  showNumbers();
  Q_EMIT changed();
  job_ = jobs_->run<RaceResult>(
      std::move(request), [base, a, b, simulate = simulate_](const JobContext& context) { return runRace(base, a, b, simulate, context); },
      this,
      [this, ticket, base, a, b](const Expected<RaceResult>& result) {
        if (ticket != ticket_) return;
        running_ = false;
        if (result) {
          first_->setCommand(QString::fromStdString(commandLine(racerOptions(base, a))));
          second_->setCommand(QString::fromStdString(commandLine(racerOptions(base, b))));
          return take(*result, base);
        }
        showNumbers();
        Q_EMIT changed();
        if (!result.error().cancelled()) Q_EMIT failed(result.error());
      });
}

void RaceView::take(const RaceResult& result, const ToySimulateOptions& base) {
  base_ = base;
  result_ = std::make_shared<const RaceResult>(result);
  for (auto& [state, sim] : {std::pair{&a_, result.a}, {&b_, result.b}}) {
    state->setSimulation(sim);
    state->setLane(result.direction);
  }
  curve_->setContent(distanceChart(result_));
  arrange();
  follow();
  Q_EMIT changed();
}

void RaceView::arrange() {
  ini_->setValue("compare/layout", layout_->currentIndex());
  ini_->setValue("compare/space", space_->currentIndex());
  const bool overlaid = layout_->currentIndex() == 0;
  const auto kind = space_->currentIndex() == 0 ? Canvas2D::Kind::data : Canvas2D::Kind::latent;
  for (Canvas2D* canvas : {first_, second_}) canvas->setKind(kind);
  first_->setRings(overlaid ? &b_ : nullptr);
  second_->setVisible(!overlaid);
  curve_->setVisible(overlaid || width() >= 640);  // two views in a narrow window need the room
  const QString where = kind == Canvas2D::Kind::data ? tr("data") : tr("latent");
  first_->setTitle(overlaid ? tr("A filled, B rings: %1").arg(where) : tr("A: %1").arg(where));
  second_->setTitle(tr("B: %1").arg(where));
}

/// The cursor and the looks of the main views hold here too.
void RaceView::follow() {
  if (!isVisible() || !result_) return;
  for (ViewState* state : {&a_, &b_}) {
    const bool own = colorMode(view_->colorBy()).needs == ColorNeeds::frames;
    state->setColorBy(own ? view_->colorBy() : ColorBy::classLabel);
    state->setTrails(view_->trails());
    state->setPoints(view_->points());
    state->setDensity(view_->density());
    state->setSolo(view_->solo());
    state->setGhost(view_->ghost());
    state->setSelection(view_->selection());
    state->setTime(view_->time());
  }
  first_->update();
  curve_->setCursor(view_->time());
  showNumbers();
}

QString RaceView::numbers() const {
  if (!result_) return running_ ? tr("Running both…") : tr("Choose two solvers and what each may spend.");
  const auto used = [&](const std::shared_ptr<const Simulation>& s) { return s->lane(result_->direction)->evaluations; };
  const Distance d = distanceAt(*result_->a, *result_->b, result_->direction, a_.time());
  const QString text = tr("Apart at t %1: mean %2, at most %3 latent sd.  A used %4 evaluations, B %5.")
                           .arg(number(a_.time(), 2), number(d.mean, -3), number(d.most, -3))
                           .arg(used(result_->a))
                           .arg(used(result_->b));
  return running_ ? text + tr("  Running anew…") : text;
}

void RaceView::showNumbers() { text_->setText(numbers()); }

}  // namespace inflaton::ui
