#include "ui/views/plot_frame.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "ui/style/locale_numbers.h"

namespace inflaton::ui {

double niceStep(double span, int most) {
  if (!(span > 0) || most < 1) return 1;
  const double raw = span / most, ten = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double m : {1.0, 2.0, 5.0})
    if (m * ten >= raw * (1 - 1e-9)) return m * ten;
  return 10 * ten;
}

int decimalsOf(double step) { return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 12); }

QString number(double v, int decimals) { return localeNumber(plotNumber(v, decimals)); }

QString plotNumber(double v, int decimals) {
  QString s;
  if (decimals >= 0)
    s = QString::number(v, 'f', decimals);
  else
    s = QString::number(v, 'g', std::abs(v) < 1e-3 && v != 0 ? std::min(2, -decimals) : -decimals);
  if (s.startsWith('-')) {
    // "-0.00" is nothing.
    const bool zero = std::none_of(s.begin(), s.end(), [](QChar c) { return c >= '1' && c <= '9'; });
    s = zero ? s.mid(1) : QChar(0x2212) + s.mid(1);
  }
  return s;
}

PlotFrame PlotFrame::fit(const QSizeF& size, const QRectF& wanted, const QFontMetricsF& fm) {
  PlotFrame f;
  const double line = fm.height();
  const double left = std::ceil(line + 6 + fm.horizontalAdvance(QStringLiteral("−0.00")) + 8);
  f.plot = QRectF(left, std::ceil(line + 12), size.width() - left - 12, size.height() - std::ceil(line + 12) - std::ceil(2 * line + 14));
  f.plot.setWidth(std::max(20.0, f.plot.width()));
  f.plot.setHeight(std::max(20.0, f.plot.height()));
  f.scale = std::min(f.plot.width() / wanted.width(), f.plot.height() / wanted.height());
  const QSizeF span(f.plot.width() / f.scale, f.plot.height() / f.scale);
  f.visible = QRectF(wanted.center() - QPointF(span.width() / 2, span.height() / 2), span);
  return f;
}

double PlotFrame::step() const {
  // One step for both axes: squares stay squares. 46 units leave room for "-0.25".
  return niceStep(visible.width(), std::max(2, static_cast<int>(plot.width() / 46)));
}

namespace {
template <class F>
void eachTick(double from, double to, double step, F&& f) {
  const auto first = static_cast<long long>(std::ceil(from / step - 1e-6)), last = static_cast<long long>(std::floor(to / step + 1e-6));
  for (auto k = first; k <= last && k - first < 200; ++k) f(static_cast<double>(k) * step);
}
double crisp(double v) { return std::floor(v) + 0.5; }
}  // namespace

void PlotFrame::drawGrid(QPainter& p, const Theme& theme) const {
  p.save();
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setPen(QPen(theme.grid, 1));
  eachTick(visible.left(), visible.right(), step(), [&](double x) {
    const double u = crisp(map(x, 0).x());
    p.drawLine(QPointF(u, plot.top()), QPointF(u, plot.bottom()));
  });
  eachTick(visible.top(), visible.bottom(), step(), [&](double y) {
    const double v = crisp(map(0, y).y());
    p.drawLine(QPointF(plot.left(), v), QPointF(plot.right(), v));
  });
  p.restore();
}

void PlotFrame::drawAxes(QPainter& p, const Theme& theme, const QString& xLabel, const QString& yLabel) const {
  p.save();
  const QFontMetricsF fm(p.font());
  const double line = fm.height(), d = step();
  const int decimals = decimalsOf(d);
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setPen(QPen(theme.axis, 1));
  p.setBrush(Qt::NoBrush);
  p.drawRect(QRectF(crisp(plot.left()), crisp(plot.top()), std::floor(plot.width()) - 1, std::floor(plot.height()) - 1));
  eachTick(visible.left(), visible.right(), d, [&](double x) {
    const double u = crisp(map(x, 0).x());
    p.drawLine(QPointF(u, plot.bottom()), QPointF(u, plot.bottom() + 4));
    p.drawText(QRectF(u - 40, plot.bottom() + 5, 80, line), Qt::AlignHCenter | Qt::AlignTop, plotNumber(x, decimals));
  });
  eachTick(visible.top(), visible.bottom(), d, [&](double y) {
    const double v = crisp(map(0, y).y());
    p.drawLine(QPointF(plot.left() - 4, v), QPointF(plot.left(), v));
    p.drawText(QRectF(plot.left() - 87, v - line / 2, 80, line), Qt::AlignRight | Qt::AlignVCenter, plotNumber(y, decimals));
  });
  p.setPen(theme.text);
  p.drawText(QRectF(plot.left(), plot.bottom() + line + 6, plot.width(), line + 2), Qt::AlignHCenter | Qt::AlignTop,
             fm.elidedText(xLabel, Qt::ElideRight, plot.width()));
  p.translate(4, plot.center().y());
  p.rotate(-90);
  p.drawText(QRectF(-plot.height() / 2, 0, plot.height(), line + 2), Qt::AlignHCenter | Qt::AlignTop,
             fm.elidedText(yLabel, Qt::ElideRight, plot.height()));
  p.restore();
}

}  // namespace inflaton::ui
