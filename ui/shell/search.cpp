#include "ui/shell/search.h"

#include <QDialogButtonBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <algorithm>

namespace inflaton::ui {

int matchScore(const QString& words, const QString& text) {
  int score = 1;
  for (const QString& word : words.split(' ', Qt::SkipEmptyParts)) {
    const qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive);
    if (at == 0 || (at > 0 && !text[at - 1].isLetterOrNumber())) {
      score += 100 - static_cast<int>(std::min<qsizetype>(at, 50));
    } else if (at > 0) {
      score += 30;
    } else {
      qsizetype from = 0;  // letters in order, not far apart
      for (const QChar c : word) {
        const qsizetype next = text.indexOf(c, from, Qt::CaseInsensitive);
        if (next < 0 || next - from > 8) return 0;
        from = next + 1;
      }
      score += 5;
    }
  }
  return score;
}

ActionSearch::ActionSearch(ActionTable* table, QWidget* parent)
    : QDialog(parent, Qt::Popup), table_(table), input_(new QLineEdit), list_(new QListWidget) {
  setWindowTitle(tr("Search actions"));
  setAttribute(Qt::WA_DeleteOnClose);
  input_->setPlaceholderText(tr("Search actions"));
  input_->setClearButtonEnabled(true);
  input_->installEventFilter(this);
  list_->setUniformItemSizes(true);
  list_->setFocusPolicy(Qt::NoFocus);
  setFocusProxy(input_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(input_);
  column->addWidget(list_);
  resize(520, 380);
  connect(input_, &QLineEdit::textChanged, this, &ActionSearch::filter);
  connect(list_, &QListWidget::itemClicked, this, &ActionSearch::trigger);
  table_->refresh();
  filter();
}

void ActionSearch::filter() {
  struct Hit {
    int score;
    const ActionRow* row;
  };
  std::vector<Hit> hits;
  for (const ActionRow& row : table_->rows()) {
    const int score = std::max(matchScore(input_->text(), row.text),
                               matchScore(input_->text(), row.text + ' ' + menuTitle(row.menu).remove('&') + ' ' + row.tip) / 2);
    if (score > 0) hits.push_back({score, &row});
  }
  std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.score > b.score; });
  list_->clear();
  for (const Hit& hit : hits) {
    const QAction* action = table_->action(hit.row->id);
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    const QString value = hit.row->value ? hit.row->value() : QString();
    auto* item = new QListWidgetItem(QStringLiteral("%1: %2%3%4")
                                         .arg(menuTitle(hit.row->menu).remove('&'), QString(hit.row->text).remove('&'),
                                              value.isEmpty() ? QString() : QStringLiteral("  [%1]").arg(value),
                                              keys.isEmpty() ? QString() : QStringLiteral("    %1").arg(keys)));
    item->setData(Qt::UserRole, hit.row->id);
    item->setToolTip(hit.row->tip);
    if (!action->isEnabled()) item->setFlags(item->flags() & ~Qt::ItemIsEnabled);
    list_->addItem(item);
  }
  if (list_->count() > 0) list_->setCurrentRow(0);
}

void ActionSearch::trigger() {
  const QListWidgetItem* item = list_->currentItem();
  if (!item || !(item->flags() & Qt::ItemIsEnabled)) return;
  QAction* action = table_->action(item->data(Qt::UserRole).toString());
  close();
  if (action) action->trigger();
}

bool ActionSearch::eventFilter(QObject* target, QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const int row = list_->currentRow();
    if (key == Qt::Key_Down) return list_->setCurrentRow(std::min(row + 1, list_->count() - 1)), true;
    if (key == Qt::Key_Up) return list_->setCurrentRow(std::max(row - 1, 0)), true;
    if (key == Qt::Key_Return || key == Qt::Key_Enter) return trigger(), true;
  }
  return QDialog::eventFilter(target, event);
}

// Typing goes on at once, whether the window manager hands the focus over or not.
void ActionSearch::showEvent(QShowEvent* event) {
  QDialog::showEvent(event);
  activateWindow();
  input_->setFocus(Qt::PopupFocusReason);
}

void ActionSearch::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) return QDialog::keyPressEvent(event);
  if (input_->hasFocus()) return event->ignore();  // it has had the key already
  input_->setFocus(Qt::PopupFocusReason);
  if (!eventFilter(input_, event)) input_->event(event);  // without the way back here that a key takes which it ignores
}

CheatSheet::CheatSheet(ActionTable* table, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Keys and current values"));
  setAttribute(Qt::WA_DeleteOnClose);
  table->refresh();
  const QString dim = palette().color(QPalette::PlaceholderText).name();
  const QString key = QStringLiteral(
      "<tr><td style='padding:2px 14px 2px 0'>%1</td><td style='padding:2px 14px 2px 0'><b>%2</b></td><td style='padding:2px 0 2px 0; "
      "color:%4'>%3</td></tr>");
  // Two columns of menus of about the same length.
  QStringList blocks;
  for (int m = 0; m <= static_cast<int>(Menu::help); ++m) {
    QString rows;
    for (const ActionRow& row : table->rows()) {
      if (static_cast<int>(row.menu) != m) continue;
      const QAction* action = table->action(row.id);
      QStringList keys;
      for (const QKeySequence& k : action->shortcuts()) keys << k.toString(QKeySequence::NativeText);
      if (keys.isEmpty()) continue;  // reachable by menu and search; this sheet is about keys
      const QString value = row.value ? row.value() : row.checked ? (row.checked() ? tr("on") : tr("off")) : QString();
      const QString name = QString(row.text).remove('&');
      rows += key.arg(name.toHtmlEscaped(), keys.join(QStringLiteral(", ")).toHtmlEscaped(), value.toHtmlEscaped(), dim);
      text_ += QStringLiteral("%1\t%2\t%3\n").arg(name, keys.join(QStringLiteral(", ")), value);
    }
    if (!rows.isEmpty())
      blocks << QStringLiteral("<h4 style='margin:10px 0 2px 0'>%1</h4><table cellspacing='0'>%2</table>")
                    .arg(menuTitle(static_cast<Menu>(m)).remove('&'), rows);
  }
  qsizetype all = 0, soFar = 0;
  for (const QString& block : blocks) all += block.count("<tr>") + 2;
  QString left, right;
  for (const QString& block : blocks) {
    const qsizetype lines = block.count("<tr>") + 2;
    (2 * soFar + lines <= all ? left : right) += block;
    soFar += lines;
  }
  auto* page = new QTextBrowser;
  page->setFrameShape(QFrame::NoFrame);
  page->setHtml(
      QStringLiteral("<table width='100%'><tr><td width='50%' valign='top'>%1</td><td valign='top'>%2</td></tr></table>").arg(left, right));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
  auto* column = new QVBoxLayout(this);
  column->addWidget(page);
  column->addWidget(buttons);
  resize(860, 640);
}

}  // namespace inflaton::ui
