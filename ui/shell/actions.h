#pragma once
// The one table of actions. Menus, shortcuts, tooltips, the cheat sheet and the search are all made from it, so they cannot disagree.
#include <QAction>
#include <QKeySequence>
#include <QMenuBar>
#include <QObject>
#include <functional>
#include <vector>

namespace inflaton::ui {

enum class Menu { file, edit, view, data, train, flow, jobs, window, help };
QString menuTitle(Menu);

struct ActionRow {
  QString id;                ///< "time.play"
  QString text;              ///< "Play / pause"
  QList<QKeySequence> keys;  ///< default shortcuts; the first is shown
  QString tip;               ///< one sentence, never empty
  Menu menu = Menu::view;
  QString section;  ///< submenu or block within the menu; a new one starts after a separator
  std::function<void()> run;
  std::function<QString()> value{};  ///< current value for the cheat sheet; empty: none
  std::function<bool()> checked{};   ///< makes the action checkable
  bool repeats = false;              ///< key held down: again and again
  std::function<bool()> enabled{};
};

class ActionTable : public QObject {
  Q_OBJECT
 public:
  explicit ActionTable(QWidget* window);

  void add(ActionRow);
  const std::vector<ActionRow>& rows() const { return rows_; }
  QAction* action(const QString& id) const;  ///< nullptr: unknown
  void fill(QMenuBar*);                      ///< all menus, in the order of Menu and of the table
  QMenu* menu(Menu) const;
  /// Of the rows in this block exactly one is checked: drawn as radio buttons.
  void makeExclusive(Menu, const QString& section);
  /// Brings check marks, enabled states and tooltips up to date.
  void refresh();
  /// Two rows with the same key; empty when all is well.
  QStringList conflicts() const;
  /// Another shortcut for an action; remembered by the caller. False, with `taken` naming the other action: it is in use.
  bool setKeys(const QString& id, const QList<QKeySequence>&, QString* taken = nullptr);
  QList<QKeySequence> keys(const QString& id) const;

 protected:
  /// Text fields keep their letters, arrows and Space; a focused button keeps Space.
  bool eventFilter(QObject*, QEvent*) override;

 private:
  QWidget* window_;
  std::vector<ActionRow> rows_;
  std::vector<QAction*> actions_;
  QHash<QString, int> index_;
  QList<QMenu*> menus_;
};

}  // namespace inflaton::ui
