#include "ui/hmc/chains/diagnostics_table.h"

#include <QHeaderView>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>
#include <cmath>

#include "ui/views/plot_box.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

double valueOf(const Diagnostic& d, int column) {
  const double values[] = {0, d.mean, d.sd, d.q5, d.q50, d.q95, d.rhat, d.essBulk, d.essTail, d.mcse};
  return values[column];
}

bool wanting(const Diagnostic& d, int column) {
  if (column == DiagnosticsModel::rhat) return !(d.rhat < 1.01);
  if (column == DiagnosticsModel::essBulk || column == DiagnosticsModel::essTail) return !(valueOf(d, column) > 400);
  return false;
}

QString textOf(const Diagnostic& d, int column) {
  const double v = valueOf(d, column);
  if (!std::isfinite(v)) return QStringLiteral("\u2013");
  if (column == DiagnosticsModel::rhat) return number(v, 3);
  if (column == DiagnosticsModel::essBulk || column == DiagnosticsModel::essTail) return number(v, 0);
  if (column == DiagnosticsModel::mcse) return number(v, -2);
  return number(v, 4);
}

}  // namespace

void DiagnosticsModel::setRows(std::vector<Diagnostic> rows) {
  if (rows.size() == rows_.size() && !rows.empty()) {  // the same quantities, newer: what is selected and sorted stays
    rows_ = std::move(rows);
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
    return;
  }
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

int DiagnosticsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int DiagnosticsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : columns; }

QVariant DiagnosticsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Diagnostic& d = rows_[static_cast<std::size_t>(index.row())];
  const int column = index.column();
  if (column == name) return role == Qt::DisplayRole || role == Qt::UserRole ? QVariant(QString::fromStdString(d.name)) : QVariant();
  const bool low = wanting(d, column);
  switch (role) {
    case Qt::DisplayRole:
      return low && std::isfinite(valueOf(d, column)) ? textOf(d, column) + QStringLiteral(" \u25B2") : textOf(d, column);
    case Qt::UserRole:
      return valueOf(d, column);
    case Qt::TextAlignmentRole:
      return int(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ToolTipRole:
      return low ? (column == rhat ? tr("Not below 1.01: the chains do not agree yet") : tr("Not above 400: too few independent draws"))
                 : QVariant();
  }
  return {};
}

