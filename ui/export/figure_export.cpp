#include "ui/export/figure_export.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QFont>
#include <QGuiApplication>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPageSize>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QThreadPool>
#include <QTimer>
#include <cmath>

#include "ui/export/metadata.h"
#include "ui/style/color_modes.h"

namespace inflaton::ui {
namespace {

constexpr double kUnitsPerMm = 96 / 25.4;  // painter units are those of a screen at 96 dpi
constexpr double kMostPixels = 2e8;

JobError problem(const QString& message, const QString& hint = {}, ErrorCode code = ErrorCode::failed) {
  return {code, message.toStdString(), hint.toStdString()};
}
QString say(const char* s) { return QCoreApplication::translate("FigureExport", s); }

Expected<void> check(const ExportOptions& o) {
  const auto bad = [](const QString& m) -> Expected<void> { return tl::unexpected(problem(m, {}, ErrorCode::usage)); };
  if (o.path.trimmed().isEmpty()) return bad(say("No file name given"));
  for (const double mm : {o.sizeMm.width(), o.sizeMm.height()})
    if (!(mm >= 10 && mm <= 1000)) return bad(say("Figure size %L1 mm: allowed is 10 to 1000 mm").arg(mm));
  if (o.format == FigureFormat::svg || o.format == FigureFormat::pdf) return {};
  if (!(o.dpi >= 30 && o.dpi <= 1200)) return bad(say("Resolution %L1 dpi: allowed is 30 to 1200 dpi").arg(o.dpi));
  const double pixels = o.sizeMm.width() * o.sizeMm.height() * std::pow(o.dpi / 25.4, 2);
  if (pixels > kMostPixels)
    return bad(say("%1 million pixels: allowed are at most 200 million; choose a smaller size or fewer dpi").arg(pixels / 1e6, 0, 'f', 0));
  return {};
}

Expected<void> save(const QString& path, const QByteArray& bytes) {
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
    return tl::unexpected(problem(say("%1 could not be written: %2").arg(QDir::toNativeSeparators(path), file.errorString()),
                                  say("Choose another folder, or make room on the disk.")));
  return {};
}

PaintOptions paintOptions(const ExportOptions& o) {
  PaintOptions p;
  p.theme = o.darkTheme ? Theme::darkTheme() : Theme::light();
  return p;
}

QFont figureFont() {
  QFont f = QGuiApplication::font();
  f.setPixelSize(12);  // 9 pt at 96 units an inch, whatever the screen is set to
  return f;
}

QImage paintImage(Figure& figure, const ExportOptions& o) {
  PaintOptions options = paintOptions(o);
  options.pixelRatio = o.dpi / 96;
  const QSizeF size = o.sizeMm * kUnitsPerMm;
  QImage image((size * options.pixelRatio).toSize().expandedTo({1, 1}), QImage::Format_RGB32);
  if (image.isNull()) return image;
  image.fill(options.theme.background);
  QPainter p(&image);
  p.setRenderHint(QPainter::Antialiasing);
  p.setRenderHint(QPainter::TextAntialiasing);
  p.scale(options.pixelRatio, options.pixelRatio);
  p.setFont(figureFont());
  figure.paint(p, size, options);
  p.end();
  // After painting: fonts are laid out in units of 96 to the inch.
  image.setDotsPerMeterX(static_cast<int>(std::lround(o.dpi / 0.0254)));
  image.setDotsPerMeterY(image.dotsPerMeterX());
  return image;
}

Expected<QByteArray> encodePng(const QImage& image, const QByteArray& metadata) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  if (image.isNull() || !image.save(&buffer, "PNG"))
    return tl::unexpected(problem(say("The picture does not fit into memory"), say("Choose a smaller size or fewer dpi.")));
  return pngWithText(bytes, "inflaton", metadata);
}

QByteArray svg(Figure& figure, const ExportOptions& o, const QByteArray& metadata) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  PaintOptions options = paintOptions(o);
  options.vector = true;
  const QSizeF size = o.sizeMm * kUnitsPerMm;
  QSvgGenerator svg;
  svg.setOutputDevice(&buffer);
  svg.setResolution(96);
  svg.setSize(size.toSize());
  svg.setViewBox(QRectF(QPointF(0, 0), size));
  // Qt writes these two as they are, unescaped or not depending on its version: they are put in afterwards.
  svg.setTitle(QStringLiteral("@TITLE@"));
  svg.setDescription(QStringLiteral("@RECIPE@"));
  QPainter p(&svg);
  p.setFont(figureFont());
  figure.paint(p, size, options);
  p.end();
  bytes.replace("@TITLE@", figure.figureTitle().toHtmlEscaped().toUtf8());
  bytes.replace("@RECIPE@", QString::fromUtf8(metadata).toHtmlEscaped().toUtf8());
  return bytes;
}

