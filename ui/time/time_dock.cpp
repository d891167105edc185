#include "ui/time/time_dock.h"

#include <QComboBox>
#include <QEvent>
#include <QFontMetrics>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/style/decimal_box.h"
#include "ui/time/ruler.h"
#include "ui/time/transport_icons.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

/// Tells when the palette changes, so that drawn icons follow.
class PaletteWatch : public QObject {
 public:
  PaletteWatch(QObject* parent, std::function<void()> f) : QObject(parent), f_(std::move(f)) {}
  bool eventFilter(QObject* o, QEvent* e) override {
    if (e->type() == QEvent::PaletteChange) f_();
    return QObject::eventFilter(o, e);
  }

 private:
  std::function<void()> f_;
};

}  // namespace

struct TimeDock::Impl {
  ViewState* state;
  Player* player;
  QVector<std::pair<QToolButton*, TransportSymbol>> buttons;
  QToolButton *play = nullptr, *reverse = nullptr, *loop = nullptr;
  QDoubleSpinBox *time = nullptr, *speed = nullptr;
  QLabel *gamma = nullptr, *frame = nullptr, *dropped = nullptr;
  QComboBox* mode = nullptr;
  Ruler* ruler = nullptr;

  void showTime() {
    const QSignalBlocker quiet(time);
    if (!time->hasFocus() || player->playing()) time->setValue(state->time());
    const auto sim = state->simulation();
    const auto* lane = state->trajectory();
    time->setEnabled(lane);
    if (!lane) {
      gamma->clear(), frame->setText(tr("no flow yet"));
      return;
    }
    gamma->setText(tr("γ %1").arg(number(sim->schedule.gammaStar(state->time()))));
    const int k = state->frameNear(state->time()), last = state->frameCount() - 1;
    const int before = state->frameTime(k) <= state->time() ? k : k - 1;
    frame->setText(!state->interpolated() ? tr("frame %1 of %2").arg(k).arg(last)
                   : state->dense()       ? tr("between frames %1 and %2 of %3").arg(before).arg(before + 1).arg(last)
                                          : tr("frames %1 to %2 of %3, straight").arg(before).arg(before + 1).arg(last));
  }

  void showRange() {
    const QSignalBlocker quiet(time);
    const auto sim = state->simulation();
    const double end = sim ? sim->schedule.tMax() : 1;
    time->setRange(0, end);
    time->setSingleStep(end / 60);
    time->setToolTip(tr("Time of the flow, 0 to %1 (dimensionless). Type a value and press Return.").arg(number(end)));
    for (auto& [b, s] : buttons) b->setEnabled(state->trajectory());
    showTime();
  }

  void showPlayer() {
    const auto p = play->palette();
    play->setIcon(transportIcon(player->direction() > 0 ? TransportSymbol::pause : TransportSymbol::play, p));
    play->setAccessibleName(player->direction() > 0 ? tr("Pause") : tr("Play"));
    reverse->setIcon(transportIcon(player->direction() < 0 ? TransportSymbol::pause : TransportSymbol::reverse, p));
    const QSignalBlocker a(speed), b(mode), c(loop);
    speed->setValue(player->speed());
    mode->setCurrentIndex(player->mode() == PlayMode::realTime ? 0 : 1);
    loop->setChecked(player->looping());
    dropped->setText(player->mode() == PlayMode::everyFrame ? tr("none dropped") : tr("%n dropped", nullptr, player->droppedFrames()));
  }

  void showIcons() {
    for (auto& [b, s] : buttons) b->setIcon(transportIcon(s, play->palette()));
    showPlayer();
  }
};

