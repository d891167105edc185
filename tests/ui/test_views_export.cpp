// Exported figures: valid files, the recipe inside, nothing harmed when writing fails.
#include <gtest/gtest.h>

#include <QFile>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "tests/ui/synthetic_flow.h"
#include "ui/export/figure_export.h"
#include "ui/views/canvas_2d.h"
#include "ui/views/flow_plots.h"
#include "ui/views/particles_3d.h"

using namespace inflaton;
using namespace inflaton::ui;
using inflaton::test::SyntheticFlow;

namespace {

struct Export : testing::Test {
  QTemporaryDir folder;
  ViewState state;
  Canvas2D data{&state, Canvas2D::Kind::data}, latent{&state, Canvas2D::Kind::latent};
  Particles3D particles{&state};
  FlowPlots plots{&state};
  Export() {
    state.setSimulation(SyntheticFlow{}.make());
    state.setTime(1.5);
  }
  std::vector<Figure*> figures() { return {&data, &latent, &particles, &plots}; }
  QByteArray read(const QString& path) {
    QFile f(path);
    return f.open(QIODevice::ReadOnly) ? f.readAll() : QByteArray();
  }
  void expectRecipe(const QString& path, const Figure& figure) {
    const auto json = QJsonDocument::fromJson(readFigureMetadata(path)).object();
    EXPECT_EQ(json["program"].toString(), "Inflaton") << path.toStdString();
    EXPECT_EQ(json["options"].toObject()["data_name"].toString(), "circles");
    EXPECT_EQ(json["options"].toObject()["note"].toString(), QString::fromUtf8("a < b & \"ü\"")) << "what needs escaping comes back whole";
    EXPECT_EQ(json["command"].toString(), "inflaton-cli toy-simulate discrete --data_name circles");
    EXPECT_EQ(json["view"].toObject()["figure"].toString(), figure.figureName());
    EXPECT_EQ(json["view"].toObject()["t"].toDouble(), 1.5);
  }
};

}  // namespace

TEST_F(Export, PngHasItsSizeResolutionAndRecipe) {
  for (auto* f : figures()) {
    ExportOptions o;
    o.path = folder.filePath(f->figureName() + ".png");
    o.sizeMm = {50.8, 25.4};
    o.dpi = 200;
    ASSERT_TRUE(exportFigure(*f, state, o)) << f->figureName().toStdString();
    const QImage image(o.path);
    EXPECT_EQ(image.size(), QSize(400, 200));
    EXPECT_NEAR(image.dotsPerMeterX(), 200 / 0.0254, 1);
    EXPECT_EQ(QColor(image.pixel(0, 0)), QColor(Qt::white)) << "figures are light by default";
    EXPECT_EQ(QJsonDocument::fromJson(image.text("inflaton").toUtf8()).object()["program"].toString(), "Inflaton") << "readable by others";
    expectRecipe(o.path, *f);
    o.darkTheme = true;
    ASSERT_TRUE(exportFigure(*f, state, o));
    EXPECT_LT(QColor(QImage(o.path).pixel(0, 0)).lightness(), 60);
  }
}

TEST_F(Export, SvgParsesAndKeepsVectors) {
  for (auto* f : figures()) {
    ExportOptions o;
    o.format = FigureFormat::svg;
    o.path = folder.filePath(f->figureName() + ".svg");
    ASSERT_TRUE(exportFigure(*f, state, o));
    const auto bytes = read(o.path);
    QXmlStreamReader xml(bytes);
    int shapes = 0, images = 0;
    while (!xml.atEnd()) {
      xml.readNext();
      if (!xml.isStartElement()) continue;
      if (xml.name() == u"image")
        ++images;
      else if (xml.name() == u"path" || xml.name() == u"circle" || xml.name() == u"ellipse" || xml.name() == u"polyline")
        ++shapes;
    }
    EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
    EXPECT_EQ(images, 0) << f->figureName().toStdString();
    EXPECT_GT(shapes, f == &plots ? 20 : 200) << f->figureName().toStdString();
    EXPECT_TRUE(QSvgRenderer(bytes).isValid());
    expectRecipe(o.path, *f);
  }
}

TEST_F(Export, PdfIsOnePageOfVectorsWithTheRecipe) {
  for (auto* f : figures()) {
    ExportOptions o;
    o.format = FigureFormat::pdf;
    o.path = folder.filePath(f->figureName() + ".pdf");
    ASSERT_TRUE(exportFigure(*f, state, o));
    const auto bytes = read(o.path);
    EXPECT_TRUE(bytes.startsWith("%PDF-1."));
    EXPECT_TRUE(bytes.trimmed().endsWith("%%EOF"));
    EXPECT_FALSE(bytes.contains("/Subtype /Image")) << f->figureName().toStdString();
    EXPECT_TRUE(bytes.contains("/Count 1"));
    expectRecipe(o.path, *f);
  }
}

