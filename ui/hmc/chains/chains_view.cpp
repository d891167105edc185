#include "ui/hmc/chains/chains_view.h"

#include <QEvent>
#include <QGridLayout>
#include <QTableView>

#include "ui/hmc/chains/diagnostics_table.h"

namespace inflaton::ui {

namespace {
constexpr int kTwoRows = 420, kThreeColumns = 900;  // pixels from which all plots can be read side by side
}

ChainsView::ChainsView(ChainRunner* runner, QWidget* parent)
    : QWidget(parent), runner_(runner), table_(new DiagnosticsTable), grid_(new QGridLayout(this)) {
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setSpacing(3);
  static const struct {
    const char *name, *empty;
  } about[] = {
      {"hmc_trace", QT_TR_NOOP("Run chains to see the weights wander: each chain a line, the warm-up shaded, divergences ticked.")},
      {"hmc_ranks", QT_TR_NOOP("Once the warm-up is over: how the ranks of each chain spread among those of all. Flat is good.")},
      {"hmc_pairs", QT_TR_NOOP("The weights against each other and on their triangle; divergences as diamonds.")},
      {"hmc_energy", QT_TR_NOOP("The energy's own spread and that of its steps: alike is good.")},
      {"hmc_posterior", QT_TR_NOOP("The posterior of each weight, with the truth and the marginal posterior over it.")}};
  for (int k = 0; k < table; ++k) {
    auto* pane = new PlotPane(title(k), QString::fromLatin1(about[k].name));
    pane->setEmptyText(tr(about[k].empty));
    connect(pane, &PlotPane::fillRequested, this, [this, k] { Q_EMIT fillRequested(filled_ == k ? -1 : k); });
    panes_.push_back(pane);
  }
  for (int k = 0; k < plots; ++k) {
    widget(k)->setParent(this);
    widget(k)->installEventFilter(this);
  }
  table_->table()->installEventFilter(this);
  connect(table_->table()->horizontalHeader(), &QHeaderView::sectionClicked, this, [this] { current_ = table; });
  connect(runner, &ChainRunner::pictureChanged, this, &ChainsView::follow);
  connect(runner, &ChainRunner::ended, this, &ChainsView::follow);
  arrange();
  follow();
}

QString ChainsView::title(int plot) {
  switch (plot) {
    case trace:
      return tr("Trace");
    case ranks:
      return tr("Ranks");
    case pairs:
      return tr("Pairs");
    case energy:
      return tr("Energy");
    case posterior:
      return tr("Posterior of the weights");
    default:
      return tr("Diagnostics");
  }
}

QWidget* ChainsView::widget(int plot) const {
  return plot == table ? static_cast<QWidget*>(table_) : panes_[static_cast<std::size_t>(plot)];
}

void ChainsView::fill(int plot) {
  filled_ = plot;
  if (plot >= 0) current_ = plot;
  arrange();
}

void ChainsView::arrange() {
  for (int k = 0; k < plots; ++k) grid_->removeWidget(widget(k));
  for (int r = 0; r < 3; ++r) grid_->setRowStretch(r, 0);
  for (int c = 0; c < 3; ++c) grid_->setColumnStretch(c, 0);
  std::vector<int> shown;
  int columns = 3;
  if (filled_ >= 0) {
    shown = {filled_};
    columns = 1;
  } else if (height() < kTwoRows) {
    shown = {trace, pairs, posterior};  // a low window: what tells most; the others have tabs of their own
  } else {
    shown = {trace, pairs, posterior, ranks, energy, table};
    if (width() < kThreeColumns && height() > 1.1 * width()) columns = 2;
  }
  for (int k = 0; k < plots; ++k) widget(k)->setVisible(std::find(shown.begin(), shown.end(), k) != shown.end());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const int row = static_cast<int>(i) / columns, column = static_cast<int>(i) % columns;
    grid_->addWidget(widget(shown[i]), row, column);
    grid_->setRowStretch(row, 1);
    grid_->setColumnStretch(column, 1);
  }
}

void ChainsView::resizeEvent(QResizeEvent* e) {
  QWidget::resizeEvent(e);
  const auto form = [](const QSize& s) {
    return std::tuple(s.height() < kTwoRows, s.width() < kThreeColumns && s.height() > 1.1 * s.width());
  };
  if (filled_ < 0 && form(e->size()) != form(e->oldSize())) arrange();
}

void ChainsView::follow() {
  const ChainPicturePtr& picture = runner_->picture();
  panes_[trace]->setContent(tracePlot(picture));
  panes_[ranks]->setContent(rankPlot(picture));
  panes_[pairs]->setContent(pairPlot(picture));
  panes_[energy]->setContent(energyPlot(picture));
  panes_[posterior]->setContent(posteriorPlot(picture));
  // While it runs, the weights; once it has ended, the watched latents too.
  const auto& all = runner_->result().diagnostics;
  table_->setRows(all.empty() ? runner_->latest().weights : all, picture ? picture->command : QString());
}

Figure* ChainsView::currentFigure() const {
  const int at = filled_ >= 0 ? filled_ : current_;
  if (at == table) return table_;
  return panes_[static_cast<std::size_t>(at)];
}

bool ChainsView::eventFilter(QObject* target, QEvent* event) {
  if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::FocusIn)
    for (int k = 0; k < plots; ++k)
      if (target == widget(k) || (k == table && target == table_->table())) current_ = k;
  return QWidget::eventFilter(target, event);
}

}  // namespace inflaton::ui
