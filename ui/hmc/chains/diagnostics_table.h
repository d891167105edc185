#pragma once
// What is known of each weight and each watched latent, as a table that sorts; numbers that are not good enough carry a mark.
#include <QAbstractTableModel>
#include <QWidget>

#include "core/api/mcmc.h"
#include "ui/views/figure.h"

class QLabel;
class QSortFilterProxyModel;
class QTableView;

namespace inflaton::ui {

class DiagnosticsModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { name, mean, sd, q5, q50, q95, rhat, essBulk, essTail, mcse, columns };
  using QAbstractTableModel::QAbstractTableModel;
  void setRows(std::vector<Diagnostic>);
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex&, int role = Qt::DisplayRole) const override;  ///< Qt::UserRole: the number itself
  QVariant headerData(int section, Qt::Orientation, int role = Qt::DisplayRole) const override;
  const std::vector<Diagnostic>& rows() const { return rows_; }

 private:
  std::vector<Diagnostic> rows_;
};

class DiagnosticsTable : public QWidget, public Figure {
  Q_OBJECT
 public:
  explicit DiagnosticsTable(QWidget* parent = nullptr);
  void setRows(std::vector<Diagnostic>, const QString& command);
  QTableView* table() const { return table_; }
  DiagnosticsModel* model() const { return model_; }

  QString figureTitle() const override { return tr("Diagnostics"); }
  QString figureName() const override { return QStringLiteral("diagnostics"); }
  void paint(QPainter&, const QSizeF&, const PaintOptions&) override;  ///< as many rows as fit, in the order shown
  QString figureCsv() const override;
  QString figureCommand() const override { return command_; }

 protected:
  void resizeEvent(QResizeEvent*) override;

 private:
  DiagnosticsModel* model_;
  QSortFilterProxyModel* sorted_;
  QTableView* table_;
  QLabel* note_;
  QString command_;
};

}  // namespace inflaton::ui
