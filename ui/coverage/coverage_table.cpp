#include "ui/coverage/coverage_table.h"

#include <QEvent>
#include <QHeaderView>
#include <QPalette>
#include <cmath>

#include "ui/views/plot_frame.h"

namespace inflaton::ui {

namespace {
constexpr std::array kPlaces{CoveragePlace::latentStart, CoveragePlace::data, CoveragePlace::latentEnd};
constexpr std::array kKinds{BoundaryKind::alphaShape, BoundaryKind::advected};

QString shortPlace(CoveragePlace place) {
  return place == CoveragePlace::latentStart ? CoverageTableModel::tr("start")
         : place == CoveragePlace::data      ? CoverageTableModel::tr("data")
                                             : CoverageTableModel::tr("end");
}
QString percent(double v, int decimals = 1) { return number(100 * v, decimals); }
}  // namespace

CoverageTableModel::CoverageTableModel(CoverageModel* model, QObject* parent) : QAbstractTableModel(parent), model_(model) {
  connect(model, &CoverageModel::resultChanged, this, &CoverageTableModel::renew);
}

void CoverageTableModel::renew() {
  beginResetModel();
  columns_.clear();
  if (const auto result = model_->result(); result && !result->runs.empty()) {
    columns_.push_back({What::radius});
    columns_.push_back({What::ideal});
    const bool both = result->has(BoundaryKind::alphaShape) && result->has(BoundaryKind::advected);
    for (const CoveragePlace place : kPlaces) {
      for (const BoundaryKind kind : kKinds)
        if (result->has(kind)) columns_.push_back({What::share, place, kind});
      if (both) columns_.push_back({What::difference, place, BoundaryKind::alphaShape});
    }
  }
  endResetModel();
}

int CoverageTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || columns_.empty() ? 0 : static_cast<int>(model_->result()->radii.size());
}
int CoverageTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(columns_.size()); }

int CoverageTableModel::columnOf(CoveragePlace place, BoundaryKind kind) const {
  for (std::size_t c = 0; c < columns_.size(); ++c)
    if (columns_[c].what == What::share && columns_[c].place == place && columns_[c].kind == kind) return static_cast<int>(c);
  return -1;
}

QVariant CoverageTableModel::data(const QModelIndex& index, int role) const {
  const auto result = model_->result();
  if (!index.isValid() || !result) return {};
  const Column& c = column(index.column());
  const auto r = static_cast<std::size_t>(index.row());
  if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::ToolTipRole) return tip(index);
  const auto share = [&](BoundaryKind kind) { return result->mean(kind, c.place, r); };
  if (role == Qt::DisplayRole) switch (c.what) {
      case What::radius:
        return number(result->radii[r], -3);
      case What::ideal:
        return percent(result->ideal[r]);
      case What::share:
        return percent(share(c.kind));
      case What::difference: {
        const double d = share(BoundaryKind::alphaShape) - share(BoundaryKind::advected);
        return (d > 0.0005 ? QStringLiteral("+") : QString()) + percent(d);
      }
    }
  if (role == Qt::ForegroundRole && c.what == What::ideal) return QPalette().color(QPalette::PlaceholderText);
  if (role == Qt::ForegroundRole && c.what == What::difference)
    return QPalette().color(std::abs(share(BoundaryKind::alphaShape) - share(BoundaryKind::advected)) >= 0.01 ? QPalette::BrightText
                                                                                                              : QPalette::PlaceholderText);
  if (role == Qt::FontRole && c.what == What::share && c.place == model_->place() && c.kind == model_->kind()) {
    QFont font;
    font.setBold(true);
    return font;
  }
  return {};
}

QString CoverageTableModel::tip(const QModelIndex& index) const {
  const auto result = model_->result();
  const Column& c = column(index.column());
  const auto r = static_cast<std::size_t>(index.row());
  if (c.what == What::radius) return tr("Mahalanobis radius of the shell, in latent standard deviations");
  if (c.what == What::ideal)
    return tr("Share of a Gaussian within r = %1: chi-square with %2 degrees of freedom")
        .arg(number(result->radii[r], -3))
        .arg(result->dim);
  if (c.what == What::difference) return tr("%1: what the alpha shape counts too much, percentage points").arg(placeName(c.place));
  const double mean = result->mean(c.kind, c.place, r), sd = result->sd(c.kind, c.place, r);
  QString text = tr("%1, %2: %3 % of %4 test points, ideal %5 %")
                     .arg(placeName(c.place), kindName(c.kind).toLower(), percent(mean, 2))
                     .arg(result->testPoints)
                     .arg(percent(result->ideal[r], 2));
  if (result->runs.size() > 1)
    text += '\n' + tr("Mean over %1 seeds, standard deviation %2 %").arg(result->runs.size()).arg(percent(sd, 3));
  if (const CoverageShell* s = model_->shell(c.kind, c.place, index.row())) {
    text += '\n' + (s->check.closed ? tr("Boundary closed, %1 component(s)").arg(s->check.components)
                                    : tr("Boundary not closed: %1 places with too many cells").arg(s->check.nonManifold));
    if (s->check.isolated > 0) text += tr(", %1 boundary points belong to no cell").arg(s->check.isolated);
  }
  return text;
}

