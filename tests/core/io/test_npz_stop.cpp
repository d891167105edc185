// Writing a large array can be left; nothing half-written stays.
#include "core/api/stop_scope.h"
#include "core/io/npz.h"
#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

TEST(NpzStop, AnArrayIsLeftBetweenBlocksAndTheFileVanishes) {
  const testing::TempFolder folder;
  const std::vector<float> block(1 << 20, 0.5f);
  std::stop_source stop;
  {
    const StopScope scope(stop.get_token(), {});
    NpzWriter w(folder.file("a.npz"));
    w.begin<float>("x", {4, 1 << 20});
    w.append(std::span<const float>(block));
    stop.request_stop();
    EXPECT_THROW(w.append(std::span<const float>(block)), Error);
  }
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(NpzStop, BlocksOfAnArrayGiveTheChecksumOfTheWhole) {
  const testing::TempFolder folder;
  std::vector<double> values(5 << 20);  // 40 MiB: several blocks, the last not full
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 977);
  NpzWriter w(folder.file("a.npz"));
  w.add("x", std::span<const double>(values), {static_cast<std::int64_t>(values.size())});
  w.commit();
  EXPECT_EQ(NpzReader(folder.file("a.npz")).doubles("x"), values);
}

}  // namespace
}  // namespace inflaton
