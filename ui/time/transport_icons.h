#pragma once
// Transport symbols drawn in the palette's text colour, so that they are seen on light and on dark.
#include <QIcon>
#include <QPalette>

namespace inflaton::ui {

enum class TransportSymbol { start, stepBack, reverse, play, pause, stepForward, end, loop };
QIcon transportIcon(TransportSymbol, const QPalette&);

}  // namespace inflaton::ui
