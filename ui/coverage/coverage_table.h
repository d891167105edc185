#pragma once
// Radius by place: shares inside by both kinds of boundary, their difference, and the ideal.
#include <QAbstractTableModel>
#include <QTableView>

#include "ui/coverage/coverage_model.h"

namespace inflaton::ui {

class CoverageTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  /// What a column tells; `difference`: alpha shape minus advected, percentage points.
  enum class What { radius, ideal, share, difference };
  struct Column {
    What what = What::radius;
    CoveragePlace place = CoveragePlace::latentStart;
    BoundaryKind kind = BoundaryKind::alphaShape;
  };

  explicit CoverageTableModel(CoverageModel*, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex&, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation, int role = Qt::DisplayRole) const override;
  const Column& column(int at) const { return columns_.at(static_cast<std::size_t>(at)); }
  int columnOf(CoveragePlace, BoundaryKind) const;  ///< -1: not shown

 private:
  void renew();
  QString tip(const QModelIndex&) const;
  CoverageModel* model_;
  std::vector<Column> columns_;
};

/// A click or the arrow keys choose the shell of a row; in a share's column its place and kind too.
class CoverageTable : public QTableView {
  Q_OBJECT
 public:
  explicit CoverageTable(CoverageModel*, QWidget* parent = nullptr);

 protected:
  void changeEvent(QEvent*) override;

 private:
  void follow();
  CoverageModel* model_;
  CoverageTableModel* table_;
  bool following_ = false;
};

/// The table as text with full precision; one line a radius.
QString coverageCsv(const CoverageResult&);

}  // namespace inflaton::ui
