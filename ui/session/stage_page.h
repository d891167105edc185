#pragma once
// A stage of the window: its inspector, what its button does, and a centre where it has one of its own. The window knows stages as this
// only.
#include <QList>
#include <QObject>
#include <QPair>
#include <QString>
#include <functional>

#include "core/api/error.h"

class QWidget;

namespace inflaton::ui {

class Figure;
class Session;

class StagePage : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  virtual QWidget* inspector() const = 0;  ///< goes into the inspector dock
  virtual QWidget* centre() const = 0;     ///< takes the place of the views; nullptr: the stage shows the views
  virtual QString runText() const = 0;     ///< of the accent button: "Run coverage", "Stop and keep"
  virtual bool canRun() const = 0;
  virtual void run() = 0;                      ///< what the accent button and Ctrl+Return do
  virtual QString command() const = 0;         ///< Copy as Command
  virtual Figure* currentFigure() const = 0;   ///< of its own centre, what Export Figure exports; nullptr: nothing yet
  virtual QString hint() const { return {}; }  ///< for the status line
  /// Its run began less than a second ago: the key that starts it does not end it, too.
  virtual bool justStarted() const { return false; }
  /// Work that closing the window would end before it is kept: "the training of Moons"; empty: none. keep() ends it with what there is,
  /// discard() without; changed() tells when it has ended.
  virtual QString unfinished() const { return {}; }
  virtual void keep() {}
  virtual void discard() {}
  virtual void resetView() {}  ///< key R in its own centre: show everything
  virtual void entered() {}    ///< the stage has just been chosen: take the experiment over
  /// Names of two docks: when the stage is chosen, the first comes in front where the second shows.
  virtual QPair<QString, QString> dockInFront() const { return {}; }

 Q_SIGNALS:
  void changed();  ///< runText, canRun or command may be others now
  void failed(const QString& what, const inflaton::JobError& error);
  void stageRequested(const QString& id);  ///< something in the inspector leads to another stage
};

/// An explanation in resources/help.
struct HelpPage {
  QString page;  ///< "coverage": the file's name without its ending
  QString text;  ///< in the menu: "About &coverage"
};

/// A stage as lists of them have it (ui/shell/stages.cpp). Ctrl and its number in the list is its key.
struct Stage {
  QString id;     ///< "coverage"; settings keep it, so it stays
  QString title;  ///< "Coverage"
  QList<HelpPage> help;
  std::function<StagePage*(Session*, QObject* parent)> make;
};

}  // namespace inflaton::ui
