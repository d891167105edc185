#include "ui/shell/banner.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace inflaton::ui {

Banner::Banner(QWidget* parent) : QFrame(parent), text_(new QLabel), offer_(new QPushButton) {
  setObjectName("banner");
  setFrameShape(QFrame::StyledPanel);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::ToolTipBase);
  text_->setWordWrap(true);
  text_->setTextFormat(Qt::PlainText);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* close = new QToolButton;
  close->setObjectName("bannerClose");
  close->setText(QStringLiteral("\u2715"));
  close->setAutoRaise(true);
  close->setToolTip(tr("Close"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(10, 4, 4, 4);
  row->addWidget(text_, 1);
  row->addWidget(offer_);
  row->addWidget(close);
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  connect(offer_, &QPushButton::clicked, this, [this] {
    hide();
    if (act_) act_();
  });
  hide();
}

void Banner::showError(const QString& what, const JobError& error) {
  QString text = QStringLiteral("%1: %2").arg(what, QString::fromStdString(error.message));
  if (!error.hint.empty()) text += QStringLiteral("\n%1").arg(QString::fromStdString(error.hint));
  text_->setForegroundRole(QPalette::BrightText);
  text_->setText(text);
  offer_->hide();
  error_ = true;
  show();
}

void Banner::showOffer(const QString& text, const QString& button, std::function<void()> act) {
  text_->setForegroundRole(QPalette::WindowText);
  text_->setText(text);
  error_ = false;
  addOffer(button, std::move(act));
  show();
}

void Banner::addOffer(const QString& button, std::function<void()> act) {
  offer_->setText(button);
  offer_->show();
  act_ = std::move(act);
}

void Banner::dismissError() {
  if (error_) hide();
}

QString Banner::text() const { return isHidden() ? QString() : text_->text(); }

}  // namespace inflaton::ui
