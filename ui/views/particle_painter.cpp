#include "ui/views/particle_painter.h"

#include <QFontMetricsF>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/model/point_values.h"
#include "ui/views/box_axes.h"
#include "ui/views/extent.h"
#include "ui/views/legend.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

double particleSize(const ViewState& state, std::size_t n) {
  return std::max(1.0, state.pointSize() * (n > 100000 ? 0.4 : n > 20000 ? 0.6 : n > 5000 ? 0.85 : n > 1000 ? 1 : 1.15));
}

ParticleSpace ParticleSpace::of(const ViewState& state, bool latent, bool timeAxis) {
  ParticleSpace s;
  s.space = latent ? Space::latentScaled : Space::dataScaled;
  const auto* lane = state.trajectory();
  s.dim = lane ? lane->dim : 2;
  s.timeAxis = timeAxis && s.dim < 3;
  if (state.simulation()) s.tMax = state.simulation()->schedule.tMax();
  for (int a = 0; a < std::min(3, s.dim); ++a) {
    auto [low, high] = axisExtent(state, s.space, a);
    const double grow = std::max(0.06 * (high - low), 0.02);
    s.low[a] = static_cast<float>(low - grow), s.high[a] = static_cast<float>(high + grow);
  }
  if (s.dim < 3) s.low.setZ(0), s.high.setZ(0);
  if (s.timeAxis) {
    const float half = 0.75f * std::max(s.high.x() - s.low.x(), s.high.y() - s.low.y());
    s.low.setZ(-half), s.high.setZ(half);
  }
  return s;
}

void ParticlePainter::project(const QSizeF& size, double ratio, const ViewState& state, const ParticleSpace& space,
                              const OrbitCamera& camera) {
  const auto& x = state.positions(space.space);
  const auto D = static_cast<std::size_t>(space.dim), n = x.size() / D;
  const Projection to(camera, size, ratio);
  seen_.resize(n);
  const float z = space.timeAxis ? space.zOf(state.time()) : 0;
  const auto each = [&](auto third) {
    for (std::size_t i = 0; i < n; ++i) {
      const float* p = x.data() + i * D;
      const auto q = to(p[0], D > 1 ? p[1] : 0.f, third(p));
      seen_[i] = {q[0], q[1], q[2]};
    }
  };
  if (D > 2)
    each([](const float* p) { return p[2]; });
  else
    each([z](const float*) { return z; });
}

// Ghosts first, then what counts; far points first, so near ones cover them. One counting sort over 2048 depths does it: finer than
// anyone sees, and one pass over memory.
void ParticlePainter::collectDots(const ViewState& state, const ParticleSpace& space, const Theme& theme) {
  const std::size_t n = seen_.size();
  dots_.clear();
  const auto& colors = colorsOf(state, theme);
  if (colors.rgb.size() != n || n == 0) return;
  const auto& selection = state.selection();
  const bool some = state.selectedCount() > 0 && static_cast<std::size_t>(selection.size()) == n;
  constexpr int kDepths = 2048;
  constexpr std::uint16_t kHidden = 2 * kDepths;
  float nearest = 1, farthest = 0;
  for (const auto& s : seen_) nearest = std::min(nearest, s.depth), farthest = std::max(farthest, s.depth);
  nearest = std::max(nearest, 0.f), farthest = std::min(farthest, 1.f);
  const bool deep = !space.flat() && farthest > nearest;
  const float scale = deep ? (kDepths - 1) / (farthest - nearest) : 0;
  std::array<std::uint32_t, 2 * kDepths + 2> start{};
  bucket_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const bool chosen = !some || selection[static_cast<qsizetype>(i)];
    const float d = (farthest - seen_[i].depth) * scale;
    auto b = static_cast<std::uint16_t>(d > 0 ? std::min(d, float(kDepths - 1)) : 0.f);
    if (chosen)
      b = static_cast<std::uint16_t>(b + kDepths);
    else if (state.solo())
      b = kHidden;
    bucket_[i] = b;
    ++start[b + 1u];
  }
  for (std::size_t k = 1; k < start.size(); ++k) start[k] += start[k - 1];
  const std::uint32_t drawn = start[kHidden];
  dots_.resize(n);
  // Depth as a hint of haze: what is far fades towards the background. Not seen in clouds of pixels.
  const bool haze = deep && space.dim > 2 && n <= 100000;
  const QRgb back = theme.background.rgb(), faint = theme.ghost.rgb();
  for (std::size_t i = 0; i < n; ++i) {
    const auto b = bucket_[i];
    QRgb c = b < kDepths && state.ghost() ? faint : colors.rgb[i];
    if (haze) {
      const int a = 90 * (kDepths - 1 - b % kDepths) / kDepths;
      const auto m = [a](int x, int y) { return x + (y - x) * a / 256; };
      c = qRgb(m(qRed(c), qRed(back)), m(qGreen(c), qGreen(back)), m(qBlue(c), qBlue(back)));
    }
    const QRgb marker = colors.marker.empty() ? 0u : colors.marker[i];
    dots_[start[b]++] = {seen_[i].x, seen_[i].y, (c & 0xffffffu) | (marker << 24)};
  }
  dots_.resize(drawn);
}

