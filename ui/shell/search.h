#pragma once
// Ctrl+Shift+P: type a few letters, get the action. And F1: every action with its keys and present value.
#include <QDialog>

#include "ui/shell/actions.h"

class QLineEdit;
class QListWidget;

namespace inflaton::ui {

class ActionSearch : public QDialog {
  Q_OBJECT
 public:
  explicit ActionSearch(ActionTable*, QWidget* parent = nullptr);
  QLineEdit* input() const { return input_; }
  QListWidget* list() const { return list_; }

 protected:
  bool eventFilter(QObject*, QEvent*) override;
  void showEvent(QShowEvent*) override;
  void keyPressEvent(QKeyEvent*) override;

 private:
  void filter();
  void trigger();
  ActionTable* table_;
  QLineEdit* input_;
  QListWidget* list_;
};

/// How well `words` match: 0 not at all, more is better. Letters in order count a little, words at their starts a lot.
int matchScore(const QString& words, const QString& text);

class CheatSheet : public QDialog {
  Q_OBJECT
 public:
  explicit CheatSheet(ActionTable*, QWidget* parent = nullptr);
  QString text() const { return text_; }  ///< what it shows, as plain text

 private:
  QString text_;
};

}  // namespace inflaton::ui
