#include "ui/style/system_theme.h"

#include <QDBusConnection>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QPalette>
#include <QSettings>
#include <QStyleHints>

namespace inflaton::ui {

namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop"), kPath = QStringLiteral("/org/freedesktop/portal/desktop"),
              kInterface = QStringLiteral("org.freedesktop.portal.Settings"), kSpace = QStringLiteral("org.freedesktop.appearance"),
              kKey = QStringLiteral("color-scheme");

/// For desktops without a portal: GTK's preference, as other programs follow it.
bool gtkPrefersDark() {
  const QString theme = qEnvironmentVariable("GTK_THEME");
  if (!theme.isEmpty()) return theme.contains("dark", Qt::CaseInsensitive);
  const QString config = qEnvironmentVariable("XDG_CONFIG_HOME", QDir::homePath() + "/.config");
  for (const char* version : {"gtk-4.0", "gtk-3.0"}) {
    const QString path = config + "/" + version + "/settings.ini";
    if (!QFile::exists(path)) continue;
    QSettings gtk(path, QSettings::IniFormat);
    if (gtk.value("Settings/gtk-application-prefer-dark-theme").toBool() ||
        gtk.value("Settings/gtk-theme-name").toString().contains("dark", Qt::CaseInsensitive))
      return true;
  }
  return false;
}

/// The value may come wrapped more than once. 1: dark, 2: light, 0: no preference.
bool meansDark(QVariant value) {
  while (value.userType() == qMetaTypeId<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
  return value.toUInt() == 1;
}

}  // namespace

SystemTheme& SystemTheme::instance() {
  static SystemTheme* theme = new SystemTheme;  // a child of the application
  return *theme;
}

SystemTheme::SystemTheme() : QObject(qApp) {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
  const QStyleHints* hints = QGuiApplication::styleHints();
  if (hints->colorScheme() != Qt::ColorScheme::Unknown) {
    dark_ = hints->colorScheme() == Qt::ColorScheme::Dark;
    connect(hints, &QStyleHints::colorSchemeChanged, this, [this](Qt::ColorScheme scheme) { set(scheme == Qt::ColorScheme::Dark); });
    return;
  }
#endif
  // The palette that the platform gave us, before we set our own.
  dark_ = QGuiApplication::palette().color(QPalette::Window).lightness() < 128 || gtkPrefersDark();
  askPortal();
}

void SystemTheme::set(bool dark) {
  if (dark == dark_) return;
  dark_ = dark;
  Q_EMIT changed();
}

void SystemTheme::askPortal() {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this, SLOT(settingChanged(QDBusMessage)));
  QDBusMessage question = QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
  question << kSpace << kKey;
  auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(question), this);  // never waited for: a portal may be slow or absent
  connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
    const QDBusPendingReply<QDBusVariant> reply = *answer;
    if (reply.isValid()) set(meansDark(reply.value().variant()));
    answer->deleteLater();
  });
}

void SystemTheme::settingChanged(const QDBusMessage& signal) {
  const QVariantList a = signal.arguments();
  if (a.size() == 3 && a[0].toString() == kSpace && a[1].toString() == kKey) set(meansDark(a[2]));
}

}  // namespace inflaton::ui