QByteArray pdf(Figure& figure, const ExportOptions& o, const QByteArray& metadata) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  PaintOptions options = paintOptions(o);
  options.vector = true;
  const QSizeF size = o.sizeMm * kUnitsPerMm;
  QPdfWriter pdf(&buffer);
  pdf.setPageSize(QPageSize(o.sizeMm, QPageSize::Millimeter));
  pdf.setPageMargins(QMarginsF());
  pdf.setResolution(1200);
  pdf.setTitle(figure.figureTitle());
  pdf.setCreator(QStringLiteral("Inflaton"));
  pdf.setPdfVersion(QPagedPaintDevice::PdfVersion_A1b);  // the version that carries XMP and embeds its fonts
  pdf.setDocumentXmpMetadata(xmpPacket(figure.figureTitle().toUtf8(), metadata));
  QPainter p(&pdf);
  p.scale(1200.0 / 96, 1200.0 / 96);
  QFont f = figureFont();
  p.setFont(f);
  figure.paint(p, size, options);
  p.end();
  return bytes;
}

}  // namespace

QByteArray figureMetadata(const ViewState& state, const Figure& figure) {
  static const char* const lanes[] = {"inflation", "round_trip", "generation"};
  QJsonObject view{{"figure", figure.figureName()},
                   {"t", state.time()},
                   {"lane", lanes[static_cast<int>(state.lane())]},
                   {"interpolated", state.interpolated()},
                   {"color_by", colorMode(state.colorBy()).id},
                   {"trails", state.trails()},
                   {"density", state.density()},
                   {"model_density", state.modelDensity()},
                   {"selected", state.selectedCount()}};
  QJsonObject all{{"program", "Inflaton"}, {"version", QCoreApplication::applicationVersion()}, {"view", view}};
  // A figure of something else than the flow has its own command, and the flow's options are not its own.
  if (const QString command = figure.figureCommand(); !command.isEmpty()) {
    all["command"] = command;
  } else if (const auto sim = state.simulation()) {
    all["command"] = QString::fromStdString(sim->command);
    const auto options = QJsonDocument::fromJson(QByteArray::fromStdString(sim->optionsJson));
    all["options"] = options.isObject() ? QJsonValue(options.object()) : QJsonValue(QString::fromStdString(sim->optionsJson));
  }
  return QJsonDocument(all).toJson(QJsonDocument::Compact);
}

QByteArray readFigureMetadata(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return {};
  const QByteArray bytes = file.read(256 << 20);
  if (bytes.startsWith("\x89PNG")) return textOfPng(bytes, "inflaton");
  if (bytes.startsWith("%PDF")) return textOfPdf(bytes);
  return textOfSvg(bytes);
}

Expected<void> exportFigure(Figure& figure, const ViewState& state, const ExportOptions& o) {
  if (auto ok = check(o); !ok) return ok;
  const QByteArray metadata = figureMetadata(state, figure);
  Expected<QByteArray> bytes;
  switch (o.format) {
    case FigureFormat::png:
      bytes = encodePng(paintImage(figure, o), metadata);
      break;
    case FigureFormat::svg:
      bytes = svg(figure, o, metadata);
      break;
    case FigureFormat::pdf:
      bytes = pdf(figure, o, metadata);
      break;
    case FigureFormat::pngSequence:
      return tl::unexpected(problem(say("A sequence has many frames; use SequenceExport"), {}, ErrorCode::usage));
  }
  if (!bytes) return tl::unexpected(bytes.error());
  if (auto ok = save(o.path, *bytes); !ok) return ok;
  if (const QString csv = o.csv ? figure.figureCsv() : QString(); !csv.isEmpty()) {
    const QFileInfo info(o.path);
    return save(info.path() + '/' + info.completeBaseName() + QStringLiteral(".csv"), csv.toUtf8());
  }
  return {};
}

