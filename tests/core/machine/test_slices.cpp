// Slices on several threads: a stop ends them, and how soon is counted in slices, not in seconds.
#include "core/machine/slices.h"

#include <gtest/gtest.h>

#include <atomic>

#include "core/api/system.h"

namespace inflaton {
namespace {

class Slices : public ::testing::Test {
 protected:
  void SetUp() override { useThreads(2); }
  void TearDown() override { useThreads(0); }
};

TEST_F(Slices, AreAllDone) {
  std::atomic<int> done{0};
  forSlices(1000, [&](std::int64_t) { ++done; });
  EXPECT_EQ(done, 1000);
}

TEST_F(Slices, AStopIsSeenOnEveryThreadBeforeTheNextSlice) {
  for (const bool keep : {false, true}) {
    std::stop_source cancelled, kept;
    const StopScope scope(cancelled.get_token(), kept.get_token());
    std::atomic<int> done{0}, after{0};
    const auto run = [&] {
      forSlices(100000, [&](std::int64_t) {
        if (++done == 50) (keep ? kept : cancelled).request_stop();
        if (done > 50) ++after;
      });
    };
    if (keep)
      EXPECT_THROW(run(), StopAndKeep);
    else
      EXPECT_THROW(run(), Error);
    EXPECT_LE(after, 2) << "what the other thread was at";
  }
}

TEST_F(Slices, TheScopeReachesWhatASliceCalls) {
  std::stop_source cancelled;
  const StopScope scope(cancelled.get_token(), {});
  std::atomic<int> inner{0};
  EXPECT_THROW(forSlices(2,
                         [&](std::int64_t) {
                           forSlices(100000, [&](std::int64_t) {  // serial: nested
                             if (++inner == 10) cancelled.request_stop();
                           });
                         }),
               Error);
  EXPECT_LE(inner, 12);
}

TEST_F(Slices, AnExceptionEndsTheOthersSoon) {
  std::atomic<int> done{0};
  EXPECT_THROW(forSlices(1000000,
                         [&](std::int64_t i) {
                           if (++done; i == 20) throw Error(ErrorCode::failed, "slice 20");
                         }),
               Error);
  EXPECT_LT(done, 900000);
}

}  // namespace
}  // namespace inflaton