TEST_F(Export, CsvStandsBesideTheFigure) {
  ExportOptions o;
  o.path = folder.filePath("a.png");
  o.csv = true;
  ASSERT_TRUE(exportFigure(latent, state, o));
  const auto lines = read(folder.filePath("a.csv")).trimmed().split('\n');
  ASSERT_EQ(lines.size(), 201);
  EXPECT_EQ(lines[0], "point,t,e1,e2,class,selected");
  EXPECT_EQ(lines[1].split(',').size(), 6);
  EXPECT_NEAR(lines[6].split(',')[2].toDouble(), state.positions(Space::latentScaled)[10], 1e-6);
}

TEST_F(Export, BadRequestsAreToldAndHarmNothing) {
  ExportOptions o;
  o.path = folder.filePath("kept.png");
  ASSERT_TRUE(exportFigure(data, state, o));
  const auto before = read(o.path);
  const auto refused = [&](const char* part) {
    const auto r = exportFigure(data, state, o);
    ASSERT_FALSE(r);
    EXPECT_NE(r.error().message.find(part), std::string::npos) << r.error().message;
  };
  o.sizeMm = {5, 100};
  refused("10 to 1000 mm");
  o.sizeMm = {100, 100};
  o.dpi = 5000;
  refused("30 to 1200 dpi");
  o.sizeMm = {1000, 1000};
  o.dpi = 1200;
  refused("million pixels");
  o = {};
  o.path = "/proc/nowhere/a.png";
  refused("/proc/nowhere/a.png");
  o.path.clear();
  refused("file name");
  EXPECT_EQ(read(folder.filePath("kept.png")), before);
}

TEST_F(Export, SequenceWritesEveryFrameAndPutsTheCursorBack) {
  ExportOptions o;
  o.format = FigureFormat::pngSequence;
  o.path = folder.filePath("film");
  o.sizeMm = {30, 30};
  o.dpi = 72;
  o.tFrom = 0, o.tTo = 1;
  SequenceExport film(data, state, o);
  QSignalSpy done(&film, &SequenceExport::finished), progress(&film, &SequenceExport::progress);
  film.start();
  ASSERT_TRUE(done.wait(20000));
  EXPECT_EQ(done[0][0].toString(), "");
  EXPECT_EQ(state.time(), 1.5);
  const auto files = QDir(o.path).entryList({"*.png"}, QDir::Files, QDir::Name);
  EXPECT_EQ(files.size(), 9);  // frames every 7.01/60 up to 1
  EXPECT_EQ(progress.count(), 9);
  EXPECT_EQ(files.first(), "000000.png");
  const auto view = QJsonDocument::fromJson(readFigureMetadata(o.path + "/" + files.last())).object()["view"].toObject();
  EXPECT_NEAR(view["t"].toDouble(), 8 * 7.01 / 60, 1e-9) << "each picture tells its own time";
}

TEST_F(Export, SequenceCanBeCancelled) {
  ExportOptions o;
  o.format = FigureFormat::pngSequence;
  o.path = folder.filePath("film");
  o.sizeMm = {30, 30};
  o.frames = 500;
  SequenceExport film(data, state, o);
  QSignalSpy done(&film, &SequenceExport::finished);
  QObject::connect(&film, &SequenceExport::progress, &film, [&](int k, int) {
    if (k == 3) film.cancel();
  });
  film.start();
  ASSERT_TRUE(done.wait(20000));
  EXPECT_EQ(done[0][0].toString(), "cancelled");
  EXPECT_EQ(QDir(o.path).entryList({"*.png"}).size(), 3);
  EXPECT_EQ(state.time(), 1.5);
}

TEST_F(Export, DialogKeepsItsFormWhenWritingFails) {
  ExportFigureDialog dialog(latent, state);
  auto o = dialog.options();
  o.path = "/proc/nowhere/figure.svg";
  o.format = FigureFormat::svg;
  o.sizeMm = {77, 66};
  dialog.setOptions(o);
  dialog.show();
  QSignalSpy exported(&dialog, &ExportFigureDialog::exported);
  QMetaObject::invokeMethod(&dialog, "accept");
  EXPECT_TRUE(dialog.isVisible());
  EXPECT_EQ(dialog.options().sizeMm, QSizeF(77, 66));
  EXPECT_EQ(dialog.options().path, "/proc/nowhere/figure.svg");
  o.path = folder.filePath("figure.svg");
  dialog.setOptions(o);
  QMetaObject::invokeMethod(&dialog, "accept");
  EXPECT_FALSE(dialog.isVisible());
  EXPECT_EQ(exported.count(), 1);
  EXPECT_TRUE(QFile::exists(o.path));
}
