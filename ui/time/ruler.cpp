#include "ui/time/ruler.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/style/colors.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

constexpr Direction kLanes[] = {Direction::inflation, Direction::roundTrip, Direction::generation};
constexpr double kLaneHeight = 11, kMargin = 14;

QString laneName(Direction d) {
  return d == Direction::inflation ? Ruler::tr("inflation") : d == Direction::roundTrip ? Ruler::tr("round trip") : Ruler::tr("generation");
}
QString gammaText(double v) {
  return v >= 1e4 || v < 1e-2 ? QString::number(v, 'e', 0).replace("e+0", "e").replace("e-0", "e−").replace("e+", "e").replace("e-", "e−")
                              : number(v, v < 1    ? 2
                                          : v < 10 ? 1
                                                   : 0);
}

}  // namespace

Ruler::Ruler(ViewState* state, Player* player, QWidget* parent) : QWidget(parent), state_(state), player_(player) {
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("Time ruler"));
  measure();
  const auto redraw = [this] { update(); };
  connect(state, &ViewState::simulationChanged, this, redraw);
  connect(state, &ViewState::timeChanged, this, redraw);
  connect(state, &ViewState::laneChanged, this, redraw);
  connect(player, &Player::changed, this, redraw);
}

void Ruler::measure() {
  QFont bold = font();
  bold.setBold(true);
  bold.setPointSizeF(bold.pointSizeF() * 0.88);
  const QFontMetricsF fm(bold);
  gutter_ = 0;
  for (const auto d : kLanes) gutter_ = std::max(gutter_, std::ceil(fm.horizontalAdvance(laneName(d)) + 24));
}

double Ruler::end() const {
  const auto sim = state_->simulation();
  return sim ? std::max(1e-9, sim->schedule.tMax()) : 1;
}

double Ruler::xOf(double t) const { return gutter_ + t / end() * (width() - gutter_ - kMargin); }
double Ruler::timeAt(double x) const { return std::clamp((x - gutter_) / (width() - gutter_ - kMargin), 0.0, 1.0) * end(); }

QRectF Ruler::laneRect(Direction d) const {
  const double line = QFontMetricsF(font()).height() * 0.85;
  const double top = line + 6 + std::max(0.0, (height() - 2 * line - 10 - 3 * (kLaneHeight + 2)) / 2);
  return {xOf(0), top + static_cast<int>(d) * (kLaneHeight + 2), xOf(end()) - xOf(0), kLaneHeight};
}