QVariant CoverageTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= static_cast<int>(columns_.size())) return {};
  const Column& c = column(section);
  if (role == Qt::DisplayRole) switch (c.what) {
      case What::radius:
        return tr("\nr (sd)");
      case What::ideal:
        return tr("\nideal");
      case What::share:
        return shortPlace(c.place) + '\n' + (c.kind == BoundaryKind::alphaShape ? tr("alpha") : tr("adv."));
      case What::difference:
        return shortPlace(c.place) + '\n' + tr("diff.");
    }
  if (role == Qt::ToolTipRole) switch (c.what) {
      case What::radius:
        return tr("Mahalanobis radius of the shell, in latent standard deviations");
      case What::ideal:
        return tr("Share of a Gaussian within the radius (chi-square)");
      case What::share:
        return tr("%1: share of the test points inside the %2 boundary, mean over the seeds")
            .arg(placeName(c.place), kindName(c.kind).toLower());
      case What::difference:
        return tr("%1: alpha shape minus advected boundary, percentage points: what the alpha shape alone gets wrong")
            .arg(placeName(c.place));
    }
  if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignBottom);
  return {};
}

CoverageTable::CoverageTable(CoverageModel* model, QWidget* parent)
    : QTableView(parent), model_(model), table_(new CoverageTableModel(model, this)) {
  setObjectName("coverageTable");
  setAccessibleName(tr("Coverage by radius and place"));
  setModel(table_);
  setSelectionBehavior(SelectRows);
  setSelectionMode(SingleSelection);
  setShowGrid(false);
  setAlternatingRowColors(true);
  setFrameShape(NoFrame);
  setTabKeyNavigation(false);
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 5);
  horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  horizontalHeader()->setMinimumSectionSize(40);
  horizontalHeader()->setHighlightSections(false);
  connect(selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
    if (following_ || !now.isValid()) return;
    const auto& c = table_->column(now.column());
    if (c.what == CoverageTableModel::What::share) return model_->select(now.row(), c.place, c.kind);
    model_->select(now.row(), c.what == CoverageTableModel::What::difference ? c.place : model_->place(), model_->kind());
  });
  connect(model, &CoverageModel::selectionChanged, this, &CoverageTable::follow);
  connect(model, &CoverageModel::resultChanged, this, &CoverageTable::follow);
}

void CoverageTable::follow() {
  following_ = true;
  const int column = std::max(0, table_->columnOf(model_->place(), model_->kind()));
  setCurrentIndex(table_->index(model_->radius(), column));
  viewport()->update();
  following_ = false;
}

void CoverageTable::changeEvent(QEvent* e) {
  if (e->type() == QEvent::FontChange) verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 5);
  QTableView::changeEvent(e);
}

QString coverageCsv(const CoverageResult& result) {
  QString csv = QStringLiteral("radius,ideal");
  const std::array placeIds{"ls", "ds", "ls_end_rdtrp"};
  const std::array kindIds{"alpha", "advected"};
  for (const BoundaryKind kind : kKinds)
    for (const CoveragePlace place : kPlaces)
      if (result.has(kind))
        csv += QStringLiteral(",%1_%2,%1_%2_sd")
                   .arg(QLatin1String(placeIds[static_cast<std::size_t>(place)]), QLatin1String(kindIds[static_cast<std::size_t>(kind)]));
  csv += '\n';
  for (std::size_t r = 0; r < result.radii.size(); ++r) {
    csv += QString::number(result.radii[r], 'g', 12) + ',' + QString::number(result.ideal[r], 'g', 12);
    for (const BoundaryKind kind : kKinds)
      for (const CoveragePlace place : kPlaces)
        if (result.has(kind))
          csv += QStringLiteral(",%1,%2").arg(result.mean(kind, place, r), 0, 'g', 12).arg(result.sd(kind, place, r), 0, 'g', 6);
    csv += '\n';
  }
  return csv;
}

}  // namespace inflaton::ui
