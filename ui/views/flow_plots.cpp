#include "ui/views/flow_plots.h"

#include <QChartView>
#include <QGraphicsScene>
#include <QHeaderView>
#include <QMouseEvent>
#include <QTableWidget>
#include <QTimer>
#include <QVBoxLayout>
#include <array>
#include <cmath>

#include "ui/views/chart_parts.h"
#include "ui/views/flow_charts.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

/// A chart over t: shows the cursor, and takes it along when the hand is in the plot.
class TimeChartView : public QChartView {
 public:
  TimeChartView(ViewState* state, bool overTime) : state_(state), overTime_(overTime) {
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setMinimumSize(120, 90);
    if (overTime) setToolTip(QCoreApplication::translate("FlowPlots", "Click or drag to set the time"));
  }
  void show(std::unique_ptr<QChart> chart, const Theme& theme) {
    theme_ = theme;
    setBackgroundBrush(theme.background);
    auto* old = this->chart();
    setChart(chart.release());
    delete old;
  }
  void cursorMoved() {
    if (overTime_) viewport()->update();
  }

 protected:
  void drawForeground(QPainter* p, const QRectF& r) override {
    QChartView::drawForeground(p, r);
    if (overTime_ && state_->trajectory()) drawCursor(*p, *chart(), state_->time(), theme_);
  }
  void mousePressEvent(QMouseEvent* e) override { scrub(e); }
  void mouseMoveEvent(QMouseEvent* e) override { scrub(e); }

 private:
  void scrub(QMouseEvent* e) {
    if (!overTime_ || !(e->buttons() & Qt::LeftButton) || !state_->trajectory()) return;
    if (e->type() == QEvent::MouseButtonPress && !chart()->plotArea().contains(e->position())) return;
    state_->setTime(chart()->mapToValue(e->position()).x());
  }
  ViewState* state_;
  bool overTime_;
  Theme theme_;
};

constexpr FlowChart kCharts[] = {FlowChart::ratio, FlowChart::variances, FlowChart::errors};

}  // namespace

struct FlowPlots::Impl {
  ViewState* state;
  QTabWidget* tabs;
  std::array<TimeChartView*, 3> views;
  QTableWidget* table;
  FlowCurves curves;
  std::array<bool, 4> stale{true, true, true, true};
  bool curvesStale = true;

  const FlowCurves& data() {
    if (curvesStale) curves = FlowCurves::of(*state), curvesStale = false;
    return curves;
  }
  bool compact() const { return tabs->height() < 230; }  // with its tab bar
  bool shownCompact = false;
  Theme theme() const { return Theme::fromPalette(tabs->parentWidget()->palette()); }
  QFont font() const {
    QFont f = tabs->font();
    f.setPointSizeF(f.pointSizeF() * 0.9);
    return f;
  }

  /// Only what is looked at is built.
  void show() {
    const auto k = static_cast<std::size_t>(std::max(0, tabs->currentIndex()));
    if (!tabs->isVisible()) return;
    if (compact() != shownCompact) stale.fill(true), shownCompact = compact();
    if (!stale[k]) return;
    stale[k] = false;
    if (k < 3) {
      if (state->trajectory()) {
        views[k]->show(makeFlowChart(kCharts[k], data(), *state->simulation(), theme(), font(), compact()), theme());
      } else {
        auto empty = std::make_unique<QChart>();
        empty->setBackgroundBrush(theme().background);
        views[k]->show(std::move(empty), theme());
      }
    } else {
      fillTable();
    }
  }

  QStringList header() {
    QStringList h{tr("frame"), tr("t"), tr("γ(t)"), tr("PR, closed form"), tr("PR, points")};
    for (std::size_t j = 0; j < data().varianceTheory.size(); ++j)
      h << tr("variance %1, closed form").arg(j + 1) << tr("variance %1, points").arg(j + 1);
    return h;
  }
  std::vector<double> row(std::size_t f) {
    const auto& c = data();
    std::vector<double> v{c.t[f], c.gamma[f], c.ratioTheory[f], c.ratioSample[f]};
    for (std::size_t j = 0; j < c.varianceTheory.size(); ++j) v.push_back(c.varianceTheory[j][f]), v.push_back(c.varianceSample[j][f]);
    return v;
  }
  void fillTable() {
    const QSignalBlocker quiet(table);
    table->clear();
    const auto h = header();
    table->setColumnCount(static_cast<int>(h.size()));
    table->setHorizontalHeaderLabels(h);
    table->setRowCount(static_cast<int>(data().t.size()));
    for (std::size_t f = 0; f < data().t.size(); ++f) {
      auto v = row(f);
      v.insert(v.begin(), static_cast<double>(f));
      for (std::size_t k = 0; k < v.size(); ++k) {
        auto* item = new QTableWidgetItem(number(v[k]));
        item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        table->setItem(static_cast<int>(f), static_cast<int>(k), item);
      }
    }
    table->resizeColumnsToContents();
    follow();
  }
  void follow() {
    const QSignalBlocker quiet(table);
    if (table->isVisible() && table->rowCount() > 0) table->setCurrentCell(state->frameNear(state->time()), 0);
  }
};

