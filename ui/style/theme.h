#pragma once
// Light, dark or as the system: our own two palettes on the Fusion style, text at least 4.5:1 everywhere.
#include <QIcon>
#include <QPalette>
#include <QString>

namespace inflaton::ui {

enum class ThemeChoice { system, light, dark };

/// In both, BrightText is the colour of what needs attention and PlaceholderText that of side notes.
QPalette lightPalette();
QPalette darkPalette();
/// Sets style, palette and tooltips of the application. Call once before the first window and again whenever the choice changes.
void applyTheme(ThemeChoice);
ThemeChoice currentTheme();

/// A monochrome icon of resources/icons, in the palette's text colour.
QIcon themedIcon(const QString& name, const QPalette&);

}  // namespace inflaton::ui
