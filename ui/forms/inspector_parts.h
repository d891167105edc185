#pragma once
// What inspectors are built from: headings, notes, buttons, the scrolled column.
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <QWidget>
#include <functional>

namespace inflaton::ui {

QLabel* heading(const QString& text);
QLabel* sideNote(const QString& text = {});   ///< smaller matters, dimmed, wraps
QLabel* attention(const QString& text = {});  ///< problems, wraps
/// A push button that the keyboard reaches by Tab; a click calls `act` as long as `receiver` lives.
QPushButton* actionButton(QObject* receiver, const QString& id, const QString& text, const QString& tip, const std::function<void()>& act);

/// A page of the inspector: a scrolled column.
QWidget* scrolled(QWidget* content);

}  // namespace inflaton::ui
