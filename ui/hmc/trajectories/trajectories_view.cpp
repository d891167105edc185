#include "ui/hmc/trajectories/trajectories_view.h"

#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/forms/help_section.h"
#include "ui/forms/inspector_parts.h"
#include "ui/hmc/stage_options.h"
#include "ui/session/provenance_bar.h"
#include "ui/session/session.h"
#include "ui/style/accent_button.h"
#include "ui/time/transport_icons.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

TrajectoriesInspector::TrajectoriesInspector(Session* session, Demonstration* demonstration, QWidget* parent)
    : QWidget(parent),
      session_(session),
      demonstration_(demonstration),
      subject_(heading({})),
      needs_(attention(tr("The demonstration draws in a plane: this data set has other dimensions."))),
      watch_(new QLabel),
      numbers_(sideNote()),
      problem_(attention()),
      circles_(new QPushButton(tr("Use circles"))) {
  FormLayout layout;
  layout.front = {"sampler", "step_size", "traj_length", "observation", "init", "transitions"};
  layout.only = {"seed", "gt_eps_mvn", "map", "table_tolerance"};
  form_ = ParameterForm::make(demonstration->options(), layout);
  form_->setObjectName("demoForm");
  subject_->setWordWrap(true);
  watch_->setObjectName("demoWatch");
  watch_->setWordWrap(true);
  numbers_->setObjectName("demoNumbers");
  circles_->setObjectName("demoCircles");
  circles_->setFocusPolicy(Qt::TabFocus);
  auto* grid = new QGridLayout;
  grid->setSpacing(4);
  int k = 0;
  for (const DemoPreset& preset : demoPresets()) {
    auto* b = new AccentButton(preset.title);
    b->setObjectName(QStringLiteral("demo_") + preset.id);
    b->setCheckable(true);
    b->setAutoDefault(false);
    b->setFocusPolicy(Qt::TabFocus);
    b->setToolTip(preset.watch);
    connect(b, &QPushButton::clicked, this, [this, id = QString::fromLatin1(preset.id)] { demonstration_->choosePreset(id); });
    grid->addWidget(b, k / 2, k % 2);
    presets_ << b;
    ++k;
  }
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(subject_);
  column->addWidget(needs_);
  column->addWidget(circles_, 0, Qt::AlignLeft);
  column->addWidget(
      sideNote(tr("Where could the latent of this one observation be? The map is its log-density; the sampler walks it as a puck slides "
                  "over a landscape.")));
  column->addLayout(grid);
  column->addWidget(watch_);
  column->addWidget(form_);
  column->addWidget(problem_);
  column->addWidget(numbers_);
  column->addWidget(new HelpSection("trajectories"));
  column->addStretch();
  connect(form_, &ParameterForm::edited, this, [this] {
    if (form_->problem().isEmpty()) demonstration_->setOwn(form_->options<HmcDemoOptions>());
  });
  connect(circles_, &QPushButton::clicked, this, [this] { session_->chooseSet("circles"); });
  connect(demonstration, &Demonstration::changed, this, &TrajectoriesInspector::follow);
  connect(session, &Session::experimentChanged, this, &TrajectoriesInspector::follow);
  connect(session, &Session::flowFinished, this, &TrajectoriesInspector::follow);
  follow();
}

