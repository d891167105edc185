// The list of stages: what each brings, how the window shows it, and what older settings say.
#include <QAction>
#include <QPushButton>
#include <QSet>

#include "tests/ui/shell_fixture.h"
#include "ui/forms/help_section.h"
#include "ui/shell/stages.h"
#include "ui/shell/views_area.h"

namespace inflaton::ui {
namespace {

class StageList : public WindowTest {};

TEST(StageRegistrations, HaveUniqueIdsTitlesAndHelpThatIsThere) {
  QSet<QString> ids, pages;
  for (const Stage& stage : pointsStages()) {
    EXPECT_FALSE(ids.contains(stage.id)) << stage.id.toStdString();
    ids << stage.id;
    EXPECT_FALSE(stage.title.isEmpty());
    EXPECT_TRUE(stage.make);
    EXPECT_FALSE(stage.help.isEmpty()) << stage.id.toStdString();
    for (const HelpPage& help : stage.help) {
      EXPECT_FALSE(pages.contains(help.page)) << help.page.toStdString();
      pages << help.page;
      EXPECT_FALSE(helpText(help.page).isEmpty()) << help.page.toStdString();
    }
  }
}

TEST_F(StageList, ButtonsKeysAndHelpFollowIt) {
  open();
  const auto stages = pointsStages();
  for (int s = 0; s < stages.size(); ++s) {
    const QAction* action = window->actions()->action(QStringLiteral("stage.%1").arg(s + 1));
    ASSERT_TRUE(action);
    EXPECT_EQ(action->shortcut(), QKeySequence(QStringLiteral("Ctrl+%1").arg(s + 1)));
    EXPECT_EQ(find<QPushButton>(qPrintable(QStringLiteral("stage%1").arg(s + 1)))->text(),
              QStringLiteral("%1 %2").arg(s + 1).arg(stages[s].title));
    for (const HelpPage& help : stages[s].help) EXPECT_TRUE(window->actions()->action("help." + help.page));
    window->setStage(stages[s].id);
    EXPECT_EQ(window->stage(), stages[s].id);
    EXPECT_TRUE(window->page()->inspector()->isVisible()) << stages[s].id.toStdString();
    EXPECT_EQ(window->views()->isVisible(), window->page()->centre() == nullptr) << stages[s].id.toStdString();
    EXPECT_EQ(find<QPushButton>("runStage")->text(), window->page()->runText());
  }
  const QString last = window->stage();
  window->setStage("no such stage");
  EXPECT_EQ(window->stage(), last);
}

TEST_F(StageList, SettingsKeepTheIdAndOlderOnesTheNumber) {
  open();
  window->setStage("flow");
  reopen();
  EXPECT_EQ(window->stage(), "flow");
  window->close();
  EXPECT_EQ(settings->ini().value("window/stage").toString(), "flow");
  const struct {
    const char* stored;
    const char* stage;
  } cases[] = {{"1", "train"}, {"3", "coverage"}, {"4", "hmc"}, {"99", "hmc"}, {"-1", "data"}, {"gone", "data"}};
  for (const auto& c : cases) {
    window.reset();
    settings->ini().setValue("window/stage", c.stored);
    settings.reset();
    open();
    EXPECT_EQ(window->stage(), c.stage) << c.stored;
    window->close();
  }
}

}  // namespace
}  // namespace inflaton::ui
