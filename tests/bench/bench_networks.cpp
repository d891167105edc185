// ToyConvUNet beside a direct translation of its layers on the same LibTorch: a training step of 1024 points, and 2000 points at one time.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/rand.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/api/system.h"
#include "core/nets/conv_unet/toy_conv_unet.h"
#include "tests/core/nets/conv_unet/toy_conv_unet_direct.h"

using namespace inflaton;

namespace {

at::Generator dice(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

template <class Work>
double seconds(const Work& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// The least of as many runs of each, taken in turn: other work on the machine disturbs both alike. The direct one may also have one
/// thread, and its better time counts: it forks and joins at every operation, which costs it more than it gains where cores are busy.
template <class A, class B>
std::pair<double, double> race(int rounds, const A& own, const B& direct) {
  own(), direct();  // warm up
  double a = 1e9, b = 1e9;
  for (int i = 0; i < rounds; ++i) {
    useThreads(2);
    a = std::min(a, seconds(own));
    b = std::min(b, seconds(direct));
    useThreads(1);
    b = std::min(b, seconds(direct));
  }
  useThreads(2);
  return {a, b};
}

double difference(const at::Tensor& a, const at::Tensor& b) {
  return std::sqrt((a - b).square().mean().item<double>() / b.square().mean().item<double>());
}

}  // namespace

int main() {
  // The direct version forks and joins thousands of times a pass: with threads that sleep between (as the program has them, to be kind to
  // others), it would mostly wake them. Both are timed with threads that spin, OpenMP's own default.
  ::setenv("OMP_WAIT_POLICY", "ACTIVE", 0);
  useThreads(2);
  const ToyConvUNet net(ToyConvUNetSettings{});
  const testing::DirectToyConvUNet direct(net, ToyConvUNetSettings{}.noise_scale);
  // At initialWeights the output is next to nothing: a last layer of ordinary size makes differences visible.
  const auto weights = net.initialWeights(dice(1));
  direct.weight(weights, "dense81.weight").normal_(0, 0.5, dice(2));

  const auto points = [](std::int64_t n, std::uint64_t seed) { return at::normal(0., 1., {n, 2}, dice(seed)); };
  auto gradient = at::empty({net.size()}), expected = gradient;
  const auto many = points(8192, 3);
  net.lossAndGradient(weights, many, at::rand({8192}, dice(4)) * 7, points(8192, 5), gradient);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("convunet_memory\t%.0f\tMB\n", static_cast<double>(usage.ru_maxrss) / 1024);

  const std::int64_t batch = 1024;
  const auto y = points(batch, 6), target = points(batch, 7), t = at::rand({batch}, dice(8)) * 7;
  const auto [step, directStep] = race(
      4, [&] { net.lossAndGradient(weights, y, t, target, gradient); }, [&] { direct.lossAndGradient(weights, y, t, target, expected); });
  std::printf(
      "convunet_step_ratio\t%.2f\t\nconvunet_step\t%.0f\tsamples/s\nconvunet_step_direct\t%.0f\tsamples/"
      "s\nconvunet_step_difference\t%.1e\t\n",
      directStep / step, static_cast<double>(batch) / step, static_cast<double>(batch) / directStep, difference(gradient, expected));

  const at::NoGradGuard off;
  const auto x = points(2000, 9), time = at::full({1}, 2.5f);
  at::Tensor F, G;
  const auto [forward, directForward] = race(
      4, [&] { F = net.apply(weights, x, time); }, [&] { G = direct(weights, x, time); });
  std::printf(
      "convunet_forward_ratio\t%.2f\t\nconvunet_forward\t%.3f\ts\nconvunet_forward_direct\t%.3f\ts\nconvunet_forward_difference\t%.1e\t\n",
      directForward / forward, forward, directForward, difference(F, G));
}
