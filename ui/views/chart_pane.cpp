#include "ui/views/chart_pane.h"

#include <QChartView>
#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QMouseEvent>
#include <QVBoxLayout>

#include "ui/views/chart_parts.h"

namespace inflaton::ui {
class ChartPane::View : public QChartView {
 public:
  explicit View(ChartPane* pane) : pane_(pane) {
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setMinimumSize(100, 80);
  }
  Theme theme;

 protected:
  void drawForeground(QPainter* p, const QRectF& r) override {
    QChartView::drawForeground(p, r);
    if (pane_->cursor_ && pane_->hasContent()) drawCursor(*p, *chart(), *pane_->cursor_, theme);
    if (pane_->hasContent() || pane_->empty_.isEmpty()) return;
    p->setPen(theme.axis);
    p->drawText(QRectF(viewport()->rect()).adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap, pane_->empty_);
  }
  void mousePressEvent(QMouseEvent* e) override {
    if (chart()->plotArea().contains(e->position())) pick(e);
    QChartView::mousePressEvent(e);
  }
  void mouseMoveEvent(QMouseEvent* e) override {
    pick(e);
    QChartView::mouseMoveEvent(e);
  }

 private:
  void pick(QMouseEvent* e) {
    if (pane_->cursor_ && pane_->hasContent() && (e->buttons() & Qt::LeftButton))
      Q_EMIT pane_->timePicked(chart()->mapToValue(e->position()).x());
  }
  ChartPane* pane_;
};

ChartPane::ChartPane(const QString& title, const QString& name, QWidget* parent)
    : QWidget(parent), title_(title), name_(name), view_(new View(this)) {
  setObjectName(name);
  setAccessibleName(title);
  setFocusPolicy(Qt::TabFocus);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(view_);
}

ChartPane::~ChartPane() = default;

QChart* ChartPane::chart() const { return view_->chart(); }

void ChartPane::setContent(Content content) {
  content_ = std::move(content);
  setAccessibleDescription(content_.make ? content_.summary : empty_);
  stale_ = true;
  renew();
}

void ChartPane::setEmptyText(const QString& text) {
  empty_ = text;
  if (!hasContent()) setAccessibleDescription(text);
  view_->viewport()->update();
}

void ChartPane::setCursor(std::optional<double> t) {
  cursor_ = t;
  view_->viewport()->update();
}

void ChartPane::renew() {
  if (!isVisible()) return;
  if (compact() != shownCompact_) stale_ = true;
  if (!stale_) return;
  stale_ = false;
  shownCompact_ = compact();
  const Theme theme = Theme::fromPalette(palette());
  QFont small = font();
  small.setPointSizeF(small.pointSizeF() * 0.9);
  view_->theme = theme;
  view_->setBackgroundBrush(theme.background);
  auto* old = view_->chart();
  view_->setChart((content_.make ? content_.make(theme, small, shownCompact_) : emptyChart(theme, small, shownCompact_)).release());
  delete old;
}

void ChartPane::paint(QPainter& p, const QSizeF& size, const PaintOptions& options) {
  p.fillRect(QRectF(QPointF(0, 0), size), options.theme.background);
  if (!content_.make) return;
  // A chart of its own: the one on screen stays as it is.
  QGraphicsScene scene;
  auto* chart = content_.make(options.theme, p.font(), size.height() < 200).release();
  scene.addItem(chart);
  chart->resize(size);
  chart->layout()->activate();
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  scene.render(&p, QRectF(QPointF(0, 0), size), QRectF(QPointF(0, 0), size));
  if (cursor_) drawCursor(p, *chart, *cursor_, options.theme);
  p.restore();
}

void ChartPane::showEvent(QShowEvent* e) {
  QWidget::showEvent(e);
  renew();
}

void ChartPane::resizeEvent(QResizeEvent* e) {
  QWidget::resizeEvent(e);
  renew();
}

void ChartPane::changeEvent(QEvent* e) {
  if (e->type() == QEvent::PaletteChange || e->type() == QEvent::FontChange) {
    stale_ = true;
    renew();
  }
  QWidget::changeEvent(e);
}

}  // namespace inflaton::ui