void Ruler::paintEvent(QPaintEvent*) {
  QPainter p(this);
  auto theme = Theme::fromPalette(palette());
  const QColor background = palette().color(QPalette::Window);
  p.setRenderHint(QPainter::Antialiasing);
  QFont small = font();
  small.setPointSizeF(font().pointSizeF() * 0.88);
  p.setFont(small);
  const double line = QFontMetricsF(font()).height() * 0.85;
  const auto sim = state_->simulation();
  const QColor text = palette().color(QPalette::WindowText), dim = mix(text, background, 0.15);
  const QRectF first = laneRect(Direction::inflation), last = laneRect(Direction::generation);

  // Loop behind everything.
  if (player_->loopIn()) {
    QColor band = theme.accent;
    band.setAlphaF(player_->looping() ? 0.16f : 0.08f);
    p.fillRect(QRectF(xOf(*player_->loopIn()), first.top() - 2, xOf(*player_->loopOut()) - xOf(*player_->loopIn()),
                      last.bottom() - first.top() + 4),
               band);
  }

  for (const auto d : kLanes) {
    const auto r = laneRect(d);
    const bool current = sim && d == state_->lane(), there = sim && sim->lane(d);
    p.setPen(current ? text : dim);
    QFont f = small;
    f.setBold(current);
    p.setFont(f);
    p.drawText(QRectF(2, r.top() - 3, gutter_ - 12, r.height() + 6), Qt::AlignRight | Qt::AlignVCenter, laneName(d));
    p.setFont(small);
    if (!there) {
      p.setPen(QPen(mix(background, text, 0.25), 1, Qt::DotLine));
      p.drawLine(QPointF(r.left(), r.center().y()), QPointF(r.right(), r.center().y()));
      continue;
    }
    p.setPen(Qt::NoPen);
    p.setBrush(current ? mix(background, theme.accent, 0.45) : mix(background, text, 0.13));
    p.drawRoundedRect(r, 3, 3);
    const auto& t = sim->lane(d)->t;
    p.setPen(QPen(current ? mix(theme.accent, text, 0.25) : mix(background, text, 0.4), 1));
    // Marks closer than four pixels would be a grey bar.
    const std::size_t every =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(4.0 * static_cast<double>(t.size()) / std::max(1.0, r.width()))));
    p.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t k = 0; k < t.size(); k += every) {
      const double x = std::floor(xOf(t[k])) + 0.5;
      p.drawLine(QPointF(x, r.top() + 3), QPointF(x, r.bottom() - 3));
    }
    p.setRenderHint(QPainter::Antialiasing);
    // Which way the lane was integrated.
    const double tip = d == Direction::inflation ? r.right() + 9 : r.left() - 9, back = d == Direction::inflation ? -6 : 6;
    p.setPen(Qt::NoPen), p.setBrush(current ? theme.accent : mix(background, text, 0.45));
    p.drawPolygon(QPolygonF{{tip, r.center().y()}, {tip + back, r.center().y() - 4}, {tip + back, r.center().y() + 4}});
  }

  // t below, gamma above.
  const double step = niceStep(end(), std::max(2, static_cast<int>((width() - gutter_) / 60)));
  const int decimals = decimalsOf(step);
  p.setPen(dim);
  p.drawText(QRectF(2, first.top() - line - 6, gutter_ - 26, line), Qt::AlignRight | Qt::AlignVCenter, tr("γ(t)"));
  p.drawText(QRectF(2, last.bottom() + 3, gutter_ - 26, line), Qt::AlignRight | Qt::AlignVCenter, tr("t"));
  for (int k = 0; k * step <= end() * (1 + 1e-9); ++k) {
    const double x = xOf(k * step);
    p.setPen(mix(background, text, 0.5));
    p.drawLine(QPointF(x, last.bottom() + 1), QPointF(x, last.bottom() + 4));
    p.setPen(dim);
    const double half = std::min(40.0, width() - 1 - x);  // the last label stays inside
    p.drawText(QRectF(x - half, last.bottom() + 3, 2 * half, line), Qt::AlignHCenter | Qt::AlignVCenter | Qt::TextDontClip,
               number(k * step, decimals));
    if (sim)
      p.drawText(QRectF(x - half, first.top() - line - 6, 2 * half, line), Qt::AlignHCenter | Qt::AlignVCenter | Qt::TextDontClip,
                 gammaText(sim->schedule.gammaStar(k * step)));
  }
  if (!sim) return;

  const auto handle = [&](double t, bool isIn) {
    const double x = xOf(t), y0 = first.top() - 3, y1 = last.bottom() + 3, foot = isIn ? 5 : -5;
    p.setPen(QPen(theme.accent, 2));
    p.setBrush(Qt::NoBrush);
    p.drawPolyline(QPolygonF{{x + foot, y0}, {x, y0}, {x, y1}, {x + foot, y1}});
  };
  if (player_->loopIn()) handle(*player_->loopIn(), true), handle(*player_->loopOut(), false);

  p.setPen(Qt::NoPen);
  p.setBrush(theme.accent);
  for (const double t : player_->bookmarks()) {  // small flags between the labels and the lanes
    const double x = xOf(t), y = first.top() - 1;
    p.drawPolygon(QPolygonF{{x - 4, y - 6}, {x + 4, y - 6}, {x, y}});
  }

  if (hover_ >= 0 && grip_ == Grip::none) {
    p.setPen(QPen(mix(background, text, 0.55), 1, Qt::DashLine));
    p.drawLine(QPointF(xOf(hover_), first.top() - 2), QPointF(xOf(hover_), last.bottom() + 2));
  }
  if (!state_->trajectory()) return;
  const double x = xOf(state_->time());
  p.setPen(QPen(background, 4)), p.drawLine(QPointF(x, first.top() - 3), QPointF(x, last.bottom() + 2));
  p.setPen(QPen(text, 2)), p.drawLine(QPointF(x, first.top() - 3), QPointF(x, last.bottom() + 2));
  p.setPen(QPen(background, 1)), p.setBrush(text);
  p.drawPolygon(QPolygonF{
      {x - 5, first.top() - 6}, {x + 5, first.top() - 6}, {x + 5, first.top() - 3}, {x, first.top() + 3}, {x - 5, first.top() - 3}});
}

