#pragma once
// The middle of the coverage stage: what to look at above, the scene, the table and the curve below; or, before the first run, what it is
// for.
#include <QWidget>

#include "ui/coverage/alpha_slider.h"
#include "ui/coverage/scene_view.h"
#include "ui/views/chart_pane.h"

class QButtonGroup;
class QComboBox;
class QLabel;
class QPushButton;
class QSlider;
class QStackedWidget;
class QToolButton;

namespace inflaton::ui {

class CoverageExport;
class CoverageTable;
class ProvenanceBar;
class Session;

class CoverageCentre : public QWidget {
  Q_OBJECT
 public:
  CoverageCentre(Session*, CoverageModel*, AlphaShapeFunction, CoverageExport*, QWidget* parent = nullptr);
  CoverageSceneView* scene() const { return scene_; }
  ChartPane* curve() const { return curve_; }
  CoverageTable* table() const { return table_; }
  AlphaSlider* alpha() const { return alpha_; }
  Figure* currentFigure() const;  ///< the part used last; nullptr before the first result
  /// In place of the empty page's sentence; the button is there while `canRun`.
  void setMessage(const QString&, bool canRun);
  void setCaption(const QString&);
  ProvenanceBar* bar() const { return bar_; }
  QString verdict() const;  ///< on the curve, in words

 Q_SIGNALS:
  void runRequested();

 protected:
  bool eventFilter(QObject*, QEvent*) override;

 private:
  QWidget* emptyPage();
  QWidget* toolRow(CoverageExport*);
  void follow();
  void showCurve();
  void setClipFromRow();
  Session* session_;
  CoverageModel* model_;
  QStackedWidget* pages_;
  QLabel *message_, *caption_, *verdict_;
  QPushButton* start_;
  QButtonGroup *places_, *kinds_;
  QComboBox *points_, *clipAxis_;
  QToolButton *shells_, *clip_, *difference_;
  QSlider* clipAt_;
  CoverageSceneView* scene_;
  CoverageTable* table_;
  ChartPane* curve_;
  AlphaSlider* alpha_;
  ProvenanceBar* bar_;
  BoundaryKind shownKind_ = BoundaryKind::alphaShape;  ///< of the curve
  bool curveUsed_ = false;
};

}  // namespace inflaton::ui