template <class Line>
void ParticlePainter::eachTrailSegment(const QSizeF& size, const ViewState& state, const ParticleSpace& space, const OrbitCamera& camera,
                                       const Theme& theme, Line&& line) {
  trails_.update(state, space.space);
  if (trails_.points().empty()) return;
  const Projection to(camera, size);
  const auto& colors = colorsOf(state, theme);
  const auto& now = state.positions(space.space);
  const auto D = static_cast<std::size_t>(space.dim);
  const int passed = trails_.passed(state.time());
  const bool chosen = state.selectedCount() > 0;
  const auto place = [&](const float* p, double t) {
    const auto q = to(p[0], D > 1 ? p[1] : 0.f, D > 2 ? p[2] : space.timeAxis ? space.zOf(t) : 0.f);
    return QPointF(q[0], q[1]);
  };
  for (std::size_t k = 0; k < trails_.points().size(); ++k) {
    const auto i = static_cast<std::size_t>(trails_.points()[k]);
    const auto stored = [&](int f) { return place(trails_.at(static_cast<int>(k), f), trails_.times()[static_cast<std::size_t>(f)]); };
    const QPointF here = place(now.data() + i * D, state.time());
    QPointF from = passed > 0 ? stored(0) : here;
    for (int f = 1; f < passed; ++f) {
      const QPointF next = stored(f);
      line(from, next, colors.rgb[i], chosen ? 230 : 115), from = next;
    }
    if (passed > 0) line(from, here, colors.rgb[i], chosen ? 230 : 115);
    from = here;
    for (int f = passed; f < trails_.frames(); ++f) {
      const QPointF next = stored(f);
      line(from, next, colors.rgb[i], chosen ? 90 : 40), from = next;
    }
  }
}

void ParticlePainter::drawBox(QPainter& p, const QSizeF& size, const ParticleSpace& s, const OrbitCamera& camera, const Theme& theme) {
  std::array<BoxAxis, 3> axes;
  for (int a = 0; a < 3; ++a)
    axes[static_cast<std::size_t>(a)] = {
        s.low[a], s.high[a], s.space == Space::latentScaled ? QObject::tr("eigen-axis %1").arg(a + 1) : QObject::tr("x%1").arg(a + 1)};
  if (s.timeAxis) axes[2] = {0, s.tMax, QObject::tr("t")};
  drawBoxAxes(p, size, s.low, s.high, axes, camera, theme);
}

