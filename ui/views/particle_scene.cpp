#include "ui/views/particle_scene.h"

#include <QCoreApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QPointer>
#include <QSurfaceFormat>
#include <QThreadPool>
#include <Qt3DCore/QAspectEngine>
#include <Qt3DCore/QAttribute>
#include <Qt3DCore/QBuffer>
#include <Qt3DCore/QEntity>
#include <Qt3DCore/QGeometry>
#include <Qt3DLogic/QFrameAction>
#include <Qt3DLogic/QLogicAspect>
#include <Qt3DRender/QCamera>
#include <Qt3DRender/QCameraSelector>
#include <Qt3DRender/QClearBuffers>
#include <Qt3DRender/QDepthTest>
#include <Qt3DRender/QEffect>
#include <Qt3DRender/QGeometryRenderer>
#include <Qt3DRender/QGraphicsApiFilter>
#include <Qt3DRender/QMaterial>
#include <Qt3DRender/QParameter>
#include <Qt3DRender/QPointSize>
#include <Qt3DRender/QRenderAspect>
#include <Qt3DRender/QRenderCapture>
#include <Qt3DRender/QRenderPass>
#include <Qt3DRender/QRenderSettings>
#include <Qt3DRender/QRenderSurfaceSelector>
#include <Qt3DRender/QShaderProgram>
#include <Qt3DRender/QTechnique>
#include <Qt3DRender/QTexture>
#include <Qt3DRender/QTextureDataUpdate>
#include <Qt3DRender/QTextureImageData>
#include <Qt3DRender/QViewport>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace inflaton::ui {

using namespace Qt3DCore;
using namespace Qt3DRender;

namespace {

constexpr char kLayerVertex[] = R"(#version 150
in vec3 corner;
void main() { gl_Position = vec4(corner.xy, 0.99999, 1.0); })";
// Rows of an image run downwards, and a QRgb in memory is blue, green, red.
constexpr char kLayerFragment[] = R"(#version 150
uniform sampler2D layer;
uniform int rows;
out vec4 color;
void main() { color = vec4(texelFetch(layer, ivec2(int(gl_FragCoord.x), rows - 1 - int(gl_FragCoord.y)), 0).bgr, 1.0); })";
// The lane's dense output in whitened coordinates (denseWeights: frames and their slopes, a weight per axis), then as positionsAt:
// a factor per axis, a rotation, the mean.
constexpr char kPointVertex[] = R"(#version 150
in vec4 before;
in vec4 after;
in vec4 slopeBefore;
in vec4 slopeAfter;
in vec4 tint;
uniform vec3 ofBefore;
uniform vec3 ofAfter;
uniform vec3 ofSlopeBefore;
uniform vec3 ofSlopeAfter;
uniform mat4 toScreen;
uniform float diameter;
flat out vec3 color;
void main() {
  color = tint.bgr;
  gl_PointSize = diameter;
  gl_Position = tint.a < 0.5 ? vec4(2.0, 2.0, 2.0, 1.0) : toScreen * vec4(
      ofBefore * before.xyz + ofAfter * after.xyz + ofSlopeBefore * slopeBefore.xyz + ofSlopeAfter * slopeAfter.xyz, 1.0);
})";
constexpr char kPointFragment[] = R"(#version 150
flat in vec3 color;
uniform float diameter;
out vec4 drawn;
void main() {
  if (diameter > 2.5 && length(gl_PointCoord - vec2(0.5)) > 0.5) discard;
  drawn = vec4(color, 1.0);
})";

QMaterial* material(const char* vertex, const char* fragment, const QVector<QParameter*>& parameters,
                    const QVector<QRenderState*>& states) {
  auto* program = new QShaderProgram;
  program->setVertexShaderCode(vertex);
  program->setFragmentShaderCode(fragment);
  auto* pass = new QRenderPass;
  pass->setShaderProgram(program);
  for (auto* s : states) pass->addRenderState(s);
  auto* technique = new QTechnique;
  technique->addRenderPass(pass);
  technique->graphicsApiFilter()->setApi(QGraphicsApiFilter::OpenGL);
  technique->graphicsApiFilter()->setProfile(QGraphicsApiFilter::CoreProfile);
  technique->graphicsApiFilter()->setMajorVersion(3);
  technique->graphicsApiFilter()->setMinorVersion(2);
  auto* effect = new QEffect;
  effect->addTechnique(technique);
  auto* m = new QMaterial;
  m->setEffect(effect);
  for (auto* p : parameters) m->addParameter(p);
  return m;
}

