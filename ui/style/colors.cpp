#include "ui/style/colors.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/style/point_colors.h"

namespace inflaton::ui {
namespace {

double channel(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }
double luminance(const QColor& c) { return 0.2126 * channel(c.redF()) + 0.7152 * channel(c.greenF()) + 0.0722 * channel(c.blueF()); }

/// Moves `c` towards black or white until it stands out from the background by `ratio`.
QColor readable(QColor c, const QColor& background, double ratio) {
  const QColor end = luminance(background) > 0.18 ? Qt::black : Qt::white;
  for (int k = 0; k < 20 && contrast(c, background) < ratio; ++k) c = mix(c, end, 0.1);
  return contrast(c, background) < ratio ? end : c;
}

Theme themeOn(const QColor& background, const QColor& text, const QColor& accent) {
  Theme t;
  t.background = background;
  t.dark = luminance(background) < 0.18;
  t.text = readable(text, background, 4.5);
  t.axis = readable(mix(text, background, 0.25), background, 4.5);
  t.grid = mix(background, text, 0.12);
  t.ghost = mix(background, text, 0.17);
  t.accent = readable(accent, background, 4.5);
  t.selection = readable(t.dark ? QColor(0xff, 0xff, 0xff) : QColor(0x11, 0x11, 0x11), background, 7);
  return t;
}

// A sixth-degree fit of viridis; off by less than two parts in a hundred.
constexpr double kViridis[7][3] = {{0.27772733, 0.00540734, 0.33409981},   {0.10509304, 1.40461353, 1.38459016},
                                   {-0.33086183, 0.21484756, 0.09509516},  {-4.63423050, -5.79910097, -19.33244096},
                                   {6.22826994, 14.17993337, 56.69055260}, {4.77638500, -13.74514538, -65.35303263},
                                   {-5.43545586, 4.64585261, 26.31243525}};
constexpr QRgb kCividis[10] = {0xff00224e, 0xff123570, 0xff3b496c, 0xff575d6d, 0xff707173,
                               0xff8a8678, 0xffa59c74, 0xffc3b369, 0xffe1cc55, 0xfffee838};
// Okabe-Ito, in the order that stands out best on white and on black.
constexpr QRgb kOnLight[7] = {0xff0072b2, 0xffd55e00, 0xff009e73, 0xffcc79a7, 0xffe69f00, 0xff56b4e9, 0xff555555};
constexpr QRgb kOnDark[7] = {0xff56b4e9, 0xffe69f00, 0xff009e73, 0xffcc79a7, 0xfff0e442, 0xffd55e00, 0xffbbbbbb};

}  // namespace

double contrast(const QColor& a, const QColor& b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

QColor mix(const QColor& a, const QColor& b, double amount) {
  const auto m = [&](double x, double y) { return static_cast<float>(x + (y - x) * amount); };
  return QColor::fromRgbF(m(a.redF(), b.redF()), m(a.greenF(), b.greenF()), m(a.blueF(), b.blueF()), m(a.alphaF(), b.alphaF()));
}

Theme Theme::light() { return themeOn(Qt::white, QColor(0x20, 0x24, 0x28), QColor(0x0b, 0x5c, 0xa8)); }
Theme Theme::darkTheme() { return themeOn(QColor(0x16, 0x19, 0x1d), QColor(0xe6, 0xe8, 0xea), QColor(0x6c, 0xb6, 0xff)); }
Theme Theme::fromPalette(const QPalette& p) {
  return themeOn(p.color(QPalette::Base), p.color(QPalette::Text), p.color(QPalette::Highlight));
}

QRgb mapColor(ColorMap map, double v) {
  if (!std::isfinite(v)) return qRgb(128, 128, 128);
  v = std::clamp(v, 0.0, 1.0);
  if (map == ColorMap::cividis) {
    const double at = v * 9;
    const int k = std::min(8, static_cast<int>(at));
    return mix(QColor(kCividis[k]), QColor(kCividis[k + 1]), at - k).rgb();
  }
  int c[3];
  for (int j = 0; j < 3; ++j) {
    double sum = 0;
    for (int k = 6; k >= 0; --k) sum = sum * v + kViridis[k][j];
    c[j] = std::clamp(static_cast<int>(std::lround(sum * 255)), 0, 255);
  }
  return qRgb(c[0], c[1], c[2]);
}

QRgb onTheme(double v, const Theme& theme) { return mapColor(ColorMap::viridis, theme.dark ? 0.18 + 0.82 * v : 0.88 * v); }

QColor classColor(int k, const Theme& theme) { return QColor((theme.dark ? kOnDark : kOnLight)[((k % 7) + 7) % 7]); }

Marker classMarker(int k) { return static_cast<Marker>(((k % 5) + 5) % 5); }

QString markerName(Marker m) {
  static const char* const names[] = {QT_TRANSLATE_NOOP("Marker", "disc"), QT_TRANSLATE_NOOP("Marker", "square"),
                                      QT_TRANSLATE_NOOP("Marker", "triangle"), QT_TRANSLATE_NOOP("Marker", "diamond"),
                                      QT_TRANSLATE_NOOP("Marker", "cross")};
  return QCoreApplication::translate("Marker", names[static_cast<int>(m)]);
}

struct ViewState::ColorCache {
  PointColorer colorer;
};

const PointColors& colorsOf(const ViewState& state, const Theme& theme) {
  if (!state.colors_) state.colors_ = std::make_shared<ViewState::ColorCache>();
  return state.colors_->colorer.of(state, theme);
}

}  // namespace inflaton::ui
