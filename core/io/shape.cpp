#include "core/io/shape.h"

#include "core/io/input_file.h"

namespace inflaton {

std::string shapeText(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::int64_t checkedCount(const std::vector<std::int64_t>& shape, const std::string& where) {
  if (shape.size() > kMaxDimensions)
    throwBadFile(where, "has " + std::to_string(shape.size()) + " dimensions; at most " + std::to_string(kMaxDimensions) + " are allowed");
  constexpr std::int64_t most = std::int64_t{1} << 62;
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t extent : shape) {
    if (extent < 0) throwBadFile(where, "has the impossible shape " + shapeText(shape));
    if (extent == 0)
      empty = true;
    else if (count > most / extent)
      throwBadFile(where, "has the absurd shape " + shapeText(shape));
    else
      count *= extent;
  }
  return empty ? 0 : count;
}

void checkShapeHolds(const std::vector<std::int64_t>& shape, std::size_t values, const std::string& where) {
  if (static_cast<std::uint64_t>(checkedCount(shape, where)) != values)
    throwBadFile(where, "the shape " + shapeText(shape) + " does not hold " + std::to_string(values) + " values");
}

}  // namespace inflaton
