#pragma once
// Theme, where runs go, and the keys, with a check that no two actions share one.
#include <QDialog>
#include <functional>

#include "ui/session/settings.h"
#include "ui/shell/actions.h"
#include "ui/style/theme.h"

class QLabel;
class QTableWidget;

namespace inflaton::ui {

class Preferences : public QDialog {
  Q_OBJECT
 public:
  Preferences(Settings*, ActionTable*, std::function<void(ThemeChoice)> setTheme, QWidget* parent = nullptr);

 private:
  QWidget* keysPage();
  Settings* settings_;
  ActionTable* actions_;
  QLabel* message_;
};

}  // namespace inflaton::ui
