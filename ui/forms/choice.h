#pragma once
// A switch between two.
#include <QPushButton>
#include <QWidget>

namespace inflaton::ui {

/// Two buttons side by side of which one is down.
class Choice : public QWidget {
  Q_OBJECT
 public:
  Choice(const QString& left, const QString& right, QWidget* parent = nullptr);
  QPushButton* left() const { return left_; }
  QPushButton* right() const { return right_; }
  bool rightChosen() const { return right_->isChecked(); }
  void choose(bool right);  ///< emits nothing
 Q_SIGNALS:
  void chosen(bool right);

 private:
  QPushButton *left_, *right_;
};

}  // namespace inflaton::ui