QVariant DiagnosticsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  static const struct {
    const char *title, *tip;
  } heads[] = {{QT_TR_NOOP("Quantity"), QT_TR_NOOP("w: a weight; z: a coordinate of one latent")},
               {QT_TR_NOOP("Mean"), QT_TR_NOOP("Posterior mean")},
               {QT_TR_NOOP("SD"), QT_TR_NOOP("Posterior standard deviation")},
               {QT_TR_NOOP("5 %"), QT_TR_NOOP("Quantile")},
               {QT_TR_NOOP("50 %"), QT_TR_NOOP("Median")},
               {QT_TR_NOOP("95 %"), QT_TR_NOOP("Quantile")},
               {QT_TR_NOOP("R-hat"), QT_TR_NOOP("Rank-normalised and split; below 1.01 is good")},
               {QT_TR_NOOP("ESS bulk"), QT_TR_NOOP("Effective sample size for the mean; above 400 is good")},
               {QT_TR_NOOP("ESS tail"), QT_TR_NOOP("Effective sample size for the 5 % and 95 % quantiles")},
               {QT_TR_NOOP("MCSE"), QT_TR_NOOP("Monte Carlo standard error of the mean")}};
  if (role == Qt::DisplayRole) return tr(heads[section].title);
  if (role == Qt::ToolTipRole) return tr(heads[section].tip);
  if (role == Qt::TextAlignmentRole) return int((section == name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  return {};
}

DiagnosticsTable::DiagnosticsTable(QWidget* parent)
    : QWidget(parent),
      model_(new DiagnosticsModel(this)),
      sorted_(new QSortFilterProxyModel(this)),
      table_(new QTableView),
      note_(new QLabel) {
  setObjectName("diagnostics");
  setMinimumSize(120, 90);
  sorted_->setSourceModel(model_);
  sorted_->setSortRole(Qt::UserRole);
  table_->setObjectName("diagnosticsTable");
  table_->setAccessibleName(tr("Diagnostics"));
  table_->setModel(sorted_);
  table_->setSortingEnabled(true);
  table_->sortByColumn(-1, Qt::AscendingOrder);  // weights first, as they come
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setAlternatingRowColors(true);
  table_->setFrameShape(QFrame::NoFrame);
  table_->setShowGrid(false);
  table_->setWordWrap(false);
  table_->setTabKeyNavigation(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  table_->horizontalHeader()->setSectionResizeMode(DiagnosticsModel::name, QHeaderView::ResizeToContents);
  table_->horizontalHeader()->setMinimumSectionSize(fontMetrics().horizontalAdvance(QStringLiteral("\u22120.0000")) + 8);
  note_->setAlignment(Qt::AlignCenter);
  note_->setWordWrap(true);
  note_->setForegroundRole(QPalette::PlaceholderText);
  note_->setText(tr("R-hat, effective sample sizes and Monte Carlo errors appear once there are draws after the warm-up."));
  table_->hide();
  auto* title = new QLabel(figureTitle());
  QFont bold = title->font();
  bold.setBold(true);
  bold.setPointSizeF(bold.pointSizeF() * 0.9);
  title->setFont(bold);
  title->setContentsMargins(8, 3, 8, 2);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::Base);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(title);
  column->addWidget(table_, 1);
  column->addWidget(note_, 1);
}

// A narrow table leaves out the quantiles, then the spread: what says good or not stays in sight.
void DiagnosticsTable::resizeEvent(QResizeEvent* e) {
  QWidget::resizeEvent(e);
  const int unit = fontMetrics().averageCharWidth();
  for (const int c : {DiagnosticsModel::q5, DiagnosticsModel::q50, DiagnosticsModel::q95}) table_->setColumnHidden(c, width() < 110 * unit);
  for (const int c : {DiagnosticsModel::essTail, DiagnosticsModel::mcse}) table_->setColumnHidden(c, width() < 80 * unit);
  table_->setColumnHidden(DiagnosticsModel::sd, width() < 56 * unit);
}

void DiagnosticsTable::setRows(std::vector<Diagnostic> rows, const QString& command) {
  command_ = command;
  table_->setVisible(!rows.empty());
  note_->setVisible(rows.empty());
  model_->setRows(std::move(rows));
}

void DiagnosticsTable::paint(QPainter& p, const QSizeF& size, const PaintOptions& o) {
  p.fillRect(QRectF(QPointF(0, 0), size), o.theme.background);
  QFont plain = p.font(), bold = plain;
  bold.setBold(true);
  const QFontMetricsF fm(bold);
  const double line = fm.height() + 4, margin = 8, first = (size.width() - 2 * margin) * 0.15,
               each = (size.width() - 2 * margin - first) / (DiagnosticsModel::columns - 1);
  const auto cell = [&](int column, double y) {
    return column == 0 ? QRectF(margin, y, first, line) : QRectF(margin + first + (column - 1) * each, y, each, line);
  };
  double y = margin;
  p.setFont(bold);
  p.setPen(o.theme.text);
  for (int c = 0; c < DiagnosticsModel::columns; ++c)
    p.drawText(cell(c, y), (c == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, model_->headerData(c, Qt::Horizontal).toString());
  y += line;
  p.setPen(QPen(o.theme.axis, 1));
  p.drawLine(QPointF(margin, y), QPointF(size.width() - margin, y));
  p.setFont(plain);
  for (int r = 0; r < sorted_->rowCount() && y + line <= size.height() - margin; ++r, y += line) {
    const Diagnostic& d = model_->rows()[static_cast<std::size_t>(sorted_->mapToSource(sorted_->index(r, 0)).row())];
    p.setPen(o.theme.text);
    p.drawText(cell(0, y), Qt::AlignLeft | Qt::AlignVCenter, QString::fromStdString(d.name));
    for (int c = 1; c < DiagnosticsModel::columns; ++c) {
      p.setPen(o.theme.text);
      const QString text = textOf(d, c);
      p.drawText(cell(c, y), Qt::AlignRight | Qt::AlignVCenter, text);
      if (wanting(d, c) && std::isfinite(valueOf(d, c))) {
        p.setPen(Qt::NoPen);
        p.setBrush(classColor(1, o.theme));
        drawTriangle(p, {cell(c, y).right() - QFontMetricsF(plain).horizontalAdvance(text) - 8, y + line / 2}, 4.5);
      }
    }
  }
}

QString DiagnosticsTable::figureCsv() const {
  QString out = QStringLiteral("name,mean,sd,q5,q50,q95,r_hat,ess_bulk,ess_tail,mcse\n");
  for (const Diagnostic& d : model_->rows()) {
    out += QString::fromStdString(d.name);
    for (int c = 1; c < DiagnosticsModel::columns; ++c) out += ',' + QString::number(valueOf(d, c), 'g', 8);
    out += '\n';
  }
  return out;
}

}  // namespace inflaton::ui
