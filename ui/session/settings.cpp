#include "ui/session/settings.h"

#include <QDir>
#include <QStandardPaths>

namespace inflaton::ui {

Settings::Settings(const QString& portable) {
  if (portable.isEmpty()) {
    const QString config = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
    ini_ = std::make_unique<QSettings>(config + "/inflaton/inflaton.ini", QSettings::IniFormat);
    data_ = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/inflaton";
  } else {
    const QString folder = QDir(portable).absolutePath();
    ini_ = std::make_unique<QSettings>(folder + "/inflaton.ini", QSettings::IniFormat);
    data_ = folder + "/data";
  }
}

void Settings::reset() {
  ini_->clear();
  ini_->sync();
}

QString Settings::runsFolder() const { return ini_->value("folders/runs", data_ + "/runs").toString(); }
void Settings::setRunsFolder(const QString& folder) { ini_->setValue("folders/runs", folder); }

}  // namespace inflaton::ui
