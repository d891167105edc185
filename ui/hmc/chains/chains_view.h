#pragma once
// The plots of the chains: all at once, or any one filling the whole.
#include <QWidget>

#include "ui/hmc/chains/chain_runner.h"

class QGridLayout;

namespace inflaton::ui {

class DiagnosticsTable;

class ChainsView : public QWidget {
  Q_OBJECT
 public:
  enum Plot { trace, ranks, pairs, energy, posterior, table, plots };
  explicit ChainsView(ChainRunner*, QWidget* parent = nullptr);
  void fill(int plot);  ///< -1: all of them
  int filled() const { return filled_; }
  PlotPane* pane(Plot p) const { return panes_[static_cast<std::size_t>(p)]; }  ///< not of the table
  DiagnosticsTable* diagnostics() const { return table_; }
  Figure* currentFigure() const;
  static QString title(int plot);

 Q_SIGNALS:
  void fillRequested(int plot);  ///< a double click: this one, or -1 when it fills already

 protected:
  bool eventFilter(QObject*, QEvent*) override;
  void resizeEvent(QResizeEvent*) override;

 private:
  void follow();
  void arrange();
  QWidget* widget(int plot) const;
  ChainRunner* runner_;
  std::vector<PlotPane*> panes_;
  DiagnosticsTable* table_;
  QGridLayout* grid_;
  int filled_ = -1, current_ = 0;
};

}  // namespace inflaton::ui
