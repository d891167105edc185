#pragma once
// Colours that everybody can tell apart, and the colours of the points. Okabe & Ito (2008); viridis (van der Walt, Smith); cividis (Nunez
// et al. 2018).
#include <QColor>
#include <QPalette>
#include <QString>
#include <QVector>
#include <vector>

#include "ui/model/view_state.h"

namespace inflaton::ui {

/// Colours of a figure: taken from the palette on screen, fixed for exports. Text and axis reach 4.5:1 on the background.
struct Theme {
  QColor background, text, axis, grid, accent, ghost, selection;
  bool dark = false;
  static Theme light();
  static Theme darkTheme();
  /// Base and text of the palette; corrected where their contrast falls short.
  static Theme fromPalette(const QPalette&);
  bool operator==(const Theme&) const = default;
};

/// WCAG 2.1 contrast ratio, 1..21.
double contrast(const QColor&, const QColor&);
QColor mix(const QColor& a, const QColor& b, double amountOfB);

enum class ColorMap { viridis, cividis };
/// v in 0..1, clamped; not a number: grey.
QRgb mapColor(ColorMap, double v);
/// Viridis, without the end that would vanish in the background.
QRgb onTheme(double v, const Theme&);
/// Okabe-Ito colour of class k (repeats after seven), chosen to stand out from the theme's background.
QColor classColor(int k, const Theme&);

/// Marker by class, so that colour is never the only difference.
enum class Marker { disc, square, triangle, diamond, cross };
Marker classMarker(int k);
QString markerName(Marker);

/// One colour per point and what the legend has to say about them.
struct PointColors {
  std::vector<QRgb> rgb;             ///< [n], opaque
  std::vector<std::uint8_t> marker;  ///< [n] Marker by class; empty: discs
  bool classes = true;               ///< discrete classes; else a range on a colour map
  std::vector<std::int32_t> labels;  ///< the distinct classes in order (when classes)
  ColorMap map = ColorMap::viridis;
  double low = 0, high = 1;  ///< ends of the colour bar
  bool logarithmic = false;
  QString title;  ///< "class", "radius", "speed |dx/dt| (latent sd)", "round-trip error", "stretch"
};

/// Colours of the points at the cursor, as ViewState::colorBy says. Cached; only "speed" depends on time.
/// The reference stays valid until the next call for the same view state.
const PointColors& colorsOf(const ViewState&, const Theme&);

}  // namespace inflaton::ui
