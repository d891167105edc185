#include "ui/style/theme.h"

#include <QApplication>
#include <QFile>
#include <QPainter>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <QToolTip>

#include "core/api/system.h"
#include "ui/style/system_theme.h"

namespace inflaton::ui {

namespace {

ThemeChoice chosen = ThemeChoice::system;

struct Colors {
  const char *window, *base, *alternate, *button, *text, *placeholder, *highlight, *highlighted, *link, *attention, *mid, *dark, *light,
      *tip;
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

}  // namespace

QPalette lightPalette() {
  return makePalette({"#f4f5f7", "#ffffff", "#f0f2f5", "#fafbfc", "#1b1f24", "#646c76", "#0b62c4", "#ffffff", "#0b57b0", "#b3261e",
                      "#b4bac2", "#9aa1aa", "#ffffff", "#ffffff"});
}

QPalette darkPalette() {
  return makePalette({"#1e2126", "#16181c", "#1c1f24", "#2a2e35", "#e8eaed", "#9aa2ad", "#2f6fc2", "#ffffff", "#7db4ff", "#ff9d8f",
                      "#464c55", "#0f1113", "#3a4049", "#2a2e35"});
}

void applyTheme(ThemeChoice choice) {
  SystemTheme& system = SystemTheme::instance();
  static const auto follow = QObject::connect(&system, &SystemTheme::changed, &system, [] {
    if (chosen == ThemeChoice::system) applyTheme(chosen);
  });
  Q_UNUSED(follow);
  chosen = choice;
  if (!QApplication::style() || QApplication::style()->objectName().compare("fusion", Qt::CaseInsensitive) != 0)
    QApplication::setStyle(QStyleFactory::create("Fusion"));
  const bool dark = choice == ThemeChoice::dark || (choice == ThemeChoice::system && system.isDark());
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
