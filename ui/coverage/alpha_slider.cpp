#include "ui/coverage/alpha_slider.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "ui/views/plot_frame.h"

namespace inflaton::ui {

namespace {
constexpr int kSteps = 1000;

/// Half the smallest distance between neighbours bounds every circumradius from below; beyond a few diameters of the cloud only slivers of
/// its hull are won, up to the reference's 200.
std::pair<double, double> rangeOf(const std::vector<double>& points, int dim) {
  const auto D = static_cast<std::size_t>(dim), n = points.size() / D;
  double nearest = 1e300, farthest = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      double d = 0;
      for (std::size_t a = 0; a < D; ++a) d += std::pow(points[i * D + a] - points[j * D + a], 2);
      if (d > 0) nearest = std::min(nearest, d);
      farthest = std::max(farthest, d);
    }
  if (!(farthest > 0) || !std::isfinite(farthest)) return {0.1, 200};
  const double low = std::max(std::sqrt(nearest) / 2, std::sqrt(farthest) * 1e-3);
  return {low, std::max(dim < 3 ? 200.0 : 10.0, 2 * std::sqrt(farthest))};
}
}  // namespace

AlphaSlider::AlphaSlider(CoverageModel* model, JobBridge* jobs, AlphaShapeFunction alpha, QWidget* parent)
    : QWidget(parent),
      model_(model),
      jobs_(jobs),
      alpha_(std::move(alpha)),
      slider_(new QSlider(Qt::Horizontal)),
      says_(new QLabel),
      auto_(new QToolButton),
      reset_(new QToolButton) {
  setObjectName("alphaRow");
  auto* name = new QLabel(tr("&Circumradius"));
  name->setBuddy(slider_);
  slider_->setObjectName("alphaSlider");
  slider_->setRange(0, kSteps);
  slider_->setPageStep(kSteps / 20);
  slider_->setMinimumWidth(90);
  slider_->setToolTip(
      tr("Largest circumradius of the Delaunay simplices that belong to the alpha shape, in scaled units, logarithmic. Tried out on the "
         "shell shown; the table stays as it was run."));
  slider_->setAccessibleName(tr("Circumradius of the alpha shape"));
  auto_->setObjectName("alphaAuto");
  auto_->setText(tr("Auto"));
  auto_->setToolTip(tr("The smallest circumradius at which the shape is one component that holds all boundary points (--alpha auto)"));
  reset_->setObjectName("alphaReset");
  reset_->setText(tr("As run"));
  reset_->setToolTip(tr("Back to the circumradius of the run"));
  for (QToolButton* b : {auto_, reset_}) b->setAutoRaise(true), b->setFocusPolicy(Qt::TabFocus);
  says_->setObjectName("alphaSays");
  says_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 0, 8, 0);
  row->setSpacing(6);
  row->addWidget(name);
  row->addWidget(slider_, 3);
  row->addWidget(auto_);
  row->addWidget(reset_);
  row->addWidget(says_, 5);
  soon_.setSingleShot(true);
  soon_.setInterval(15);  // a drag asks for what it passes slowly enough
  connect(&soon_, &QTimer::timeout, this, [this] { ask(radiusAt(slider_->value())); });
  connect(slider_, &QSlider::valueChanged, this, [this] { soon_.start(); });
  connect(auto_, &QToolButton::clicked, this, &AlphaSlider::automatic);
  connect(reset_, &QToolButton::clicked, this, &AlphaSlider::reset);
  connect(model, &CoverageModel::selectionChanged, this, &AlphaSlider::follow);
  follow();
}

QString AlphaSlider::text() const { return says_->text(); }
double AlphaSlider::radiusAt(int position) const { return low_ * std::pow(high_ / low_, static_cast<double>(position) / kSteps); }
int AlphaSlider::positionOf(double c) const {
  return std::clamp(static_cast<int>(std::lround(kSteps * std::log(std::max(c, low_) / low_) / std::log(high_ / low_))), 0, kSteps);
}

void AlphaSlider::follow() {
  const CoverageShell* shell = model_->shell(BoundaryKind::alphaShape, model_->place(), model_->radius());
  setVisible(shell && model_->kind() == BoundaryKind::alphaShape);
  const std::tuple<const void*, int, CoveragePlace, BoundaryKind> now{model_->result().get(), model_->radius(), model_->place(),
                                                                      model_->kind()};
  if (shell && isVisibleTo(parentWidget()) && std::exchange(of_, now) != now) {
    soon_.stop();
    ++asked_;
    std::tie(low_, high_) = rangeOf(model_->boundaryPoints(model_->place(), model_->radius()), std::max(2, model_->dim()));
    high_ = std::max(high_, shell->circumradius);
    const QSignalBlocker quiet(slider_);
    slider_->setValue(positionOf(shell->circumradius));
  }
  reset_->setEnabled(model_->trial() != nullptr);
  showCounts();
}

void AlphaSlider::showCounts() {
  const CoverageShell* shell = model_->shown();
  const auto result = model_->result();
  if (!shell || !result || model_->status().empty()) return says_->clear();
  const auto percent = [&](std::int64_t n) {
    return number(100.0 * static_cast<double>(n) / static_cast<double>(model_->status().size()), 1);
  };
  QString text = tr("%1: %2 % inside, ideal %3 %")
                     .arg(number(shell->circumradius, -3), percent(shell->inside),
                          number(100 * result->ideal.at(static_cast<std::size_t>(model_->radius())), 1));
  if (shell->mesh.cells.empty())
    text = tr("%1: an empty shape; move the slider to the right").arg(number(shell->circumradius, -3));
  else if (shell->check.components > 1)
    text += tr(", %1 components").arg(shell->check.components);
  say(text);
}

void AlphaSlider::say(const QString& text) {
  says_->setText(text);
  says_->setToolTip(text);
}

void AlphaSlider::reset() {
  ++asked_;
  soon_.stop();
  model_->setTrial(nullptr);
  const CoverageShell* shell = model_->shell(BoundaryKind::alphaShape, model_->place(), model_->radius());
  const QSignalBlocker quiet(slider_);
  if (shell) slider_->setValue(positionOf(shell->circumradius));
}

void AlphaSlider::automatic() { ask(0); }

void AlphaSlider::ask(double circumradius) {
  if (!model_->result() || model_->kind() != BoundaryKind::alphaShape) return;
  auto question = std::make_shared<AlphaShapeRequest>();
  question->dim = model_->dim();
  question->boundary = model_->boundaryPoints(model_->place(), model_->radius());
  question->queries = model_->points(model_->place());
  question->circumradius = circumradius;
  JobQueue::Request request;
  request.title = "Alpha shape";
  request.lane = Lane::interactive("alpha shape");
  const std::uint64_t mine = ++asked_;
  busy_ = true;
  jobs_->run<CoverageShell>(
      std::move(request), [question, alpha = alpha_](const JobContext& context) { return alpha(*question, context); }, this,
      [this, mine, circumradius](const Expected<CoverageShell>& shell) {
        if (mine != asked_) return;
        busy_ = false;
        if (!shell) {
          if (!shell.error().cancelled())
            say(QString::fromStdString(shell.error().message));  // where the slider is; the scene keeps the last shape
          return;
        }
        model_->setTrial(std::make_shared<CoverageShell>(*shell));
        const QSignalBlocker quiet(slider_);
        if (circumradius <= 0) slider_->setValue(positionOf(shell->circumradius));
      });
}

}  // namespace inflaton::ui
