#include "core/api/save_array.h"

#include <filesystem>

#include "core/api/job.h"
#include "core/io/npy.h"

namespace inflaton {

Expected<void> saveArray(const std::string& path, std::span<const float> values, const std::vector<std::int64_t>& shape) {
  return atEdge([&] {
    std::error_code ignored;  // writing says what is wrong
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    writeNpy(path, values, shape);
  });
}

}  // namespace inflaton
