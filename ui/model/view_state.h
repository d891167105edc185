#pragma once
// The one model that every view shares: what is shown, at which time, with which points selected. Views only read it and ask it to change.
#include <QObject>
#include <QVector>
#include <memory>

#include "core/api/trajectory.h"

namespace inflaton::ui {

/// By what points are coloured; what each is called and needs stands in ui/style/color_modes.cpp. Settings keep the numbers: add at the
/// end.
enum class ColorBy { classLabel, radius, speed, roundTripError, stretch, logDensity };

struct DensityMap;
struct PointColors;
struct PointValues;
struct Theme;

class ViewState : public QObject {
  Q_OBJECT
 public:
  explicit ViewState(QObject* parent = nullptr);
  ~ViewState() override;

  // What is shown. Setting a new simulation keeps time (clamped), lane (if it exists) and colour-by; it clears the selection when n
  // changes.
  std::shared_ptr<const Simulation> simulation() const { return simulation_; }
  void setSimulation(std::shared_ptr<const Simulation>);

  // Time cursor within the current lane, 0..t_max; not part of undo.
  double time() const { return time_; }
  void setTime(double t);
  Direction lane() const { return lane_; }
  void setLane(Direction);
  const Trajectory* trajectory() const;  ///< of the current lane; nullptr when none
  /// Positions [n, dim] of the current lane at the cursor, computed once per change and shared by all views.
  const std::vector<float>& positions(Space) const;
  bool interpolated() const;  ///< the cursor lies between two frames
  bool dense() const;         ///< between frames the solution itself is known (Trajectory::slope), not only a straight line
  /// Stored frames of the lane along the ruler (t rising): how many, the one nearest to t, and its time. -1 and 0 without a lane.
  int frameCount() const;
  int frameNear(double t) const;
  double frameTime(int frame) const;

  /// A regular grid of start points carried along by the same flow, row by row (n = rows * columns); nullptr takes it away.
  /// Views draw it as a deformed grid; without one they have nothing truthful to draw and hide the toggle.
  void setGridFlow(std::shared_ptr<const Simulation>, int rows, int columns);
  bool hasGridFlow() const { return gridFlow_ != nullptr; }
  int gridRows() const { return gridRows_; }
  int gridColumns() const { return gridColumns_; }
  const std::vector<float>& gridPositions(Space) const;  ///< [rows*columns, dim]; empty when the grid lacks the current lane

  /// log p_t of the model on a lattice, of this simulation; its time may lag behind the cursor. nullptr: none yet.
  std::shared_ptr<const DensityMap> densityMap() const { return densityMap_; }
  void setDensityMap(std::shared_ptr<const DensityMap>);
  QString densityNote() const { return densityNote_; }  ///< what is to be said of it: being computed, or why there is none
  void setDensityNote(const QString&);
  /// Log-density and stretch of every point of a lane; nullptr while they are not known for the current one.
  std::shared_ptr<const PointValues> pointValues() const;
  void setPointValues(std::shared_ptr<const PointValues>);

  // One selection for all views.
  const QVector<bool>& selection() const { return selection_; }  ///< [n]
  int selectedCount() const;
  void setSelection(QVector<bool>);
  void selectAll();
  void clearSelection();
  void invertSelection();
  int hovered() const { return hovered_; }  ///< point index, -1: none
  void setHovered(int);

  bool solo() const { return solo_; }    ///< draw the selection only
  bool ghost() const { return ghost_; }  ///< draw the others faintly
  void setSolo(bool);
  void setGhost(bool);

  ColorBy colorBy() const { return colorBy_; }
  void setColorBy(ColorBy);
  bool trails() const { return trails_; }
  bool density() const { return density_; }
  bool modelDensity() const { return modelDensity_; }  ///< the model's own, from the flow; density() counts points
  bool grid() const { return grid_; }
  bool points() const { return points_; }
  void setTrails(bool);
  void setDensity(bool);
  void setModelDensity(bool);
  void setGrid(bool);
  void setPoints(bool);
  double pointSize() const { return pointSize_; }  ///< device-independent pixels
  void setPointSize(double);

 Q_SIGNALS:
  void simulationChanged();
  void gridFlowChanged();
  void densityMapChanged();
  void pointValuesChanged();
  void timeChanged(double t);
  void laneChanged();
  void selectionChanged();
  void hoveredChanged(int point);
  void appearanceChanged();  ///< solo, ghost, colour-by, trails, densities, grid, points, size

 private:
  std::shared_ptr<const Simulation> simulation_;
  double time_ = 0;
  Direction lane_ = Direction::inflation;
  QVector<bool> selection_;
  int hovered_ = -1;
  bool solo_ = false, ghost_ = true, trails_ = true, density_ = false, modelDensity_ = false, grid_ = false, points_ = true;
  double pointSize_ = 4;
  ColorBy colorBy_ = ColorBy::classLabel;
  std::shared_ptr<const Simulation> gridFlow_;
  int gridRows_ = 0, gridColumns_ = 0;
  std::shared_ptr<const DensityMap> densityMap_;
  QString densityNote_;
  std::shared_ptr<const PointValues> pointValues_;
  struct Positions {
    std::vector<float> x;
    double t = -1;  ///< -1: not computed
  };
  mutable Positions cache_[5], gridCache_[5];
  struct ColorCache;  // of colorsOf in ui/style/colors.cpp
  mutable std::shared_ptr<ColorCache> colors_;
  friend const PointColors& colorsOf(const ViewState&, const Theme&);
  void dropCaches();
};

}  // namespace inflaton::ui
