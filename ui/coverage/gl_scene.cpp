#include "ui/coverage/gl_scene.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkOpenGLState.h>
#include <vtkPlane.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>

#include <QGuiApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFramebufferObject>
#include <QOpenGLFunctions>
#include <algorithm>
#include <cmath>

#include "ui/coverage/gl_actors.h"

namespace inflaton::ui {

namespace {

/// The context in front stays in front.
class Current {
 public:
  Current(QOpenGLContext* mine, QSurface* surface)
      : before_(QOpenGLContext::currentContext()),
        surface_(before_ ? before_->surface() : nullptr),
        mine_(mine),
        ok_(mine->makeCurrent(surface)) {}
  ~Current() {
    if (before_ && surface_)
      before_->makeCurrent(surface_);
    else
      mine_->doneCurrent();
  }
  explicit operator bool() const { return ok_; }

 private:
  QOpenGLContext* before_;
  QSurface* surface_;
  QOpenGLContext* mine_;
  bool ok_;
};

}  // namespace

struct GlScene::Impl {
  QOffscreenSurface surface;
  QOpenGLContext context;
  std::unique_ptr<QOpenGLFramebufferObject> target;
  vtkSmartPointer<vtkGenericOpenGLRenderWindow> window;
  vtkNew<vtkRenderer> renderer;
  vtkNew<vtkPlane> plane;
  std::vector<ShellActors> shells;
  std::vector<PointActor> points;
  std::optional<Clip> clip;
  std::optional<QColor> ground;
  bool tried = false, made = false;
  int largest = 4096;

