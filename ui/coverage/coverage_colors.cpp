#include "ui/coverage/coverage_colors.h"

namespace inflaton::ui {

StatusLook statusLook(PointStatus status, const Theme& theme) {
  const auto faded = [&](const QColor& c, double amount) { return mix(theme.background, c, amount); };
  switch (status) {
    case PointStatus::outside:
      return {faded(theme.axis, 0.45), Marker::disc, 2.2};
    case PointStatus::inside:
      return {faded(classColor(0, theme), 0.75), Marker::disc, 2.8};
    case PointStatus::left:
      return {classColor(1, theme), Marker::triangle, 9};
    case PointStatus::entered:
      return {classColor(3, theme), Marker::diamond, 9};  // no green: shells have it
  }
  return {};
}

QColor shellColor(int k, int n, const Theme& theme) { return QColor(onTheme(n > 1 ? static_cast<double>(k) / (n - 1) : 0.5, theme)); }

QColor placeColor(CoveragePlace place, const Theme& theme) {
  return classColor(place == CoveragePlace::latentStart ? 0 : place == CoveragePlace::data ? 1 : 2, theme);
}

}  // namespace inflaton::ui