FlowPlots::FlowPlots(ViewState* state, QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
  auto& m = *impl_;
  m.state = state;
  m.tabs = new QTabWidget(this);
  m.tabs->setDocumentMode(true);
  m.tabs->setAccessibleName(tr("Plots of the flow"));
  for (std::size_t k = 0; k < 3; ++k) {
    m.views[k] = new TimeChartView(state, k < 2);
    m.views[k]->setAccessibleName(flowChartTitle(kCharts[k]));
    m.tabs->addTab(m.views[k], flowChartTitle(kCharts[k]));
  }
  m.table = new QTableWidget(this);
  m.table->setTabKeyNavigation(false);
  m.table->setAccessibleName(tr("Numbers behind the plots"));
  m.table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m.table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m.table->setFrameShape(QFrame::NoFrame);
  m.table->verticalHeader()->hide();
  m.table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
  m.tabs->addTab(m.table, tr("Table"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m.tabs);

  const auto renew = [this] {
    impl_->curvesStale = true;
    impl_->stale.fill(true);
    impl_->show();
    setAccessibleDescription(summary());
  };
  connect(state, &ViewState::simulationChanged, this, renew);
  connect(state, &ViewState::laneChanged, this, renew);
  connect(state, &ViewState::timeChanged, this, [this] {
    for (auto* v : impl_->views) v->cursorMoved();
    impl_->follow();
  });
  connect(m.tabs, &QTabWidget::currentChanged, this, [this](int k) {
    impl_->show();
    impl_->follow();
    Q_EMIT currentPlotChanged(k);
  });
  connect(m.table, &QTableWidget::currentCellChanged, this, [this](int r) {
    if (r >= 0) impl_->state->setTime(impl_->state->frameTime(r));
  });
}

FlowPlots::~FlowPlots() = default;

int FlowPlots::currentPlot() const { return impl_->tabs->currentIndex(); }
void FlowPlots::setCurrentPlot(int k) { impl_->tabs->setCurrentIndex(k); }

QString FlowPlots::figureTitle() const { return impl_->tabs->tabText(currentPlot()); }
QString FlowPlots::figureName() const {
  static const char* const names[] = {"participation_ratio", "variances", "roundtrip_error", "variances"};
  return QString::fromLatin1(names[std::clamp(currentPlot(), 0, 3)]);
}

QString FlowPlots::summary() const {
  const auto* lane = impl_->state->trajectory();
  if (!lane) return tr("No flow yet");
  const auto& c = impl_->data();
  const auto f = static_cast<std::size_t>(std::max(0, impl_->state->frameNear(impl_->state->time())));
  QString s = tr("Participation ratio %1 at t %2; from %3 at t %4 to %5 at t %6")
                  .arg(number(c.ratioSample[f]), number(c.t[f]), number(c.ratioSample.front()), number(c.t.front()),
                       number(c.ratioSample.back()), number(c.t.back()));
  if (!c.errorCounts.empty()) s += tr("; round-trip RMSE %1").arg(number(impl_->state->simulation()->roundTripRmse));
  return s;
}

void FlowPlots::paint(QPainter& p, const QSizeF& size, const PaintOptions& options) {
  p.fillRect(QRectF(QPointF(0, 0), size), options.theme.background);
  if (!impl_->state->trajectory()) return;
  // A chart of its own: the one on screen stays as it is.
  const auto kind = kCharts[std::clamp(currentPlot() == 3 ? 1 : currentPlot(), 0, 2)];
  QGraphicsScene scene;
  auto* chart = makeFlowChart(kind, impl_->data(), *impl_->state->simulation(), options.theme, p.font(), size.height() < 200).release();
  scene.addItem(chart);
  chart->resize(size);
  chart->layout()->activate();
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  scene.render(&p, QRectF(QPointF(0, 0), size), QRectF(QPointF(0, 0), size));
  if (kind != FlowChart::errors) drawCursor(p, *chart, impl_->state->time(), options.theme);
  p.restore();
}

QString FlowPlots::figureCsv() const {
  if (!impl_->state->trajectory()) return {};
  QString out;
  if (currentPlot() == 2) {
    out = QStringLiteral("from,to,points\n");
    const auto& c = impl_->data();
    for (std::size_t b = 0; b < c.errorCounts.size(); ++b)
      out += QStringLiteral("%1,%2,%3\n").arg(c.errorEdges[b], 0, 'g', 9).arg(c.errorEdges[b + 1], 0, 'g', 9).arg(c.errorCounts[b]);
    return out;
  }
  out = QStringLiteral("t,gamma,ratio_theory,ratio_points");
  for (std::size_t j = 0; j < impl_->data().varianceTheory.size(); ++j)
    out += QStringLiteral(",variance%1_theory,variance%1_points").arg(j + 1);
  out += '\n';
  for (std::size_t f = 0; f < impl_->data().t.size(); ++f) {
    QStringList cells;
    for (const double v : impl_->row(f)) cells << QString::number(v, 'g', 9);
    out += cells.join(',') + '\n';
  }
  return out;
}

void FlowPlots::showEvent(QShowEvent* e) {
  QWidget::showEvent(e);
  impl_->show();
}

void FlowPlots::resizeEvent(QResizeEvent* e) {
  QWidget::resizeEvent(e);
  QTimer::singleShot(0, this, [this] { impl_->show(); });  // once the tabs have their new size
}

void FlowPlots::changeEvent(QEvent* e) {
  if (e->type() == QEvent::PaletteChange || e->type() == QEvent::FontChange) {
    impl_->stale.fill(true);
    impl_->show();
  }
  QWidget::changeEvent(e);
}

}  // namespace inflaton::ui
