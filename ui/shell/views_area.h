#pragma once
// The centre: data space, latent space and 3D side by side, any one may fill the whole.
#include <QSplitter>

#include "ui/views/canvas_2d.h"
#include "ui/views/particles_3d.h"

namespace inflaton::ui {

class ViewsArea : public QWidget {
  Q_OBJECT
 public:
  /// Without `with3D` (no OpenGL to be had) the third view is left out.
  ViewsArea(ViewState*, bool with3D, QWidget* parent = nullptr);

  Canvas2D* data() const { return data_; }
  Canvas2D* latent() const { return latent_; }
  Particles3D* particles() const { return particles_; }  ///< nullptr without 3D
  Figure* currentFigure() const;                         ///< of the view used last
  void maximise(int pane);                               ///< -1: all side by side
  int maximised() const { return maximised_; }
  QByteArray saveState() const { return splitter_->saveState(); }
  void restoreState(const QByteArray& state) { splitter_->restoreState(state); }

 Q_SIGNALS:
  void layoutChanged();

 protected:
  bool eventFilter(QObject*, QEvent*) override;

 private:
  void addPane(QWidget* view);
  QSplitter* splitter_;
  Canvas2D *data_, *latent_;
  Particles3D* particles_ = nullptr;
  QList<QWidget*> panes_;
  int maximised_ = -1, current_ = 0;
};

}  // namespace inflaton::ui
