#include "ui/views/particles_3d.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QTimer>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <cmath>

#include "ui/style/color_modes.h"
#include "ui/views/particle_painter.h"
#include "ui/views/particle_scene.h"

namespace inflaton::ui {

struct Particles3D::Camera : OrbitCamera {
  bool latent = false, timeAxis = false;
  bool moved = false;  ///< by hand: new data do not turn it
  ParticleSpace space;
  int dim = 0;
  ParticlePainter painter;
};

/// The window, and the mouse over it.
struct Particles3D::Scene {
  ParticleScene scene;
  bool dirty = true, colorsDirty = true;
  QPointF pressed, last;
  bool dragged = false, selecting = false, panning = false;
  QRectF brush;
};

Particles3D::Particles3D(ViewState* state, QWidget* parent) : QWidget(parent), camera_(std::make_unique<Camera>()), state_(state) {
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  setAccessibleName(figureTitle());
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  const auto redraw = [this] { redrawSoon(false); };
  const auto recolor = [this] { redrawSoon(true); };
  connect(state, &ViewState::simulationChanged, this, &Particles3D::simulationChanged);
  connect(state, &ViewState::laneChanged, this, recolor);
  connect(state, &ViewState::timeChanged, this, redraw);
  connect(state, &ViewState::selectionChanged, this, recolor);
  connect(state, &ViewState::hoveredChanged, this, redraw);
  connect(state, &ViewState::appearanceChanged, this, recolor);
  connect(state, &ViewState::pointValuesChanged, this, recolor);
  simulationChanged();
}

Particles3D::~Particles3D() = default;

bool Particles3D::latent() const { return camera_->latent; }
bool Particles3D::timeAxis() const { return camera_->space.timeAxis; }
bool Particles3D::orthographic() const { return camera_->orthographic; }
bool Particles3D::ready() const { return scene_ != nullptr; }
QString Particles3D::figureTitle() const {
  return camera_ && camera_->latent ? tr("Particles, latent space") : tr("Particles, data space");
}
QString Particles3D::figureName() const { return QStringLiteral("particles"); }

void Particles3D::redrawSoon(bool colors) {
  if (!scene_) return;
  scene_->dirty = true;
  scene_->colorsDirty |= colors;
}

void Particles3D::simulationChanged() {
  auto& c = *camera_;
  c.space = ParticleSpace::of(*state_, c.latent, c.timeAxis);
  c.target = (c.space.low + c.space.high) / 2;
  c.halfBox = (c.space.high - c.space.low) / 2;
  if (c.space.dim != c.dim) {
    c.dim = c.space.dim;
    c.moved = false;
  }
  if (!c.moved) resetView();
  if (const auto* lane = state_->trajectory())
    setAccessibleDescription(tr("%n point(s) in %1 dimensions", nullptr, static_cast<int>(lane->n)).arg(lane->dim));
  redrawSoon(true);
}

// Sets in the plane are looked at from above, without perspective; others from a corner.
void Particles3D::resetView() {
  auto& c = *camera_;
  c.target = (c.space.low + c.space.high) / 2;
  c.zoom = 1;
  c.orthographic = c.space.flat();
  c.yaw = c.space.flat() ? 0.f : 32.f;
  c.pitch = c.space.flat() ? 90.f : 24.f;
  c.moved = false;
  redrawSoon(false);
  Q_EMIT viewChanged();
}

void Particles3D::setView(View v) {
  auto& c = *camera_;
  c.yaw = v == View::right ? 90.f : v == View::iso ? 32.f : 0.f;
  c.pitch = v == View::top ? 90.f : v == View::iso ? 24.f : 0.f;
  c.moved = true;
  redrawSoon(false);
  Q_EMIT viewChanged();
}

void Particles3D::setOrthographic(bool on) {
  if (on == camera_->orthographic) return;
  camera_->orthographic = on;
  redrawSoon(false);
  Q_EMIT viewChanged();
}
void Particles3D::toggleOrthographic() { setOrthographic(!camera_->orthographic); }

void Particles3D::setLatent(bool on) {
  if (on == camera_->latent) return;
  camera_->latent = on;
  setAccessibleName(figureTitle());
  simulationChanged();
  Q_EMIT viewChanged();
}

void Particles3D::setTimeAxis(bool on) {
  if (on == camera_->timeAxis) return;
  camera_->timeAxis = on;
  camera_->moved = false;
  simulationChanged();
}

void Particles3D::showEvent(QShowEvent* e) {
  QWidget::showEvent(e);
  // After the window has shown itself, so that starting the program does not wait for OpenGL.
  if (!scene_)
    QTimer::singleShot(0, this, [this] {
      if (!scene_ && isVisible()) build();
    });
}

void Particles3D::build() {
  scene_ = std::make_unique<Scene>();
  auto* window = scene_->scene.window();
  container_ = QWidget::createWindowContainer(window, this);
  container_->setFocusPolicy(Qt::NoFocus);
  container_->setMinimumSize(1, 1);
  layout()->addWidget(container_);
  window->installEventFilter(this);
  connect(&scene_->scene, &ParticleScene::laneReady, this, [this] { redrawSoon(true); });
  connect(&scene_->scene, &ParticleScene::frame, this, &Particles3D::drawFrame);
}

void Particles3D::drawFrame() {
  if (scene_->dirty && container_->isVisible()) {
    scene_->dirty = false;
    auto& c = *camera_;
    auto& s = scene_->scene;
    PaintOptions options;
    options.theme = Theme::fromPalette(palette());
    options.interactive = true;
    options.pixelRatio = container_->devicePixelRatioF();
    ParticlePainter::What what;
    what.title = figureTitle();
    what.brush = scene_->brush;
    const QSizeF size = container_->size();
    const bool gpu = s.gpuPoints() && c.space.dim <= 3 && state_->trajectory() && s.setLane(*state_);
    what.points = !gpu;
    s.showPoints(gpu && state_->points());
    if (gpu) {
      s.setMoment(*state_, c.space, c.viewProjection(size),
                  particleSize(*state_, static_cast<std::size_t>(state_->trajectory()->n)) * options.pixelRatio);
      if (scene_->colorsDirty || colorMode(state_->colorBy()).followsTime) s.setColors(shownColors(options.theme));
      scene_->colorsDirty = false;
    }
    c.painter.draw(s.layer((size * options.pixelRatio).toSize()), size, *state_, c.space, c, options, font(), what);
    s.layerPainted();
  }
  Q_EMIT frameDrawn();
}

/// Colours for the graphics card: ghosts faded, hidden points without alpha.
std::vector<QRgb> Particles3D::shownColors(const Theme& theme) const {
  auto rgb = colorsOf(*state_, theme).rgb;
  const auto& selection = state_->selection();
  if (state_->selectedCount() > 0 && static_cast<std::size_t>(selection.size()) == rgb.size())
    for (std::size_t i = 0; i < rgb.size(); ++i)
      if (!selection[static_cast<qsizetype>(i)]) rgb[i] = state_->solo() ? 0 : state_->ghost() ? theme.ghost.rgb() : rgb[i];
  return rgb;
}

void Particles3D::paint(QPainter& p, const QSizeF& size, const PaintOptions& options) {
  auto& c = *camera_;
  ParticlePainter::What what;
  what.title = figureTitle();
  const auto* lane = state_->trajectory();
  if (options.vector && (!lane || lane->n <= 50000)) return c.painter.drawVector(p, size, *state_, c.space, c, options, what);
  PaintOptions raster = options;
  if (options.vector) raster.pixelRatio = 300.0 / 96;
  QImage image((size * raster.pixelRatio).toSize(), QImage::Format_RGB32);
  c.painter.draw(image, size, *state_, c.space, c, raster, p.font(), what);
  p.drawImage(QRectF(QPointF(0, 0), size), image);
}

QString Particles3D::figureCsv() const {
  const auto* lane = state_->trajectory();
  if (!lane) return {};
  const auto& x = state_->positions(camera_->space.space);
  const auto D = static_cast<std::size_t>(lane->dim);
  QString out = QStringLiteral("point,t");
  for (std::size_t j = 0; j < D; ++j) out += QStringLiteral(",%1%2").arg(camera_->latent ? 'e' : 'x').arg(j + 1);
  out += '\n';
  for (std::size_t i = 0; i < static_cast<std::size_t>(lane->n); ++i) {
    out += QString::number(i) + ',' + QString::number(state_->time(), 'g', 9);
    for (std::size_t j = 0; j < D; ++j) out += ',' + QString::number(x[i * D + j], 'g', 9);
    out += '\n';
  }
  return out;
}

void Particles3D::capture(std::function<void(QImage)> done) {
  if (!scene_) return done({});
  scene_->dirty = true;
  scene_->scene.capture(std::move(done));
}

void Particles3D::resizeEvent(QResizeEvent* e) {
  QWidget::resizeEvent(e);
  redrawSoon(false);
}

void Particles3D::changeEvent(QEvent* e) {
  if (e->type() == QEvent::PaletteChange || e->type() == QEvent::FontChange) redrawSoon(true);
  QWidget::changeEvent(e);
}

void Particles3D::setBrushing(bool on) {
  if (on == brushing_) return;
  brushing_ = on;
  Q_EMIT brushingChanged(on);
}

void Particles3D::keyPressEvent(QKeyEvent* e) {
  switch (e->key()) {
    case Qt::Key_1:
      return setView(View::front);
    case Qt::Key_3:
      return setView(View::right);
    case Qt::Key_7:
      return setView(View::top);
    case Qt::Key_9:
      return setView(View::iso);
    case Qt::Key_5:
      return toggleOrthographic();
    default:
      QWidget::keyPressEvent(e);
  }
}

// The Qt 3D window gets the mouse; what it means is decided here.
bool Particles3D::eventFilter(QObject* o, QEvent* e) {
  if (!scene_ || o != scene_->scene.window()) return QWidget::eventFilter(o, e);
  auto& s = *scene_;
  auto& c = *camera_;
  const QSizeF size = container_->size();
  switch (e->type()) {
    case QEvent::Expose:
      redrawSoon(true);
      break;
    case QEvent::MouseButtonPress: {
      const auto* m = static_cast<QMouseEvent*>(e);
      setFocus(Qt::MouseFocusReason);
      s.pressed = s.last = m->position();
      s.dragged = false;
      s.panning = m->button() != Qt::LeftButton;
      s.selecting = !s.panning && (brushing_ || (m->modifiers() & Qt::ShiftModifier));
      return true;
    }
    case QEvent::MouseMove: {
      const auto* m = static_cast<QMouseEvent*>(e);
      const QPointF d = m->position() - s.last;
      if (!m->buttons()) {
        state_->setHovered(state_->points() ? c.painter.pointAt(m->position(), size, *state_, c.space, c) : -1);
        return true;
      }
      if (!s.dragged && (m->position() - s.pressed).manhattanLength() < 4) return true;
      s.dragged = true;
      s.last = m->position();
      if (s.selecting) {
        s.brush = QRectF(s.pressed, m->position()).normalized();
      } else if (s.panning || (c.space.flat() && c.pitch == 90.f)) {
        // From above a flat set is a picture: the hand moves it.
        const float k = 2 * c.halfHeight(size) / float(size.height());
        c.target += -c.right() * float(d.x()) * k + c.up() * float(d.y()) * k;
        c.moved = true;
      } else {
        c.yaw = std::fmod(c.yaw - float(d.x()) * 0.4f, 360.f);
        c.pitch = std::clamp(c.pitch + float(d.y()) * 0.4f, -90.f, 90.f);
        c.moved = true;
        Q_EMIT viewChanged();
      }
      redrawSoon(false);
      return true;
    }
    case QEvent::MouseButtonRelease: {
      const auto* m = static_cast<QMouseEvent*>(e);
      if (s.dragged && s.selecting) {
        auto chosen = c.painter.inside(s.brush, size, *state_, c.space, c);
        const bool take = m->modifiers() & Qt::AltModifier,
                   add = take || (m->modifiers() & Qt::ControlModifier) || (brushing_ && (m->modifiers() & Qt::ShiftModifier));
        if (add && chosen.size() == state_->selection().size())
          for (qsizetype i = 0; i < chosen.size(); ++i)
            chosen[i] = take ? state_->selection()[i] && !chosen[i] : state_->selection()[i] || chosen[i];
        state_->setSelection(std::move(chosen));
      } else if (!s.dragged && m->button() == Qt::LeftButton && state_->trajectory()) {
        const int i = c.painter.pointAt(m->position(), size, *state_, c.space, c);
        const bool add = m->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
        if (i >= 0) {
          auto chosen = add ? state_->selection() : QVector<bool>(state_->selection().size(), false);
          chosen[i] = add ? !chosen[i] : true;
          state_->setSelection(std::move(chosen));
        } else if (!add) {
          state_->clearSelection();
        }
      }
      s.brush = {};
      s.selecting = s.dragged = false;
      redrawSoon(false);
      return true;
    }
    case QEvent::MouseButtonDblClick:
      resetView();
      return true;
    case QEvent::Leave:
      state_->setHovered(-1);
      break;
    case QEvent::Wheel: {
      const auto* w = static_cast<QWheelEvent*>(e);
      const float k = float(std::pow(1.2, w->angleDelta().y() / 120.0));
      const float zoom = std::clamp(c.zoom * k, 0.05f, 200.f);
      // What is under the cursor stays there.
      const QPointF off = w->position() - QPointF(size.width() / 2, size.height() / 2);
      const float before = 2 * c.halfHeight(size) / float(size.height());
      c.zoom = zoom;
      const float after = 2 * c.halfHeight(size) / float(size.height());
      c.target += (c.right() * float(off.x()) - c.up() * float(off.y())) * (before - after);
      c.moved = true;
      redrawSoon(false);
      return true;
    }
    default:
      break;
  }
  return QWidget::eventFilter(o, e);
}

}  // namespace inflaton::ui
