#include "ui/hmc/trajectories/latent_plane.h"

#include <QKeyEvent>
#include <algorithm>
#include <cmath>
#include <deque>

#include "ui/hmc/trajectories/demo_player.h"
#include "ui/views/plot_box.h"
#include "ui/views/plot_frame.h"
#include "ui/views/plot_pane.h"

namespace inflaton::ui {
namespace {

constexpr int kTail = 14;      // transitions before this one that are still drawn
constexpr double kDepth = 12;  // log-density below the peak at which the map ends

QPointF at(const std::vector<float>& path, int k) {
  return {path[2 * static_cast<std::size_t>(k)], path[2 * static_cast<std::size_t>(k) + 1]};
}
double distance(const QPointF& a, const QPointF& b) { return std::hypot(a.x() - b.x(), a.y() - b.y()); }
bool finite(const QPointF& p) { return std::isfinite(p.x()) && std::isfinite(p.y()); }

std::vector<float> upTo(const std::vector<float>& path, int step) {
  return {path.begin(), path.begin() + std::min<std::ptrdiff_t>(2 * (step + 1), static_cast<std::ptrdiff_t>(path.size()))};
}

/// How a transition ended: accepted, rejected or divergent; in a shape each.
void drawEnd(QPainter& p, const QPointF& where, const HmcDemo::Transition& t, double size) {
  if (t.divergent) {
    p.setPen(QPen(Qt::black, 1));
    p.setBrush(QColor(0xff, 0x8c, 0x1a));
    drawDiamond(p, where, size + 1.5);
  } else if (!t.accepted) {
    p.setPen(QPen(Qt::black, 3.6));
    drawCross(p, where, size);
    p.setPen(QPen(Qt::white, 1.8));
    drawCross(p, where, size);
  } else {
    p.setPen(QPen(Qt::black, 1));
    p.setBrush(Qt::white);
    p.drawEllipse(where, size, size);
  }
}

/// Where the mark of its end stands: the point it goes on from, or the proposal that was turned down.
QPointF endOf(const HmcDemo::Transition& t) {
  if ((t.accepted && !t.divergent) || t.path.size() < 2) return {t.chosen[0], t.chosen[1]};
  return at(t.path, static_cast<int>(t.path.size() / 2) - 1);
}

}  // namespace

std::vector<int> alongPath(const std::vector<float>& path) {
  const int n = static_cast<int>(path.size() / 2);
  std::deque<int> order;
  for (int k = 0; k < n; ++k) {
    if (order.size() < 2) {
      order.push_back(k);
      continue;
    }
    // Where the next step would fall if either end went on as it came.
    const QPointF back = at(path, order.back()), front = at(path, order.front()), here = at(path, k);
    const QPointF onward = 2 * back - at(path, order[order.size() - 2]), outward = 2 * front - at(path, order[1]);
    if (distance(here, onward) <= distance(here, outward))
      order.push_back(k);
    else
      order.push_front(k);
  }
  return {order.begin(), order.end()};
}

LatentPlane::LatentPlane(DemoPlayer* player, QWidget* parent) : QWidget(parent), player_(player) {
  setObjectName("latentPlane");
  setAccessibleName(figureTitle());
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(160, 140);
  connect(player, &DemoPlayer::moved, this, [this] {
    if (const auto& d = player_->demo())
      setAccessibleDescription(tr("Transition %1 of %2, step %3; mean acceptance %4")
                                   .arg(player_->transition() + 1)
                                   .arg(d->transitions.size())
                                   .arg(player_->step())
                                   .arg(number(d->accept, 2)));
    update();
  });
}

void LatentPlane::setEmptyText(const QString& text) {
  empty_ = text;
  update();
}

void LatentPlane::renewMap() {
  const HmcDemo& d = *player_->demo();
  if (mapOf_ == player_->demo()) return;
  mapOf_ = player_->demo();
  map_ = QImage(std::max(1, d.columns), std::max(1, d.rows), QImage::Format_RGB32);
  QRectF mass;
  for (int row = 0; row < d.rows; ++row)
    for (int column = 0; column < d.columns; ++column) {
      const double log =
          d.logDensity[static_cast<std::size_t>(row) * static_cast<std::size_t>(d.columns) + static_cast<std::size_t>(column)];
      // Dark where there is nothing: the trajectories are drawn light on it in either theme.
      if (log > -kDepth) mass = mass.united(QRectF(d.left + (column - 0.5) * d.stepX, d.bottom + (row - 0.5) * d.stepY, d.stepX, d.stepY));
      map_.setPixel(column, d.rows - 1 - row,
                    mapColor(ColorMap::viridis, std::isfinite(log) ? 0.86 * std::clamp(1 + log / kDepth, 0.0, 1.0) : 0));
    }
  // In sight: the mass, and where accepted trajectories lead; those that fly off would shrink it all to a dot.
  const QRectF whole(d.left, d.bottom, (d.columns - 1) * d.stepX, (d.rows - 1) * d.stepY);
  for (const auto& t : d.transitions)
    for (int k = 0; t.accepted && !t.divergent && 2 * k + 1 < static_cast<int>(t.path.size()); ++k)
      if (const QPointF z = at(t.path, k); whole.contains(z))
        mass = mass.united(QRectF(z - QPointF(d.stepX, d.stepY) / 2, QSizeF(d.stepX, d.stepY)));
  if (d.truth.size() >= 2)
    mass = mass.united(QRectF(QPointF(d.truth[0], d.truth[1]) - QPointF(d.stepX, d.stepY) / 2, QSizeF(d.stepX, d.stepY)));
  look_ = mass.isEmpty() ? whole : mass.adjusted(-0.06 * mass.width(), -0.06 * mass.height(), 0.06 * mass.width(), 0.06 * mass.height());
}

void LatentPlane::paint(QPainter& p, const QSizeF& size, const PaintOptions& o) {
  const Theme& theme = o.theme;
  p.fillRect(QRectF(QPointF(0, 0), size), theme.background);
  p.setRenderHint(QPainter::Antialiasing);
  const auto& demo = player_->demo();
  if (!demo || demo->rows < 2 || demo->columns < 2) {
    p.setPen(theme.axis);
    if (o.interactive) p.drawText(QRectF(QPointF(0, 0), size).adjusted(24, 12, -24, -12), Qt::AlignCenter | Qt::TextWordWrap, empty_);
    return;
  }
  renewMap();
  const QFontMetricsF fm(p.font());
  const double line = fm.height();
  const QRectF bounds(demo->left, demo->bottom, (demo->columns - 1) * demo->stepX, (demo->rows - 1) * demo->stepY);
  const PlotFrame frame = PlotFrame::fit({size.width(), size.height() - line - 4}, look_, fm);
  const auto map = [&](const QPointF& z) { return frame.map(z.x(), z.y()); };
  p.save();
  p.setClipRect(frame.plot);
  p.fillRect(frame.plot, QColor(mapColor(ColorMap::viridis, 0)));
  const QPointF corner = frame.map(bounds.left() - demo->stepX / 2, bounds.bottom() + demo->stepY / 2);
  p.setRenderHint(QPainter::SmoothPixmapTransform);
  p.drawImage(QRectF(corner, QSizeF(demo->columns * demo->stepX * frame.scale, demo->rows * demo->stepY * frame.scale)), map_);

  const auto& all = demo->transitions;
  const int now = all.empty() ? -1 : std::clamp(player_->transition(), 0, static_cast<int>(all.size()) - 1);
  const auto polyline = [&](const std::vector<float>& path) {
    QPolygonF points;
    for (const int k : alongPath(path))
      if (const QPointF z = at(path, k); finite(z) && std::abs(z.x()) < 1e4 && std::abs(z.y()) < 1e4) points << map(z);
    return points;
  };
  // What flew out of the picture is marked at its edge.
  const auto inside = [&](const QPointF& z) {
    const QPointF at = map(z);
    return QPointF(std::clamp(at.x(), frame.plot.left() + 7, frame.plot.right() - 7),
                   std::clamp(at.y(), frame.plot.top() + 7, frame.plot.bottom() - 7));
  };
  for (int k = 0; k < now; ++k) {
    const auto& t = all[static_cast<std::size_t>(k)];
    if (k >= now - kTail) {
      QColor color(Qt::white);
      color.setAlphaF(static_cast<float>(0.10 + 0.35 * (1 - double(now - k) / (kTail + 1))));
      p.setPen(QPen(color, 1));
      p.setBrush(Qt::NoBrush);
      p.drawPolyline(polyline(t.path));
    }
    if (finite(endOf(t))) drawEnd(p, inside(endOf(t)), t, 3);
  }
  if (now >= 0) {
    const auto& t = all[static_cast<std::size_t>(now)];
    const std::vector<float> path = upTo(t.path, player_->step());
    const QPolygonF points = polyline(path);
    p.setBrush(Qt::NoBrush);
    p.setPen(QPen(Qt::black, 3.4));
    p.drawPolyline(points);
    p.setPen(QPen(Qt::white, 1.8));
    p.drawPolyline(points);
    p.setPen(QPen(Qt::black, 0.8));
    p.setBrush(Qt::white);
    for (const QPointF& point : points) p.drawEllipse(point, 2.6, 2.6);
    if (!path.empty()) {
      p.setBrush(Qt::NoBrush);
      p.setPen(QPen(Qt::white, 1.6));
      p.drawEllipse(map(at(path, 0)), 6, 6);
      const QPointF head = at(path, static_cast<int>(path.size() / 2) - 1);
      p.setPen(QPen(Qt::black, 1));
      p.setBrush(QColor(0xff, 0xd9, 0x2f));
      if (finite(head)) p.drawEllipse(map(head), 4.6, 4.6);
    }
    if (player_->step() >= player_->steps() && finite(endOf(t))) drawEnd(p, inside(endOf(t)), t, 5);
  }
  if (demo->truth.size() >= 2) {
    p.setPen(QPen(Qt::black, 1.2));
    p.setBrush(QColor(0xff, 0x5f, 0xa2));
    drawStar(p, frame.map(demo->truth[0], demo->truth[1]), 8);
  }
  p.restore();
  frame.drawAxes(p, theme, tr("latent axis 1 (eigen-coordinates)"), tr("latent axis 2"));

  // What the shapes mean, under the axes.
  double x = frame.plot.left();
  const double y = size.height() - line - 4;
  const auto key = [&](const QString& text, const std::function<void(const QPointF&)>& draw) {
    const double needs = 18 + fm.horizontalAdvance(text) + 12;
    if (x + needs > size.width()) return;
    p.setPen(Qt::NoPen);
    p.setBrush(QColor(mapColor(ColorMap::viridis, 0.25)));
    p.drawRoundedRect(QRectF(x, y, line, line), 3, 3);
    draw({x + line / 2, y + line / 2});
    p.setPen(theme.text);
    p.drawText(QRectF(x + line + 4, y, needs, line), Qt::AlignLeft | Qt::AlignVCenter, text);
    x += line - 14 + needs;
  };
  HmcDemo::Transition accepted, rejected, divergent;
  accepted.accepted = true, divergent.divergent = true;
  key(tr("accepted"), [&](const QPointF& c) { drawEnd(p, c, accepted, 3.5); });
  key(tr("rejected"), [&](const QPointF& c) { drawEnd(p, c, rejected, 3.5); });
  key(tr("divergent"), [&](const QPointF& c) { drawEnd(p, c, divergent, 3.5); });
  key(tr("truth"), [&](const QPointF& c) {
    p.setPen(QPen(Qt::black, 1));
    p.setBrush(QColor(0xff, 0x5f, 0xa2));
    drawStar(p, c, 6);
  });
  key(tr("log-density, to %1 below its peak").arg(plotNumber(kDepth, 0)), [&](const QPointF& c) {
    QLinearGradient ramp(c.x() - line / 2, 0, c.x() + line / 2, 0);
    for (int k = 0; k <= 4; ++k) ramp.setColorAt(k / 4.0, QColor(mapColor(ColorMap::viridis, 0.86 * k / 4)));
    p.fillRect(QRectF(c.x() - line / 2, c.y() - line / 2, line, line), ramp);
  });
}

void LatentPlane::paintEvent(QPaintEvent*) { paintFramed(*this, *this); }

// The window's time keys act on the flow; while this plane has the focus they are its own.
bool LatentPlane::event(QEvent* e) {
  if (e->type() == QEvent::FocusIn || e->type() == QEvent::FocusOut) update();
  if (e->type() != QEvent::ShortcutOverride && e->type() != QEvent::KeyPress) return QWidget::event(e);
  auto* key = static_cast<QKeyEvent*>(e);
  if (key->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return QWidget::event(e);
  const bool shift = key->modifiers() & Qt::ShiftModifier;
  std::function<void()> act;
  switch (key->key()) {
    case Qt::Key_Space:
      act = [this] { player_->toggle(); };
      break;
    case Qt::Key_Left:
      act = [this, shift] { shift ? player_->skip(-1) : player_->advance(-1); };
      break;
    case Qt::Key_Right:
      act = [this, shift] { shift ? player_->skip(1) : player_->advance(1); };
      break;
    case Qt::Key_Home:
      act = [this] { player_->toStart(); };
      break;
    case Qt::Key_End:
      act = [this] { player_->toEnd(); };
      break;
    default:
      return QWidget::event(e);
  }
  if (e->type() == QEvent::KeyPress) act();
  e->accept();
  return true;
}

QString LatentPlane::figureCsv() const {
  if (!player_->demo()) return {};
  QString out = QStringLiteral("transition,step,z0,z1,energy_error,accepted,divergent\n");
  const auto& all = player_->demo()->transitions;
  for (std::size_t t = 0; t < all.size(); ++t)
    for (std::size_t k = 0; 2 * k + 1 < all[t].path.size(); ++k)
      out += QStringLiteral("%1,%2,%3,%4,%5,%6,%7\n")
                 .arg(t)
                 .arg(k)
                 .arg(all[t].path[2 * k], 0, 'g', 8)
                 .arg(all[t].path[2 * k + 1], 0, 'g', 8)
                 .arg(k < all[t].energyError.size() ? all[t].energyError[k] : NAN, 0, 'g', 6)
                 .arg(all[t].accepted ? 1 : 0)
                 .arg(all[t].divergent ? 1 : 0);
  return out;
}

EnergyStrip::EnergyStrip(DemoPlayer* player, QWidget* parent)
    : PlotPane(tr("Energy error along the trajectory"), QStringLiteral("hmc_energy_error"), parent), player_(player) {
  connect(player, &DemoPlayer::moved, this, &EnergyStrip::renew);
}

void EnergyStrip::renew() {
  PlotContent content;
  const auto demo = player_->demo();
  if (!demo || demo->transitions.empty()) return setContent({});
  content.command = command_;
  content.paint = [demo, now = player_->transition(), step = player_->step()](QPainter& p, const QRectF& area, const PaintOptions& o) {
    const QFontMetricsF fm(p.font());
    // One scale for the whole recording, or the picture would jump; a few explosions must not flatten the rest.
    std::vector<double> all;
    int longest = 1;
    for (const auto& t : demo->transitions) {
      longest = std::max(longest, static_cast<int>(t.energyError.size()) - 1);
      for (const float e : t.energyError) all.push_back(std::isfinite(e) ? e : 1e30);
    }
    std::sort(all.begin(), all.end());
    const auto quantile = [&](double q) {
      return all.empty() ? 0.0 : std::clamp(all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))], -20.0, 20.0);
    };
    double low = std::min(0.0, quantile(0.01)), high = std::max(0.0, quantile(0.9));
    const double room = std::max(1e-4, 0.12 * (high - low));
    low -= room, high += room;
    const PlotBox box(area, 0, longest, low, high, {{}, {}, tr("leapfrog step"), tr("H \u2212 H at the start")}, fm);
    box.drawGround(p, o.theme);
    p.save();
    box.clip(p);
    p.setPen(QPen(o.theme.axis, 1));
    p.drawLine(box.map(0, 0), box.map(longest, 0));
    const auto draw = [&](const HmcDemo::Transition& t, int last, const QPen& pen) {
      QPolygonF points;
      for (int k = 0; k <= last && k < static_cast<int>(t.energyError.size()); ++k) {
        const double e = t.energyError[static_cast<std::size_t>(k)];
        points << box.map(k, std::isfinite(e) ? std::clamp(e, low - (high - low), 2 * high - low) : 2 * high - low);
      }
      p.setPen(pen);
      p.setBrush(Qt::NoBrush);
      p.drawPolyline(points);
      return points;
    };
    for (int k = std::max(0, now - kTail); k < now; ++k)
      draw(demo->transitions[static_cast<std::size_t>(k)], longest, QPen(mix(o.theme.background, o.theme.accent, 0.3), 1));
    const QPolygonF points = draw(demo->transitions[static_cast<std::size_t>(now)], step, QPen(o.theme.accent, 1.8));
    p.setPen(Qt::NoPen);
    p.setBrush(o.theme.accent);
    for (const QPointF& point : points) p.drawEllipse(point, 2.2, 2.2);
    p.restore();
    box.drawAxes(p, o.theme);
  };
  setContent(std::move(content));
}

}  // namespace inflaton::ui
