#include "ui/coverage/coverage_inspector.h"

#include <QFileInfo>
#include <QFrame>
#include <QVBoxLayout>
#include <cmath>

#include "core/api/json_text.h"
#include "ui/coverage/coverage_model.h"
#include "ui/forms/help_section.h"
#include "ui/forms/inspector_parts.h"
#include "ui/jobs/job_button.h"
#include "ui/session/session.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

namespace {
const QStringList kFront{"test_pts", "boundary_pts", "r_min", "r_max", "r_num", "seeds", "boundary"};
const QStringList kFolded{"alpha", "solver", "steps", "h", "tolerance", "end_vars", "eps"};

FormLayout layoutOf() {
  FormLayout layout;
  layout.front = kFront;
  layout.only = kFolded;
  return layout;
}

/// Of the last session, as far as they still are options.
ToyCoverageOptions remembered(QSettings& ini) {
  ToyCoverageOptions options;
  salvage(options, jsonOrNull(ini.value("coverage/options").toString().toStdString()));
  return options;
}
}  // namespace

CoverageInspector::CoverageInspector(Session* session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      heading_(heading({})),
      about_(sideNote()),
      results_(new QLabel),
      job_(new JobButton(session->jobs(), tr("Run coverage"),
                         tr("Points and shells through the flow and back, counted at three places (inflaton-cli toy-coverage)"))) {
  setObjectName("coverageInspector");
  about_->setObjectName("coverageAbout");
  results_->setObjectName("coverageResults");
  results_->setTextFormat(Qt::RichText);
  results_->setWordWrap(true);
  results_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  results_->setFrameShape(QFrame::StyledPanel);
  results_->setContentsMargins(8, 6, 8, 6);
  results_->hide();
  form_ = ParameterForm::make(remembered(session->settings()->ini()), layoutOf());
  form_->setDefaults(ToyCoverageOptions{});
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(heading_);
  column->addWidget(about_);
  column->addWidget(job_);
  column->addWidget(results_);
  column->addSpacing(4);
  column->addWidget(form_);
  column->addWidget(new HelpSection("coverage"));
  column->addStretch();
  connect(job_, &JobButton::runRequested, this, &CoverageInspector::runRequested);
  connect(form_, &ParameterForm::edited, this, [this] {
    remember();
    Q_EMIT edited();
  });
  connect(session, &Session::experimentChanged, this, [this] {
    follow();
    Q_EMIT edited();
  });
  follow();
}

ToyCoverageOptions CoverageInspector::options() const { return form_->options<ToyCoverageOptions>(); }

void CoverageInspector::setOwn(const ToyCoverageOptions& own) {
  form_->setOptions(own);
  remember();
  follow();
  Q_EMIT edited();
}

bool CoverageInspector::dimensionFits() const { return session_->dataDim() == 0 || session_->dataDim() == 2 || session_->dataDim() == 3; }

QString CoverageInspector::subject() const {
  return tr("%1, %2, %3")
      .arg(session_->dataTitle(), session_->scheduleName(),
           session_->experiment().flow.source == "net" ? tr("network") : tr("exact score"));
}

void CoverageInspector::remember() {
  nlohmann::json all = toJson(options()), own;
  for (const QString& name : kFront + kFolded) own[name.toStdString()] = all[name.toStdString()];
  session_->settings()->ini().setValue("coverage/options", QString::fromStdString(jsonText(own)));
}

// Data, schedule, score and seed follow the session; eps and A0 are the experiment's own.
void CoverageInspector::follow() {
  ToyCoverageOptions o = options();
  static_cast<DenoiserOptions&>(o) = session_->experiment().flow;
  form_->setOptions(o);
  heading_->setText(tr("Measure the coverage of %1").arg(session_->dataTitle()));
  const bool network = o.source == "net";
  about_->setText(!dimensionFits() ? tr("Coverage needs a set of two or three dimensions; this one has %1.").arg(session_->dataDim())
                  : network
                      ? tr("%1, network %2.").arg(session_->scheduleName(), QFileInfo(QString::fromStdString(o.network)).completeBaseName())
                      : tr("%1, exact score of %2. Set, schedule and score are those of the Flow stage.")
                            .arg(session_->scheduleName())
                            .arg(scorePoints(o)));
}

void CoverageInspector::showResult(const CoverageResult* result, const QString& subject) {
  results_->setVisible(result && !result->runs.empty());
  if (results_->isHidden()) return;
  QString rows;
  const auto row = [&](const QString& name, const QString& value) {
    rows += QStringLiteral("<tr><td style='padding-right:10px'>%1</td><td align='right'><b>%2</b></td></tr>").arg(name, value);
  };
  row(tr("Of"), subject.toHtmlEscaped());
  row(tr("Seeds"), QString::number(result->runs.size()));
  row(tr("Points, shells"), tr("%1, %2 x %3").arg(result->testPoints).arg(result->radii.size()).arg(result->boundaryPoints));
  row(tr("Evaluations"), QString::number(result->evaluations));
  row(tr("Time"), durationText(result->seconds));
  row(tr("Round-trip RMSE"), tr("%1 sd").arg(number(result->runs.front().roundTripRmse, -2)));
  for (const BoundaryKind kind : {BoundaryKind::alphaShape, BoundaryKind::advected}) {
    if (!result->has(kind)) continue;
    double worst = 0;
    for (int p = 1; p < kCoveragePlaces; ++p)
      for (std::size_t r = 0; r < result->radii.size(); ++r) {
        const double d = result->mean(kind, static_cast<CoveragePlace>(p), r) - result->mean(kind, CoveragePlace::latentStart, r);
        if (std::abs(d) > std::abs(worst)) worst = d;
      }
    row(tr("Largest drift, %1").arg(kindName(kind).toLower()),
        tr("%1 points").arg((worst > 0 ? QStringLiteral("+") : QString()) + number(100 * worst, 2)));
  }
  results_->setText(QStringLiteral("<table width='100%' cellspacing='1'>%1</table>").arg(rows));
  results_->setToolTip(
      tr("Drift: share inside at the data or the latent end minus that at the latent start, percentage points of the test points"));
}

}  // namespace inflaton::ui
