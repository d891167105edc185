#pragma once
// Another limit for the selected alpha shape, tried out live: the slider runs over circumradii, evenly in their logarithm.
#include <QTimer>
#include <QWidget>

#include "ui/coverage/coverage_model.h"
#include "ui/jobs/job_bridge.h"

class QLabel;
class QSlider;
class QToolButton;

namespace inflaton::ui {

using AlphaShapeFunction = std::function<Expected<CoverageShell>(const AlphaShapeRequest&, const JobContext&)>;

class AlphaSlider : public QWidget {
  Q_OBJECT
 public:
  AlphaSlider(CoverageModel*, JobBridge*, AlphaShapeFunction, QWidget* parent = nullptr);
  QSlider* slider() const { return slider_; }
  QString text() const;
  bool busy() const { return busy_; }

 public Q_SLOTS:
  void reset();      ///< the run's own limit
  void automatic();  ///< the smallest with one component that holds all boundary points

 private:
  void follow();
  void ask(double circumradius);
  void showCounts();
  void say(const QString&);
  double radiusAt(int position) const;
  int positionOf(double circumradius) const;

  CoverageModel* model_;
  JobBridge* jobs_;
  AlphaShapeFunction alpha_;
  QSlider* slider_;
  QLabel* says_;
  QToolButton *auto_, *reset_;
  QTimer soon_;
  double low_ = 0.1, high_ = 200;                                   ///< circumradii at the ends
  std::tuple<const void*, int, CoveragePlace, BoundaryKind> of_{};  ///< the shell that the slider is of
  std::uint64_t asked_ = 0;                                         ///< answers to earlier questions come too late
  bool busy_ = false;
};

}  // namespace inflaton::ui
