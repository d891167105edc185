#include "ui/shell/actions.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QActionGroup>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QTextEdit>

namespace inflaton::ui {

QString menuTitle(Menu menu) {
  switch (menu) {
    case Menu::file:
      return ActionTable::tr("&File");
    case Menu::edit:
      return ActionTable::tr("&Edit");
    case Menu::view:
      return ActionTable::tr("&View");
    case Menu::data:
      return ActionTable::tr("&Data");
    case Menu::train:
      return ActionTable::tr("&Train");
    case Menu::flow:
      return ActionTable::tr("F&low");
    case Menu::jobs:
      return ActionTable::tr("&Jobs");
    case Menu::window:
      return ActionTable::tr("&Window");
    case Menu::help:
      return ActionTable::tr("&Help");
  }
  return {};
}

ActionTable::ActionTable(QWidget* window) : QObject(window), window_(window) { qApp->installEventFilter(this); }

void ActionTable::add(ActionRow row) {
  auto* action = new QAction(row.text, window_);
  action->setObjectName(row.id);
  action->setShortcuts(row.keys);
  action->setShortcutContext(Qt::WindowShortcut);
  action->setAutoRepeat(row.repeats);
  action->setCheckable(bool(row.checked));
  action->setMenuRole(row.id == "app.quit" ? QAction::QuitRole : row.id == "app.about" ? QAction::AboutRole : QAction::NoRole);
  connect(action, &QAction::triggered, this, [this, run = row.run] {
    run();
    refresh();
  });
  window_->addAction(action);
  index_.insert(row.id, static_cast<int>(rows_.size()));
  rows_.push_back(std::move(row));
  actions_.push_back(action);
}

QAction* ActionTable::action(const QString& id) const {
  const int at = index_.value(id, -1);
  return at < 0 ? nullptr : actions_[static_cast<std::size_t>(at)];
}

void ActionTable::fill(QMenuBar* bar) {
  for (int m = 0; m <= static_cast<int>(Menu::help); ++m) {
    QMenu* menu = bar->addMenu(menuTitle(static_cast<Menu>(m)));
    menu->setToolTipsVisible(true);
    menus_ << menu;
    QString section;
    bool first = true;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (static_cast<int>(rows_[i].menu) != m) continue;
      if (!first && rows_[i].section != section) menu->addSeparator();
      section = rows_[i].section;
      first = false;
      menu->addAction(actions_[i]);
    }
    connect(menu, &QMenu::aboutToShow, this, &ActionTable::refresh);
  }
  refresh();
}

void ActionTable::makeExclusive(Menu menu, const QString& section) {
  auto* group = new QActionGroup(this);
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].menu == menu && rows_[i].section == section && rows_[i].checked) group->addAction(actions_[i]);
}

QMenu* ActionTable::menu(Menu menu) const { return menus_.value(static_cast<int>(menu)); }

void ActionTable::refresh() {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].checked) actions_[i]->setChecked(rows_[i].checked());
    if (rows_[i].enabled) actions_[i]->setEnabled(rows_[i].enabled());
    const QString key = actions_[i]->shortcut().toString(QKeySequence::NativeText);
    actions_[i]->setToolTip(key.isEmpty() ? rows_[i].tip : QStringLiteral("%1 (%2)").arg(rows_[i].tip, key));
    actions_[i]->setStatusTip(rows_[i].tip);
  }
}

QList<QKeySequence> ActionTable::keys(const QString& id) const {
  const QAction* a = action(id);
  return a ? a->shortcuts() : QList<QKeySequence>();
}

bool ActionTable::setKeys(const QString& id, const QList<QKeySequence>& keys, QString* taken) {
  QAction* mine = action(id);
  if (!mine) return false;
  for (QAction* other : actions_)
    for (const QKeySequence& key : keys)
      if (other != mine && !key.isEmpty() && other->shortcuts().contains(key)) {
        if (taken) *taken = other->text();
        return false;
      }
  mine->setShortcuts(keys);
  refresh();
  return true;
}

QStringList ActionTable::conflicts() const {
  QStringList found;
  QHash<QString, QString> owner;
  for (QAction* a : actions_)
    for (const QKeySequence& key : a->shortcuts()) {
      const QString text = key.toString();
      if (text.isEmpty()) continue;
      if (owner.contains(text)) found << QStringLiteral("%1: %2 and %3").arg(text, owner.value(text), a->objectName());
      owner.insert(text, a->objectName());
    }
  return found;
}

bool ActionTable::eventFilter(QObject* target, QEvent* event) {
  if (event->type() != QEvent::ShortcutOverride) return QObject::eventFilter(target, event);
  auto* key = static_cast<QKeyEvent*>(event);
  QWidget* focus = QApplication::focusWidget();
  if (!focus || (key->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))) return false;
  const auto* combo = qobject_cast<QComboBox*>(focus);
  const auto* text = qobject_cast<QTextEdit*>(focus);
  const auto* plain = qobject_cast<QPlainTextEdit*>(focus);
  const bool typing = qobject_cast<QLineEdit*>(focus) || qobject_cast<QAbstractSpinBox*>(focus) || (combo && combo->isEditable()) ||
                      (text && !text->isReadOnly()) || (plain && !plain->isReadOnly());
  const bool function = key->key() >= Qt::Key_F1 && key->key() <= Qt::Key_F35;
  const bool pressing = qobject_cast<QAbstractButton*>(focus) && (key->key() == Qt::Key_Space || key->key() == Qt::Key_Select);
  const bool choosing = combo && key->key() == Qt::Key_Space;
  if ((typing && !function) || pressing || choosing) {
    event->accept();
    return true;  // the key goes to the widget, not to a shortcut
  }
  return false;
}

}  // namespace inflaton::ui
