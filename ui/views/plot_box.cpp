#include "ui/views/plot_box.h"

#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

template <class F>
void eachTick(double from, double to, double step, F&& f) {
  const auto first = static_cast<long long>(std::ceil(from / step - 1e-6)), last = static_cast<long long>(std::floor(to / step + 1e-6));
  for (auto k = first; k <= last && k - first < 100; ++k) f(static_cast<double>(k) * step);
}
int ticks(double from, double to, double step) {
  return static_cast<int>(std::floor(to / step + 1e-6) - std::ceil(from / step - 1e-6)) + 1;
}

/// The finest of the round steps that `fits`, at most `most` parts; the coarsest where none does.
template <class F>
double finestStep(double span, int most, F&& fits) {
  double step = niceStep(span, 1);
  for (int parts = std::max(2, most); parts >= 1; --parts)
    if (step = niceStep(span, parts); fits(step)) return step;
  return step;
}

double crisp(double v) { return std::floor(v) + 0.5; }

double widest(double from, double to, double step, const QFontMetricsF& fm) {
  double w = 0;
  const int decimals = decimalsOf(step);
  eachTick(from, to, step, [&](double v) { w = std::max(w, fm.horizontalAdvance(plotNumber(v, decimals))); });
  return w;
}

}  // namespace

PlotBox::PlotBox(const QRectF& outer, double x0, double x1, double y0, double y1, const BoxStyle& style, const QFontMetricsF& fm)
    : outer_(outer), x0_(x0), x1_(x1 > x0 ? x1 : x0 + 1), y0_(y0), y1_(y1 > y0 ? y1 : y0 + 1), style_(style) {
  const double line = fm.height();
  double left = 5, right = 8, top = 5, bottom = 5;
  if (!style.title.isEmpty() || !style.note.isEmpty()) top = line + 4;
  if (style.xNumbers) bottom = line + 6;
  if (!style.x.isEmpty()) bottom += line + 1;
  area_ = outer.adjusted(left, top, -right, -bottom);
  if (style.yNumbers) left = 9 + widest(y0_, y1_, stepY(fm), fm);
  if (!style.y.isEmpty()) left += line + 2;
  area_ = outer.adjusted(left, top, -right, -bottom);
  if (style.xNumbers) {
    // Half of the last number stands beyond the box.
    const double step = stepX(fm), last = std::floor(x1_ / step + 1e-6) * step;
    const double over = mapX(last) + 0.5 * fm.horizontalAdvance(plotNumber(last, decimalsOf(step))) - (outer.right() - 1);
    if (over > 0) area_.setRight(area_.right() - std::min(over, 30.0));
  }
  area_.setWidth(std::max(8.0, area_.width()));
  area_.setHeight(std::max(8.0, area_.height()));
}

double PlotBox::stepX(const QFontMetricsF& fm) const {
  return finestStep(x1_ - x0_, std::min(12, static_cast<int>(area_.width() / 30)),
                    [&](double step) { return step / (x1_ - x0_) * area_.width() >= 1.25 * widest(x0_, x1_, step, fm) + 4; });
}

double PlotBox::stepY(const QFontMetricsF& fm) const {
  return finestStep(y1_ - y0_, 8, [&](double step) {
    const double room = step / (y1_ - y0_) * area_.height();
    return room >= 1.7 * fm.height() || (ticks(y0_, y1_, step) <= 2 && room >= 1.05 * fm.height());
  });
}

void PlotBox::drawGround(QPainter& p, const Theme& theme) const {
  if (!style_.grid) return;
  const QFontMetricsF fm(p.font());
  p.save();
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setPen(QPen(theme.grid, 1));
  eachTick(x0_, x1_, stepX(fm),
           [&](double x) { p.drawLine(QPointF(crisp(mapX(x)), area_.top()), QPointF(crisp(mapX(x)), area_.bottom())); });
  if (style_.yNumbers)
    eachTick(y0_, y1_, stepY(fm),
             [&](double y) { p.drawLine(QPointF(area_.left(), crisp(mapY(y))), QPointF(area_.right(), crisp(mapY(y)))); });
  p.restore();
}

