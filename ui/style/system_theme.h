#pragma once
// Whether the desktop wants dark, and word when it changes its mind. Qt asks by itself from 6.5 on; before, the desktop portal is asked.
#include <QObject>
#include <functional>

#include <QDBusMessage>

namespace inflaton::ui {

class SystemTheme : public QObject {
  Q_OBJECT
 public:
  /// Lives as long as the application; `changed` is called on the GUI thread when isDark() has changed.
  static SystemTheme& instance();
  bool isDark() const { return dark_; }

 Q_SIGNALS:
  void changed();

 private Q_SLOTS:
  void settingChanged(const QDBusMessage& signal);

 private:
  SystemTheme();
  void set(bool dark);
  void askPortal();
  bool dark_ = false;
};

}  // namespace inflaton::ui
