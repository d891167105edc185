#pragma once
// The content of the time dock: transport, ruler with the three lanes, exact time, speed. At most 110 pixels high.
#include <QWidget>
#include <memory>

#include "ui/model/player.h"

namespace inflaton::ui {

class TimeDock : public QWidget {
  Q_OBJECT
 public:
  TimeDock(ViewState*, Player*, QWidget* parent = nullptr);
  ~TimeDock() override;
  QSize sizeHint() const override { return {900, 108}; }
  QSize minimumSizeHint() const override { return {560, 106}; }

 Q_SIGNALS:
  void scrubbing(bool);  ///< the hand is on the ruler: "follow latest" lets go

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inflaton::ui
