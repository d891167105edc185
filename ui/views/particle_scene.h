#pragma once
// The Qt 3D side of the particle view: a layer painted by the processor behind everything and, on a graphics card, the points.
// A software rasteriser takes close to a microsecond for each GL point and blocks the GUI thread meanwhile; there the layer holds the
// points too.
#include <QImage>
#include <QMatrix4x4>
#include <QWindow>
#include <functional>
#include <memory>
#include <vector>

#include "ui/views/particle_painter.h"

namespace inflaton::ui {

class ParticleScene : public QObject {
  Q_OBJECT
 public:
  ParticleScene();
  ~ParticleScene() override;

  QWindow* window() const;
  /// Whether OpenGL runs on the processor. INFLATON_3D=gpu or cpu decides instead.
  static bool softwareGl();
  bool gpuPoints() const;

  /// An image of this size in pixels to paint the layer into; then call layerPainted.
  QImage& layer(const QSize& pixels);
  void layerPainted();

  // Points on the graphics card: nothing of this is called unless gpuPoints().
  /// What of a lane goes to the card: [F, n, 4] int16 each.
  struct PackedLane {
    QByteArray frames, slopes;
    float slopeRange = 0;  ///< what 32767 stands for in `slopes`; 0: there are none
  };
  /// Frames and slopes of the current lane in whitened coordinates, up to three dimensions; packed on another thread, kept until simulation
  /// or lane change. False until they are on the card; laneReady tells.
  bool setLane(const ViewState&);
  /// Frame offsets, weights and the map from whitened coordinates to the screen.
  void setMoment(const ViewState&, const ParticleSpace&, const QMatrix4x4& viewProjection, double pixels);
  /// Colours of the points, alpha 0: not drawn.
  void setColors(const std::vector<QRgb>&);
  void showPoints(bool);

  void capture(std::function<void(QImage)>);

 Q_SIGNALS:
  void laneReady();
  void frame();  ///< once per turn of Qt 3D's loop, before it draws

 private:
  void takeLane(const std::shared_ptr<const Simulation>&, Direction, const PackedLane&);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inflaton::ui