void PlotBox::drawAxes(QPainter& p, const Theme& theme) const {
  p.save();
  p.setClipping(false);
  const QFontMetricsF fm(p.font());
  const double line = fm.height();
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setBrush(Qt::NoBrush);
  p.setPen(QPen(theme.axis, 1));
  p.drawRect(QRectF(crisp(area_.left()), crisp(area_.top()), std::floor(area_.width()), std::floor(area_.height())));
  if (style_.xNumbers) {
    const double step = stepX(fm);
    const int decimals = decimalsOf(step);
    eachTick(x0_, x1_, step, [&](double x) {
      const double u = crisp(mapX(x));
      p.drawLine(QPointF(u, area_.bottom()), QPointF(u, area_.bottom() + 3));
      p.drawText(QRectF(u - 60, area_.bottom() + 4, 120, line), Qt::AlignHCenter | Qt::AlignTop, plotNumber(x, decimals));
    });
  }
  if (style_.yNumbers) {
    const double step = stepY(fm);
    const int decimals = decimalsOf(step);
    eachTick(y0_, y1_, step, [&](double y) {
      const double v = crisp(mapY(y));
      p.drawLine(QPointF(area_.left() - 3, v), QPointF(area_.left(), v));
      p.drawText(QRectF(area_.left() - 126, v - line / 2, 120, line), Qt::AlignRight | Qt::AlignVCenter, plotNumber(y, decimals));
    });
  }
  p.setPen(theme.text);
  if (!style_.x.isEmpty())
    p.drawText(QRectF(area_.left(), outer_.bottom() - line - 1, area_.width(), line), Qt::AlignHCenter | Qt::AlignTop,
               fm.elidedText(style_.x, Qt::ElideRight, area_.width()));
  if (!style_.title.isEmpty() || !style_.note.isEmpty()) {
    QFont bold = p.font(), plain = bold;
    bold.setBold(true);
    const double used = style_.title.isEmpty() ? 0 : QFontMetricsF(bold).horizontalAdvance(style_.title) + 10;
    p.setFont(bold);
    p.drawText(QRectF(area_.left(), area_.top() - line - 2, area_.width(), line), Qt::AlignLeft | Qt::AlignVCenter, style_.title);
    p.setFont(plain);
    p.setPen(theme.axis);
    p.drawText(QRectF(area_.left() + used, area_.top() - line - 2, std::max(0.0, area_.width() - used), line),
               Qt::AlignRight | Qt::AlignVCenter, fm.elidedText(style_.note, Qt::ElideRight, std::max(0.0, area_.width() - used)));
    p.setPen(theme.text);
  }
  if (!style_.y.isEmpty()) {
    p.translate(outer_.left() + 2, area_.center().y());
    p.rotate(-90);
    p.drawText(QRectF(-area_.height() / 2, 0, area_.height(), line), Qt::AlignHCenter | Qt::AlignTop,
               fm.elidedText(style_.y, Qt::ElideRight, area_.height()));
  }
  p.restore();
}

QString weightName(int component) {
  QString name = QStringLiteral("w");
  for (const QChar digit : QString::number(component)) name += QChar(0x2080 + digit.digitValue());
  return name;
}

double drawKey(QPainter& p, const QPointF& at, const QPen& pen, const QString& text, const Theme& theme, double sample) {
  const QFontMetricsF fm(p.font());
  p.setPen(pen);
  p.drawLine(QPointF(at.x(), at.y() + fm.height() / 2), QPointF(at.x() + sample, at.y() + fm.height() / 2));
  p.setPen(theme.text);
  const double w = fm.horizontalAdvance(text);
  p.drawText(QRectF(at.x() + sample + 5, at.y(), w + 2, fm.height()), Qt::AlignLeft | Qt::AlignVCenter, text);
  return sample + 5 + w + 14;
}

void drawDiamond(QPainter& p, const QPointF& c, double r) {
  p.drawPolygon(QPolygonF{{c.x(), c.y() - r}, {c.x() + r, c.y()}, {c.x(), c.y() + r}, {c.x() - r, c.y()}});
}

void drawStar(QPainter& p, const QPointF& c, double r) {
  QPolygonF star;
  for (int k = 0; k < 10; ++k) {
    const double a = M_PI * k / 5, reach = k % 2 ? 0.42 * r : r;
    star << QPointF(c.x() + reach * std::sin(a), c.y() - reach * std::cos(a));
  }
  p.drawPolygon(star);
}

void drawCross(QPainter& p, const QPointF& c, double r) {
  p.drawLine(c + QPointF(-r, -r), c + QPointF(r, r));
  p.drawLine(c + QPointF(-r, r), c + QPointF(r, -r));
}

void drawTriangle(QPainter& p, const QPointF& c, double r) {
  p.drawPolygon(QPolygonF{{c.x(), c.y() - r}, {c.x() + 0.9 * r, c.y() + 0.7 * r}, {c.x() - 0.9 * r, c.y() + 0.7 * r}});
}

}  // namespace inflaton::ui
