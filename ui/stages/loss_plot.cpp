#include "ui/stages/loss_plot.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <QtCharts/QChart>
#include <QtCharts/QChartView>
#include <QtCharts/QLegend>
#include <QtCharts/QLineSeries>
#include <QtCharts/QLogValueAxis>
#include <QtCharts/QValueAxis>
#include <algorithm>
#include <cmath>

namespace inflaton::ui {

QVector<QPointF> thinned(const QVector<QPointF>& all, int most) {
  if (all.size() <= most || most < 4) return all;
  QVector<QPointF> few{all.first()};
  const int buckets = (most - 2) / 2;
  for (int b = 0; b < buckets; ++b) {
    const auto from = all.begin() + 1 + b * (all.size() - 2) / buckets, to = all.begin() + 1 + (b + 1) * (all.size() - 2) / buckets;
    if (from == to) continue;
    auto [low, high] = std::minmax_element(from, to, [](const QPointF& p, const QPointF& q) { return p.y() < q.y(); });
    if (high < low) std::swap(low, high);
    few << *low;
    if (high != low) few << *high;
  }
  return few << all.last();
}

namespace {
/// 1, 2 or 5 times a power of ten, at least x.
double niceStep(double x) {
  const double decade = std::pow(10.0, std::floor(std::log10(x)));
  for (double m : {1.0, 2.0, 5.0})
    if (m * decade >= x * (1 - 1e-9)) return m * decade;
  return 10 * decade;
}
}  // namespace

LossPlot::LossPlot(TrainingRun* training, Settings* settings, QWidget* parent)
    : QWidget(parent),
      training_(training),
      settings_(settings),
      loss_(makePanel(tr("Loss"), {tr("each batch"), tr("smoothed")})),
      error_(makePanel(tr("Error against the exact denoiser"), {tr("mean over eight times")})),
      log_(new QCheckBox(tr("Logarithmic"))) {
  setObjectName("lossPlot");
  log_->setChecked(settings->ini().value("plots/lossLog", true).toBool());
  log_->setToolTip(tr("Logarithmic vertical axes; remembered"));
  connect(log_, &QCheckBox::toggled, this, &LossPlot::setLogarithmic);
  auto* charts = new QHBoxLayout;
  charts->setSpacing(0);
  charts->addWidget(loss_.view, 3);
  charts->addWidget(error_.view, 2);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(charts, 1);
  log_->setParent(this);  // in the free corner beside the title
  log_->adjustSize();
  log_->move(6, 2);

  soon_.setSingleShot(true);
  soon_.setInterval(100);  // many updates a second are one drawing
  connect(&soon_, &QTimer::timeout, this, &LossPlot::refresh);
  connect(training, &TrainingRun::updated, this, [this] {
    if (!soon_.isActive()) soon_.start();
  });
  error_.lines[0]->setPointsVisible(true);  // the first measurement has no neighbour to draw a line to
  setLogarithmic(log_->isChecked());
  color(Theme::fromPalette(palette()));
}

bool LossPlot::logarithmic() const { return log_->isChecked(); }

LossPlot::Panel LossPlot::makePanel(const QString& title, const QStringList& names) {
  Panel panel;
  panel.chart = new QChart;
  panel.chart->setTitle(title);
  panel.chart->setMargins({2, 2, 6, 0});
  panel.chart->setBackgroundRoundness(0);
  panel.chart->layout()->setContentsMargins(0, 0, 0, 0);
  panel.chart->legend()->setVisible(names.size() > 1);
  panel.chart->legend()->setAlignment(Qt::AlignTop);
  panel.chart->legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
  for (const QString& name : names) {
    auto* line = new QLineSeries;
    line->setName(name);
    panel.chart->addSeries(line);
    panel.lines << line;
  }
  panel.view = new QChartView(panel.chart);
  panel.view->setRenderHint(QPainter::Antialiasing);
  panel.view->setFrameShape(QFrame::NoFrame);
  panel.view->setMinimumSize(140, 90);
  return panel;
}

void LossPlot::setLogarithmic(bool on) {
  settings_->ini().setValue("plots/lossLog", on);
  for (Panel* panel : {&loss_, &error_}) {
    for (QAbstractAxis* axis : panel->chart->axes()) {
      panel->chart->removeAxis(axis);
      delete axis;
    }
    auto* x = new QValueAxis;
    x->setTitleText(tr("samples seen (Mimg)"));
    x->setTickType(QValueAxis::TicksDynamic);
    x->setLabelFormat("%g");
    QAbstractAxis* y = nullptr;
    if (on) {
      auto* logAxis = new QLogValueAxis;
      logAxis->setLabelFormat("%.3g");
      y = logAxis;
    } else {
      auto* plain = new QValueAxis;
      plain->setLabelFormat("%.3g");
      plain->setTickCount(4);
      y = plain;
    }
    panel->chart->addAxis(x, Qt::AlignBottom);
    panel->chart->addAxis(y, Qt::AlignLeft);
    for (QLineSeries* line : panel->lines) {
      line->attachAxis(x);
      line->attachAxis(y);
    }
  }
  color(Theme::fromPalette(palette()));
  refresh();
}

void LossPlot::color(const Theme& theme) {
  for (Panel* panel : {&loss_, &error_}) {
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    panel->chart->setBackgroundBrush(theme.background);
    panel->chart->setTitleBrush(theme.text);
    QFont bold = small;
    bold.setBold(true);
    panel->chart->setTitleFont(bold);
    panel->chart->legend()->setLabelColor(theme.text);
    panel->chart->legend()->setFont(small);
    for (QAbstractAxis* axis : panel->chart->axes()) {
      axis->setLabelsColor(theme.text);
      axis->setTitleBrush(theme.text);
      axis->setLinePenColor(theme.axis);
      axis->setGridLineColor(theme.grid);
      axis->setMinorGridLineVisible(false);
      axis->setLabelsFont(small);
      axis->setTitleFont(small);
    }
  }
  loss_.lines[0]->setPen(QPen(mix(theme.background, theme.accent, 0.45), 1));
  loss_.lines[1]->setPen(QPen(theme.accent, 2));
  error_.lines[0]->setPen(QPen(classColor(1, theme), 2));
}

void LossPlot::fit(Panel& panel, const QVector<QVector<QPointF>>& points) {
  double low = INFINITY, high = -INFINITY;
  for (int i = 0; i < points.size(); ++i) {
    panel.lines[i]->replace(points[i]);
    for (const QPointF& p : points[i])
      if (p.y() > 0 && std::isfinite(p.y())) low = std::min(low, p.y()), high = std::max(high, p.y());
  }
  const double seen = points.last().isEmpty() ? 0.0 : points.last().last().x();
  const double planned = training_->latest().duration_mimg > 0 ? training_->latest().duration_mimg : training_->options().duration;
  const double end = std::max(planned, seen);
  auto* x = static_cast<QValueAxis*>(panel.chart->axes(Qt::Horizontal).first());
  x->setTickInterval(niceStep(end / 6));
  x->setRange(0, end);
  QAbstractAxis* y = panel.chart->axes(Qt::Vertical).first();
  if (!(low <= high)) low = 0.1, high = 10;
  if (log_->isChecked()) {  // labels stand at powers of the base: one that leaves about four of them in the range
    low *= 0.98, high *= 1.02;
    auto* logAxis = static_cast<QLogValueAxis*>(y);
    static constexpr double bases[] = {10, 5, 2, 1.5, 1.25, 1.1, 1.05, 1.02};
    double base = bases[0];
    for (double b : bases)
      if (std::log(high / low) / std::log(base) < 3) base = b;
    logAxis->setBase(base);
    logAxis->setRange(low, high);
  } else {
    y->setRange(0, high * 1.05);
    static_cast<QValueAxis*>(y)->applyNiceNumbers();
  }
}

void LossPlot::refresh() {
  if (!isVisible()) return;  // showEvent catches up
  fit(loss_, {thinned(training_->loss(), 600), thinned(training_->smoothed(), 600)});
  fit(error_, {thinned(training_->errors(), 300)});
  setAccessibleName(summary());
}

QString LossPlot::summary() const {
  if (training_->smoothed().isEmpty()) return tr("No training yet");
  const auto& curve = training_->smoothed();
  const double now = curve.last().y(), before = curve[std::max<qsizetype>(0, curve.size() - 6)].y();
  QString text = tr("loss %L1, %2").arg(now, 0, 'g', 3).arg(now < before ? tr("falling") : tr("not falling"));
  if (!training_->errors().isEmpty()) text += tr("; error %L1").arg(training_->errors().last().y(), 0, 'g', 3);
  return text;
}

void LossPlot::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  log_->raise();
  refresh();
}

void LossPlot::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) color(Theme::fromPalette(palette()));
}

void LossPlot::paint(QPainter& painter, const QSizeF& size, const PaintOptions& options) {
  color(options.theme);
  painter.fillRect(QRectF({0, 0}, size), options.theme.background);
  const double split = 0.6 * size.width();
  loss_.view->scene()->render(&painter, {0, 0, split, size.height()});
  error_.view->scene()->render(&painter, {split, 0, size.width() - split, size.height()});
  color(Theme::fromPalette(palette()));
}

QString LossPlot::figureCsv() const {
  QString csv = "mimg,loss,loss_smoothed\n";
  for (int i = 0; i < training_->loss().size(); ++i)
    csv += QStringLiteral("%1,%2,%3\n")
               .arg(training_->loss()[i].x(), 0, 'g', 8)
               .arg(training_->loss()[i].y(), 0, 'g', 8)
               .arg(training_->smoothed()[i].y(), 0, 'g', 8);
  csv += "\nmimg,error\n";
  for (const QPointF& p : training_->errors()) csv += QStringLiteral("%1,%2\n").arg(p.x(), 0, 'g', 8).arg(p.y(), 0, 'g', 8);
  return csv;
}

}  // namespace inflaton::ui
