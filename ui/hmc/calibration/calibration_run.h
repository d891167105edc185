#pragma once
// Simulation-based calibration and the marginal posterior as jobs of the stage. No widgets.
#include <QObject>
#include <memory>

#include "ui/hmc/hmc_engine.h"
#include "ui/session/session.h"

namespace inflaton::ui {

class CalibrationRun : public QObject {
  Q_OBJECT
 public:
  CalibrationRun(Session*, const HmcEngine*, QObject* parent = nullptr);
  SbcOptions options() const;  ///< what start() would run
  const SbcOptions& own() const { return own_; }
  void setOwn(const SbcOptions&);
  const std::shared_ptr<const SbcResult>& result() const { return result_; }
  const SbcOptions& shown() const { return shown_; }  ///< of result()
  std::uint64_t job() const { return job_; }
  bool running() const { return job_ != 0; }
  std::uint64_t start();  ///< 0: the options cannot be; failed() says why
  void cancel();
  void save(const QString& path);

 Q_SIGNALS:
  void changed();  ///< result, options or whether it runs
  void saved(const QString& path);
  void failed(const QString& what, const inflaton::JobError& error);

 private:
  Session* session_;
  const HmcEngine* engine_;
  SbcOptions own_, shown_;
  std::shared_ptr<const SbcResult> result_;
  std::uint64_t job_ = 0, ticket_ = 0;
};

class MarginalRun : public QObject {
  Q_OBJECT
 public:
  MarginalRun(Session*, const HmcEngine*, QObject* parent = nullptr);
  /// Of the experiment of these chains.
  /// Not `asked` for (started by itself after the chains), a failure is no alarm: failure() tells.
  std::uint64_t start(const PosteriorOptions&, bool asked = true);
  const QString& failure() const { return failure_; }  ///< why the last one ended without a result; empty: it did not
  bool running() const { return job_ != 0; }
  const MarginalOptions& options() const { return options_; }
  const std::shared_ptr<const MarginalPosterior>& result() const { return result_; }
  void forget();  ///< the chains are of something else now
  std::int64_t points() const { return points_; }
  void setPoints(std::int64_t);
  void save(const QString& path);

 Q_SIGNALS:
  void done();  ///< with a result, or a failure()
  void saved(const QString& path);
  void failed(const QString& what, const inflaton::JobError& error);

 private:
  void refuse(const JobError&, bool asked);
  Session* session_;
  const HmcEngine* engine_;
  MarginalOptions options_;
  std::shared_ptr<const MarginalPosterior> result_;
  QString failure_;
  std::int64_t points_;
  std::uint64_t job_ = 0, ticket_ = 0;
};

}  // namespace inflaton::ui
