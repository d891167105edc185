#pragma once
// What leaves the coverage stage as files: the reference's set, the table, the shell that is shown; figures go their own way.
#include <QObject>

#include "ui/coverage/coverage_model.h"
#include "ui/jobs/job_bridge.h"

class QMenu;
class QWidget;

namespace inflaton::ui {

class Figure;
class Session;
using SaveCoverageFunction =
    std::function<Expected<std::vector<std::string>>(const CoverageResult&, const ToyCoverageOptions&, const JobContext&)>;

class CoverageExport : public QObject {
  Q_OBJECT
 public:
  CoverageExport(Session*, CoverageModel*, SaveCoverageFunction, QWidget* window);
  void setOptions(const ToyCoverageOptions& options) { options_ = options; }  ///< of the result
  void setFigures(Figure* scene, Figure* curve) { scene_ = scene, curve_ = curve; }
  void fill(QMenu*);
  /// A job: JSON, CSV, PLY and npz, as inflaton-cli toy-coverage leaves them.
  void saveAll(const QString& folder);
  void saveTable(const QString& path);  ///< .csv
  void saveShell(const QString& path);  ///< .ply or .vtp

 Q_SIGNALS:
  void failed(const QString& what, const inflaton::JobError& error);
  void said(const QString& message);

 private:
  void askFolder();
  void askFile(const QString& title, const QString& name, const QString& suffix, const QString& filter,
               void (CoverageExport::*save)(const QString&));
  void exportFigure(Figure*);
  Session* session_;
  CoverageModel* model_;
  SaveCoverageFunction save_;
  QWidget* window_;
  ToyCoverageOptions options_;
  Figure *scene_ = nullptr, *curve_ = nullptr;
};

}  // namespace inflaton::ui
