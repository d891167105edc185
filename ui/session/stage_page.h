#pragma once
// A stage with a centre of its own (coverage, Hamiltonian Monte Carlo): what the window needs to know of it.
#include <QObject>
#include <QString>

#include "core/api/error.h"

class QWidget;

namespace inflaton::ui {

class Figure;

class StagePage : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  virtual QWidget* inspector() const = 0;  ///< goes into the inspector dock
  virtual QWidget* centre() const = 0;     ///< takes the place of the views
  virtual QString runText() const = 0;     ///< of the accent button: "Run coverage", "Stop and keep"
  virtual bool canRun() const = 0;
  virtual void run() = 0;                      ///< what the accent button and Ctrl+Return do
  virtual QString command() const = 0;         ///< Copy as Command
  virtual Figure* currentFigure() const = 0;   ///< what Export Figure exports; nullptr: nothing yet
  virtual QString hint() const { return {}; }  ///< for the status line
  virtual void resetView() {}                  ///< key R: show everything
  virtual void entered() {}                    ///< the stage has just been chosen: take the experiment over

 Q_SIGNALS:
  void changed();  ///< runText, canRun or command may be others now
  void failed(const QString& what, const inflaton::JobError& error);
};

}  // namespace inflaton::ui
