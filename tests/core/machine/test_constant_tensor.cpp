#include "core/machine/constant_tensor.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <thread>

#include "core/machine/remembered.h"

namespace inflaton {
namespace {

TEST(ConstantTensor, ConvertsOnceForEachTypeAndSharesWithItsCopies) {
  const auto values = at::arange(6, at::kDouble).view({2, 3});
  const ConstantTensor constant(values), copy = constant;
  const auto single = at::zeros({1}, at::kFloat);
  const auto first = constant.like(single);
  EXPECT_EQ(first.scalar_type(), at::kFloat);
  EXPECT_TRUE(first.equal(values.to(at::kFloat)));
  EXPECT_TRUE(constant.like(single).is_same(first));
  EXPECT_TRUE(copy.like(single).is_same(first));
  EXPECT_TRUE(copy.like(at::zeros({1}, at::kDouble)).is_same(values)) << "what was given is not copied";
}

TEST(ConstantTensor, ManyThreadsGetTheSame) {
  const ConstantTensor constant(at::ones({64, 64}, at::kDouble));
  const auto like = at::zeros({1}, at::kFloat);
  std::vector<at::Tensor> got(8);
  std::vector<std::thread> threads;
  for (auto& mine : got) threads.emplace_back([&] { mine = constant.like(like); });
  for (auto& t : threads) t.join();
  for (const auto& mine : got) EXPECT_TRUE(mine.is_same(got.front()));
}

TEST(Remembered, AsksAgainOnlyForAnotherKey) {
  const Remembered<int, int> last;
  int made = 0;
  const auto square = [&](int k) {
    return last(k, [&] {
      ++made;
      return k * k;
    });
  };
  for (const int k : {3, 3, 3, 4, 4, 3}) EXPECT_EQ(square(k), k * k);
  EXPECT_EQ(made, 3);
}

TEST(Remembered, WhatCannotBeMadeIsNotKept) {
  const Remembered<int, int> last;
  EXPECT_THROW(last(1, []() -> int { throw 1; }), int);
  EXPECT_EQ(last(1, [] { return 7; }), 7);
}

}  // namespace
}  // namespace inflaton
