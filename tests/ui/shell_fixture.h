#pragma once
// A main window on settings of its own, in a folder that goes away with it.
#include <gtest/gtest.h>

#include <QTemporaryDir>
#include <QTest>
#include <memory>

#include "ui/session/settings.h"
#include "ui/shell/main_window.h"

namespace inflaton::ui {

class WindowTest : public testing::Test {
 protected:
  void open() {
    settings = std::make_unique<Settings>(home.path());
    window = std::make_unique<MainWindow>(settings.get());
    window->resize(1366, 768);
    window->show();
    window->activateWindow();
    window->begin();
  }
  /// As a user would end the program, and start it again.
  void reopen() {
    window->close();
    window.reset();
    settings.reset();
    open();
  }
  void TearDown() override {
    if (window) window->close();
    window.reset();
  }
  Session& session() { return *window->session(); }
  ViewState& view() { return *session().view(); }
  bool flowReady(int ms = 20000) {
    return QTest::qWaitFor([&] { return view().simulation() && !session().flowing(); }, ms);
  }
  /// Waits until the flow shown is of this set and schedule.
  bool flowOf(const std::string& data, const std::string& schedule, int ms = 20000) {
    return QTest::qWaitFor(
        [&] {
          const auto s = view().simulation();
          return s && !session().flowing() && s->data_name == data && s->schedule.name() == schedule;
        },
        ms);
  }
  template <class W>
  W* find(const char* name) {
    W* found = window->findChild<W*>(name);
    EXPECT_TRUE(found) << name;
    return found;
  }
  void click(const char* name) {
    QWidget* widget = nullptr;  // the same part may stand in several stages: the one in sight
    for (QWidget* w : window->findChildren<QWidget*>(name))
      if (w->isVisible()) widget = w;
    ASSERT_TRUE(widget) << name;
    ASSERT_TRUE(widget->isEnabled()) << name;
    QTest::mouseClick(widget, Qt::LeftButton);
  }

  QTemporaryDir home;
  std::unique_ptr<Settings> settings;
  std::unique_ptr<MainWindow> window;
};

}  // namespace inflaton::ui
