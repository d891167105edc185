#pragma once
// A strip above the views for what went wrong, or what can be undone. It waits to be read and blocks nothing.
#include <QFrame>
#include <functional>

#include "core/api/error.h"

class QLabel;
class QPushButton;

namespace inflaton::ui {

class Banner : public QFrame {
  Q_OBJECT
 public:
  explicit Banner(QWidget* parent = nullptr);
  void showError(const QString& what, const JobError&);
  /// A way out of what is shown.
  void addOffer(const QString& button, std::function<void()> act);
  void showOffer(const QString& text, const QString& button, std::function<void()> act);
  void dismissError();  ///< an offer stays
  QString text() const;

 private:
  QLabel* text_;
  QPushButton* offer_;
  std::function<void()> act_;
  bool error_ = false;
};

}  // namespace inflaton::ui