void ParticlePainter::drawHover(QPainter& p, const QSizeF& size, const ViewState& state, const ParticleSpace& s, const OrbitCamera& camera,
                                const Theme& theme) {
  const int i = state.hovered();
  hoverPath_.updateOne(state, s.space, i);
  if (i < 0 || hoverPath_.points().empty() || static_cast<std::size_t>(i) >= seen_.size()) return;
  const Projection to(camera, size);
  const auto place = [&](const float* x, double t) {
    return to.at({x[0], s.dim > 1 ? x[1] : 0, s.dim > 2 ? x[2] : s.timeAxis ? s.zOf(t) : 0});
  };
  QPolygonF line;
  for (int f = 0; f < hoverPath_.frames(); ++f) line << place(hoverPath_.at(0, f), hoverPath_.times()[static_cast<std::size_t>(f)]);
  p.setRenderHint(QPainter::Antialiasing);
  p.setBrush(Qt::NoBrush);
  p.setPen(QPen(theme.background, 4)), p.drawPolyline(line);
  p.setPen(QPen(theme.selection, 1.6)), p.drawPolyline(line);
  p.setBrush(theme.background), p.drawRect(QRectF(line.first() - QPointF(3, 3), QSizeF(6, 6)));
  p.setBrush(theme.selection), p.drawRect(QRectF(line.last() - QPointF(3, 3), QSizeF(6, 6)));
  const QPointF at = place(state.positions(s.space).data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(s.dim), state.time());
  p.drawEllipse(at, 5, 5);
  const auto known = state.pointValues();
  if (!known || static_cast<std::size_t>(i) >= known->stretch.size()) return;
  const QString text = QObject::tr("point %1\nstretch %2\nlog density %3 at t = %4")
                           .arg(i)
                           .arg(number(known->stretch[static_cast<std::size_t>(i)], -3),
                                number(known->logDensity[static_cast<std::size_t>(i)], 2), number(known->t));
  QRectF box = QFontMetricsF(p.font()).boundingRect(QRectF(0, 0, 400, 200), Qt::AlignLeft, text).adjusted(0, 0, 12, 8);
  box.moveTopLeft(at + QPointF(12, 12));
  if (box.right() > size.width()) box.moveRight(at.x() - 12);
  if (box.bottom() > size.height()) box.moveBottom(at.y() - 12);
  p.setPen(QPen(theme.axis, 1)), p.setBrush(theme.background), p.drawRoundedRect(box, 3, 3);
  p.setPen(theme.text), p.drawText(box.adjusted(6, 4, -6, -4), Qt::AlignLeft | Qt::AlignTop, text);
}

void ParticlePainter::drawOverlay(QPainter& p, const QSizeF& size, const ViewState& state, const PaintOptions& options, const What& what) {
  const QFontMetricsF fm(p.font());
  const QRectF strip(10, 4, size.width() - 22, std::ceil(fm.height() + 4));
  QFont bold = p.font();
  bold.setBold(true);
  const QString title = what.title + (options.interactive ? QString() : QObject::tr(", t = %1").arg(plotNumber(state.time(), 2)));
  const double titleWidth = fm.horizontalAdvance(title) * 1.1 + 16;
  const double used = drawLegend(p, strip.adjusted(titleWidth, 0, 0, 0), colorsOf(state, options.theme), options.theme);
  p.setFont(bold);
  p.setPen(options.theme.text);
  p.drawText(strip.adjusted(0, 0, -used - 6, 0), Qt::AlignLeft | Qt::AlignVCenter,
             QFontMetricsF(bold).elidedText(title, Qt::ElideRight, strip.width() - used - 6));
}

