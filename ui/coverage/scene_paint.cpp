// How the coverage scene is painted: axes behind, VTK's picture, then path, legend and words in front.
#include <QPainterPath>
#include <QPolygonF>
#include <QTransform>
#include <algorithm>
#include <cmath>

#include "ui/coverage/coverage_colors.h"
#include "ui/coverage/scene_view.h"
#include "ui/views/box_axes.h"
#include "ui/views/splat.h"

namespace inflaton::ui {

namespace {
constexpr double kMargin = 10;
constexpr int kRadiiListed = 12;  ///< more have no room: the chosen one stands in the title

void drawMark(QPainter& p, const QPointF& at, Marker marker, double size, const QColor& color) {
  if (marker == Marker::disc) {
    p.setPen(Qt::NoPen);
    p.setBrush(color);
    p.drawEllipse(at, size / 2, size / 2);
    return;
  }
  p.fillPath(QTransform::fromScale(size, size).map(markerPath(marker)).translated(at), color);
}

QString share(double v) { return QStringLiteral("%1 %").arg(100 * v, 0, 'f', 1); }
}  // namespace

QString CoverageSceneView::figureTitle() const {
  const auto result = model_->result();
  if (!result) return tr("Coverage");
  return tr("%1, %2, r = %3")
      .arg(placeName(model_->place()), kindName(model_->kind()).toLower(),
           plotNumber(result->radii.at(static_cast<std::size_t>(model_->radius())), -3));
}

QString CoverageSceneView::figureCsv() const {
  const auto& x = model_->points(model_->place());
  const auto& status = model_->status();
  const auto D = static_cast<std::size_t>(std::max(1, model_->dim()));
  QString csv = QStringLiteral("point");
  for (std::size_t a = 0; a < D; ++a) csv += QStringLiteral(",x%1").arg(a + 1);
  csv += QStringLiteral(",status\n");
  for (std::size_t i = 0; i < status.size(); ++i) {
    csv += QString::number(i);
    for (std::size_t a = 0; a < D; ++a) csv += ',' + QString::number(double(x[i * D + a]), 'g', 9);
    csv += ',' + QString::fromLatin1(std::array{"outside", "inside", "left", "entered"}[static_cast<std::size_t>(status[i])]) + '\n';
  }
  return csv;
}

QString CoverageSceneView::pickedText() const {
  const int i = model_->picked();
  const auto result = model_->result();
  if (i < 0 || !result) return {};
  QStringList lines{tr("point %1").arg(i)};
  for (int p = 0; p < kCoveragePlaces; ++p) {
    const double r = model_->innermost(i, static_cast<CoveragePlace>(p));
    lines << tr("%1: %2").arg(placeName(static_cast<CoveragePlace>(p)).toLower(),
                              r > 0 ? tr("within r = %1").arg(number(r, -3)) : tr("outside all shells"));
  }
  const auto D = static_cast<std::size_t>(result->dim), at = static_cast<std::size_t>(i) * D;
  double moved = 0;
  for (std::size_t a = 0; a < D && a < result->latentVariance.size(); ++a) {
    const double d = double(result->points[2][at + a]) - double(result->points[0][at + a]);
    moved += d * d / result->latentVariance[a];
  }
  return (lines << tr("moved by the round trip: %1 sd").arg(number(std::sqrt(moved), -2))).join('\n');
}

void CoverageSceneView::draw(QPainter& p, const QSizeF& size, const PaintOptions& options) {
  const Theme& theme = options.theme;
  p.fillRect(QRectF(QPointF(0, 0), size), theme.background);
  if (!model_->result()) return;
  if (!drawable()) {
    p.setPen(theme.text);
    p.drawText(QRectF(QPointF(0, 0), size).adjusted(20, 20, -20, -20), Qt::AlignCenter | Qt::TextWordWrap,
               tr("The 3D scene needs OpenGL, which this screen does not have. Table, curve and export work without it."));
    return;
  }
  const PlotFrame frame = frameFor(size, p.font());
  if (flat()) frame.drawGrid(p, theme);

  p.save();
  if (flat()) p.setClipRect(frame.plot);
  if (flat() && (options.vector || !gl_.works())) {
    drawFlat(p, frame, theme);
  } else {
    const bool screen = options.interactive;
    // A slow machine turns a coarser picture while the hand moves; in figures and at rest every pixel is drawn.
    const double ratio = options.vector ? 4 : screen && hurried() && cost_ > 200 ? options.pixelRatio / 2 : options.pixelRatio;
    if (!screen || image_.isNull() || image_.size() != (size * ratio).toSize()) {
      QImage now = sceneImage(size, p.font(), ratio, theme);
      p.setRenderHint(QPainter::SmoothPixmapTransform);
      p.drawImage(QRectF(QPointF(0, 0), size), now);
      if (screen) image_ = now;
    } else {
      p.drawImage(QRectF(QPointF(0, 0), size), image_);
    }
  }
  p.restore();

  p.setRenderHint(QPainter::Antialiasing);
  if (flat())
    frame.drawAxes(p, theme, tr("eigen-axis 1 (scaled)"), tr("eigen-axis 2 (scaled)"));
  else
    drawBox(p, size, theme);
  drawRadii(p, size, theme);
  drawHeader(p, size, theme);
  drawPath(p, size, theme);
}

// The same picture with paths: for vector figures, and where there is no OpenGL.
void CoverageSceneView::drawFlat(QPainter& p, const PlotFrame& frame, const Theme& theme) const {
  p.setRenderHint(QPainter::Antialiasing);
  const auto& x = model_->points(model_->place());
  const auto& status = model_->status();
  for (int s = 0; s < kPointStatuses; ++s) {
    const StatusLook look = statusLook(static_cast<PointStatus>(s), theme);
    for (std::size_t i = 0; i < status.size(); ++i)
      if (static_cast<int>(status[i]) == s && shows(i)) drawMark(p, frame.map(x[2 * i], x[2 * i + 1]), look.marker, look.size, look.color);
  }
  const int radii = static_cast<int>(model_->result()->radii.size());
  for (int pass = 0; pass < 2; ++pass)
    for (int r = 0; r < radii; ++r) {
      const bool chosen = r == model_->radius();
      const CoverageShell* s = chosen ? model_->shown() : model_->shell(model_->kind(), model_->place(), r);
      if (!s || chosen != (pass == 1) || (!chosen && !allShells_)) continue;
      p.setPen(QPen(shellColor(r, radii, theme), chosen ? 3.2 : 1.3, Qt::SolidLine, Qt::RoundCap));
      const auto at = [&](std::int32_t v) {
        return frame.map(s->mesh.points[2 * static_cast<std::size_t>(v)], s->mesh.points[2 * static_cast<std::size_t>(v) + 1]);
      };
      for (std::size_t k = 0; k + 1 < s->mesh.cells.size(); k += 2) p.drawLine(at(s->mesh.cells[k]), at(s->mesh.cells[k + 1]));
    }
}

void CoverageSceneView::drawPath(QPainter& p, const QSizeF& size, const Theme& theme) const {
  if (path_[0].empty()) return;
  const auto to = mapping(size, p.font());
  std::array<QPolygonF, 2> lines;
  for (std::size_t l = 0; l < 2; ++l)
    for (const PathPoint& q : path_[l]) lines[l] << to(q.x.data());
  p.save();
  if (flat()) p.setClipRect(frameFor(size, p.font()).plot);
  p.setBrush(Qt::NoBrush);
  for (const QPolygonF& line : lines) p.setPen(QPen(theme.background, 4.5)), p.drawPolyline(line);
  // Generation whole, inflation back dashed over it: where they part, one sees both.
  p.setPen(QPen(theme.selection, 1.8)), p.drawPolyline(lines[0]);
  p.setPen(QPen(placeColor(CoveragePlace::latentEnd, theme), 1.8, Qt::DashLine)), p.drawPolyline(lines[1]);
  const std::array<std::pair<QPointF, CoveragePlace>, 3> stops{{{lines[0].first(), CoveragePlace::latentStart},
                                                                {lines[0].last(), CoveragePlace::data},
                                                                {lines[1].last(), CoveragePlace::latentEnd}}};
  const std::array<Marker, 3> marks{Marker::disc, Marker::square, Marker::diamond};
  for (std::size_t s = 0; s < 3; ++s) {
    const bool here = stops[s].second == model_->place();
    drawMark(p, stops[s].first, marks[s], here ? 17 : 13, theme.background);
    drawMark(p, stops[s].first, marks[s], here ? 13 : 9, placeColor(stops[s].second, theme));
  }
  p.restore();
  drawTip(p, size, stops[static_cast<std::size_t>(model_->place())].first, theme);
}

void CoverageSceneView::drawTip(QPainter& p, const QSizeF& size, const QPointF& at, const Theme& theme) const {
  const QString text = pickedText();
  QRectF box = QFontMetricsF(p.font()).boundingRect(QRectF(0, 0, 400, 200), Qt::AlignLeft, text).adjusted(0, 0, 12, 8);
  box.moveTopLeft(at + QPointF(14, 14));
  if (box.right() > size.width() - 4) box.moveRight(at.x() - 14);
  if (box.bottom() > size.height() - 4) box.moveBottom(at.y() - 14);
  p.setPen(QPen(theme.axis, 1));
  p.setBrush(theme.background);
  p.drawRoundedRect(box, 3, 3);
  p.setPen(theme.text);
  p.drawText(box.adjusted(6, 4, -6, -4), Qt::AlignLeft | Qt::AlignTop, text);
}

// Title at the left; at the right what the marks mean and how many there are.
void CoverageSceneView::drawHeader(QPainter& p, const QSizeF& size, const Theme& theme) const {
  const QFontMetricsF fm(p.font());
  const QRectF strip(kMargin, 4, size.width() - 2 * kMargin, std::ceil(fm.height() + 4));
  double x = strip.right();
  const auto total = static_cast<double>(std::max<std::size_t>(1, model_->status().size()));
  QFont bold = p.font();
  bold.setBold(true);
  const auto words = [&](PointStatus s, bool brief) {
    return brief ? statusName(s) : tr("%1 %2").arg(statusName(s), share(static_cast<double>(model_->count(s)) / total));
  };
  double wanted = QFontMetricsF(bold).horizontalAdvance(figureTitle()) + 12;
  for (int s = 0; s < kPointStatuses; ++s) wanted += fm.horizontalAdvance(words(static_cast<PointStatus>(s), false)) + 26;
  const bool brief = wanted > strip.width();  // the title is the last to go
  for (const PointStatus s : {PointStatus::outside, PointStatus::entered, PointStatus::left, PointStatus::inside}) {
    if (model_->status().empty()) break;
    const StatusLook look = statusLook(s, theme);
    const QString text = words(s, brief);
    const double w = fm.horizontalAdvance(text);
    if (x - w - 24 < strip.left()) break;
    p.setPen(theme.text);
    p.drawText(QRectF(x - w, strip.top(), w + 2, strip.height()), Qt::AlignLeft | Qt::AlignVCenter, text);
    drawMark(p, QPointF(x - w - 9, strip.center().y()), look.marker, std::max(5.0, look.size), look.color);
    x -= w + 26;
  }
  p.save();
  p.setFont(bold);
  p.setPen(theme.text);
  const double room = x - strip.left() - 4;
  if (room > 60)
    p.drawText(QRectF(strip.left(), strip.top(), room, strip.height()), Qt::AlignLeft | Qt::AlignVCenter,
               QFontMetricsF(bold).elidedText(figureTitle(), Qt::ElideRight, room));
  p.restore();
}

QRectF CoverageSceneView::radiusRow(int radius, const QSizeF& size, const QFont& font) const {
  const int radii = model_->result() ? static_cast<int>(model_->result()->radii.size()) : 0;
  if (radii > kRadiiListed) return {};
  const QFontMetricsF fm(font);
  const double width = 30 + fm.horizontalAdvance(QStringLiteral("00.00")), height = std::ceil(fm.height()) + 1;
  // The outermost at the top, as in the scene.
  return {size.width() - width - (flat() ? 20 : kMargin), 12 + 2 * fm.height() + (radii - 1 - radius) * height, width, height};
}

double CoverageSceneView::drawRadii(QPainter& p, const QSizeF& size, const Theme& theme) const {
  const int radii = static_cast<int>(model_->result()->radii.size());
  if (radii > kRadiiListed || radiusRow(0, size, p.font()).bottom() > size.height() - 40) return 0;
  const QRectF all = radiusRow(0, size, p.font()).united(radiusRow(radii - 1, size, p.font()));
  QColor ground = theme.background;
  ground.setAlphaF(0.8f);
  p.fillRect(all.adjusted(-4, -2, 2, 2), ground);
  p.save();
  for (int r = 0; r < radii; ++r) {
    const QRectF row = radiusRow(r, size, p.font());
    const bool chosen = r == model_->radius();
    QFont font = p.font();
    font.setBold(chosen);
    p.setFont(font);
    p.setPen(QPen(shellColor(r, radii, theme), chosen ? 4 : 2));
    p.drawLine(QPointF(row.left(), row.center().y()), QPointF(row.left() + 18, row.center().y()));
    p.setPen(theme.text);
    p.drawText(row.adjusted(24, 0, 8, 0), Qt::AlignLeft | Qt::AlignVCenter,
               plotNumber(model_->result()->radii[static_cast<std::size_t>(r)], -3));
    font.setBold(false);
    p.setFont(font);
  }
  p.restore();
  return all.width();
}

void CoverageSceneView::drawBox(QPainter& p, const QSizeF& size, const Theme& theme) const {
  std::array<BoxAxis, 3> axes;
  for (int a = 0; a < 3; ++a) axes[static_cast<std::size_t>(a)] = {low_[a], high_[a], tr("eigen-axis %1").arg(a + 1)};
  drawBoxAxes(p, size, low_, high_, axes, camera_, theme);
  drawTriad(p, size, theme);
}

// Which way the axes point.
void CoverageSceneView::drawTriad(QPainter& p, const QSizeF& size, const Theme& theme) const {
  const QPointF origin(38, size.height() - 38);
  const QVector3D right = camera_.right(), up = camera_.up(), toEye = camera_.direction();
  std::array<int, 3> order{0, 1, 2};
  std::sort(order.begin(), order.end(), [&](int a, int b) { return toEye[a] < toEye[b]; });
  p.save();
  for (const int a : order) {
    const QPointF tip = origin + QPointF(right[a] * 26, -up[a] * 26);
    QColor ink = mix(theme.background, theme.text, toEye[a] < 0 ? 0.5 : 1);
    p.setPen(QPen(ink, 2));
    p.drawLine(origin, tip);
    p.drawText(QRectF(tip.x() + right[a] * 8 - 10, tip.y() - up[a] * 8 - 8, 20, 16), Qt::AlignCenter, QString::number(a + 1));
  }
  p.restore();
}

}  // namespace inflaton::ui