QAttribute* attribute(const char* name, Qt3DCore::QBuffer* buffer, QAttribute::VertexBaseType type, uint size, uint stride) {
  auto* a = new QAttribute(buffer, QString::fromLatin1(name), type, size, 0, 0, stride);
  a->setAttributeType(QAttribute::VertexAttribute);
  return a;
}

QSurfaceFormat format() {
  QSurfaceFormat f;
  f.setVersion(3, 2);
  f.setProfile(QSurfaceFormat::CoreProfile);
  f.setDepthBufferSize(24);
  f.setSamples(0);
  f.setSwapInterval(0);  // Qt 3D's own clock paces the frames; waiting for the screen would stall the GUI thread
  return f;
}

}  // namespace

struct ParticleScene::Impl {
  QPointer<QWindow> window;  ///< the container that shows it owns it
  std::unique_ptr<QAspectEngine> engine;
  QEntity* root = nullptr;  ///< the engine's
  QRenderSettings* settings = nullptr;
  QRenderCapture* capture = nullptr;
  QTexture2D* texture = nullptr;
  QParameter *layerParameter = nullptr, *rows = nullptr, *toScreen = nullptr, *diameter = nullptr;
  QMaterial* layerMaterial = nullptr;
  // Qt 3D keeps what it was given until it has been drawn, so three buffers take turns.
  std::array<QByteArray, 3> bytes;
  std::size_t turn = 0;
  QImage image;

  bool gpu = false;
  QEntity* points = nullptr;
  QGeometryRenderer* pointRenderer = nullptr;
  Qt3DCore::QBuffer *frames = nullptr, *slopes = nullptr, *tints = nullptr;
  QAttribute *before = nullptr, *after = nullptr, *slopeBefore = nullptr, *slopeAfter = nullptr, *tint = nullptr, *extent = nullptr;
  std::array<QParameter*, 4> weights{};  ///< of the four above
  double slopeRange = 0;                 ///< what the largest packed slope stands for
  std::shared_ptr<const Simulation> simulation;
  Direction lane = Direction::inflation;
  bool laneThere = false;

  void build(ParticleScene*);
  void buildPoints();
};

bool ParticleScene::softwareGl() {
  const QByteArray asked = qgetenv("INFLATON_3D");
  if (asked == "gpu") return false;
  if (asked == "cpu") return true;
  static const bool software = [] {
    QOffscreenSurface surface;
    surface.create();
    QOpenGLContext context;
    if (!context.create() || !context.makeCurrent(&surface)) return true;
    const QByteArray name = reinterpret_cast<const char*>(context.functions()->glGetString(GL_RENDERER));
    for (const char* known : {"llvmpipe", "softpipe", "swrast", "SwiftShader", "Software"})
      if (name.contains(known)) return true;
    return false;
  }();
  return software;
}

