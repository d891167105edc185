#include "ui/hmc/calibration/calibration_view.h"

#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/forms/help_section.h"
#include "ui/forms/inspector_parts.h"
#include "ui/hmc/calibration/sbc_plots.h"
#include "ui/hmc/chains/live_strip.h"
#include "ui/hmc/stage_options.h"
#include "ui/jobs/job_button.h"
#include "ui/session/provenance_bar.h"
#include "ui/session/session.h"
#include "ui/style/locale_numbers.h"

namespace inflaton::ui {

CalibrationInspector::CalibrationInspector(Session* session, CalibrationRun* test, QWidget* parent)
    : QWidget(parent),
      session_(session),
      test_(test),
      subject_(heading({})),
      needs_(attention(tr("The experiment observes points of a plane: this data set has other dimensions."))),
      job_(new JobButton(
          session->jobs(), tr("Test calibration"),
          tr("Draw truths from the prior again and again, infer each, and see where it falls in its posterior (inflaton-cli sbc)"))),
      circles_(new QPushButton(tr("Use circles"))),
      save_(new QPushButton(tr("Save\u2026"))) {
  FormLayout layout = stageLayout();
  layout.front = {"replicates", "observations", "truth", "score_scale"};
  layout.hidden << "gt_n";
  form_ = ParameterForm::make(withExperiment(test->own(), *session), layout);
  form_->setObjectName("sbcForm");
  subject_->setWordWrap(true);
  job_->setObjectName("sbcJob");
  circles_->setObjectName("sbcCircles");
  save_->setObjectName("sbcSave");
  save_->setToolTip(tr("Write ranks, bands and coverage as .npz"));
  for (QPushButton* b : {circles_, save_}) b->setAutoDefault(false), b->setFocusPolicy(Qt::TabFocus);
  auto* row = new QHBoxLayout;
  row->addWidget(job_, 1);
  row->addWidget(save_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(subject_);
  column->addWidget(needs_);
  column->addWidget(circles_, 0, Qt::AlignLeft);
  column->addWidget(
      sideNote(tr("Weights are drawn from the prior, observations from the weights, and the posterior of each set is computed exactly. If "
                  "the flow is calibrated, "
                  "the truth is as often at any one rank among its posterior draws as at any other.")));
  column->addLayout(row);
  column->addWidget(form_);
  column->addWidget(new HelpSection("calibration"));
  column->addStretch();
  connect(form_, &ParameterForm::edited, this, [this] {
    test_->setOwn(form_->options<SbcOptions>());
    Q_EMIT changed();
  });
  connect(job_, &JobButton::runRequested, this, [this] {
    if (const auto job = test_->start()) job_->started(job);
  });
  connect(session->jobs(), &JobBridge::changed, this, [this](const JobStatus& status) {
    if (status.state == JobState::finished && !job_->running()) job_->say({});
  });
  connect(circles_, &QPushButton::clicked, this, [this] { session_->chooseSet("circles"); });
  connect(save_, &QPushButton::clicked, this, &CalibrationInspector::save);
  connect(session, &Session::experimentChanged, this, &CalibrationInspector::follow);
  connect(session, &Session::flowFinished, this, &CalibrationInspector::follow);
  connect(test, &CalibrationRun::changed, this, &CalibrationInspector::follow);
  follow();
}

bool CalibrationInspector::ready() const { return isPlane(*session_) && form_->valid(); }
void CalibrationInspector::run() { job_->press(); }

void CalibrationInspector::follow() {
  const bool plane = isPlane(*session_);
  subject_->setText(plane ? tr("Test the calibration of %1").arg(subjectOf(*session_)) : session_->dataTitle());
  needs_->setVisible(!plane && session_->dataDim() > 0);
  circles_->setVisible(needs_->isVisibleTo(this));
  form_->setOptions(withExperiment(test_->own(), *session_));
  form_->setDefaults(withExperiment(SbcOptions{}, *session_));
  job_->button()->setEnabled(test_->running() || ready());
  save_->setVisible(bool(test_->result()) && !test_->running());
  Q_EMIT changed();
}

void CalibrationInspector::save() {
  auto* dialog = new QFileDialog(this, tr("Save the test of calibration"), QDir::homePath(), tr("NumPy archives (*.npz)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix("npz");
  dialog->selectFile("sbc.npz");
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) { test_->save(path); });
  dialog->open();
}

CalibrationView::CalibrationView(Session* session, CalibrationRun* test, QWidget* parent)
    : QWidget(parent),
      session_(session),
      test_(test),
      mark_(new StateMark),
      verdict_(new ElidedLabel),
      detail_(new ElidedLabel),
      ecdf_(new PlotPane(tr("Ranks against uniform"), QStringLiteral("sbc_ecdf"))),
      coverage_(new PlotPane(tr("Coverage of credible intervals"), QStringLiteral("sbc_coverage"))),
      bar_(new ProvenanceBar(session)) {
  QFont bold = verdict_->font();
  bold.setBold(true);
  verdict_->setFont(bold);
  verdict_->setObjectName("sbcVerdict");
  detail_->setObjectName("sbcDetail");
  detail_->setForegroundRole(QPalette::PlaceholderText);
  for (QLabel* label : {verdict_, detail_}) label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* first = new QHBoxLayout;
  first->setSpacing(6);
  first->addWidget(mark_);
  first->addWidget(verdict_, 1);
  auto* words = new QVBoxLayout;
  words->setContentsMargins(8, 4, 8, 2);
  words->setSpacing(1);
  words->addLayout(first);
  words->addWidget(detail_);
  auto* split = new QSplitter;
  split->setChildrenCollapsible(false);
  split->setHandleWidth(3);
  for (PlotPane* pane : {ecdf_, coverage_}) {
    split->addWidget(pane);
    pane->installEventFilter(this);
    connect(pane, &PlotPane::fillRequested, this, [this, pane] { fill(pane); });
  }
  split->setStretchFactor(0, 4), split->setStretchFactor(1, 3);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addWidget(bar_);
  column->addLayout(words);
  column->addWidget(split, 1);
  bar_->dims({ecdf_, coverage_});
  bar_->setFormBack([this] { test_->setOwn(test_->shown()); });
  ecdf_->setEmptyText(
      tr("The difference between the ranks' distribution and a uniform one appears here, with the band that a calibrated flow stays in."));
  coverage_->setEmptyText(tr("How often credible intervals of each level hold the truth: on the diagonal when calibrated."));
  connect(test, &CalibrationRun::changed, this, &CalibrationView::follow);
  connect(session, &Session::experimentChanged, this, &CalibrationView::follow);
  follow();
}

void CalibrationView::fill(PlotPane* pane) {
  PlotPane* other = pane == ecdf_ ? coverage_ : ecdf_;
  other->setVisible(!other->isVisible());
}

QString CalibrationView::verdict() const { return verdict_->text(); }
Figure* CalibrationView::currentFigure() const {
  return second_ && coverage_->isVisible() ? coverage_ : ecdf_->isVisible() ? ecdf_ : coverage_;
}

void CalibrationView::follow() {
  const auto& result = test_->result();
  const QString command = QString::fromStdString(commandLine(test_->shown()));
  if (result) {
    ecdf_->setContent(sbcEcdfPlot(result, command));
    coverage_->setContent(sbcCoveragePlot(result, command));
  }
  QString words = tr("Not tested yet"),
          detail = tr("Test calibration draws truths from the prior and asks where they fall in their posteriors");
  auto kind = StateMark::Kind::rest;
  if (result) {
    const bool partial = test_->running() || result->done < result->replicates;
    const QString verdict = localeText(QString::fromStdString(result->verdict));
    words = verdict.isEmpty() ? tr("Under way") : verdict.left(1).toUpper() + verdict.mid(1);
    detail = tr("%1 of %2 replicates").arg(result->done).arg(result->replicates);
    if (!partial) detail += tr(", %1").arg(durationText(result->seconds));
    kind = test_->running() ? StateMark::Kind::busy : result->calibrated ? StateMark::Kind::good : StateMark::Kind::attention;
  } else if (test_->running()) {
    words = tr("Starting\u2026"), detail.clear(), kind = StateMark::Kind::busy;
  }
  bar_->compare(result ? Provenance::of(test_->shown(), 2) : Provenance(), Provenance::of(test_->options(), session_->dataDim()));
  mark_->setKind(bar_->stale() && kind == StateMark::Kind::good ? StateMark::Kind::rest : kind);  // no tick for something else
  for (auto [label, text] : {std::pair{verdict_, words}, std::pair{detail_, detail}}) label->setText(text), label->setToolTip(text);
}

bool CalibrationView::eventFilter(QObject* target, QEvent* event) {
  if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::FocusIn) second_ = target == coverage_;
  return QWidget::eventFilter(target, event);
}

}  // namespace inflaton::ui
