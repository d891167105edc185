#pragma once
// What can be exported: anything that paints itself at any size, on screen, into an image or as vectors.
#include <QPainter>
#include <QSizeF>
#include <QString>

#include "ui/style/colors.h"

namespace inflaton::ui {

struct PaintOptions {
  Theme theme = Theme::light();
  bool vector = false;       ///< the device keeps vectors: draw points as paths
  bool interactive = false;  ///< hover, brush and hints too
  double pixelRatio = 1;     ///< device pixels per unit; raster devices only
};

class Figure {
 public:
  virtual ~Figure() = default;
  virtual QString figureTitle() const = 0;  ///< "Latent space"
  virtual QString figureName() const = 0;   ///< for file names: "latent"
  virtual void paint(QPainter&, const QSizeF&, const PaintOptions&) = 0;
  virtual QString figureCsv() const { return {}; }      ///< what is plotted, as a table; empty: nothing to offer
  virtual QString figureCommand() const { return {}; }  ///< what repeats the numbers; empty: the flow's command
};

}  // namespace inflaton::ui
