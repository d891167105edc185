#pragma once
// Habits, never data: geometry, docks, log axes, theme. And the folders: where settings, runs and drawings live (XDG honoured).
#include <QSettings>
#include <QString>
#include <memory>

namespace inflaton::ui {

class Settings {
 public:
  /// The user's own, or all inside `portable` when that is given. Creates no folder.
  explicit Settings(const QString& portable = {});

  QSettings& ini() const { return *ini_; }
  void reset();  ///< forgets everything; leaves runs alone

  QString dataFolder() const { return data_; }
  QString runsFolder() const;  ///< dataFolder/runs, unless the user chose another
  void setRunsFolder(const QString&);
  QString drawingsFolder() const { return data_ + "/drawings"; }
  QString trashFolder() const { return data_ + "/trash"; }  ///< discarded runs until the program ends

 private:
  std::unique_ptr<QSettings> ini_;
  QString data_;
};

}  // namespace inflaton::ui