struct SequenceExport::Impl {
  Figure& figure;
  ViewState& state;
  ExportOptions options;
  std::vector<double> times;
  std::size_t next = 0;
  double before = 0;
  bool running = false, cancelled = false;
};

SequenceExport::SequenceExport(Figure& f, ViewState& s, const ExportOptions& o, QObject* parent)
    : QObject(parent), impl_(new Impl{f, s, o, {}}) {}
SequenceExport::~SequenceExport() {
  if (impl_->running) impl_->state.setTime(impl_->before);
}

void SequenceExport::start() {
  auto& m = *impl_;
  if (m.running) return;
  if (auto ok = check(m.options); !ok) return Q_EMIT finished(QString::fromStdString(ok.error().message));
  if (!m.state.trajectory()) return Q_EMIT finished(tr("There is no flow to export"));
  if (!QDir().mkpath(m.options.path)) return Q_EMIT finished(tr("Folder %1 could not be made").arg(m.options.path));
  const double first = m.state.frameTime(0), last = m.state.frameTime(m.state.frameCount() - 1);
  const bool whole = m.options.tTo < m.options.tFrom;
  const double from = whole ? first : std::clamp(m.options.tFrom, first, last), to = whole ? last : std::clamp(m.options.tTo, first, last);
  if (m.options.frames > 0) {
    for (int k = 0; k < m.options.frames; ++k)
      m.times.push_back(m.options.frames == 1 ? from : from + (to - from) * k / (m.options.frames - 1));
  } else {
    for (int k = 0; k < m.state.frameCount(); ++k)
      if (const double t = m.state.frameTime(k); t >= from && t <= to) m.times.push_back(t);
  }
  // The film runs the way the flow does.
  if (m.state.lane() != Direction::inflation) std::reverse(m.times.begin(), m.times.end());
  m.before = m.state.time();
  m.running = true;
  QTimer::singleShot(0, this, &SequenceExport::step);
}

void SequenceExport::cancel() { impl_->cancelled = true; }

void SequenceExport::end(const QString& error) {
  impl_->running = false;
  impl_->state.setTime(impl_->before);
  Q_EMIT finished(error);
}

// Painting is the GUI thread's; packing and writing, which take longer, are not.
void SequenceExport::step() {
  auto& m = *impl_;
  if (m.cancelled) return end(QStringLiteral("cancelled"));
  if (m.next >= m.times.size()) return end({});
  m.state.setTime(m.times[m.next]);
  const QImage image = paintImage(m.figure, m.options);
  const QByteArray metadata = figureMetadata(m.state, m.figure);
  const QString path = m.options.path + QStringLiteral("/%1.png").arg(m.next, 6, 10, QLatin1Char('0'));
  QThreadPool::globalInstance()->start([image, metadata, path, self = QPointer<SequenceExport>(this)] {
    QString error;
    const auto bytes = encodePng(image, metadata);
    if (!bytes)
      error = QString::fromStdString(bytes.error().message);
    else if (const auto ok = save(path, *bytes); !ok)
      error = QString::fromStdString(ok.error().message);
    QMetaObject::invokeMethod(
        QCoreApplication::instance(),
        [self, error] {
          if (self) self->written(error);
        },
        Qt::QueuedConnection);
  });
}

void SequenceExport::written(const QString& error) {
  if (!error.isEmpty()) return end(error);
  Q_EMIT progress(static_cast<int>(++impl_->next), static_cast<int>(impl_->times.size()));
  step();
}

}  // namespace inflaton::ui