void ParticleScene::Impl::build(ParticleScene* owner) {
  if (qEnvironmentVariableIsEmpty("QT3D_RENDERER")) qputenv("QT3D_RENDERER", "opengl");  // the shaders below are GLSL
  window = new QWindow;
  window->setSurfaceType(QSurface::OpenGLSurface);
  window->setFormat(format());
  window->setFlag(Qt::WindowDoesNotAcceptFocus);  // keys stay with the main window and its shortcuts
  window->create();

  root = new QEntity;
  auto* selector = new QRenderSurfaceSelector;
  selector->setSurface(window);
  auto* clear = new QClearBuffers(new QViewport(selector));
  clear->setBuffers(QClearBuffers::ColorDepthBuffer);
  auto* camera = new QCamera(root);
  capture = new QRenderCapture(clear);
  auto* cameraSelector = new QCameraSelector(capture);
  cameraSelector->setCamera(camera);
  settings = new QRenderSettings(root);
  settings->setActiveFrameGraph(selector);
  settings->setRenderPolicy(QRenderSettings::OnDemand);
  root->addComponent(settings);

  auto* quad = new QEntity(root);
  static const float corners[] = {-1, -1, 0, 3, -1, 0, -1, 3, 0};  // one triangle covers the window
  auto* buffer = new Qt3DCore::QBuffer;
  buffer->setData(QByteArray(reinterpret_cast<const char*>(corners), sizeof corners));
  auto* geometry = new QGeometry;
  auto* corner = attribute("corner", buffer, QAttribute::Float, 3, 12);
  corner->setCount(3);
  geometry->addAttribute(corner);
  geometry->setBoundingVolumePositionAttribute(extent = corner);
  auto* renderer = new QGeometryRenderer;
  renderer->setGeometry(geometry);
  renderer->setVertexCount(3);
  quad->addComponent(renderer);
  layerParameter = new QParameter;
  layerParameter->setName(QStringLiteral("layer"));
  rows = new QParameter(QStringLiteral("rows"), 1);
  layerMaterial = material(kLayerVertex, kLayerFragment, {rows}, {});
  quad->addComponent(layerMaterial);

  gpu = !softwareGl();
  if (gpu) buildPoints();

  auto* action = new Qt3DLogic::QFrameAction(root);
  root->addComponent(action);
  QObject::connect(action, &Qt3DLogic::QFrameAction::triggered, owner, [owner] { Q_EMIT owner->frame(); });

  engine = std::make_unique<QAspectEngine>();
  engine->registerAspect(new QRenderAspect);
  engine->registerAspect(new Qt3DLogic::QLogicAspect);
  engine->setRootEntity(QEntityPtr(root));
}

void ParticleScene::Impl::buildPoints() {
  points = new QEntity(root);
  frames = new Qt3DCore::QBuffer;
  slopes = new Qt3DCore::QBuffer;
  tints = new Qt3DCore::QBuffer;
  auto* geometry = new QGeometry;
  geometry->addAttribute(before = attribute("before", frames, QAttribute::Short, 4, 8));
  geometry->addAttribute(after = attribute("after", frames, QAttribute::Short, 4, 8));
  geometry->addAttribute(slopeBefore = attribute("slopeBefore", slopes, QAttribute::Short, 4, 8));
  geometry->addAttribute(slopeAfter = attribute("slopeAfter", slopes, QAttribute::Short, 4, 8));
  geometry->addAttribute(tint = attribute("tint", tints, QAttribute::UnsignedByte, 4, 4));
  geometry->setBoundingVolumePositionAttribute(extent);  // nothing is culled; the points are not to be searched for their extent
  pointRenderer = new QGeometryRenderer;
  pointRenderer->setGeometry(geometry);
  pointRenderer->setPrimitiveType(QGeometryRenderer::Points);
  points->addComponent(pointRenderer);
  const char* const names[] = {"ofBefore", "ofAfter", "ofSlopeBefore", "ofSlopeAfter"};
  for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = new QParameter(QString::fromLatin1(names[k]), QVector3D());
  toScreen = new QParameter(QStringLiteral("toScreen"), QVariant::fromValue(QMatrix4x4()));
  diameter = new QParameter(QStringLiteral("diameter"), 3.f);
  auto* size = new QPointSize;
  size->setSizeMode(QPointSize::Programmable);
  auto* depth = new QDepthTest;
  depth->setDepthFunction(QDepthTest::LessOrEqual);
  points->addComponent(
      material(kPointVertex, kPointFragment, {weights[0], weights[1], weights[2], weights[3], toScreen, diameter}, {size, depth}));
  points->setEnabled(false);
}

ParticleScene::ParticleScene() : impl_(std::make_unique<Impl>()) { impl_->build(this); }

ParticleScene::~ParticleScene() {
  impl_->engine.reset();
  if (impl_->window && !impl_->window->parent()) delete impl_->window;
}

QWindow* ParticleScene::window() const { return impl_->window; }
bool ParticleScene::gpuPoints() const { return impl_->gpu; }

