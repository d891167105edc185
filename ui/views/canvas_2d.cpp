#include "ui/views/canvas_2d.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "ui/model/point_values.h"
#include "ui/views/density_layer.h"
#include "ui/views/extent.h"
#include "ui/views/legend.h"
#include "ui/views/point_density.h"
#include "ui/views/splat.h"
#include "ui/views/trails.h"

namespace inflaton::ui {

/// What is kept between paints, so that scrubbing allocates nothing.
struct Canvas2D::Layers {
  QImage image;
  Splatter splatter;
  Density density;
  DensityLayer model;
  Trails trails, hoverPath;
};

namespace {
/// More points than this go into SVG and PDF as an image: the file would be larger than anyone wants to open.
constexpr std::size_t kMostVectorPoints = 50000;

std::size_t dimension(const ViewState& s) { return s.trajectory() ? static_cast<std::size_t>(s.trajectory()->dim) : 2; }
}  // namespace

Canvas2D::Canvas2D(ViewState* state, Kind kind, QWidget* parent)
    : QWidget(parent), state_(state), kind_(kind), layers_(std::make_unique<Layers>()) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  setAccessibleName(figureTitle());
  const auto redraw = [this] { update(); };
  connect(state, &ViewState::simulationChanged, this, &Canvas2D::simulationChanged);
  connect(state, &ViewState::laneChanged, this, redraw);
  connect(state, &ViewState::timeChanged, this, redraw);
  connect(state, &ViewState::selectionChanged, this, redraw);
  connect(state, &ViewState::hoveredChanged, this, redraw);
  connect(state, &ViewState::appearanceChanged, this, redraw);
  connect(state, &ViewState::gridFlowChanged, this, redraw);
  connect(state, &ViewState::densityMapChanged, this, redraw);
  connect(state, &ViewState::pointValuesChanged, this, redraw);
  simulationChanged();
}

Canvas2D::~Canvas2D() = default;

void Canvas2D::setKind(Kind kind) {
  if (kind == kind_) return;
  kind_ = kind;
  setAccessibleName(figureTitle());
  resetView();
  simulationChanged();
}

void Canvas2D::setRings(const ViewState* other) {
  rings_ = other;
  update();
}

QString Canvas2D::figureTitle() const { return !title_.isEmpty() ? title_ : kind_ == Kind::data ? tr("Data space") : tr("Latent space"); }
QString Canvas2D::figureName() const { return kind_ == Kind::data ? QStringLiteral("data") : QStringLiteral("latent"); }
int Canvas2D::pathComputations() const { return layers_->trails.computations(); }

void Canvas2D::simulationChanged() {
  const int dim = static_cast<int>(dimension(*state_));
  if (axisX_ >= dim || axisY_ >= dim) {
    axisX_ = 0, axisY_ = std::min(1, dim - 1);
    Q_EMIT axesChanged(axisX_, axisY_);
  }
  if (homed_) resetView();
  setAccessibleDescription(summary());
  update();
}

QRectF Canvas2D::extent() const {
  const auto [left, right] = axisExtent(*state_, space(), axisX_);
  const auto [lower, upper] = axisExtent(*state_, space(), axisY_);
  const double size = 1.12 * std::max({right - left, upper - lower, kind_ == Kind::latent ? 5.0 : 0.1});
  return {(left + right - size) / 2, (lower + upper - size) / 2, size, size};
}

void Canvas2D::resetView() {
  setViewRect(extent());
  homed_ = true;
}

void Canvas2D::setViewRect(const QRectF& r) {
  if (!(r.width() > 1e-9 && r.height() > 1e-9 && r.width() < 1e9)) return;
  homed_ = false;
  if (r == view_) return;
  view_ = r;
  Q_EMIT viewRectChanged(r);
  update();
}

void Canvas2D::setAxes(int x, int y) {
  const int dim = static_cast<int>(dimension(*state_));
  if (x == y || x < 0 || y < 0 || x >= dim || y >= dim || (x == axisX_ && y == axisY_)) return;
  axisX_ = x, axisY_ = y;
  Q_EMIT axesChanged(x, y);
  resetView();
  update();
}

