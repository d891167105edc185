// inflaton: the window. Composition only: options, settings, theme, window; and the same demo without a screen (--export-demo).
#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QIcon>
#include <QTimer>
#include <cstdio>

#include "app/gui/end_signals.h"
#include "app/gui/export_demo.h"
#include "app/gui/process_age.h"
#include "core/api/data_sets.h"
#include "core/api/job.h"
#include "core/api/number_text.h"
#include "core/api/printable.h"
#include "core/api/standard_streams.h"
#include "core/api/system.h"
#include "core/api/utf8.h"
#include "ui/session/settings.h"
#include "ui/shell/keep_and_close.h"
#include "ui/shell/main_window.h"
#include "ui/style/locale_numbers.h"
#include "ui/style/theme.h"

using namespace inflaton;

namespace {

bool noDisplay() {
#ifdef Q_OS_LINUX
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
    if (!qEnvironmentVariableIsEmpty(name)) return false;
  return true;
#else
  return false;
#endif
}

int complain(const QString& text) {
  std::fputs(("inflaton: " + printable(text.toStdString()) + "\n").c_str(), stderr);
  return static_cast<int>(ErrorCode::usage);
}

int runWindow(QApplication& app, const QCommandLineParser& options, const QString& file) {
  ui::Settings settings(options.value("portable"));
  if (options.isSet("reset-settings")) settings.reset();
  ui::applyTheme(static_cast<ui::ThemeChoice>(std::clamp(settings.ini().value("window/theme", 0).toInt(), 0, 2)));
  ui::MainWindow window(&settings);
  if (options.isSet("bench-start")) {
    QObject::connect(&window, &ui::MainWindow::firstFrame, &app, [&] {
      std::fputs(formatted("window_first_frame\t%.3f\ts\n", processAge()).c_str(), stdout);
      std::fflush(stdout);
      window.close();
    });
  }
  ui::KeepAndClose end(&window);
  const EndSignals listening([&] { end.ask(); });
  window.show();
  QTimer::singleShot(0, &window, [&] { window.begin(file); });  // the frame first, the work after it
  return app.exec();
}

}  // namespace

int main(int argc, char** argv) {
  openStandardStreams();
  for (int i = 1; i < argc; ++i)  // Qt would go on with another name
    if (!isUtf8(argv[i]))
      return complain(
          QString::fromStdString("\"" + shownUtf8(argv[i]) + "\" is not UTF-8; allowed: arguments and names of files in UTF-8"));
  QCoreApplication::setApplicationName("inflaton");
  QCoreApplication::setApplicationVersion(QString::fromLatin1(programVersion()));
  QCoreApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
  QGuiApplication::setDesktopFileName("org.inflaton.Inflaton");
  QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);

  // Asking for help or the version needs no screen, and the demo none either.
  if (noDisplay()) {
    for (int i = 1; i < argc; ++i)
      for (const char* word : {"--help", "-h", "--version", "-v", "--help-all", "--export-demo"})
        if (QByteArray(argv[i]).startsWith(word)) qputenv("QT_QPA_PLATFORM", "offscreen");
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
      std::fputs("inflaton: there is no display to open a window on; inflaton --export-demo DIR and inflaton-cli need none\n", stderr);
      return static_cast<int>(ErrorCode::failed);
    }
  }

  QApplication app(argc, argv);
  ui::useLocaleNumbers();
  app.setWindowIcon(QIcon(QString::fromStdString(resourceFolder()) + "/icons/org.inflaton.Inflaton.svg"));
  app.setApplicationDisplayName("Inflaton");

  QCommandLineParser options;
  options.setApplicationDescription("Laboratory for inflationary flows. inflaton-cli does the same work without a window.");
  options.addHelpOption();
  options.addVersionOption();
  options.addPositionalArgument("file", "Points (.csv .npy .npz) or a network (.safetensors) to open.", "[file]");
  options.addOption({"portable", "Keep settings, runs and drawings in <DIR>.", "DIR"});
  options.addOption({"reset-settings", "Forget the window's layout and habits; runs stay."});
  options.addOption({"export-demo", "Run the demo without a window, write its figures and arrays into <DIR>, and end.", "DIR"});
  QCommandLineOption bench("bench-start", "Print the seconds from process start to the first frame, and end.");
  bench.setFlags(QCommandLineOption::HiddenFromHelp);
  options.addOption(bench);
  options.process(app);

  const QStringList files = options.positionalArguments();
  if (files.size() > 1) return complain(QStringLiteral("one file at a time can be opened, %1 were given").arg(files.size()));
  try {
    freezeDataSets();
    if (options.isSet("export-demo")) return exportDemo(options.value("export-demo"));
    return runWindow(app, options, files.value(0));
  } catch (...) {  // resources that are not there, say
    return complain(QString::fromStdString(currentExceptionAsJobError().message));
  }
}
