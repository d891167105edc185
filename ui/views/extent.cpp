#include "ui/views/extent.h"

#include <algorithm>
#include <cmath>

namespace inflaton::ui {

std::pair<double, double> axisExtent(const ViewState& state, Space space, int axis) {
  const auto sim = state.simulation();
  float low = 1e30f, high = -1e30f;
  std::vector<float> x, values;
  if (sim)
    for (const auto& lane : sim->lanes) {
      // A thousand points are enough to see how far the cloud reaches.
      Trajectory few;
      few.direction = lane.direction;
      few.dim = lane.dim;
      const std::int64_t stride = std::max<std::int64_t>(1, lane.n / 1000);
      few.n = (lane.n + stride - 1) / stride;
      const auto D = static_cast<std::size_t>(lane.dim), n = static_cast<std::size_t>(few.n);
      few.x.resize(n * D), x.resize(n * D);
      for (int q = 0; q < 9 && lane.frames() > 0; ++q) {
        const auto k = static_cast<std::size_t>((lane.frames() - 1) * q / 8);
        few.t = {lane.t[k]};
        for (std::size_t i = 0; i < n; ++i)
          std::copy_n(lane.x.data() + (k * static_cast<std::size_t>(lane.n) + i * static_cast<std::size_t>(stride)) * D, D,
                      few.x.data() + i * D);
        framePositions(*sim, few, 0, space, x.data());
        values.clear();
        for (std::size_t i = static_cast<std::size_t>(axis); i < n * D; i += D)
          if (std::isfinite(x[i])) values.push_back(x[i]);
        if (values.empty()) continue;
        const std::size_t edge = values.size() / 200;
        std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(edge), values.end());
        low = std::min(low, values[edge]);
        std::nth_element(values.begin(), values.end() - 1 - static_cast<std::ptrdiff_t>(edge), values.end());
        high = std::max(high, values[values.size() - 1 - edge]);
      }
    }
  if (!(low <= high)) return {-3, 3};
  return {low, high};
}

}  // namespace inflaton::ui
