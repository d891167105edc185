#include "ui/shell/preferences.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace inflaton::ui {

Preferences::Preferences(Settings* settings, ActionTable* actions, std::function<void(ThemeChoice)> setTheme, QWidget* parent)
    : QDialog(parent), settings_(settings), actions_(actions), message_(new QLabel) {
  setObjectName("preferences");
  setWindowTitle(tr("Preferences"));
  setAttribute(Qt::WA_DeleteOnClose);
  auto* theme = new QComboBox;
  theme->addItems({tr("As the system"), tr("Light"), tr("Dark")});
  theme->setCurrentIndex(static_cast<int>(currentTheme()));
  connect(theme, &QComboBox::activated, this, [setTheme](int i) { setTheme(static_cast<ThemeChoice>(i)); });

  auto* runs = new QLineEdit(settings->runsFolder());
  runs->setToolTip(tr("Each training makes a numbered folder in here"));
  connect(runs, &QLineEdit::editingFinished, this, [this, runs] { settings_->setRunsFolder(runs->text()); });
  auto* pick = new QToolButton;
  pick->setText(QStringLiteral("\u2026"));
  connect(pick, &QToolButton::clicked, this, [this, runs] {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder for runs"), runs->text());
    if (folder.isEmpty()) return;
    runs->setText(folder);
    settings_->setRunsFolder(folder);
  });
  auto* folder = new QHBoxLayout;
  folder->addWidget(runs, 1);
  folder->addWidget(pick);

  auto* form = new QFormLayout;
  form->addRow(tr("Theme"), theme);
  form->addRow(tr("Training runs in"), folder);
  message_->setForegroundRole(QPalette::BrightText);
  message_->setWordWrap(true);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
  auto* column = new QVBoxLayout(this);
  column->addLayout(form);
  column->addWidget(new QLabel(tr("Keys")));
  column->addWidget(keysPage(), 1);
  column->addWidget(message_);
  column->addWidget(buttons);
  resize(620, 560);
}

QWidget* Preferences::keysPage() {
  auto* table = new QTableWidget(static_cast<int>(actions_->rows().size()), 3);
  table->setHorizontalHeaderLabels({tr("Menu"), tr("Action"), tr("Key")});
  table->verticalHeader()->hide();
  table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
  table->setColumnWidth(2, 170);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setSelectionMode(QAbstractItemView::NoSelection);
  int at = 0;
  for (const ActionRow& row : actions_->rows()) {
    table->setItem(at, 0, new QTableWidgetItem(menuTitle(row.menu).remove('&')));
    table->setItem(at, 1, new QTableWidgetItem(QString(row.text).remove('&')));
    table->item(at, 1)->setToolTip(row.tip);
    auto* edit = new QKeySequenceEdit(actions_->keys(row.id).value(0));
    connect(edit, &QKeySequenceEdit::editingFinished, this, [this, edit, id = row.id, defaults = row.keys] {
      QList<QKeySequence> keys = actions_->keys(id);
      if (keys.value(0) == edit->keySequence()) return;
      if (keys.isEmpty())
        keys << edit->keySequence();
      else
        keys[0] = edit->keySequence();
      QString taken;
      if (!actions_->setKeys(id, keys, &taken)) {
        message_->setText(
            tr("%1 already belongs to \"%2\".").arg(edit->keySequence().toString(QKeySequence::NativeText), QString(taken).remove('&')));
        edit->setKeySequence(actions_->keys(id).value(0));
        return;
      }
      message_->clear();
      if (keys == defaults)
        settings_->ini().remove("keys/" + id);
      else
        settings_->ini().setValue("keys/" + id, QKeySequence::listToString(keys));
    });
    table->setCellWidget(at++, 2, edit);
  }
  return table;
}

}  // namespace inflaton::ui