Ruler::Grip Ruler::gripAt(QPointF pos) const {
  if (player_->loopIn()) {
    const double in = std::abs(pos.x() - xOf(*player_->loopIn())), out = std::abs(pos.x() - xOf(*player_->loopOut()));
    const double cursor = std::abs(pos.x() - xOf(state_->time()));
    if (std::min(in, out) < 6 && std::min(in, out) <= cursor) return in <= out ? Grip::in : Grip::out;
  }
  return Grip::cursor;
}

void Ruler::mousePressEvent(QMouseEvent* e) {
  if (e->button() != Qt::LeftButton || !state_->trajectory()) return;
  grip_ = gripAt(e->position());
  if (grip_ == Grip::cursor) {
    for (const auto d : kLanes)
      if (laneRect(d).adjusted(-gutter_, -1, kMargin, 1).contains(e->position())) state_->setLane(d);
    player_->pause();
    Q_EMIT scrubbing(true);
  }
  if (e->position().x() >= gutter_ - 10) scrub(e->position(), e->modifiers());
}

// Shift holds on to stored frames.
void Ruler::scrub(QPointF pos, Qt::KeyboardModifiers modifiers) {
  double t = timeAt(pos.x());
  if (modifiers & Qt::ShiftModifier) t = state_->frameTime(state_->frameNear(t));
  if (grip_ == Grip::cursor)
    state_->setTime(t);
  else if (grip_ == Grip::in)
    player_->setLoop(std::min(t, *player_->loopOut() - end() * 0.002), *player_->loopOut());
  else if (grip_ == Grip::out)
    player_->setLoop(*player_->loopIn(), std::max(t, *player_->loopIn() + end() * 0.002));
}

void Ruler::mouseMoveEvent(QMouseEvent* e) {
  hover_ = timeAt(e->position().x());
  if (grip_ != Grip::none) {
    scrub(e->position(), e->modifiers());
  } else {
    setCursor(state_->trajectory() && gripAt(e->position()) != Grip::cursor ? Qt::SizeHorCursor : Qt::ArrowCursor);
  }
  if (const auto sim = state_->simulation(); sim && state_->trajectory()) {
    const QString s =
        tr("t %1   γ %2   frame %3").arg(number(hover_, 3), number(sim->schedule.gammaStar(hover_))).arg(state_->frameNear(hover_));
    Q_EMIT hoverText(s);
    QToolTip::showText(e->globalPosition().toPoint() + QPoint(0, -38), s, this);
  }
  update();
}

void Ruler::mouseReleaseEvent(QMouseEvent* e) {
  if (e->button() != Qt::LeftButton || grip_ == Grip::none) return;
  const bool was = grip_ == Grip::cursor;
  grip_ = Grip::none;
  if (was) Q_EMIT scrubbing(false);
  update();
}

void Ruler::leaveEvent(QEvent*) {
  hover_ = -1;
  Q_EMIT hoverText({});
  update();
}

void Ruler::changeEvent(QEvent* e) {
  measure();
  update();
  QWidget::changeEvent(e);
}

}  // namespace inflaton::ui
