#include "ui/views/point_density.h"

#include <algorithm>
#include <cmath>

namespace inflaton::ui {
namespace {

// Three box blurs are a Gaussian for the eye.
void blur(std::vector<float>& v, std::vector<float>& room, int w, int h, int r) {
  room.resize(v.size());
  const auto pass = [r](const float* from, float* to, int n, int stride) {
    float sum = 0;
    for (int i = -r; i < n; ++i) {
      if (i + r < n) sum += from[(i + r) * stride];
      if (i - r - 1 >= 0) sum -= from[(i - r - 1) * stride];
      if (i >= 0) to[i * stride] = sum / static_cast<float>(2 * r + 1);
    }
  };
  for (int k = 0; k < 3; ++k) {
    for (int y = 0; y < h; ++y) pass(v.data() + y * w, room.data() + y * w, w, 1);
    for (int x = 0; x < w; ++x) pass(room.data() + x, v.data() + x, h, w);
  }
}

}  // namespace

const QImage& Density::image(const PlotFrame& frame, const std::vector<float>& positions, int dim, int ax, int ay, const Theme& theme) {
  constexpr double kCell = 5;
  const int w = std::max(1, static_cast<int>(std::ceil(frame.plot.width() / kCell)));
  const int h = std::max(1, static_cast<int>(std::ceil(frame.plot.height() / kCell)));
  cells_.assign(static_cast<std::size_t>(w * h), 0.f);
  const auto fx = static_cast<float>(w / frame.visible.width()), fy = static_cast<float>(h / frame.visible.height());
  const auto x0 = static_cast<float>(frame.visible.left()), y0 = static_cast<float>(frame.visible.top());
  const std::size_t n = positions.size() / static_cast<std::size_t>(std::max(1, dim));
  for (std::size_t i = 0; i < n; ++i) {
    const float u = (positions[i * static_cast<std::size_t>(dim) + static_cast<std::size_t>(ax)] - x0) * fx;
    const float v = (positions[i * static_cast<std::size_t>(dim) + static_cast<std::size_t>(ay)] - y0) * fy;
    if (u >= 0 && u < static_cast<float>(w) && v >= 0 && v < static_cast<float>(h))
      cells_[static_cast<std::size_t>((h - 1 - static_cast<int>(v)) * w + static_cast<int>(u))] += 1;
  }
  blur(cells_, room_, w, h, n > 5000 ? 1 : 2);
  const float most = std::max(1e-6f, *std::max_element(cells_.begin(), cells_.end()));
  if (image_.width() != w || image_.height() != h) image_ = QImage(w, h, QImage::Format_ARGB32_Premultiplied);
  QRgb table[256];
  for (int k = 0; k < 256; ++k) {
    // The square root lets sparse parts be seen beside a narrow peak.
    const double a = 0.75 * std::sqrt(k / 255.0);
    table[k] = qPremultiply(qRgba(theme.accent.red(), theme.accent.green(), theme.accent.blue(), static_cast<int>(a * 255)));
  }
  for (int y = 0; y < h; ++y) {
    auto* row = reinterpret_cast<QRgb*>(image_.scanLine(y));
    for (int x = 0; x < w; ++x)
      row[x] = table[std::clamp(static_cast<int>(cells_[static_cast<std::size_t>(y * w + x)] / most * 255), 0, 255)];
  }
  return image_;
}

}  // namespace inflaton::ui
