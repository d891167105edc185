#pragma once
// The one place where a view says that its results are not of what the form says now: what they are of, the plots dimmed, and a way back to
// those parameters.
#include <QFrame>
#include <QPointer>
#include <QTimer>
#include <functional>

#include "ui/session/provenance.h"

class QLabel;
class QPushButton;

namespace inflaton::ui {

class Session;

class ProvenanceBar : public QFrame {
  Q_OBJECT
 public:
  explicit ProvenanceBar(Session*, QWidget* parent = nullptr);

  /// These are veiled while they show something else. Not for splitters, which would take the veil for a pane.
  void dims(const QList<QWidget*>& plots);
  /// Puts the view's own form back as well; the experiment goes back by itself.
  void setFormBack(std::function<void()> back) { formBack_ = std::move(back); }
  /// `shown` empty: nothing is there, and nothing is said. `renewing`: what the form says is being computed, which is given a moment before
  /// anything is said.
  void compare(const Provenance& shown, const Provenance& now, bool renewing = false);

  bool stale() const { return stale_; }  ///< what is shown is of something else, and the bar says so
  QString text() const;                  ///< empty while it says nothing

  static constexpr int kMoment = 700;  ///< ms

 private:
  void say();
  void set(bool stale);
  Session* session_;
  QLabel* text_;
  QPushButton* back_;
  QList<QPointer<QWidget>> veils_;
  std::function<void()> formBack_;
  Provenance shown_, now_;
  QTimer moment_;
  bool stale_ = false;
};

/// A column of the bar and the plot it is about.
QWidget* under(ProvenanceBar*, QWidget* plot);

}  // namespace inflaton::ui
