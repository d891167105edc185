// The Tab key: from one control that can be seen to the next, and round.
#include <QDockWidget>

#include "ui/shell/main_window.h"

namespace inflaton::ui {

namespace {

/// A dock behind another one of its tabs counts as visible for Qt, but nobody sees it. What is scrolled out of its area comes into sight.
bool inHiddenDock(const QWidget* w) {
  for (; w && !w->isWindow(); w = w->parentWidget())
    if (qobject_cast<const QDockWidget*>(w)) return w->visibleRegion().isEmpty();
  return false;
}

}  // namespace

bool MainWindow::takesTab(const QWidget* w) const {
  return w->window() == this && (w->focusPolicy() & Qt::TabFocus) && w->isEnabled() && w->isVisible() && !w->focusProxy() &&
         !inHiddenDock(w);
}

bool MainWindow::focusNextPrevChild(bool next) {
  QWidget* const from = focusWidget() ? focusWidget() : this;
  const auto step = [next](QWidget* w) { return next ? w->nextInFocusChain() : w->previousInFocusChain(); };
  for (QWidget* w = step(from); w && w != from; w = step(w))
    if (takesTab(w)) {
      w->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
      return true;
    }
  return false;
}

}  // namespace inflaton::ui
