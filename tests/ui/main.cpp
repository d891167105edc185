// QApplication around GoogleTest. Without a display the tests run offscreen, and those that need OpenGL step aside by name (*_3D).
#include <gtest/gtest.h>

#include <QApplication>
#include <QDir>
#include <QTemporaryDir>

#include "core/api/system.h"
#include "tests/by_file.h"
#include "ui/style/locale_numbers.h"
#include "ui/style/theme.h"

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") &&
      qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
    qputenv("QT_QPA_PLATFORM", "offscreen");
  QTemporaryDir home;  // nothing of the user's is read or written
  for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"}) qputenv(name, home.path().toUtf8());
  QCoreApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
  QApplication app(argc, argv);
  inflaton::ui::useLocaleNumbers();
  QApplication::setApplicationName("inflaton");
  QApplication::setApplicationVersion(inflaton::programVersion());
  inflaton::ui::applyTheme(inflaton::ui::ThemeChoice::light);
  testing::InitGoogleTest(&argc, argv);
  if (!inflaton::test::selectFile(argc, argv)) return 1;
  if (QGuiApplication::platformName() == "offscreen") {
    std::string& filter = testing::GTEST_FLAG(filter);
    filter += filter.find('-') == std::string::npos ? "-*_3D" : ":*_3D";
  }
  return RUN_ALL_TESTS();
}