QImage& ParticleScene::layer(const QSize& pixels) {
  auto& m = *impl_;
  const QSize size = pixels.expandedTo({1, 1});
  if (!m.texture || m.texture->width() != size.width() || m.texture->height() != size.height()) {
    // A texture does not change its size: a new one takes over.
    auto* old = m.texture;
    m.texture = new QTexture2D(m.root);
    m.texture->setFormat(QAbstractTexture::RGBA8_UNorm);
    m.texture->setMinificationFilter(QAbstractTexture::Nearest);
    m.texture->setMagnificationFilter(QAbstractTexture::Nearest);
    m.texture->setGenerateMipMaps(false);
    m.texture->setSize(size.width(), size.height());
    m.layerParameter->setValue(QVariant::fromValue<Qt3DCore::QNode*>(m.texture));
    if (!old)
      m.layerMaterial->addParameter(m.layerParameter);
    else
      old->deleteLater();
    m.rows->setValue(size.height());
  }
  m.turn = (m.turn + 1) % m.bytes.size();
  auto& bytes = m.bytes[m.turn];
  const qsizetype wanted = qsizetype(size.width()) * size.height() * 4;
  m.image = {};
  if (bytes.size() != wanted || !bytes.isDetached()) bytes = QByteArray(wanted, Qt::Uninitialized);
  m.image = QImage(reinterpret_cast<uchar*>(bytes.data()), size.width(), size.height(), size.width() * 4, QImage::Format_RGB32);
  return m.image;
}

void ParticleScene::layerPainted() {
  auto& m = *impl_;
  auto data = QTextureImageDataPtr::create();
  data->setTarget(QOpenGLTexture::Target2D);
  data->setFormat(QOpenGLTexture::RGBA8_UNorm);
  data->setPixelFormat(QOpenGLTexture::RGBA);
  data->setPixelType(QOpenGLTexture::UInt8);
  data->setWidth(m.image.width());
  data->setHeight(m.image.height());
  data->setDepth(1), data->setLayers(1), data->setFaces(1), data->setMipLevels(1);
  m.image = {};
  data->setData(m.bytes[m.turn], 4, false);
  QTextureDataUpdate update;
  update.setData(data);
  m.texture->updateData(update);
}

namespace {
// Whitened coordinates have unit variance: sixteen bits over sixteen deviations either way are far finer than a pixel.
constexpr float kRange = 16;

/// The first three coordinates of rows of `dim` as sixteen bits over -range..range, and a fourth that stays 0.
void pack(const float* from, std::size_t n, std::size_t dim, float range, std::int16_t*& to) {
  const std::size_t used = std::min<std::size_t>(3, dim);
  for (std::size_t i = 0; i < n; ++i, to += 4)
    for (std::size_t j = 0; j < used; ++j) {
      const float v = from[i * dim + j] / range * 32767.f;
      to[j] = static_cast<std::int16_t>(std::clamp(std::isfinite(v) ? v : 0.f, -32767.f, 32767.f));
    }
}

ParticleScene::PackedLane packed(const Simulation& sim, const Trajectory& lane) {
  const auto n = static_cast<std::size_t>(lane.n), D = static_cast<std::size_t>(lane.dim),
             rows = static_cast<std::size_t>(lane.frames()) * n;
  ParticleScene::PackedLane p;
  p.frames = QByteArray(static_cast<qsizetype>(rows * 4 * sizeof(std::int16_t)), 0);
  p.slopes = p.frames;  // zeros for a lane without any
  std::vector<float> y(n * D);
  auto* to = reinterpret_cast<std::int16_t*>(p.frames.data());
  for (std::int64_t k = 0; k < lane.frames(); ++k) {
    framePositions(sim, lane, k, Space::whitened, y.data());
    pack(y.data(), n, D, kRange, to);
  }
  for (const float m : lane.slope)
    if (std::isfinite(m)) p.slopeRange = std::max(p.slopeRange, std::abs(m));
  if (p.slopeRange > 0) pack(lane.slope.data(), rows, D, p.slopeRange, to = reinterpret_cast<std::int16_t*>(p.slopes.data()));
  return p;
}
}  // namespace

