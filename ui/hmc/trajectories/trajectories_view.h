#pragma once
// The demonstration on screen: controls for the inspector; plane, energy strip and transport for the centre.
#include <QWidget>

#include "ui/hmc/trajectories/demonstration.h"
#include "ui/hmc/trajectories/latent_plane.h"

class QComboBox;
class QLabel;
class QPushButton;
class QToolButton;

namespace inflaton::ui {

class ParameterForm;
class ProvenanceBar;

class TrajectoriesInspector : public QWidget {
  Q_OBJECT
 public:
  TrajectoriesInspector(Session*, Demonstration*, QWidget* parent = nullptr);
  ParameterForm* form() const { return form_; }

 private:
  void follow();
  Session* session_;
  Demonstration* demonstration_;
  QLabel *subject_, *needs_, *watch_, *numbers_, *problem_;
  QPushButton* circles_;
  QList<QPushButton*> presets_;
  ParameterForm* form_;
};

class TrajectoriesView : public QWidget {
  Q_OBJECT
 public:
  TrajectoriesView(Session*, Demonstration*, QWidget* parent = nullptr);
  LatentPlane* plane() const { return plane_; }
  EnergyStrip* strip() const { return strip_; }
  Figure* currentFigure() const;
  ProvenanceBar* bar() const { return bar_; }

 protected:
  void showEvent(QShowEvent*) override;
  void hideEvent(QHideEvent*) override;
  void changeEvent(QEvent*) override;
  bool eventFilter(QObject*, QEvent*) override;

 private:
  QToolButton* tool(const QString& id, const QString& tip, const std::function<void()>& act);
  void follow();
  void icons();
  Session* session_;
  Demonstration* demonstration_;
  LatentPlane* plane_;
  EnergyStrip* strip_;
  QToolButton *start_, *back_, *play_, *forward_, *end_;
  QComboBox* speed_;
  QLabel* where_;
  ProvenanceBar* bar_;
  bool second_ = false;
};

}  // namespace inflaton::ui
