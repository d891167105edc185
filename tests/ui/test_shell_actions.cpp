// One table of actions: complete, free of conflicts, and what the keys do where.
#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <set>

#include "tests/ui/shell_fixture.h"
#include "ui/shell/search.h"
#include "ui/shell/views_area.h"
#include "ui/stages/data_inspector.h"

namespace inflaton::ui {
namespace {

class Actions : public WindowTest {
 protected:
  void SetUp() override {
    open();
    ASSERT_TRUE(flowReady());
    session().player()->pause();
  }
  ActionTable& table() { return *window->actions(); }
};

TEST_F(Actions, NoKeyTwiceAndEveryActionExplainsItself) {
  EXPECT_TRUE(table().conflicts().isEmpty()) << table().conflicts().join("; ").toStdString();
  std::set<QString> ids;
  for (const ActionRow& row : table().rows()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id.toStdString();
    EXPECT_FALSE(row.tip.isEmpty()) << row.id.toStdString();
    EXPECT_FALSE(row.text.isEmpty()) << row.id.toStdString();
    EXPECT_TRUE(row.run) << row.id.toStdString();
    EXPECT_TRUE(table().action(row.id)->toolTip().contains(row.tip)) << row.id.toStdString();
  }
}

TEST_F(Actions, EveryActionIsInItsMenuAndEachMenuHasSome) {
  for (const ActionRow& row : table().rows())
    EXPECT_TRUE(table().menu(row.menu)->actions().contains(table().action(row.id))) << row.id.toStdString();
  for (int m = 0; m <= static_cast<int>(Menu::help); ++m) EXPECT_FALSE(table().menu(static_cast<Menu>(m))->isEmpty()) << m;
}

TEST_F(Actions, MnemonicsAreUniqueWithinAMenu) {
  for (int m = 0; m <= static_cast<int>(Menu::help); ++m) {
    std::set<QString> taken;
    for (QAction* action : table().menu(static_cast<Menu>(m))->actions()) {
      const QKeySequence key = QKeySequence::mnemonic(action->text());
      EXPECT_TRUE(key.isEmpty() || taken.insert(key.toString()).second) << action->text().toStdString();
    }
  }
}

TEST_F(Actions, TheKeysOfTheSpecificationAreThere) {
  for (const char* text : {"Space",
                           "Left",
                           "Right",
                           "Shift+Left",
                           "Shift+Right",
                           "Home",
                           "End",
                           "J",
                           "K",
                           "L",
                           "I",
                           "O",
                           "Shift+I",
                           ",",
                           ".",
                           "B",
                           "Ctrl+A",
                           "Ctrl+Shift+A",
                           "Ctrl+I",
                           "S",
                           "Shift+S",
                           "D",
                           "T",
                           "P",
                           "G",
                           "R",
                           "F11",
                           "Ctrl+\\",
                           "Ctrl+E",
                           "Ctrl+Shift+E",
                           "Ctrl+Shift+C",
                           "Ctrl+1",
                           "Ctrl+2",
                           "Ctrl+3",
                           "Ctrl+Return",
                           "Ctrl+.",
                           "Esc",
                           "Ctrl+Z",
                           "Ctrl+Shift+Z",
                           "Ctrl+Shift+P",
                           "F1",
                           "?"}) {
    int owners = 0;
    for (const ActionRow& row : table().rows()) owners += table().keys(row.id).contains(QKeySequence(text));
    EXPECT_EQ(owners, 1) << text;
  }
}

TEST_F(Actions, CheatSheetSaysEveryKeyAndTheValueItHasNow) {
  view().setDensity(true);
  const CheatSheet* sheet = new CheatSheet(&table(), window.get());
  for (const ActionRow& row : table().rows())
    EXPECT_TRUE(row.keys.isEmpty() || sheet->text().contains(QString(row.text).remove(QChar(0x26)))) << row.id.toStdString();
  EXPECT_TRUE(sheet->text().contains("Density\tD\ton")) << sheet->text().toStdString();
  EXPECT_TRUE(sheet->text().contains("Grid\tG\toff"));
  delete sheet;
}

TEST_F(Actions, SearchFindsByALetterOrTwoAndDoesIt) {
  auto* search = new ActionSearch(&table(), window.get());
  search->show();
  QTest::keyClicks(search->input(), "density");
  ASSERT_GT(search->list()->count(), 0);
  EXPECT_EQ(search->list()->item(0)->data(Qt::UserRole).toString(), "view.density");
  const bool before = view().density();
  QTest::keyClick(search->input(), Qt::Key_Return);
  EXPECT_NE(view().density(), before);
}

TEST_F(Actions, ABetterMatchScoresHigher) {
  EXPECT_GT(matchScore("export", "Export figure"), matchScore("export", "Re-exports"));
  EXPECT_GT(matchScore("exfig", "Export figure"), 0);
  EXPECT_EQ(matchScore("zzz", "Export figure"), 0);
}

TEST_F(Actions, LettersGoToTheTextFieldThatHasFocusElseToTheWindow) {
  auto* samples = find<QWidget>("gallery");
  samples->setFocus();
  const bool trails = view().trails();
  QTest::keyClick(window.get(), Qt::Key_T);
  EXPECT_NE(view().trails(), trails);
  auto* field = window->findChild<DataInspector*>()->form()->field("seed")->editor();
  auto* line = field->findChild<QLineEdit*>();
  field->setFocus();
  line->selectAll();
  QTest::keyClick(field, Qt::Key_T);
  EXPECT_NE(view().trails(), trails) << "T in a spin box is no command";
  const double t = view().time();
  QTest::keyClick(field, Qt::Key_Left);
  EXPECT_DOUBLE_EQ(view().time(), t);
}

TEST_F(Actions, SpaceGoesToAFocusedButtonFirst) {
  auto* dice = find<QWidget>("dice");
  dice->setFocus();
  const auto seed = session().experiment().flow.seed;
  QTest::keyClick(dice, Qt::Key_Space);
  EXPECT_NE(session().experiment().flow.seed, seed);
  EXPECT_FALSE(session().player()->playing());
}

TEST_F(Actions, TimeKeysMoveTheCursorWhateverViewHasFocus) {
  for (QWidget* focus :
       {static_cast<QWidget*>(window->views()->data()), static_cast<QWidget*>(window->views()->latent()), find<QWidget>("jobsTable")}) {
    focus->setFocus();
    QTest::keyClick(focus, Qt::Key_End);
    EXPECT_DOUBLE_EQ(view().time(), view().simulation()->schedule.tMax());
    QTest::keyClick(focus, Qt::Key_Home);
    EXPECT_DOUBLE_EQ(view().time(), 0);
    QTest::keyClick(focus, Qt::Key_Right);
    EXPECT_NEAR(view().time(), view().frameTime(1), 1e-9);
    QTest::keyClick(focus, Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_NEAR(view().time(), view().frameTime(11), 1e-9);
  }
}

TEST_F(Actions, AKeyInUseIsNotGivenAway) {
  QString taken;
  EXPECT_FALSE(table().setKeys("view.reset", {QKeySequence("Space")}, &taken));
  EXPECT_FALSE(taken.isEmpty());
  EXPECT_EQ(table().keys("view.reset"), QList<QKeySequence>{QKeySequence("R")});
  EXPECT_TRUE(table().setKeys("view.reset", {QKeySequence("Y")}, &taken));
  EXPECT_TRUE(table().action("view.reset")->toolTip().contains("Y"));
}

}  // namespace
}  // namespace inflaton::ui
