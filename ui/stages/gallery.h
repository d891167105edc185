#pragma once
// The data dock: the seven sets as live pictures, the user's own file, and the way to draw one.
#include <QMap>
#include <QScrollArea>

#include "ui/session/session.h"

class QToolButton;

namespace inflaton::ui {

class Gallery : public QScrollArea {
  Q_OBJECT
 public:
  explicit Gallery(Session*, QWidget* parent = nullptr);
  QToolButton* tile(const QString& id) const { return tiles_.value(id); }
  QSize sizeHint() const override { return {196, 420}; }

 Q_SIGNALS:
  void openRequested();
  void drawRequested();

 protected:
  void changeEvent(QEvent*) override;
  void showEvent(QShowEvent*) override;

 private:
  QToolButton* addTile(const QString& id, const QString& title, const QString& tip);
  void draw();  ///< thumbnails, off the GUI thread
  void drawOwnFile();
  void follow();  ///< the checked tile is the chosen set

  Session* session_;
  QMap<QString, QToolButton*> tiles_;
  std::int64_t drawnSeed_ = -1;
  QString drawnFile_;
};

}  // namespace inflaton::ui
