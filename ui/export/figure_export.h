#pragma once
// Figures on disk: PNG at any scale, SVG and PDF as vectors, a PNG for every frame; each carries the options that made it.
#include <QDialog>
#include <QObject>
#include <QSizeF>
#include <QString>
#include <memory>

#include "core/api/error.h"
#include "ui/views/figure.h"

namespace inflaton::ui {

enum class FigureFormat { png, svg, pdf, pngSequence };

struct ExportOptions {
  QString path;  ///< file; for a sequence the folder
  FigureFormat format = FigureFormat::png;
  QSizeF sizeMm{120, 100};  ///< 10..1000 each
  double dpi = 300;         ///< 30..1200; PNG only
  bool darkTheme = false;
  bool csv = false;            ///< what is plotted, beside the figure with the suffix .csv
  double tFrom = 0, tTo = -1;  ///< sequence; tTo < tFrom: the whole lane
  int frames = 0;              ///< sequence; 0: one per stored frame
};

/// {"program", "command", "options", "view"}: what every exported figure carries. PNG text chunk "inflaton", SVG <desc>, PDF XMP.
QByteArray figureMetadata(const ViewState&, const Figure&);
/// Metadata back out of an exported file; empty when there is none.
QByteArray readFigureMetadata(const QString& path);

/// One figure; png, svg or pdf. Written beside its place and renamed, so an existing file is kept when anything fails.
/// Sizes out of range, more than 200 million pixels and places that cannot be written are errors that name the value.
Expected<void> exportFigure(Figure&, const ViewState&, const ExportOptions&);

/// A PNG for each frame, one per turn of the event loop; moves the time cursor and puts it back.
class SequenceExport : public QObject {
  Q_OBJECT
 public:
  SequenceExport(Figure&, ViewState&, const ExportOptions&, QObject* parent = nullptr);
  ~SequenceExport() override;
  void start();
  void cancel();
 Q_SIGNALS:
  void progress(int done, int total);
  void finished(const QString& error);  ///< empty: all frames are there; "cancelled" after cancel()

 private:
  void step();
  void written(const QString& error);
  void end(const QString& error);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Asks for size, resolution, format, theme and place, then exports; keeps the form as it was when that fails.
class ExportFigureDialog : public QDialog {
  Q_OBJECT
 public:
  ExportFigureDialog(Figure&, ViewState&, QWidget* parent = nullptr);
  ~ExportFigureDialog() override;
  ExportOptions options() const;
  void setOptions(const ExportOptions&);

 Q_SIGNALS:
  void exported(const QString& path);

 protected:
  void accept() override;
  void reject() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inflaton::ui
