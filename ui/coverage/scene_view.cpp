#include "ui/coverage/scene_view.h"

#include <QElapsedTimer>
#include <QEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/coverage/coverage_colors.h"
#include "ui/views/box_axes.h"

namespace inflaton::ui {

CoverageSceneView::CoverageSceneView(CoverageModel* model, QWidget* parent) : QWidget(parent), model_(model) {
  setObjectName("coverageScene");
  setAccessibleName(tr("Coverage scene"));
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(false);
  setAttribute(Qt::WA_OpaquePaintEvent);
  camera_.orthographic = false;
  camera_.yaw = 35, camera_.pitch = 24;
  connect(model, &CoverageModel::selectionChanged, this, [this] {
    const std::tuple<const void*, CoveragePlace, BoundaryKind> now{model_->result() ? model_->result()->flows.get() : nullptr,
                                                                   model_->place(), model_->kind()};
    if (std::exchange(boxOf_, now) != now) fitBox();
    contentChanged();
    setAccessibleDescription(figureTitle());
  });
  connect(model, &CoverageModel::pickedChanged, this, [this] {
    path_ = model_->result() ? pathOf(*model_->result(), model_->picked()) : decltype(path_){};
    setToolTip({});
    update();
  });
}

CoverageSceneView::~CoverageSceneView() = default;

// Room for shells and points of this place. The camera stays: places are compared from the same side.
void CoverageSceneView::fitBox() {
  const auto& x = model_->points(model_->place());
  const auto D = static_cast<std::size_t>(std::max(1, model_->dim()));
  QVector3D low(1e30f, 1e30f, 1e30f), high = -low;
  const auto take = [&](auto* p) {
    for (std::size_t a = 0; a < std::min<std::size_t>(3, D); ++a)
      if (std::isfinite(p[a])) low[int(a)] = std::min(low[int(a)], float(p[a])), high[int(a)] = std::max(high[int(a)], float(p[a]));
  };
  for (std::size_t i = 0; i + D <= x.size(); i += D) take(x.data() + i);
  const int radii = model_->result() ? static_cast<int>(model_->result()->radii.size()) : 0;
  for (int r = 0; r < radii; ++r)
    if (const CoverageShell* s = model_->shell(model_->kind(), model_->place(), r))
      for (std::size_t i = 0; i + D <= s->mesh.points.size(); i += D) take(s->mesh.points.data() + i);
  if (low.x() > high.x()) low = {-1, -1, -1}, high = {1, 1, 1};
  if (flat()) low.setZ(0), high.setZ(0);
  const QVector3D grow = 0.04f * (high - low) + QVector3D(0.02f, 0.02f, flat() ? 0.f : 0.02f);
  low_ = low - grow, high_ = high + grow;
  camera_.halfBox = (high_ - low_) / 2;
  camera_.target = (high_ + low_) / 2;
  centre_ = camera_.target.toPointF();
  if (clip_) clip_->at = low_[clip_->axis] + clipFraction_ * (high_[clip_->axis] - low_[clip_->axis]);
}

void CoverageSceneView::contentChanged() {
  filled_ = false;
  moved();
}

void CoverageSceneView::moved() {
  image_ = {};
  update();
}

void CoverageSceneView::setPoints(Points points) {
  points_ = points;
  contentChanged();
  Q_EMIT viewChanged();
}

void CoverageSceneView::setAllShells(bool on) {
  allShells_ = on;
  contentChanged();
  Q_EMIT viewChanged();
}

void CoverageSceneView::setClip(std::optional<int> axis, double fraction) {
  clipFraction_ = fraction;
  clip_.reset();
  if (axis) clip_ = Clip{*axis, low_[*axis] + fraction * (high_[*axis] - low_[*axis])};
  contentChanged();
  Q_EMIT viewChanged();
}

void CoverageSceneView::resetView() {
  zoom_ = 1;
  camera_.zoom = 1;
  camera_.yaw = 35, camera_.pitch = 24;
  fitBox();
  moved();
  Q_EMIT viewChanged();
}

void CoverageSceneView::setView(float yaw, float pitch) {
  camera_.yaw = yaw, camera_.pitch = pitch;
  moved();
  Q_EMIT viewChanged();
}

void CoverageSceneView::setOrthographic(bool on) {
  camera_.orthographic = on;
  moved();
  Q_EMIT viewChanged();
}

PlotFrame CoverageSceneView::frameFor(const QSizeF& size, const QFont& font) const {
  const QSizeF span((high_.x() - low_.x()) / zoom_, (high_.y() - low_.y()) / zoom_);
  return PlotFrame::fit(size, QRectF(centre_ - QPointF(span.width() / 2, span.height() / 2), span), QFontMetricsF(font));
}

SceneCamera CoverageSceneView::sceneCamera(const QSizeF& size, const QFont& font) const {
  SceneCamera c;
  if (flat()) {
    const PlotFrame frame = frameFor(size, font);
    const QPointF middle = frame.unmap(QPointF(size.width() / 2, size.height() / 2));
    c.target = QVector3D(middle);
    c.eye = c.target + QVector3D(0, 0, 10);
    c.halfHeight = size.height() / 2 / frame.scale;
    c.reach = 9;
    return c;
  }
  constexpr float kTan = 0.27f;  // OrbitCamera's lens
  c.halfHeight = camera_.halfHeight(size);
  c.parallel = camera_.orthographic;
  c.reach = camera_.halfBox.length() * 1.8 + (camera_.target - (low_ + high_) / 2).length();
  const float distance = camera_.orthographic ? float(2 * c.reach) : float(c.halfHeight) / kTan;
  c.target = camera_.target;
  c.eye = camera_.target + camera_.direction() * distance;
  c.up = camera_.up();
  c.viewAngle = 2 * std::atan(double(kTan)) * 180 / M_PI;
  return c;
}

std::function<QPointF(const float*)> CoverageSceneView::mapping(const QSizeF& size, const QFont& font) const {
  if (flat()) return [frame = frameFor(size, font)](const float* x) { return frame.map(x[0], x[1]); };
  return [to = Projection(camera_, size)](const float* x) { return to.at({x[0], x[1], x[2]}); };
}

/// Whether the scene has this point now.
bool CoverageSceneView::shows(std::size_t i) const {
  const auto& status = model_->status();
  if (points_ == Points::none || i >= status.size()) return false;
  if (points_ == Points::changed && (status[i] == PointStatus::inside || status[i] == PointStatus::outside)) return false;
  if (!clip_) return true;
  return model_->points(model_->place())[i * static_cast<std::size_t>(model_->dim()) + static_cast<std::size_t>(clip_->axis)] <= clip_->at;
}

void CoverageSceneView::fillScene(const Theme& theme) {
  if (filled_ && filledFor_ == theme) return;
  filled_ = true, filledFor_ = theme;
  const auto result = model_->result();
  std::vector<ShellLook> shells;
  const int radii = result ? static_cast<int>(result->radii.size()) : 0;
  for (int r = 0; r < radii; ++r) {
    const bool chosen = r == model_->radius();
    const CoverageShell* s = chosen ? model_->shown() : model_->shell(model_->kind(), model_->place(), r);
    if (!s || s->mesh.cells.empty() || (!chosen && !allShells_)) continue;
    shells.push_back({&s->mesh, shellColor(r, radii, theme), chosen ? 0.34 : 0.07, chosen ? 3.2 : 1.3});
  }
  gl_.setShells(shells);
  gl_.setGround(flat() ? std::nullopt : std::optional(theme.background));
  gl_.setClip(flat() ? std::nullopt : clip_);
  std::vector<PointGroup> groups(kPointStatuses);
  const auto& x = model_->points(model_->place());
  const auto D = static_cast<std::size_t>(std::max(1, model_->dim()));
  for (int s = 0; s < kPointStatuses; ++s) {
    const StatusLook look = statusLook(static_cast<PointStatus>(s), theme);
    groups[static_cast<std::size_t>(s)] = {{}, look.color, look.marker, look.size};
  }
  const auto& status = model_->status();
  for (std::size_t i = 0; i < status.size(); ++i) {
    if (!shows(i)) continue;
    const float* p = x.data() + i * D;
    // In the plane the depth says who is in front: curves lie at 0, what changed on top of them.
    const float z = flat() ? -0.15f + 0.1f * static_cast<float>(status[i]) : p[2];
    auto& into = groups[static_cast<std::size_t>(status[i])].points;
    into.insert(into.end(), {p[0], p[1], z});
  }
  gl_.setPoints(groups);
}

QImage CoverageSceneView::sceneImage(const QSizeF& size, const QFont& font, double ratio, const Theme& theme) {
  QElapsedTimer clock;
  clock.start();
  fillScene(theme);
  const QImage image = gl_.render((size * ratio).toSize(), ratio, sceneCamera(size, font), hurried() ? 1 : 2);
  if (!moving_) cost_ = static_cast<double>(clock.nsecsElapsed()) * 1e-6;
  return image;
}

QPointF CoverageSceneView::positionOf(int point) const {
  const auto& x = model_->points(model_->place());
  const auto D = static_cast<std::size_t>(std::max(1, model_->dim()));
  if (point < 0 || (static_cast<std::size_t>(point) + 1) * D > x.size()) return {};
  return mapping(size(), font())(x.data() + static_cast<std::size_t>(point) * D);
}

int CoverageSceneView::pointAt(QPointF at) const {
  const auto& x = model_->points(model_->place());
  const auto D = static_cast<std::size_t>(std::max(1, model_->dim()));
  const Projection to(camera_, size());
  const PlotFrame frame = frameFor(size(), font());
  double best = 81;
  int found = -1;
  for (std::size_t i = 0; (i + 1) * D <= x.size(); ++i) {
    if (!shows(i)) continue;
    const float* p = x.data() + i * D;
    double depth = 0;
    QPointF q;
    if (flat()) {
      q = frame.map(p[0], p[1]);
    } else {
      const auto seen = to(p[0], p[1], p[2]);
      q = {seen[0], seen[1]}, depth = seen[2];
    }
    // What changed is drawn larger and on top: easier to hit too. Near ones go before far ones.
    const bool changed = model_->status()[i] == PointStatus::left || model_->status()[i] == PointStatus::entered;
    const double dx = q.x() - at.x(), dy = q.y() - at.y(), d = dx * dx + dy * dy;
    if (d < 81 && d + 20 * depth - (changed ? 12 : 0) < best) best = d + 20 * depth - (changed ? 12 : 0), found = static_cast<int>(i);
  }
  return found;
}

QString CoverageSceneView::figureCommand() const {
  return model_->result() ? QString::fromStdString(model_->result()->command) : QString();
}

void CoverageSceneView::paint(QPainter& p, const QSizeF& size, const PaintOptions& options) {
  draw(p, size, options);
  filled_ = false;  // perhaps for another theme
}

void CoverageSceneView::paintEvent(QPaintEvent*) {
  QPainter p(this);
  PaintOptions options;
  options.theme = Theme::fromPalette(palette());
  options.interactive = true;
  options.pixelRatio = devicePixelRatioF();
  draw(p, size(), options);
}

void CoverageSceneView::changeEvent(QEvent* e) {
  if (e->type() == QEvent::PaletteChange || e->type() == QEvent::FontChange) contentChanged();
  QWidget::changeEvent(e);
}

}  // namespace inflaton::ui
