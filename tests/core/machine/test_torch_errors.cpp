// LibTorch's exceptions, as people get to see them.
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/api/job.h"
#include "core/api/memory_need.h"
#include "core/api/system.h"

namespace inflaton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string told(const std::function<void()>& work) {
  useThreads(1);
  forgetMemoryNeed();
  const auto result = atEdge(work);
  useThreads(0);
  return result ? std::string() : result.error().message;
}

TEST(TorchErrors, HoldNoStack) {
  EXPECT_EQ(told([] { TORCH_CHECK(false, "three is not four"); }), "three is not four");
  EXPECT_THAT(told([] {
                at::matmul(at::zeros({2, 3}), at::zeros({2, 3}));
              }),
              AllOf(HasSubstr("2x3"), Not(HasSubstr("frame #")), Not(HasSubstr("raised from"))));
}

TEST(TorchErrors, MemoryIsOneSentence) {
  const auto text = told([] { at::empty({std::int64_t{1} << 50}, at::kFloat); });
  EXPECT_THAT(text, AllOf(StartsWith("out of memory: 4194304 GiB were asked for at once"), Not(HasSubstr("\n")), Not(HasSubstr("alloc"))));
}

}  // namespace
}  // namespace inflaton