void TrajectoriesInspector::follow() {
  const bool plane = isPlane(*session_);
  subject_->setText(plane ? tr("One observation of %1").arg(subjectOf(*session_)) : session_->dataTitle());
  needs_->setVisible(!plane && session_->dataDim() > 0);
  circles_->setVisible(needs_->isVisibleTo(this));
  form_->setOptions(demonstration_->options());
  HmcDemoOptions defaults = demonstration_->options();
  demoPresets().front().apply(defaults);
  defaults.map = "table", defaults.table_tolerance = 0.02;
  form_->setDefaults(defaults);
  const QString preset = demonstration_->preset();
  watch_->setText(tr("Your own settings: watch whether the energy error stays small and the chain gets about."));
  for (qsizetype k = 0; k < presets_.size(); ++k) {
    const DemoPreset& p = demoPresets()[static_cast<std::size_t>(k)];
    presets_[k]->setChecked(preset == QLatin1String(p.id));
    if (preset == QLatin1String(p.id)) watch_->setText(tr("Watch: %1").arg(p.watch));
  }
  problem_->setText(demonstration_->problem());
  problem_->setVisible(!demonstration_->problem().isEmpty());
  const auto& demo = demonstration_->player()->demo();
  numbers_->setVisible(bool(demo));
  if (!demo) return;
  int rejected = 0, divergent = 0;
  for (const auto& t : demo->transitions) rejected += !t.accepted && !t.divergent, divergent += t.divergent;
  numbers_->setText(tr("%1 transitions, step %5, mean acceptance %2; %3 rejected, %4 divergent")
                        .arg(demo->transitions.size())
                        .arg(number(demo->accept, 2))
                        .arg(rejected)
                        .arg(divergent)
                        .arg(number(demo->stepSize, -2)));
}

TrajectoriesView::TrajectoriesView(Session* session, Demonstration* demonstration, QWidget* parent)
    : QWidget(parent),
      session_(session),
      demonstration_(demonstration),
      plane_(new LatentPlane(demonstration->player())),
      strip_(new EnergyStrip(demonstration->player())),
      speed_(new QComboBox),
      where_(new QLabel),
      bar_(new ProvenanceBar(session)) {
  DemoPlayer* player = demonstration->player();
  QSettings& ini = session->settings()->ini();
  start_ = tool("demoStart", tr("Back to the first transition (Home)"), [player] { player->toStart(); });
  back_ =
      tool("demoBack", tr("One leapfrog step back (Left; with Shift a transition)"), [player] { player->pause(), player->advance(-1); });
  play_ = tool("demoPlay", tr("Play or pause (Space)"), [player] { player->toggle(); });
  forward_ =
      tool("demoForward", tr("One leapfrog step on (Right; with Shift a transition)"), [player] { player->pause(), player->advance(1); });
  end_ = tool("demoEnd", tr("To the last transition (End)"), [player] { player->pause(), player->toEnd(); });
  speed_->setObjectName("demoSpeed");
  speed_->setAccessibleName(tr("Speed"));
  speed_->setToolTip(tr("Leapfrog steps a second"));
  speed_->setFocusPolicy(Qt::TabFocus);
  for (const int s : {2, 5, 10, 20, 50, 100, 400}) speed_->addItem(tr("%1 steps/s").arg(s), s);
  speed_->setCurrentIndex(std::max(0, speed_->findData(ini.value("hmc/speed", 100).toInt())));
  player->setSpeed(speed_->currentData().toInt());
  connect(speed_, &QComboBox::activated, this, [this, player] {
    player->setSpeed(speed_->currentData().toInt());
    session_->settings()->ini().setValue("hmc/speed", speed_->currentData().toInt());
  });
  where_->setObjectName("demoWhere");
  auto* row = new QHBoxLayout;
  row->setContentsMargins(6, 2, 8, 2);
  row->setSpacing(2);
  for (QToolButton* b : {start_, back_, play_, forward_, end_}) row->addWidget(b);
  row->addSpacing(8);
  row->addWidget(speed_);
  row->addSpacing(10);
  row->addWidget(where_, 1);
  auto* split = new QSplitter;
  split->setChildrenCollapsible(false);
  split->setHandleWidth(3);
  split->addWidget(plane_);
  split->addWidget(strip_);
  split->setStretchFactor(0, 5), split->setStretchFactor(1, 3);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(bar_);
  column->addWidget(split, 1);
  column->addLayout(row);
  bar_->dims({plane_, strip_});
  bar_->setFormBack([this] { demonstration_->showAgain(); });
  for (QWidget* w : {static_cast<QWidget*>(plane_), static_cast<QWidget*>(strip_)}) w->installEventFilter(this);
  strip_->setEmptyText(tr("How far the total energy strays along each trajectory: the sampler is exact only as far as it stays put."));
  connect(player, &DemoPlayer::moved, this, &TrajectoriesView::follow);
  connect(player, &DemoPlayer::playingChanged, this, &TrajectoriesView::icons);
  connect(demonstration, &Demonstration::changed, this, &TrajectoriesView::follow);
  connect(session, &Session::experimentChanged, this, &TrajectoriesView::follow);
  icons();
  follow();
}

