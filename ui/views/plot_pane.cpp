#include "ui/views/plot_pane.h"

#include <QMouseEvent>

namespace inflaton::ui {

PlotPane::PlotPane(const QString& title, const QString& name, QWidget* parent) : QWidget(parent), title_(title), name_(name) {
  setObjectName(name);
  setAccessibleName(title);
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(120, 90);
}

void PlotPane::setContent(PlotContent content) {
  content_ = std::move(content);
  setAccessibleDescription(content_.paint ? content_.summary : empty_);
  update();
}

void PlotPane::setEmptyText(const QString& text) {
  empty_ = text;
  if (!hasContent()) setAccessibleDescription(text), update();
}

// Title, then what the content draws: the same on screen and on paper.
void PlotPane::paint(QPainter& p, const QSizeF& size, const PaintOptions& options) {
  p.fillRect(QRectF(QPointF(0, 0), size), options.theme.background);
  p.setRenderHint(QPainter::Antialiasing);
  QFont plain = p.font();
  if (options.interactive) plain.setPointSizeF(plain.pointSizeF() * 0.9);
  QFont bold = plain;
  bold.setBold(true);
  p.setFont(bold);
  p.setPen(options.theme.text);
  const QFontMetricsF fm(bold);
  const double line = fm.height() + 6;
  p.drawText(QRectF(8, 2, size.width() - 16, line), Qt::AlignLeft | Qt::AlignVCenter,
             fm.elidedText(title_, Qt::ElideRight, size.width() - 16));
  p.setFont(plain);
  const QRectF area(4, line + 2, size.width() - 8, size.height() - line - 6);
  if (content_.paint) {
    p.save();
    content_.paint(p, area, options);
    p.restore();
  } else if (options.interactive && !empty_.isEmpty()) {
    p.setPen(options.theme.axis);
    p.drawText(area.adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap, empty_);
  }
}

void paintFramed(QWidget& widget, Figure& figure) {
  QPainter p(&widget);
  PaintOptions options;
  options.theme = Theme::fromPalette(widget.palette());
  options.interactive = true;
  options.pixelRatio = widget.devicePixelRatioF();
  figure.paint(p, widget.size(), options);
  p.setBrush(Qt::NoBrush);
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setPen(QPen(widget.hasFocus() ? options.theme.accent : options.theme.grid, 1));
  p.drawRect(widget.rect().adjusted(0, 0, -1, -1));
}

void PlotPane::paintEvent(QPaintEvent*) { paintFramed(*this, *this); }

void PlotPane::mouseDoubleClickEvent(QMouseEvent* e) {
  if (e->button() == Qt::LeftButton) Q_EMIT fillRequested();
}

void PlotPane::focusInEvent(QFocusEvent* e) {
  QWidget::focusInEvent(e);
  update();
}

void PlotPane::focusOutEvent(QFocusEvent* e) {
  QWidget::focusOutEvent(e);
  update();
}

}  // namespace inflaton::ui
