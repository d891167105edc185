// Points that a training generates, over the data it learns: faint discs are the data, strong crosses what the network makes of noise.
#include "ui/views/canvas_2d.h"

namespace inflaton::ui {

void Canvas2D::setOverlay(std::shared_ptr<const std::vector<float>> points, int dim, const QString& caption) {
  if (dim < 2) points.reset();
  if (!points && !overlay_) return;
  overlay_ = std::move(points);
  overlayDim_ = dim;
  overlayCaption_ = caption;
  update();
}

void Canvas2D::drawOverlay(QPainter& p, const PlotFrame& frame, const PaintOptions& options) {
  const auto simulation = state_->simulation();
  if (!simulation || simulation->data.dim != overlayDim_) return;
  const double s = simulation->schedule.s(0, simulation->basis.eigenvalues.front());  // the plane shows scaled coordinates
  const auto D = static_cast<std::size_t>(overlayDim_), ax = static_cast<std::size_t>(axisX_), ay = static_cast<std::size_t>(axisY_);
  const auto draw = [&](const std::vector<float>& x, const auto& mark) {
    for (std::size_t i = 0; (i + 1) * D <= x.size(); ++i) mark(frame.map(s * x[i * D + ax], s * x[i * D + ay]));
  };
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  p.setPen(Qt::NoPen);
  p.setBrush(options.theme.ghost);
  draw(simulation->data.values, [&](QPointF at) { p.drawEllipse(at, 1.6, 1.6); });
  p.setPen(QPen(classColor(1, options.theme), 1.3));
  draw(*overlay_, [&](QPointF at) {
    p.drawLine(at - QPointF(2.2, 0), at + QPointF(2.2, 0));
    p.drawLine(at - QPointF(0, 2.2), at + QPointF(0, 2.2));
  });
  p.restore();
}

}  // namespace inflaton::ui
