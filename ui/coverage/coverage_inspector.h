#pragma once
// Coverage stage: which shells, how many points, which boundary, which solver; data, schedule and score are the session's.
#include <QWidget>

#include "core/api/coverage.h"
#include "ui/forms/parameter_form.h"

class QLabel;

namespace inflaton::ui {

class JobButton;
class Session;

class CoverageInspector : public QWidget {
  Q_OBJECT
 public:
  explicit CoverageInspector(Session*, QWidget* parent = nullptr);
  ToyCoverageOptions options() const;      ///< what Run would do now
  void setOwn(const ToyCoverageOptions&);  ///< what the form has besides the experiment
  QString subject() const;                 ///< "circles, PRP, exact score"
  bool dimensionFits() const;              ///< 2 or 3, or not known yet
  ParameterForm* form() const { return form_; }
  JobButton* job() const { return job_; }
  void showResult(const CoverageResult*, const QString& subject);  ///< nullptr: none

 Q_SIGNALS:
  void edited();
  void runRequested();

 private:
  void follow();
  void remember();
  Session* session_;
  QLabel *heading_, *about_, *results_;
  JobButton* job_;
  ParameterForm* form_;
};

}  // namespace inflaton::ui
