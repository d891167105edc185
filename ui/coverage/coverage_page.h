#pragma once
// Stage "Coverage": how many points stay inside shells of known radius through the flow and back. core/api/coverage.h.
#include "ui/coverage/alpha_slider.h"
#include "ui/coverage/coverage_export.h"
#include "ui/coverage/coverage_model.h"
#include "ui/session/stage_page.h"

namespace inflaton::ui {

class CoverageCentre;
class CoverageInspector;
class Session;

/// The work behind the stage; tests may put their own in its place.
struct CoverageWork {
  std::function<Expected<std::shared_ptr<const CoverageResult>>(const ToyCoverageOptions&, const JobContext&,
                                                                const std::function<void(const CoverageUpdate&)>&)>
      run = toyCoverage;
  AlphaShapeFunction alphaShape = alphaShapeOf;
  SaveCoverageFunction save = saveCoverage;
};

class CoveragePage : public StagePage {
  Q_OBJECT
 public:
  CoveragePage(Session*, QObject* parent, CoverageWork work = {});
  QWidget* inspector() const override;
  QWidget* centre() const override;
  QString runText() const override;
  bool canRun() const override;
  void run() override;
  QString command() const override;
  Figure* currentFigure() const override;
  QString hint() const override;
  bool justStarted() const override;
  void resetView() override;

  CoverageModel* model() const { return model_; }
  CoverageCentre* view() const { return centre_; }
  CoverageInspector* form() const { return inspector_; }
  CoverageExport* exports() const { return exports_; }
  bool running() const;
  /// Shows a result as if it had just been computed with these options.
  void show(std::shared_ptr<const CoverageResult>, const ToyCoverageOptions&, const QString& subject);

 private:
  void start();
  void follow();
  void followJob(const JobStatus&);
  Session* session_;
  CoverageWork work_;
  CoverageModel* model_;
  CoverageInspector* inspector_;
  CoverageCentre* centre_;
  CoverageExport* exports_;
  ToyCoverageOptions shown_;  ///< of the result
  QString shownSubject_;
  std::uint64_t job_ = 0;  ///< the one that runs
};

Stage coverageStage();

}  // namespace inflaton::ui
