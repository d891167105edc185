#include "ui/coverage/coverage_centre.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSlider>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/coverage/coverage_curve.h"
#include "ui/coverage/coverage_export.h"
#include "ui/coverage/coverage_judgement.h"
#include "ui/coverage/coverage_table.h"
#include "ui/session/provenance_bar.h"
#include "ui/session/session.h"
#include "ui/style/accent_button.h"

namespace inflaton::ui {

namespace {
QButtonGroup* choiceOf(QHBoxLayout* row, const QStringList& ids, const QStringList& texts, const QStringList& tips, QWidget* parent) {
  auto* group = new QButtonGroup(parent);
  for (int i = 0; i < ids.size(); ++i) {
    auto* b = new AccentButton(texts[i]);
    b->setObjectName(ids[i]);
    b->setToolTip(tips[i]);
    b->setCheckable(true);
    b->setAutoDefault(false);
    b->setFocusPolicy(Qt::TabFocus);
    group->addButton(b, i);
    row->addWidget(b);
  }
  return group;
}

QToolButton* toggle(const char* id, const QString& text, const QString& tip) {
  auto* b = new QToolButton;
  b->setObjectName(id);
  b->setText(text);
  b->setToolTip(tip);
  b->setCheckable(true);
  b->setAutoRaise(true);
  b->setFocusPolicy(Qt::TabFocus);
  return b;
}
}  // namespace

CoverageCentre::CoverageCentre(Session* session, CoverageModel* model, AlphaShapeFunction alpha, CoverageExport* exports, QWidget* parent)
    : QWidget(parent),
      session_(session),
      model_(model),
      pages_(new QStackedWidget),
      message_(new QLabel),
      caption_(new QLabel),
      verdict_(new QLabel),
      start_(new QPushButton(tr("Run coverage"))),
      scene_(new CoverageSceneView(model)),
      table_(new CoverageTable(model)),
      curve_(new ChartPane(tr("Coverage against radius"), QStringLiteral("coverage_curve"))),
      alpha_(new AlphaSlider(model, session->jobs(), std::move(alpha))),
      bar_(new ProvenanceBar(session)) {
  setObjectName("coverageCentre");
  difference_ = toggle("coverageDifference", tr("Minus ideal"), tr("Show what is inside minus the ideal, in percentage points"));
  caption_->setObjectName("coverageCaption");
  caption_->setForegroundRole(QPalette::PlaceholderText);
  caption_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  curve_->setEmptyText(tr("The curve appears with the first seed."));
  verdict_->setObjectName("coverageVerdict");
  verdict_->setWordWrap(true);
  verdict_->setContentsMargins(6, 0, 6, 2);
  verdict_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  verdict_->setToolTip(
      tr("At each radius the share inside is held against the ideal, with the noise that counting so many points has; "
         "the limits hold for all radii together in 95 of 100 runs of a calibrated flow"));

  auto* curveSide = new QWidget;
  auto* curveRow = new QHBoxLayout;
  curveRow->setContentsMargins(6, 0, 6, 0);
  curveRow->addWidget(caption_, 1);
  curveRow->addWidget(difference_);
  auto* curveColumn = new QVBoxLayout(curveSide);
  curveColumn->setContentsMargins(0, 0, 0, 0);
  curveColumn->setSpacing(0);
  curveColumn->addLayout(curveRow);
  curveColumn->addWidget(verdict_);
  curveColumn->addWidget(curve_, 1);
  auto* below = new QSplitter;
  below->setChildrenCollapsible(false);
  below->setHandleWidth(3);
  auto* tableSide = new QWidget;
  auto* unit = new QLabel(tr("Inside, % of the test points; diff. = alpha minus advected"));
  unit->setForegroundRole(QPalette::PlaceholderText);
  unit->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  unit->setContentsMargins(6, 0, 0, 0);
  unit->setFixedHeight(difference_->sizeHint().height());
  auto* tableColumn = new QVBoxLayout(tableSide);
  tableColumn->setContentsMargins(0, 0, 0, 0);
  tableColumn->setSpacing(0);
  tableColumn->addWidget(unit);
  tableColumn->addWidget(table_, 1);
  below->addWidget(tableSide);
  below->addWidget(curveSide);
  below->setSizes({560, 400});
  below->setStretchFactor(0, 4), below->setStretchFactor(1, 3);
  auto* upper = new QWidget;
  auto* upperColumn = new QVBoxLayout(upper);
  upperColumn->setContentsMargins(0, 0, 0, 0);
  upperColumn->setSpacing(2);
  upperColumn->addWidget(scene_, 1);
  upperColumn->addWidget(alpha_);
  auto* split = new QSplitter(Qt::Vertical);
  split->setObjectName("coverageSplit");
  split->setChildrenCollapsible(false);
  split->setHandleWidth(4);
  split->addWidget(upper);
  split->addWidget(below);
  split->setSizes({500, 212});
  split->setStretchFactor(0, 1), split->setStretchFactor(1, 0);
  auto* page = new QWidget;
  auto* pageColumn = new QVBoxLayout(page);
  pageColumn->setContentsMargins(0, 0, 0, 0);
  pageColumn->setSpacing(0);
  pageColumn->addWidget(bar_);
  pageColumn->addWidget(toolRow(exports));
  bar_->dims({scene_, table_, curve_});
  pageColumn->addWidget(split, 1);
  pages_->addWidget(emptyPage());
  pages_->addWidget(page);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->addWidget(pages_);

  exports->setFigures(scene_, curve_);
  for (QWidget* w : {static_cast<QWidget*>(scene_), static_cast<QWidget*>(curve_), static_cast<QWidget*>(table_)})
    w->installEventFilter(this);
  connect(difference_, &QToolButton::toggled, this, [this](bool on) {
    session_->settings()->ini().setValue("coverage/difference", on);
    showCurve();
  });
  difference_->setChecked(session->settings()->ini().value("coverage/difference", true).toBool());
  connect(model, &CoverageModel::resultChanged, this, [this] {
    pages_->setCurrentIndex(model_->result() && !model_->result()->runs.empty() ? 1 : 0);
    showCurve();
    follow();
  });
  connect(model, &CoverageModel::selectionChanged, this, &CoverageCentre::follow);
  connect(scene_, &CoverageSceneView::viewChanged, this, &CoverageCentre::follow);
  follow();
}

QWidget* CoverageCentre::emptyPage() {
  auto* page = new QWidget;
  message_->setObjectName("coverageMessage");
  message_->setWordWrap(true);
  message_->setAlignment(Qt::AlignHCenter | Qt::AlignBottom);
  message_->setMaximumWidth(520);
  start_->setObjectName("coverageStart");
  start_->setAutoDefault(false);
  start_->setToolTip(tr("Run it with the parameters at the right (Ctrl+Return)"));
  connect(start_, &QPushButton::clicked, this, &CoverageCentre::runRequested);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(30, 30, 30, 30);
  column->setSpacing(12);
  column->addStretch(2);
  auto* line = new QHBoxLayout;
  line->addStretch();
  line->addWidget(message_, 10);
  line->addStretch();
  column->addLayout(line);
  column->addWidget(start_, 0, Qt::AlignHCenter);
  column->addStretch(3);
  return page;
}

QWidget* CoverageCentre::toolRow(CoverageExport* exports) {
  auto* bar = new QWidget;
  auto* row = new QHBoxLayout(bar);
  row->setContentsMargins(6, 3, 6, 3);
  row->setSpacing(2);
  places_ = choiceOf(row, {"placeStart", "placeData", "placeEnd"}, {tr("Latent start"), tr("Data"), tr("Latent end")},
                     {tr("Where the points and shells were drawn"), tr("After generation, in data space (eigen-axes)"),
                      tr("After generation and inflation back")},
                     this);
  row->addSpacing(10);
  kinds_ = choiceOf(row, {"kindAlpha", "kindAdvected"}, {tr("Alpha shape"), tr("Advected")},
                    {tr("Boundary by alpha shape of the shell's points, as the reference"),
                     tr("Boundary that the flow itself carried along: exact for a homeomorphism")},
                    this);
  connect(places_, &QButtonGroup::idClicked, this, [this](int i) { model_->setPlace(static_cast<CoveragePlace>(i)); });
  connect(kinds_, &QButtonGroup::idClicked, this, [this](int i) { model_->setKind(static_cast<BoundaryKind>(i)); });
  row->addSpacing(10);
  points_ = new QComboBox;
  points_->setObjectName("coveragePoints");
  points_->addItems({tr("All points"), tr("Left and entered"), tr("No points")});
  points_->setToolTip(tr("Which test points are drawn"));
  points_->setAccessibleName(tr("Points drawn"));
  points_->setFocusPolicy(Qt::TabFocus);
  connect(points_, &QComboBox::activated, this, [this](int i) { scene_->setPoints(static_cast<CoverageSceneView::Points>(i)); });
  row->addWidget(points_);
  shells_ = toggle("coverageShells", tr("All shells"), tr("Draw all shells, or the selected one alone"));
  connect(shells_, &QToolButton::clicked, this, [this](bool on) { scene_->setAllShells(on); });
  row->addWidget(shells_);
  clip_ = toggle("coverageClip", tr("Clip"), tr("Cut the scene open, square to an axis"));
  clipAxis_ = new QComboBox;
  clipAxis_->setObjectName("coverageClipAxis");
  clipAxis_->addItems({tr("axis 1"), tr("axis 2"), tr("axis 3")});
  clipAxis_->setCurrentIndex(1);
  clipAxis_->setToolTip(tr("Axis that the cut is square to"));
  clipAxis_->setAccessibleName(tr("Axis of the cut"));
  clipAxis_->setFocusPolicy(Qt::TabFocus);
  clipAt_ = new QSlider(Qt::Horizontal);
  clipAt_->setObjectName("coverageClipAt");
  clipAt_->setRange(0, 200);
  clipAt_->setValue(100);
  clipAt_->setFixedWidth(90);
  clipAt_->setToolTip(tr("Where the cut is"));
  clipAt_->setAccessibleName(tr("Place of the cut"));
  connect(clip_, &QToolButton::clicked, this, &CoverageCentre::setClipFromRow);
  connect(clipAxis_, &QComboBox::activated, this, &CoverageCentre::setClipFromRow);
  connect(clipAt_, &QSlider::valueChanged, this, &CoverageCentre::setClipFromRow);
  row->addWidget(clip_);
  row->addWidget(clipAxis_);
  row->addWidget(clipAt_);
  row->addStretch();
  auto* out = new QToolButton;
  out->setObjectName("coverageExport");
  out->setText(tr("Export"));
  out->setToolTip(tr("JSON, CSV, PLY, VTP, npz and figures"));
  out->setPopupMode(QToolButton::InstantPopup);
  out->setFocusPolicy(Qt::TabFocus);
  auto* menu = new QMenu(out);
  exports->fill(menu);
  out->setMenu(menu);
  row->addWidget(out);
  return bar;
}

void CoverageCentre::setClipFromRow() {
  scene_->setClip(clip_->isChecked() ? std::optional<int>(clipAxis_->currentIndex()) : std::nullopt,
                  clipAt_->value() / static_cast<double>(clipAt_->maximum()));
}

void CoverageCentre::follow() {
  const auto result = model_->result();
  places_->button(static_cast<int>(model_->place()))->setChecked(true);
  kinds_->button(static_cast<int>(model_->kind()))->setChecked(true);
  for (const BoundaryKind kind : {BoundaryKind::alphaShape, BoundaryKind::advected})
    kinds_->button(static_cast<int>(kind))->setEnabled(result && result->has(kind));
  points_->setCurrentIndex(static_cast<int>(scene_->points()));
  shells_->setChecked(scene_->allShells());
  const bool space = model_->dim() > 2;
  clip_->setVisible(space);
  clip_->setChecked(scene_->clip().has_value());
  clipAxis_->setVisible(space && scene_->clip());
  clipAt_->setVisible(space && scene_->clip());
  if (curve_->hasContent() && shownKind_ != model_->kind()) showCurve();
}

void CoverageCentre::showCurve() {
  shownKind_ = model_->kind();
  curve_->setContent(coverageChart(model_->result(), model_->kind(), difference_->isChecked()));
  const auto result = model_->result();
  const bool judged = result && result->has(model_->kind());
  verdict_->setVisible(judged);
  if (!judged) return;
  const CoverageJudgement judgement = judgeCoverage(*result, model_->kind());
  verdict_->setText(judgement.words);
  verdict_->setForegroundRole(judgement.within ? QPalette::WindowText : QPalette::BrightText);
}

QString CoverageCentre::verdict() const { return verdict_->text(); }

void CoverageCentre::setMessage(const QString& text, bool canRun) {
  message_->setText(text);
  start_->setVisible(canRun);
}

void CoverageCentre::setCaption(const QString& text) {
  caption_->setText(text);
  caption_->setToolTip(text);
}

Figure* CoverageCentre::currentFigure() const {
  if (!model_->result() || model_->result()->runs.empty()) return nullptr;
  return curveUsed_ ? static_cast<Figure*>(curve_) : scene_;
}

bool CoverageCentre::eventFilter(QObject* target, QEvent* event) {
  // Charts hand their presses on to nobody: being under the mouse counts.
  if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::FocusIn || event->type() == QEvent::Wheel ||
      event->type() == QEvent::Enter)
    curveUsed_ = target == curve_;
  return QWidget::eventFilter(target, event);
}

}  // namespace inflaton::ui
