// Nothing is lost: what runs is asked about before the window goes, and settings are written as they change.
#include <QMessageBox>
#include <QPushButton>

#include "ui/session/stage_page.h"
#include "ui/shell/main_window.h"

namespace inflaton::ui {

QStringList MainWindow::unfinished() const {
  QStringList all;
  for (const StagePage* p : pages_)
    if (const QString what = p->unfinished(); !what.isEmpty()) all << what;
  return all;
}

void MainWindow::closeUnasked() {
  closing_ = Closing::sure;
  QApplication::closeAllWindows();  // dialogs before the window
}

void MainWindow::askBeforeClosing() {
  if (auto* asked = findChild<QMessageBox*>(QStringLiteral("closeQuestion")); asked && asked->isVisible()) return asked->raise();
  auto* box = new QMessageBox(QMessageBox::Question, tr("Close Inflaton"), tr("Closing ends %1.").arg(unfinished().join(tr(" and "))),
                              QMessageBox::NoButton, this);
  box->setObjectName("closeQuestion");
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setInformativeText(tr("Keep what there is, or end it without?"));
  auto* keep = box->addButton(tr("Stop and keep"), QMessageBox::AcceptRole);
  keep->setObjectName("closeKeep");
  auto* discard = box->addButton(tr("Discard"), QMessageBox::DestructiveRole);
  discard->setObjectName("closeDiscard");
  auto* cancel = box->addButton(QMessageBox::Cancel);
  cancel->setObjectName("closeCancel");
  box->setDefaultButton(keep);
  box->setEscapeButton(cancel);
  connect(keep, &QPushButton::clicked, this, [this] { endUnfinished(true); });
  connect(discard, &QPushButton::clicked, this, [this] { endUnfinished(false); });
  box->open();
}

void MainWindow::endUnfinished(bool keep) {
  closing_ = Closing::waiting;
  for (StagePage* p : pages_) {
    if (p->unfinished().isEmpty()) continue;
    connect(p, &StagePage::changed, this, &MainWindow::closeWhenEnded, Qt::UniqueConnection);
    keep ? p->keep() : p->discard();
  }
  closeWhenEnded();  // it may have ended while the question was read
}

void MainWindow::closeWhenEnded() {
  if (closing_ != Closing::waiting || !unfinished().isEmpty()) return;
  closing_ = Closing::sure;
  QTimer::singleShot(0, this, &QWidget::close);  // what ended is told to everybody first
}

// At most every two seconds, however much changes: a program that is killed loses no more than that.
void MainWindow::saveSoon() {
  if (isVisible() && closing_ != Closing::sure && !saveSoon_.isActive()) saveSoon_.start();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  saveSoon();
}

void MainWindow::moveEvent(QMoveEvent* event) {
  QMainWindow::moveEvent(event);
  saveSoon();
}

}  // namespace inflaton::ui
