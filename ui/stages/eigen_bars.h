#pragma once
#include <QWidget>

#include "ui/model/view_state.h"

namespace inflaton::ui {

/// Eigenvalues of the data as bars, with each one's share, and the participation ratio.
class EigenBars : public QWidget {
  Q_OBJECT
 public:
  explicit EigenBars(ViewState*, QWidget* parent = nullptr);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  ViewState* state_;
};

}  // namespace inflaton::ui
