#include "ui/shell/theme.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QPainter>
#include <QSettings>
#include <QStyleFactory>
#include <QStyleHints>
#include <QSvgRenderer>
#include <QToolTip>

#include "core/api/jobs.h"

namespace inflaton::ui {

namespace {

ThemeChoice chosen = ThemeChoice::system;

struct Colors {
  const char *window, *base, *alternate, *button, *text, *placeholder, *highlight, *highlighted, *link, *attention, *mid, *dark, *light, *tip;
};

QPalette makePalette(const Colors& c) {
  QPalette p;
  const auto set = [&p](QPalette::ColorRole role, const char* color) { p.setColor(role, QColor(color)); };
  set(QPalette::Window, c.window);
  set(QPalette::Base, c.base);
  set(QPalette::AlternateBase, c.alternate);
  set(QPalette::Button, c.button);
  for (QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText}) set(role, c.text);
  set(QPalette::BrightText, c.attention);
  set(QPalette::PlaceholderText, c.placeholder);
  set(QPalette::Highlight, c.highlight);
  set(QPalette::HighlightedText, c.highlighted);
  set(QPalette::Link, c.link);
  set(QPalette::LinkVisited, c.link);
  set(QPalette::Mid, c.mid);
  set(QPalette::Midlight, c.light);
  set(QPalette::Light, c.light);
  set(QPalette::Dark, c.dark);
  set(QPalette::Shadow, "#000000");
  set(QPalette::ToolTipBase, c.tip);
  for (QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, QColor(c.placeholder));
  p.setColor(QPalette::Disabled, QPalette::Highlight, QColor(c.mid));
  p.setColor(QPalette::Disabled, QPalette::HighlightedText, QColor(c.text));
  return p;
}

/// GNOME's and others' preference as GTK keeps it, for Qt before 6.5, which has no way to ask.
bool gtkPrefersDark() {
  const QString theme = qEnvironmentVariable("GTK_THEME");
  if (!theme.isEmpty()) return theme.contains("dark", Qt::CaseInsensitive);
  const QString config = qEnvironmentVariable("XDG_CONFIG_HOME", QDir::homePath() + "/.config");
  for (const char* version : {"gtk-4.0", "gtk-3.0"}) {
    const QString path = config + "/" + version + "/settings.ini";
    if (!QFile::exists(path)) continue;
    QSettings gtk(path, QSettings::IniFormat);
    if (gtk.value("Settings/gtk-application-prefer-dark-theme").toString() == "1" ||
        gtk.value("Settings/gtk-application-prefer-dark-theme").toBool() ||
        gtk.value("Settings/gtk-theme-name").toString().contains("dark", Qt::CaseInsensitive))
      return true;
  }
  return false;
}

}  // namespace

QPalette lightPalette() {
  return makePalette({"#f4f5f7", "#ffffff", "#f0f2f5", "#fafbfc", "#1b1f24", "#646c76", "#0b62c4", "#ffffff", "#0b57b0", "#b3261e", "#b4bac2", "#9aa1aa", "#ffffff", "#ffffff"});
}

QPalette darkPalette() {
  return makePalette({"#1e2126", "#16181c", "#1c1f24", "#2a2e35", "#e8eaed", "#9aa2ad", "#2f6fc2", "#ffffff", "#7db4ff", "#ff9d8f", "#464c55", "#0f1113", "#3a4049", "#2a2e35"});
}

bool systemIsDark() {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
  const Qt::ColorScheme scheme = QGuiApplication::styleHints()->colorScheme();
  if (scheme != Qt::ColorScheme::Unknown) return scheme == Qt::ColorScheme::Dark;
#endif
  // The palette the platform gave us, before we set our own.
  static const bool paletteDark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
  return paletteDark || gtkPrefersDark();
}

void applyTheme(ThemeChoice choice) {
  const bool systemDark = systemIsDark();
  chosen = choice;
  if (!QApplication::style() || QApplication::style()->objectName().compare("fusion", Qt::CaseInsensitive) != 0)
    QApplication::setStyle(QStyleFactory::create("Fusion"));
  const bool dark = choice == ThemeChoice::dark || (choice == ThemeChoice::system && systemDark);
  const QPalette palette = dark ? darkPalette() : lightPalette();
  QApplication::setPalette(palette);
  QToolTip::setPalette(palette);
}

ThemeChoice currentTheme() { return chosen; }

QIcon themedIcon(const QString& name, const QPalette& palette) {
  QFile file(QString::fromStdString(resourceFolder()) + "/icons/" + name + ".svg");
  if (!file.open(QIODevice::ReadOnly)) return {};
  const QByteArray source = file.readAll();
  QIcon icon;
  for (QIcon::Mode mode : {QIcon::Normal, QIcon::Disabled}) {
    const QColor ink = palette.color(mode == QIcon::Normal ? QPalette::Active : QPalette::Disabled, QPalette::ButtonText);
    QSvgRenderer svg(QByteArray(source).replace("currentColor", ink.name().toLatin1()));
    for (int size : {16, 24, 32, 64}) {
      QPixmap pixmap(size, size);
      pixmap.fill(Qt::transparent);
      QPainter painter(&pixmap);
      svg.render(&painter);
      painter.end();
      icon.addPixmap(pixmap, mode);
    }
  }
  return icon;
}

}  // namespace inflaton::ui