void ParticlePainter::draw(QImage& image, const QSizeF& size, const ViewState& state, const ParticleSpace& space, const OrbitCamera& camera,
                           const PaintOptions& options, const QFont& font, const What& what) {
  const auto& theme = options.theme;
  const double r = options.pixelRatio;
  image.fill(theme.background.rgb());
  const bool any = state.trajectory();
  {
    QPainter p(&image);
    p.scale(r, r);
    p.setFont(font);
    if (any) {
      drawBox(p, size, space, camera, theme);
    } else {
      p.setPen(theme.axis);
      p.drawText(QRectF(QPointF(0, 0), size), Qt::AlignCenter, QObject::tr("The flow will appear here"));
    }
  }
  if (!any) return;
  project(size, r, state, space, camera);
  splatter_.begin(image);
  const int widthPx = std::max(1, static_cast<int>(std::lround(r * 0.9)));
  if (state.trails())
    eachTrailSegment(size, state, space, camera, theme, [&](QPointF a, QPointF b, QRgb rgb, int alpha) {
      a *= r, b *= r;
      const bool steep = std::abs(b.y() - a.y()) > std::abs(b.x() - a.x());
      for (int w = 0; w < widthPx; ++w) {
        const double shift = w - (widthPx - 1) / 2.0, dx = steep ? shift : 0, dy = steep ? 0 : shift;
        splatter_.line(float(a.x() + dx), float(a.y() + dy), float(b.x() + dx), float(b.y() + dy), rgb, alpha);
      }
    });
  if (state.points() && what.points) {
    splatter_.setSize(particleSize(state, seen_.size()) * r);
    collectDots(state, space, theme);
    for (const auto& d : dots_) splatter_.point(d.x, d.y, d.look, static_cast<Marker>(d.look >> 24));
  }
  QPainter p(&image);
  p.scale(r, r);
  p.setFont(font);
  if (options.interactive) drawHover(p, size, state, space, camera, theme);
  if (!what.brush.isEmpty()) {
    QColor fill = theme.accent;
    fill.setAlphaF(0.15f);
    p.setBrush(fill);
    p.setPen(QPen(theme.accent, 1.2, Qt::DashLine));
    p.drawRect(what.brush);
  }
  if (what.overlay) drawOverlay(p, size, state, options, what);
}

void ParticlePainter::drawVector(QPainter& p, const QSizeF& size, const ViewState& state, const ParticleSpace& space,
                                 const OrbitCamera& camera, const PaintOptions& options, const What& what) {
  const auto& theme = options.theme;
  p.save();
  p.fillRect(QRectF(QPointF(0, 0), size), theme.background);
  if (state.trajectory()) {
    drawBox(p, size, space, camera, theme);
    project(size, 1, state, space, camera);
    p.setClipRect(QRectF(QPointF(0, 0), size));
    p.setRenderHint(QPainter::Antialiasing);
    if (state.trails())
      eachTrailSegment(size, state, space, camera, theme, [&](QPointF a, QPointF b, QRgb rgb, int alpha) {
        QColor c(rgb);
        c.setAlpha(alpha);
        p.setPen(QPen(c, 0.8));
        p.drawLine(a, b);
      });
    if (state.points()) {
      const double d = particleSize(state, seen_.size());
      p.setPen(Qt::NoPen);
      collectDots(state, space, theme);
      for (const auto& dot : dots_) {
        p.setBrush(QColor(dot.look | 0xff000000u));
        const auto m = static_cast<Marker>(dot.look >> 24);
        if (m == Marker::disc)
          p.drawEllipse(QPointF(dot.x, dot.y), d / 2, d / 2);
        else
          p.drawPath(QTransform::fromScale(d, d).map(markerPath(m)).translated(dot.x, dot.y));
      }
    }
    drawOverlay(p, size, state, options, what);
  }
  p.restore();
}

int ParticlePainter::pointAt(QPointF at, const QSizeF& size, const ViewState& state, const ParticleSpace& space,
                             const OrbitCamera& camera) {
  if (!state.trajectory()) return -1;
  project(size, 1, state, space, camera);
  const bool soloed = state.solo() && state.selectedCount() > 0;
  double best = 81;
  int found = -1;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (soloed && !state.selection()[static_cast<qsizetype>(i)]) continue;
    const double dx = seen_[i].x - at.x(), dy = seen_[i].y - at.y(), d = dx * dx + dy * dy + 20 * seen_[i].depth;
    if (d < best) best = d, found = static_cast<int>(i);
  }
  return found;
}

QVector<bool> ParticlePainter::inside(const QRectF& r, const QSizeF& size, const ViewState& state, const ParticleSpace& space,
                                      const OrbitCamera& camera) {
  if (!state.trajectory()) return {};
  project(size, 1, state, space, camera);
  QVector<bool> s(static_cast<qsizetype>(seen_.size()), false);
  for (std::size_t i = 0; i < seen_.size(); ++i) s[static_cast<qsizetype>(i)] = r.contains(QPointF(seen_[i].x, seen_[i].y));
  return s;
}

}  // namespace inflaton::ui