TimeDock::TimeDock(ViewState* state, Player* player, QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
  auto& m = *impl_;
  m.state = state, m.player = player;
  setAccessibleName(tr("Time"));
  auto* row = new QHBoxLayout;
  row->setSpacing(2);
  row->setContentsMargins(0, 0, 0, 0);
  const auto button = [&](TransportSymbol s, const QString& tip, auto slot) {
    auto* b = new QToolButton(this);
    b->setAutoRaise(true);
    b->setFocusPolicy(Qt::TabFocus);
    b->setToolTip(tip);
    b->setAccessibleName(tip.section(QStringLiteral(" ("), 0, 0));
    connect(b, &QToolButton::clicked, player, slot);
    row->addWidget(b);
    m.buttons.append({b, s});
    return b;
  };
  button(TransportSymbol::start, tr("To t = 0 (Home)"), [player] { player->toStart(); })->setObjectName("toStart");
  button(TransportSymbol::stepBack, tr("One frame back (Left)"), [player] { player->step(-1); })->setObjectName("stepBack");
  m.reverse = button(TransportSymbol::reverse, tr("Play backwards (J)"),
                     [player] { player->direction() < 0 ? player->pause() : player->playReverse(); });
  m.play =
      button(TransportSymbol::play, tr("Play or pause (Space)"), [player] { player->direction() > 0 ? player->pause() : player->play(); });
  m.play->setObjectName("play");
  button(TransportSymbol::stepForward, tr("One frame on (Right)"), [player] { player->step(1); })->setObjectName("stepForward");
  button(TransportSymbol::end, tr("To t max (End)"), [player] { player->toEnd(); })->setObjectName("toEnd");
  m.loop = button(TransportSymbol::loop, tr("Loop (I and O set its ends, Shift+I clears them)"),
                  [this] { impl_->player->setLooping(impl_->loop->isChecked()); });
  m.loop->setCheckable(true);
  m.loop->setObjectName("loop");
  row->addSpacing(10);

  auto* t = new QLabel(tr("t"), this);
  m.time = new DecimalBox(this);
  m.time->setObjectName("time");
  m.time->setDecimals(3);
  m.time->setKeyboardTracking(false);
  m.time->setAccessibleName(tr("Time t"));
  t->setBuddy(m.time);
  connect(m.time, &QDoubleSpinBox::valueChanged, this, [this](double v) {
    impl_->player->pause();
    impl_->state->setTime(v);
  });
  row->addWidget(t);
  row->addSpacing(3);
  row->addWidget(m.time);
  row->addSpacing(10);
  m.gamma = new QLabel(this);
  m.gamma->setToolTip(tr("Kernel variance γ(t) of the fastest axis (data units squared)"));
  m.gamma->setMinimumWidth(fontMetrics().horizontalAdvance(tr("γ %1").arg("0.00000")));
  row->addWidget(m.gamma);
  row->addSpacing(14);
  m.frame = new QLabel(this);
  m.frame->setObjectName("frame");
  m.frame->setToolTip(
      tr("Stored frames are the solver's; between two of them the solution is followed in each axis's angle (dense output), or a straight "
         "line where a flow kept no slopes"));
  m.frame->setMinimumWidth(fontMetrics().horizontalAdvance(tr("between frames %1 and %2 of %3").arg(1000).arg(1000).arg(1000)));
  row->addWidget(m.frame);
  row->addStretch(1);

  m.speed = new DecimalBox(this);
  m.speed->setObjectName("speed");
  m.speed->setRange(Player::kMinSpeed, Player::kMaxSpeed);
  m.speed->setDecimals(1);
  m.speed->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  m.speed->setSuffix(QStringLiteral("×"));
  m.speed->setKeyboardTracking(false);
  m.speed->setAccessibleName(tr("Speed"));
  m.speed->setToolTip(tr("Speed: units of t per second (, and . halve and double it)"));
  connect(m.speed, &QDoubleSpinBox::valueChanged, player, &Player::setSpeed);
  row->addWidget(m.speed);
  m.mode = new QComboBox(this);
  m.mode->addItems({tr("Real time"), tr("Every frame")});
  m.mode->setAccessibleName(tr("Play mode"));
  m.mode->setToolTip(tr("Real time keeps the speed and counts the frames it passes over; Every frame shows each stored frame"));
  connect(m.mode, &QComboBox::currentIndexChanged, player,
          [player](int i) { player->setMode(i == 0 ? PlayMode::realTime : PlayMode::everyFrame); });
  row->addWidget(m.mode);
  m.dropped = new QLabel(this);
  m.dropped->setObjectName("dropped");
  m.dropped->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m.dropped->setMinimumWidth(fontMetrics().horizontalAdvance(tr("%n dropped", nullptr, 1000)) + 4);
  m.dropped->setToolTip(tr("Stored frames passed over since play began"));
  row->addWidget(m.dropped);

  m.ruler = new Ruler(state, player, this);
  connect(m.ruler, &Ruler::scrubbing, this, &TimeDock::scrubbing);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(6, 2, 6, 2);
  all->setSpacing(0);
  all->addLayout(row);
  all->addWidget(m.ruler);

  connect(state, &ViewState::timeChanged, this, [this] { impl_->showTime(); });
  connect(state, &ViewState::laneChanged, this, [this] { impl_->showRange(); });
  connect(state, &ViewState::simulationChanged, this, [this] { impl_->showRange(); });
  connect(player, &Player::changed, this, [this] { impl_->showPlayer(); });
  m.play->installEventFilter(new PaletteWatch(this, [this] { impl_->showIcons(); }));
  m.showRange();
  m.showIcons();
}

TimeDock::~TimeDock() = default;

}  // namespace inflaton::ui