bool ParticleScene::setLane(const ViewState& state) {
  auto& m = *impl_;
  if (m.simulation == state.simulation() && m.lane == state.lane()) return m.laneThere;
  m.simulation = state.simulation();
  m.lane = state.lane();
  m.laneThere = false;
  if (!state.trajectory()) return false;
  QThreadPool::globalInstance()->start([self = QPointer<ParticleScene>(this), sim = m.simulation, direction = m.lane] {
    const PackedLane data = packed(*sim, *sim->lane(direction));
    QMetaObject::invokeMethod(
        QCoreApplication::instance(),
        [self, sim, direction, data] {
          if (self) self->takeLane(sim, direction, data);
        },
        Qt::QueuedConnection);
  });
  return false;
}

void ParticleScene::takeLane(const std::shared_ptr<const Simulation>& sim, Direction direction, const PackedLane& packed) {
  auto& m = *impl_;
  if (sim != m.simulation || direction != m.lane) return;  // another was asked for meanwhile
  const auto n = sim->lane(direction)->n;
  m.frames->setData(packed.frames);
  m.slopes->setData(packed.slopes);
  m.slopeRange = packed.slopeRange;
  for (auto* a : {m.before, m.after, m.slopeBefore, m.slopeAfter, m.tint}) a->setCount(static_cast<uint>(n));
  m.pointRenderer->setVertexCount(static_cast<int>(n));
  m.laneThere = true;
  Q_EMIT laneReady();
}

void ParticleScene::setMoment(const ViewState& state, const ParticleSpace& space, const QMatrix4x4& viewProjection, double pixels) {
  auto& m = *impl_;
  const auto* lane = state.trajectory();
  if (!lane) return;
  const auto& sim = *state.simulation();
  const double t = state.time();
  const auto w = denseWeights(sim, *lane, t);
  const auto stride = static_cast<uint>(lane->n * 8);
  for (auto* a : {m.before, m.slopeBefore}) a->setByteOffset(static_cast<uint>(w.from) * stride);
  for (auto* a : {m.after, m.slopeAfter}) a->setByteOffset(static_cast<uint>(w.to) * stride);
  // The map below expects units of kRange; w.from == w.to has all its weight on the first.
  const double slope = m.slopeRange / kRange;
  for (std::size_t k = 0; k < 4; ++k) {
    const auto& of = k < 2 ? w.value[k] : w.slope[k - 2];
    const double unit = k < 2 ? 1 : slope;
    const auto axis = [&](std::size_t j) { return j < of.size() ? float(of[j] * unit) : 0.0f; };
    m.weights[k]->setValue(QVector3D(axis(0), axis(1), axis(2)));
  }

  // Whitened to shown coordinates.
  const auto D = static_cast<std::size_t>(lane->dim), used = std::min<std::size_t>(3, D);
  const double s = sim.schedule.s(t, sim.basis.eigenvalues.front());
  QMatrix4x4 map;
  map.fill(0);
  map(3, 3) = 1;
  for (std::size_t r = 0; r < used; ++r) {
    const bool rotate = space.space == Space::dataScaled;
    for (std::size_t c = 0; c < used; ++c) {
      const double factor = s * std::sqrt(sim.basis.eigenvalues[c] + sim.schedule.gamma(static_cast<int>(c), t)) * kRange;
      map(int(r), int(c)) = float((rotate ? sim.basis.W[r * D + c] : r == c ? 1.0 : 0.0) * factor);
    }
    if (rotate) map(int(r), 3) = float(sim.basis.mean[r] * s);
  }
  if (space.timeAxis) map(2, 3) = space.zOf(t);
  m.toScreen->setValue(QVariant::fromValue(viewProjection * map));
  m.diameter->setValue(float(pixels));
}

void ParticleScene::setColors(const std::vector<QRgb>& rgb) {
  impl_->tints->setData(QByteArray(reinterpret_cast<const char*>(rgb.data()), static_cast<qsizetype>(rgb.size() * sizeof(QRgb))));
}

void ParticleScene::showPoints(bool on) {
  if (impl_->points) impl_->points->setEnabled(on);
}

void ParticleScene::capture(std::function<void(QImage)> done) {
  auto* reply = impl_->capture->requestCapture();
  QObject::connect(reply, &QRenderCaptureReply::completed, this, [reply, done = std::move(done)] {
    const QImage image = reply->image();
    reply->deleteLater();
    done(image);
  });
}

}  // namespace inflaton::ui
