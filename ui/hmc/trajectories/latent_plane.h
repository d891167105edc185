#pragma once
// The latent plane of one observation: its log-density as a map, trajectories over it step by step, and the energy error along them.
#include <QImage>
#include <QWidget>
#include <memory>

#include "core/api/mcmc.h"
#include "ui/views/plot_pane.h"

namespace inflaton::ui {

class DemoPlayer;

/// Keys while it has the focus: Space plays, Left and Right step, Shift with them moves by transitions, Home and End.
class LatentPlane : public QWidget, public Figure {
  Q_OBJECT
 public:
  explicit LatentPlane(DemoPlayer*, QWidget* parent = nullptr);
  void setCommand(const QString& command) { command_ = command; }
  void setEmptyText(const QString&);

  QString figureTitle() const override { return tr("Trajectories in the latent plane"); }
  QString figureName() const override { return QStringLiteral("hmc_trajectories"); }
  QString figureCsv() const override;
  QString figureCommand() const override { return command_; }
  void paint(QPainter&, const QSizeF&, const PaintOptions&) override;
  QSize sizeHint() const override { return {560, 480}; }

 protected:
  bool event(QEvent*) override;
  void paintEvent(QPaintEvent*) override;

 private:
  void renewMap();
  DemoPlayer* player_;
  QString command_, empty_;
  QImage map_;
  QRectF look_;  ///< what is in sight, in latent coordinates
  std::shared_ptr<const HmcDemo> mapOf_;
};

/// H(step) - H(start) of the transition on now, and of some before it.
class EnergyStrip : public PlotPane {
 public:
  explicit EnergyStrip(DemoPlayer*, QWidget* parent = nullptr);
  void setCommand(const QString& command) { command_ = command; }

 private:
  void renew();
  DemoPlayer* player_;
  QString command_;
};

/// Indices into a path in the order along the trajectory: NUTS extends it at either end, whichever the step continues.
std::vector<int> alongPath(const std::vector<float>& path);

}  // namespace inflaton::ui