QToolButton* TrajectoriesView::tool(const QString& id, const QString& tip, const std::function<void()>& act) {
  auto* b = new QToolButton;
  b->setObjectName(id);
  b->setToolTip(tip);
  b->setAccessibleName(tip);
  b->setAutoRaise(true);
  b->setFocusPolicy(Qt::TabFocus);
  connect(b, &QToolButton::clicked, this, act);
  return b;
}

void TrajectoriesView::icons() {
  const auto set = [this](QToolButton* b, TransportSymbol s) { b->setIcon(transportIcon(s, palette())); };
  set(start_, TransportSymbol::start), set(back_, TransportSymbol::stepBack), set(forward_, TransportSymbol::stepForward),
      set(end_, TransportSymbol::end);
  set(play_, demonstration_->player()->playing() ? TransportSymbol::pause : TransportSymbol::play);
}

void TrajectoriesView::changeEvent(QEvent* e) {
  if (e->type() == QEvent::PaletteChange && where_) icons();
  QWidget::changeEvent(e);
}

void TrajectoriesView::showEvent(QShowEvent* e) {
  QWidget::showEvent(e);
  demonstration_->setInSight(true);
}

void TrajectoriesView::hideEvent(QHideEvent* e) {
  QWidget::hideEvent(e);
  demonstration_->setInSight(false);
}

void TrajectoriesView::follow() {
  const DemoPlayer* player = demonstration_->player();
  const Provenance shown = demonstration_->provenance();
  bar_->compare(shown, Provenance::of(demonstration_->options(), session_->dataDim()), demonstration_->pending());
  const QString command = QString::fromStdString(commandLine(shown.empty() ? demonstration_->options() : demonstration_->shown()));
  plane_->setCommand(command);
  strip_->setCommand(command);
  plane_->setEmptyText(!isPlane(*session_)                    ? tr("This needs a data set of two dimensions.")
                       : !demonstration_->problem().isEmpty() ? demonstration_->problem()
                       : demonstration_->stage().isEmpty()    ? tr("Computing the trajectories\u2026")
                                                              : tr("Computing the trajectories: %1\u2026").arg(demonstration_->stage()));
  const auto& demo = player->demo();
  for (QToolButton* b : {start_, back_, play_, forward_, end_}) b->setEnabled(bool(demo));
  QString text;
  if (demo && !demo->transitions.empty()) {
    const auto& t = demo->transitions[static_cast<std::size_t>(player->transition())];
    text = tr("Transition %1 of %2, step %3 of %4")
               .arg(player->transition() + 1)
               .arg(demo->transitions.size())
               .arg(player->step())
               .arg(player->steps());
    if (player->step() >= player->steps())
      text += QStringLiteral(": ") + (t.divergent ? tr("divergent") : t.accepted ? tr("accepted") : tr("rejected"));
  }
  if (demonstration_->running()) text = demo ? tr("Computing\u2026") : QString();
  where_->setText(text);
}

Figure* TrajectoriesView::currentFigure() const {
  if (second_) return strip_;
  return plane_;
}

bool TrajectoriesView::eventFilter(QObject* target, QEvent* event) {
  if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::FocusIn) second_ = target == strip_;
  return QWidget::eventFilter(target, event);
}

}  // namespace inflaton::ui
