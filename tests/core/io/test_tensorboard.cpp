#include "core/io/tensorboard.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/core/io/event_reader.h"
#include "tests/core/io/io_testing.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

using test::readEvents;

class TensorBoard : public ::testing::Test {
 protected:
  testing::TempFolder temporary_;
  const std::string folder_ = temporary_.path();
};

TEST_F(TensorBoard, ChecksumsAreCastagnolis) {
  EXPECT_EQ(crc32c("123456789", 9), 0xE3069283u);
  EXPECT_EQ(crc32c("", 0), 0u);
  EXPECT_EQ(test::slowCrc32c("123456789"), 0xE3069283u);
}

TEST_F(TensorBoard, EventsComeBack) {
  std::string path;
  {
    EventWriter writer(folder_ + "/TB_logs", 0);
    writer.scalars(0, 12.5, {{"train_loss", 1.5}});
    writer.scalars(300, 13.5, {{"train_loss", 0.25}, {"lr", 1e-5}});
    writer.scalars(200, 14.5, {{"lr", 2e-5}});  // would go back
    path = writer.path();
  }
  EXPECT_EQ(fs::path(path).filename().string().rfind("events.out.tfevents.", 0), 0u) << path;
  EXPECT_TRUE(path.ends_with("." + std::to_string(::getpid()) + ".0")) << path;
  const auto events = readEvents(path);
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].version, "brain.Event:2");
  EXPECT_GT(events[0].wallTime, 1.6e9);
  EXPECT_EQ(events[1].step, 0);
  EXPECT_EQ(events[1].wallTime, 12.5);
  EXPECT_EQ(events[1].scalars, (std::map<std::string, float>{{"train_loss", 1.5f}}));
  EXPECT_EQ(events[2].step, 300);
  EXPECT_EQ(events[2].scalars, (std::map<std::string, float>{{"train_loss", 0.25f}, {"lr", 1e-5f}}));
  EXPECT_EQ(events[3].step, 300);
}

TEST_F(TensorBoard, GoingOnTakesOffWhatCameAfterTheState) {
  std::string path;
  {
    EventWriter writer(folder_, 0);
    for (int k = 1; k <= 10; ++k) writer.scalars(100 * k, k, {{"train_loss", k}});
    path = writer.path();
  }
  const auto whole = fs::file_size(path);
  {
    EventWriter writer(folder_, 650);
    EXPECT_EQ(writer.path(), path) << "one file per run";
    writer.scalars(660, 100, {{"train_loss", 0.5}});
  }
  EXPECT_LT(fs::file_size(path), whole);
  const auto events = readEvents(path);
  ASSERT_EQ(events.size(), 8u);
  EXPECT_EQ(events[6].step, 600);
  EXPECT_EQ(events[7].step, 660);
  for (std::size_t i = 1; i < events.size(); ++i) EXPECT_GE(events[i].step, events[i - 1].step);
}

TEST_F(TensorBoard, ARecordThatAKillCutOrDamageIsTakenOff) {
  std::string path;
  {
    EventWriter writer(folder_, 0);
    for (int k = 1; k <= 3; ++k) writer.scalars(k, k, {{"train_loss", k}});
    path = writer.path();
  }
  fs::resize_file(path, fs::file_size(path) - 5);
  { EventWriter writer(folder_, 1000); }
  EXPECT_EQ(readEvents(path).size(), 3u);
  auto bytes = testing::bytesOf(path);
  bytes[bytes.size() - 8] ^= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  {
    EventWriter writer(folder_, 1000);
    writer.scalars(1001, 1, {{"lr", 1}});
  }
  const auto events = readEvents(path);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].step, 1);
  EXPECT_EQ(events[2].step, 1001);
}

TEST_F(TensorBoard, AFolderThatCannotBeIsNamed) {
  try {
    EventWriter writer("/proc/none/TB_logs", 0);
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("/proc/none"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace inflaton
