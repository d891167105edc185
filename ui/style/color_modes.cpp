#include "ui/style/color_modes.h"

#include <QObject>
#include <algorithm>

#include "ui/style/point_colors.h"

namespace inflaton::ui {

const std::vector<ColorMode>& colorModes() {
  using P = PointColorer;
  using N = ColorNeeds;
  static const std::vector<ColorMode> all{
      {ColorBy::classLabel, "class", QObject::tr("class"), QObject::tr("Colour by c&lass"), N::frames, false, &P::byClass},
      {ColorBy::radius, "radius", QObject::tr("radius"), QObject::tr("Colour by &radius"), N::frames, false, &P::byRadius},
      {ColorBy::speed, "speed", QObject::tr("speed"), QObject::tr("Colour by sp&eed"), N::frames, true, &P::bySpeed},
      {ColorBy::roundTripError, "round_trip_error", QObject::tr("round-trip error"), QObject::tr("Colour by round-tr&ip error"),
       N::roundTrip, false, &P::byRoundTripError},
      {ColorBy::stretch, "stretch", QObject::tr("stretch"), QObject::tr("Colour by stret&ch"), N::pointValues, false, &P::byStretch},
      {ColorBy::logDensity, "log_density", QObject::tr("log density"), QObject::tr("Colour by log de&nsity"), N::pointValues, false,
       &P::byLogDensity},
  };
  return all;
}

const ColorMode& colorMode(ColorBy by) { return colorModes()[static_cast<std::size_t>(by)]; }

const ColorMode& colorModeNumbered(int number) {
  const int last = static_cast<int>(colorModes().size()) - 1;
  return colorModes()[static_cast<std::size_t>(std::clamp(number, 0, last))];
}

}  // namespace inflaton::ui
