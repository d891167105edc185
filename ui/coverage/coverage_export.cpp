#include "ui/coverage/coverage_export.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QSaveFile>

#include "ui/coverage/coverage_table.h"
#include "ui/export/figure_export.h"
#include "ui/session/session.h"

namespace inflaton::ui {

CoverageExport::CoverageExport(Session* session, CoverageModel* model, SaveCoverageFunction save, QWidget* window)
    : QObject(window), session_(session), model_(model), save_(std::move(save)), window_(window) {}

void CoverageExport::fill(QMenu* menu) {
  menu->setToolTipsVisible(true);
  const auto add = [&](const char* id, const QString& text, const QString& tip, auto act) {
    QAction* a = menu->addAction(text, this, act);
    a->setObjectName(id);
    a->setToolTip(tip);
  };
  add("exportAll", tr("&Everything to a folder\u2026"),
      tr("The reference's three JSON files, table (.csv), meshes (.ply) and flows (.npz), as inflaton-cli toy-coverage writes them"),
      [this] { askFolder(); });
  add("exportTable", tr("&Table as CSV\u2026"), tr("Radius, ideal, and share inside by place and kind, with full precision"),
      [this] { askFile(tr("Table as CSV"), "coverage.csv", "csv", tr("Table (*.csv)"), &CoverageExport::saveTable); });
  add("exportShell", tr("&Shell shown as PLY or VTP\u2026"), tr("The selected shell at this place, for ParaView, MeshLab, Blender"),
      [this] { askFile(tr("Shell as PLY or VTP"), "shell.ply", "ply", tr("Mesh (*.ply *.vtp)"), &CoverageExport::saveShell); });
  menu->addSeparator();
  add("exportScene", tr("S&cene as picture\u2026"), tr("PNG at any size; SVG and PDF too"), [this] { exportFigure(scene_); });
  add("exportCurve", tr("C&urve as figure\u2026"), tr("SVG, PDF or PNG, with the numbers as CSV beside it"),
      [this] { exportFigure(curve_); });
}

void CoverageExport::exportFigure(Figure* figure) {
  if (!figure) return;
  auto* dialog = new ExportFigureDialog(*figure, *session_->view(), window_);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ExportFigureDialog::exported, this, [this](const QString& path) { Q_EMIT said(tr("Exported %1").arg(path)); });
  dialog->show();
}

void CoverageExport::askFolder() {
  auto* dialog = new QFileDialog(window_, tr("Folder for the coverage files"),
                                 session_->settings()->ini().value("folders/coverage", QDir::homePath()).toString());
  dialog->setObjectName("coverageFolder");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
    session_->settings()->ini().setValue("folders/coverage", folder);
    saveAll(folder);
  });
  dialog->open();
}

void CoverageExport::askFile(const QString& title, const QString& name, const QString& suffix, const QString& filter,
                             void (CoverageExport::*save)(const QString&)) {
  auto* dialog =
      new QFileDialog(window_, title, session_->settings()->ini().value("folders/coverage", QDir::homePath()).toString(), filter);
  dialog->setObjectName("coverageFile");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(suffix);
  dialog->selectFile(name);
  connect(dialog, &QFileDialog::fileSelected, this, [this, save](const QString& path) {
    session_->settings()->ini().setValue("folders/coverage", QFileInfo(path).absolutePath());
    (this->*save)(path);
  });
  dialog->open();
}

void CoverageExport::saveAll(const QString& folder) {
  const auto result = model_->result();
  if (!result) return;
  ToyCoverageOptions options = options_;
  options.save_dir = folder.toStdString();
  JobQueue::Request request;
  request.title = QStringLiteral("Export coverage: %1, %2")
                      .arg(QString::fromStdString(result->data_name), QString::fromStdString(result->schedule))
                      .toStdString();
  request.folder = options.save_dir;
  request.command = commandLine(options);
  using Paths = std::vector<std::string>;
  session_->jobs()->run<Paths>(
      std::move(request), [result, options, save = save_](const JobContext& context) { return save(*result, options, context); }, this,
      [this, folder](const Expected<Paths>& paths) {
        if (paths) return Q_EMIT said(tr("%1 files written to %2").arg(paths->size()).arg(folder));
        if (!paths.error().cancelled()) Q_EMIT failed(tr("Export coverage"), paths.error());
      });
}

void CoverageExport::saveTable(const QString& path) {
  const auto result = model_->result();
  if (!result) return;
  QSaveFile file(path);
  const QByteArray bytes = coverageCsv(*result).toUtf8();
  if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
    return Q_EMIT said(tr("Exported %1").arg(path));
  Q_EMIT failed(tr("Table as CSV"),
                {ErrorCode::failed, tr("%1 could not be written: %2").arg(QDir::toNativeSeparators(path), file.errorString()).toStdString(),
                 tr("Choose another folder, or make room on the disk.").toStdString()});
}

void CoverageExport::saveShell(const QString& path) {
  const CoverageShell* shell = model_->shown();
  if (!shell) return;
  if (const auto saved = saveMesh(shell->mesh, path.toStdString()); !saved) return Q_EMIT failed(tr("Shell"), saved.error());
  Q_EMIT said(tr("Exported %1").arg(path));
}

}  // namespace inflaton::ui