  bool make();
  void clipShells();
};

GlScene::GlScene() : impl_(new Impl) {}

GlScene::~GlScene() {
  if (!impl_->made) return;
  // Graphics memory goes while its context is there.
  Current current(&impl_->context, &impl_->surface);
  impl_->window->RemoveRenderer(impl_->renderer);
  impl_->shells.clear();
  impl_->points.clear();
  impl_->window->Finalize();
  impl_->window = nullptr;
  impl_->target.reset();
}

bool GlScene::possible() { return QGuiApplication::platformName() != "offscreen" && QGuiApplication::platformName() != "minimal"; }
bool GlScene::works() { return impl_->make(); }

bool GlScene::Impl::make() {
  if (std::exchange(tried, true)) return made;
  if (!possible()) return false;
  QSurfaceFormat format;
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setAlphaBufferSize(8);
  context.setFormat(format);
  if (!context.create()) return false;
  surface.setFormat(context.format());
  surface.create();
  Current current(&context, &surface);
  if (!current) return false;
  context.functions()->glGetIntegerv(GL_MAX_RENDERBUFFER_SIZE, &largest);
  window = vtkSmartPointer<vtkGenericOpenGLRenderWindow>::New();
  window->SetOwnContext(0);
  window->SetReadyForRendering(true);
  window->SetIsCurrent(true);
  window->SetIsDirect(1);
  window->SetSupportsOpenGL(1);
  window->SetFrameBlitModeToBlitToCurrent();
  window->SetForceMaximumHardwareLineWidth(1);  // core profiles draw no wider ones: VTK makes ribbons of them
  window->SetAlphaBitPlanes(1);
  window->SetMultiSamples(0);
  window->AddRenderer(renderer);
  renderer->SetAutomaticLightCreation(true);
  return made = true;
}

void GlScene::setShells(const std::vector<ShellLook>& looks) {
  if (!works()) return;
  Current current(&impl_->context, &impl_->surface);
  for (ShellActors& s : impl_->shells) s.removeFrom(impl_->renderer);
  impl_->shells.clear();
  for (const ShellLook& look : looks) impl_->shells.push_back(ShellActors::of(look));
  // Seen through one another: far sides from the outermost in, then near sides from the innermost out.
  for (auto s = impl_->shells.rbegin(); s != impl_->shells.rend(); ++s)
    if (s->back) impl_->renderer->AddActor(s->back);
  for (ShellActors& s : impl_->shells) impl_->renderer->AddActor(s.front);
  impl_->clipShells();
}

void GlScene::setPoints(const std::vector<PointGroup>& groups) {
  if (!works()) return;
  Current current(&impl_->context, &impl_->surface);
  for (PointActor& p : impl_->points) impl_->renderer->RemoveActor(p.actor);
  impl_->points.clear();
  for (const PointGroup& group : groups) {
    if (group.points.empty()) continue;
    impl_->points.push_back(PointActor::of(group));
    impl_->renderer->AddActor(impl_->points.back().actor);
  }
}

void GlScene::setClip(std::optional<Clip> clip) {
  impl_->clip = clip;
  if (!works()) return;
  Current current(&impl_->context, &impl_->surface);
  impl_->clipShells();
}

void GlScene::Impl::clipShells() {
  if (clip) {
    double origin[3] = {0, 0, 0}, normal[3] = {0, 0, 0};
    origin[clip->axis] = clip->at;
    normal[clip->axis] = -1;
    plane->SetOrigin(origin);
    plane->SetNormal(normal);
  }
  for (ShellActors& s : shells) s.clipBy(clip ? plane.Get() : nullptr);
}

void GlScene::setGround(std::optional<QColor> color) { impl_->ground = color; }

QImage GlScene::render(const QSize& asked, double ratio, const SceneCamera& camera, int fine) {
  if (!works() || asked.isEmpty()) return {};
  Impl& m = *impl_;
  Current current(&m.context, &m.surface);
  if (!current) return {};
  // What no graphics memory holds in one piece is drawn smaller and stretched by whoever paints it.
  const QSize wanted = asked * fine;
  const double shrink = std::min(1.0, std::min(m.largest, 16384) / static_cast<double>(std::max(wanted.width(), wanted.height())));
  const QSize pixels(std::max(1, static_cast<int>(wanted.width() * shrink)), std::max(1, static_cast<int>(wanted.height() * shrink)));
  if (!m.target || m.target->size() != pixels)
    m.target = std::make_unique<QOpenGLFramebufferObject>(pixels, QOpenGLFramebufferObject::CombinedDepthStencil);
  if (!m.target->isValid()) return {};

  vtkCamera* eye = m.renderer->GetActiveCamera();
  eye->SetParallelProjection(camera.parallel);
  eye->SetPosition(camera.eye.x(), camera.eye.y(), camera.eye.z());
  eye->SetFocalPoint(camera.target.x(), camera.target.y(), camera.target.z());
  eye->SetViewUp(camera.up.x(), camera.up.y(), camera.up.z());
  eye->SetParallelScale(camera.halfHeight);
  eye->SetViewAngle(camera.viewAngle);
  const double distance = (camera.eye - camera.target).length();
  eye->SetClippingRange(std::max(0.01 * distance, distance - camera.reach), distance + camera.reach);
  const double perPixel = 2 * camera.halfHeight / pixels.height();
  for (PointActor& p : m.points) p.setSize(perPixel * ratio * fine * shrink);
  for (ShellActors& s : m.shells) s.setLineScale(ratio * fine * shrink);

  const QColor ground = m.ground.value_or(QColor(0, 0, 0));
  m.renderer->SetBackground(ground.redF(), ground.greenF(), ground.blueF());
  m.renderer->SetBackgroundAlpha(m.ground ? 1 : 0);
  m.target->bind();
  m.window->SetSize(pixels.width(), pixels.height());
  vtkOpenGLState* state = m.window->GetState();
  state->Reset();
  state->Push();
  m.context.functions()->glDepthFunc(GL_LEQUAL);
  m.window->Render();
  state->Pop();
  m.target->bind();
  QImage image(pixels, m.ground ? QImage::Format_RGBX8888 : QImage::Format_RGBA8888_Premultiplied);
  m.context.functions()->glPixelStorei(GL_PACK_ALIGNMENT, 4);
  m.context.functions()->glReadPixels(0, 0, pixels.width(), pixels.height(), GL_RGBA, GL_UNSIGNED_BYTE, image.bits());
  m.target->release();
  image = image.mirrored();
  return image.size() == asked ? image : image.scaled(asked, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

}  // namespace inflaton::ui