PlotFrame Canvas2D::frame() const { return PlotFrame::fit(size(), view_, QFontMetricsF(font())); }

QString Canvas2D::axisLabel(int axis) const {
  const auto sim = state_->simulation();
  if (kind_ == Kind::data || !sim) return tr("x%1, scaled by s(t)").arg(axis + 1);
  const auto& x = state_->positions(space());
  const auto D = dimension(*state_);
  double sum = 0, squares = 0;
  for (std::size_t i = static_cast<std::size_t>(axis); i < x.size(); i += D) sum += x[i], squares += static_cast<double>(x[i]) * x[i];
  const double n = std::max<double>(1, static_cast<double>(x.size() / D)), sd = std::sqrt(std::max(0.0, squares / n - sum * sum / n / n));
  const QString role = sim->schedule.preserving() ? QString() : axis < sim->schedule.dimsToKeep() ? tr(", kept") : tr(", compressed");
  return tr("eigen-axis %1%2 (sd %3)").arg(axis + 1).arg(role, sd < 0.01 && sd > 0 ? QString::number(sd, 'e', 1) : plotNumber(sd, 2));
}

QString Canvas2D::summary() const {
  const auto* lane = state_->trajectory();
  if (!lane) return tr("%1: nothing to show yet").arg(figureTitle());
  return tr("%1 at t %2: %n point(s), horizontally %3, vertically %4", nullptr, static_cast<int>(lane->n))
             .arg(figureTitle(), number(state_->time(), 2), axisLabel(axisX_), axisLabel(axisY_)) +
         (state_->selectedCount() ? tr(", %n selected", nullptr, state_->selectedCount()) : QString());
}

void Canvas2D::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setFont(font());
  PaintOptions options;
  options.theme = Theme::fromPalette(palette());
  options.interactive = true;
  options.pixelRatio = devicePixelRatioF();
  paint(p, size(), options);
}

