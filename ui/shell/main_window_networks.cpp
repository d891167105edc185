// File > Import network, Export network: which files, asked in dialogs; the work is the session's.
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

#include "ui/shell/main_window.h"
#include "ui/shell/status_line.h"

namespace inflaton::ui {

void MainWindow::importNetwork() {
  auto* dialog = new QFileDialog(this, tr("Weights of the network to import"), settings_->ini().value("folders/import").toString(),
                                 tr("Weights (*.npz);;All files (*)"));
  dialog->setObjectName("importWeights");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& weights) {
    const QFileInfo file(weights);
    settings_->ini().setValue("folders/import", file.absolutePath());
    const QString beside = file.dir().filePath(file.completeBaseName() + ".json");
    if (QFileInfo::exists(beside)) return session_->importNetwork(weights, beside);
    auto* second = new QFileDialog(this, tr("Configuration of %1").arg(file.fileName()), file.absolutePath(),
                                   tr("Configuration (*.json);;All files (*)"));
    second->setObjectName("importConfiguration");
    second->setAttribute(Qt::WA_DeleteOnClose);
    second->setFileMode(QFileDialog::ExistingFile);
    connect(second, &QFileDialog::fileSelected, this,
            [this, weights](const QString& configuration) { session_->importNetwork(weights, configuration); });
    second->open();
  });
  dialog->open();
}

void MainWindow::exportNetwork() {
  const QString network = session_->exportableNetwork();
  if (network.isEmpty()) return status_->say(tr("There is no network for this data set and schedule yet"));
  auto* dialog = new QFileDialog(this, tr("Export the network: weights here, configuration (.json) beside them"),
                                 settings_->ini().value("folders/import").toString(), tr("Weights (*.npz)"));
  dialog->setObjectName("exportWeights");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix("npz");
  dialog->selectFile(
      QStringLiteral("%1-%2.npz").arg(QString::fromStdString(session_->experiment().flow.data_name), session_->scheduleName()));
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& weights) {
    settings_->ini().setValue("folders/import", QFileInfo(weights).absolutePath());
    session_->exportNetwork(weights);
  });
  dialog->open();
}

}  // namespace inflaton::ui
