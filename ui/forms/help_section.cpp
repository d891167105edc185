#include "ui/forms/help_section.h"

#include <QFile>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/api/system.h"

namespace inflaton::ui {

HelpSection::HelpSection(const QString& page, QWidget* parent) : QWidget(parent), fold_(new QToolButton), text_(new QLabel) {
  fold_->setText(tr("What is this?"));
  fold_->setCheckable(true);
  fold_->setAutoRaise(true);
  fold_->setArrowType(Qt::RightArrow);
  fold_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  fold_->setToolTip(tr("A short explanation with the equation"));
  text_->setWordWrap(true);
  text_->setTextFormat(Qt::MarkdownText);
  text_->setTextInteractionFlags(Qt::TextBrowserInteraction);
  text_->setText(helpText(page));
  text_->hide();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(fold_);
  column->addWidget(text_);
  connect(fold_, &QToolButton::toggled, this, [this](bool on) {
    fold_->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
    text_->setVisible(on);
  });
}

QString helpText(const QString& page) {
  QFile file(QString::fromStdString(resourceFolder()) + "/help/" + page + ".md");
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

}  // namespace inflaton::ui
