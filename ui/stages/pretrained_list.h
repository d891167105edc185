#pragma once
// The networks that come with the program for the chosen data: what each is, and one click to use it.
#include <QWidget>

#include "core/api/networks.h"
#include "ui/session/session.h"

class QGridLayout;

namespace inflaton::ui {

class PretrainedList : public QWidget {
  Q_OBJECT
 public:
  explicit PretrainedList(Session*, QWidget* parent = nullptr);

 private:
  void follow();
  Session* session_;
  QGridLayout* rows_;
  std::vector<NetworkInfo> shown_;
  std::string used_;
};

/// "PRR to 1D, gap 0.30": which flow a network is for.
QString flowName(const NetworkInfo&);

}  // namespace inflaton::ui