void Canvas2D::paint(QPainter& p, const QSizeF& size, const PaintOptions& options) {
  const auto& theme = options.theme;
  const auto frame = PlotFrame::fit(size, view_, QFontMetricsF(p.font()));
  p.fillRect(QRectF(QPointF(0, 0), size), theme.background);
  if (!state_->trajectory()) {
    p.setPen(theme.axis);
    p.drawText(QRectF(QPointF(0, 0), size), Qt::AlignCenter, tr("The flow will appear here"));
    return;
  }
  const auto& colors = colorsOf(*state_, theme);
  frame.drawGrid(p, theme);
  p.save();
  p.setClipRect(frame.plot);
  if (state_->modelDensity()) layers_->model.draw(p, frame, *state_, space(), axisX_, theme);
  if (state_->density()) {
    p.setRenderHint(QPainter::SmoothPixmapTransform);
    p.drawImage(frame.plot,
                layers_->density.image(frame, state_->positions(space()), static_cast<int>(dimension(*state_)), axisX_, axisY_, theme));
  }
  if (state_->grid() && state_->hasGridFlow()) drawGridFlow(p, frame, theme);
  if (overlay_) {
    drawOverlay(p, frame, options);
    p.restore();
    frame.drawAxes(p, theme, axisLabel(axisX_), axisLabel(axisY_));
    p.setPen(theme.text);
    p.drawText(QRectF(frame.plot.left(), 4, frame.plot.width(), frame.plot.top() - 8), Qt::AlignLeft | Qt::AlignVCenter,
               QFontMetricsF(p.font()).elidedText(overlayCaption_, Qt::ElideRight, frame.plot.width()));
    return;
  }
  const bool asImage = !options.vector || state_->positions(space()).size() / dimension(*state_) > kMostVectorPoints;
  if (asImage && (state_->points() || state_->trails())) {
    const double ratio = options.vector ? 300.0 / 96 : options.pixelRatio;
    const QSize pixels(static_cast<int>(std::ceil(frame.plot.width() * ratio)), static_cast<int>(std::ceil(frame.plot.height() * ratio)));
    auto& image = layers_->image;
    if (image.size() != pixels) image = QImage(pixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    layers_->splatter.begin(image);
  }
  PaintOptions how = options;
  how.vector = !asImage;
  if (options.vector && asImage) how.pixelRatio = 300.0 / 96;
  if (state_->trails()) drawTrails(p, frame, how);
  if (state_->points()) drawPoints(p, frame, how);
  if (asImage && (state_->points() || state_->trails()))
    p.drawImage(QRectF(frame.plot.topLeft(), QSizeF(layers_->image.size()) / how.pixelRatio), layers_->image);
  if (rings_) drawRings(p, frame, theme);
  if (kind_ == Kind::latent) drawLatent(p, frame, theme);
  if (state_->modelDensity()) layers_->model.drawBar(p, frame, *state_, space(), theme);
  if (options.interactive) drawHover(p, frame, theme);
  p.restore();

  frame.drawAxes(p, theme, axisLabel(axisX_), axisLabel(axisY_));
  const QRectF strip(frame.plot.left(), 4, frame.plot.width(), frame.plot.top() - 8);
  const QFontMetricsF fm(p.font());
  const QString title = figureTitle() + (options.interactive ? QString() : tr(", t = %1").arg(plotNumber(state_->time(), 2)));
  const double titleWidth = fm.horizontalAdvance(title) * 1.1 + 16;
  const double used = drawLegend(p, strip.adjusted(titleWidth, 0, 0, 0), colors, theme);
  QFont bold = p.font();
  bold.setBold(true);
  p.save();
  p.setFont(bold);
  p.setPen(theme.text);
  p.drawText(strip.adjusted(0, 0, -used - 6, 0), Qt::AlignLeft | Qt::AlignVCenter,
             QFontMetricsF(bold).elidedText(title, Qt::ElideRight, strip.width() - used - 6));
  p.restore();
  if (options.interactive) drawBrush(p, theme);
}

void Canvas2D::drawTrails(QPainter& p, const PlotFrame& frame, const PaintOptions& options) {
  auto& trails = layers_->trails;
  trails.update(*state_, space());
  const auto& colors = colorsOf(*state_, options.theme);
  const auto& now = state_->positions(space());
  const auto D = dimension(*state_);
  const auto ax = static_cast<std::size_t>(axisX_), ay = static_cast<std::size_t>(axisY_);
  const int passed = trails.passed(state_->time());
  const bool chosen = state_->selectedCount() > 0;
  const double r = options.pixelRatio;
  const int widthPx = std::max(1, static_cast<int>(std::lround(r * 0.9)));
  for (std::size_t k = 0; k < trails.points().size(); ++k) {
    const auto i = static_cast<std::size_t>(trails.points()[k]);
    const QRgb rgb = colors.rgb[i];
    const QPointF here = frame.map(now[i * D + ax], now[i * D + ay]);
    const auto stored = [&](int f) {
      const float* x = trails.at(static_cast<int>(k), f);
      return frame.map(x[ax], x[ay]);
    };
    if (options.vector) {
      QPolygonF past, future{here};
      for (int f = 0; f < trails.frames(); ++f) (f < passed ? past : future) << stored(f);
      past << here;
      QColor c(rgb);
      p.setRenderHint(QPainter::Antialiasing);
      c.setAlphaF(chosen ? 0.3f : 0.15f);
      p.setPen(QPen(c, 0.7)), p.drawPolyline(future);
      c.setAlphaF(chosen ? 0.9f : 0.45f);
      p.setPen(QPen(c, 0.9)), p.drawPolyline(past);
      continue;
    }
    const auto segment = [&](QPointF a, QPointF b, int alpha) {
      a = (a - frame.plot.topLeft()) * r, b = (b - frame.plot.topLeft()) * r;
      const bool steep = std::abs(b.y() - a.y()) > std::abs(b.x() - a.x());
      for (int w = 0; w < widthPx; ++w) {
        const double shift = w - (widthPx - 1) / 2.0, dx = steep ? shift : 0, dy = steep ? 0 : shift;
        layers_->splatter.line(static_cast<float>(a.x() + dx), static_cast<float>(a.y() + dy), static_cast<float>(b.x() + dx),
                               static_cast<float>(b.y() + dy), rgb, alpha);
      }
    };
    // What is behind the point is bright, what lies ahead faint.
    QPointF from = trails.frames() > 0 ? stored(0) : here;
    for (int f = 1; f < passed; ++f) {
      const QPointF to = stored(f);
      segment(from, to, chosen ? 230 : 115), from = to;
    }
    if (passed > 0) segment(from, here, chosen ? 230 : 115);
    from = here;
    for (int f = passed; f < trails.frames(); ++f) {
      const QPointF to = stored(f);
      segment(from, to, chosen ? 90 : 40), from = to;
    }
  }
}

void Canvas2D::drawPoints(QPainter& p, const PlotFrame& frame, const PaintOptions& options) {
  const auto& colors = colorsOf(*state_, options.theme);
  const auto& x = state_->positions(space());
  const auto D = dimension(*state_);
  const auto ax = static_cast<std::size_t>(axisX_), ay = static_cast<std::size_t>(axisY_);
  const std::size_t n = x.size() / D;
  const auto& selection = state_->selection();
  const bool some = state_->selectedCount() > 0 && static_cast<std::size_t>(selection.size()) == n;
  const auto markerOf = [&](std::size_t i) { return colors.marker.empty() ? Marker::disc : static_cast<Marker>(colors.marker[i]); };
  // Very many points must be small or they hide each other.
  const double size = std::max(1.0, state_->pointSize() * (n > 100000 ? 0.35 : n > 20000 ? 0.6 : n > 5000 ? 0.8 : n > 1000 ? 1 : 1.15));
  const QRgb faint = options.theme.ghost.rgb();
  const auto draw = [&](bool chosen) {
    for (std::size_t i = 0; i < n; ++i) {
      if (some && selection[static_cast<qsizetype>(i)] != chosen) continue;
      const QRgb rgb = !some || chosen || !state_->ghost() ? colors.rgb[i] : faint;
      const QPointF at = frame.map(x[i * D + ax], x[i * D + ay]);
      if (!options.vector) {
        layers_->splatter.point(static_cast<float>((at.x() - frame.plot.left()) * options.pixelRatio),
                                static_cast<float>((at.y() - frame.plot.top()) * options.pixelRatio), rgb, markerOf(i));
        continue;
      }
      if (!frame.plot.adjusted(-size, -size, size, size).contains(at)) continue;
      p.setBrush(QColor(rgb));
      const Marker m = markerOf(i);
      if (m == Marker::disc) {
        p.drawEllipse(at, size / 2, size / 2);
      } else {
        p.drawPath(QTransform::fromScale(size, size).map(markerPath(m)).translated(at));
      }
    }
  };
  layers_->splatter.setSize(size * options.pixelRatio);
  p.setPen(Qt::NoPen);
  p.setRenderHint(QPainter::Antialiasing);
  if (!some) return draw(true);
  if (!state_->solo()) draw(false);
  draw(true);
}

void Canvas2D::drawHover(QPainter& p, const PlotFrame& frame, const Theme& theme) {
  const int i = state_->hovered();
  auto& path = layers_->hoverPath;
  path.updateOne(*state_, space(), i);
  if (i < 0 || path.points().empty()) return;
  const auto D = dimension(*state_);
  const auto& x = state_->positions(space());
  const float* here = x.data() + static_cast<std::size_t>(i) * D;
  QPolygonF line;
  for (int f = 0; f < path.frames(); ++f) line << frame.map(path.at(0, f)[axisX_], path.at(0, f)[axisY_]);
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  p.setBrush(Qt::NoBrush);
  p.setPen(QPen(theme.background, 4)), p.drawPolyline(line);
  p.setPen(QPen(theme.selection, 1.6)), p.drawPolyline(line);
  p.setBrush(theme.background), p.drawRect(QRectF(line.first() - QPointF(3, 3), QSizeF(6, 6)));
  p.setBrush(theme.selection), p.drawRect(QRectF(line.last() - QPointF(3, 3), QSizeF(6, 6)));
  const QPointF at = frame.map(here[axisX_], here[axisY_]);
  p.setBrush(QColor(colorsOf(*state_, theme).rgb[static_cast<std::size_t>(i)])), p.drawEllipse(at, 5, 5);

  const auto& sim = *state_->simulation();
  QStringList text{tr("point %1  (%2, %3)").arg(i).arg(number(here[axisX_], 2), number(here[axisY_], 2))};
  if (state_->lane() != Direction::generation && static_cast<std::size_t>(i) < sim.roundTripError.size())
    text << tr("round-trip error %1").arg(number(sim.roundTripError[static_cast<std::size_t>(i)]));
  if (const auto known = state_->pointValues(); known && static_cast<std::size_t>(i) < known->stretch.size())
    text << tr("stretch %1").arg(number(known->stretch[static_cast<std::size_t>(i)], -3))
         << tr("log density %1 at t = %2").arg(number(known->logDensity[static_cast<std::size_t>(i)], 2), number(known->t));
  const QFontMetricsF fm(p.font());
  double w = 0;
  for (const auto& s : text) w = std::max(w, fm.horizontalAdvance(s));
  QRectF box(at + QPointF(12, 12), QSizeF(w + 12, fm.height() * static_cast<double>(text.size()) + 8));
  if (box.right() > frame.plot.right()) box.moveRight(at.x() - 12);
  if (box.bottom() > frame.plot.bottom()) box.moveBottom(at.y() - 12);
  box.moveLeft(std::max(box.left(), frame.plot.left() + 2));
  p.setPen(QPen(theme.axis, 1)), p.setBrush(theme.background), p.drawRoundedRect(box, 3, 3);
  p.setPen(theme.text), p.drawText(box.adjusted(6, 4, -6, -4), Qt::AlignLeft | Qt::AlignTop, text.join('\n'));
  p.restore();
}

QString Canvas2D::figureCsv() const {
  const auto* lane = state_->trajectory();
  if (!lane) return {};
  const auto& x = state_->positions(space());
  const auto D = dimension(*state_);
  const auto& labels = state_->simulation()->data.labels;
  const bool classes = labels.size() == static_cast<std::size_t>(lane->n) && state_->lane() != Direction::generation;
  const QString axis = kind_ == Kind::data ? QStringLiteral("x") : QStringLiteral("e");
  QString out = QStringLiteral("point,t");
  for (std::size_t j = 0; j < D; ++j) out += QStringLiteral(",%1%2").arg(axis).arg(j + 1);
  const auto known = state_->pointValues();
  const bool values = known && known->stretch.size() == static_cast<std::size_t>(lane->n);
  if (values) out += QStringLiteral(",stretch,log_density");
  out += classes ? QStringLiteral(",class,selected\n") : QStringLiteral(",selected\n");
  for (std::size_t i = 0; i < static_cast<std::size_t>(lane->n); ++i) {
    out += QString::number(i) + ',' + QString::number(state_->time(), 'g', 9);
    for (std::size_t j = 0; j < D; ++j) out += ',' + QString::number(x[i * D + j], 'g', 9);
    if (values) out += ',' + QString::number(known->stretch[i], 'g', 9) + ',' + QString::number(known->logDensity[i], 'g', 9);
    if (classes) out += ',' + QString::number(labels[i]);
    out += state_->selection().value(static_cast<qsizetype>(i)) ? QStringLiteral(",1\n") : QStringLiteral(",0\n");
  }
  return out;
}

}  // namespace inflaton::ui
