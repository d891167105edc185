#pragma once
// What the three inspectors are built from: headings, notes, the PRP/PRR switch, the folded explanation.
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <QWidget>
#include <functional>

#include "ui/shell/session.h"

class QToolButton;

namespace inflaton::ui {

QLabel* heading(const QString& text);
QLabel* sideNote(const QString& text = {});   ///< smaller matters, dimmed, wraps
QLabel* attention(const QString& text = {});  ///< problems, wraps
/// A push button that the keyboard reaches by Tab; a click calls `act` as long as `receiver` lives.
QPushButton* actionButton(QObject* receiver, const QString& id, const QString& text, const QString& tip, const std::function<void()>& act);

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

/// PRP <-> PRR with the number of axes kept, reference <-> proportional inflation, and what that does to this data set.
class ScheduleSwitch : public QWidget {
  Q_OBJECT
 public:
  explicit ScheduleSwitch(Session*, QWidget* parent = nullptr);
  Choice* choice() const { return choice_; }
  Choice* inflation() const { return inflation_; }

 private:
  void follow();
  void set(std::int64_t keep);
  Session* session_;
  Choice *choice_, *inflation_;
  QWidget* keepRow_;
  QSpinBox* keep_;
  QLabel* about_;
};

/// "What is this?" over a page of resources/help.
class HelpSection : public QWidget {
  Q_OBJECT
 public:
  explicit HelpSection(const QString& page, QWidget* parent = nullptr);

 private:
  QToolButton* fold_;
  QLabel* text_;
};

/// The Markdown of resources/help/<page>.md; empty when it is not there.
QString helpText(const QString& page);

/// Eigenvalues of the data as bars, with each one's share, and the participation ratio.
class EigenBars : public QWidget {
  Q_OBJECT
 public:
  explicit EigenBars(ViewState*, QWidget* parent = nullptr);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  ViewState* state_;
};

/// A page of the inspector: a scrolled column.
QWidget* scrolled(QWidget* content);

}  // namespace inflaton::ui
