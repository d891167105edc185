#pragma once
// By what points can be coloured: one row per way. Menu, combo box, settings, exported metadata and the colours themselves all read this
// table.
#include <QString>
#include <vector>

#include "ui/style/colors.h"

namespace inflaton::ui {

class PointColorer;

/// What a way of colouring needs besides the frames of the lane.
enum class ColorNeeds {
  frames,       ///< nothing
  roundTrip,    ///< Simulation::roundTripError
  pointValues,  ///< ViewState::pointValues, which a job works out
};

struct ColorMode {
  ColorBy by;      ///< its number is what settings keep
  const char* id;  ///< in the metadata of exported figures: "round_trip_error"
  QString label;   ///< in the combo box
  QString action;  ///< in the menu, with its mnemonic
  ColorNeeds needs = ColorNeeds::frames;
  bool followsTime = false;  ///< other colours at another time
  void (PointColorer::*paint)(const ViewState&, const Theme&) = nullptr;
};

/// In the order of ColorBy, which is the order of menu and combo box.
const std::vector<ColorMode>& colorModes();
const ColorMode& colorMode(ColorBy);
/// The row of a number from settings; numbers that none has become the nearest.
const ColorMode& colorModeNumbered(int);

}  // namespace inflaton::ui
