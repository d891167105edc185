#include "core/api/train_cost.h"

#include <algorithm>
#include <cmath>

#include "core/api/number_text.h"

namespace inflaton {
namespace {

std::string twoDigits(double x) { return numberText(x, 2); }

/// "3.5", "4", "14": one decimal where it says something.
std::string amount(double x) { return fixedText(x, x < 9.95 && std::abs(x - std::round(x)) >= 0.05 ? 1 : 0); }

std::string atLeastOne(double x) { return std::to_string(std::max(1L, std::lround(x))); }

// Of a multilayer perceptron of at most 256 units and 8 blocks, on the slowest machine worth considering.
constexpr double kSecondsPerMimg = 60, kSecondsPerMimgOfMeans = 360;
constexpr double kSamplesPerStep = 256;  // in smaller batches a step costs more than its samples do
constexpr std::int64_t kMostReferences = 100000;

}  // namespace

std::string roughTime(double seconds) {
  if (seconds < 90) return atLeastOne(seconds) + " s";
  if (seconds < 90 * 60) return std::to_string(std::lround(seconds / 60)) + " min";
  if (seconds < 36 * 3600) return amount(seconds / 3600) + " h";
  return amount(seconds / 86400) + " days";
}

CostWords costWords(const TrainCost& cost) {
  const double s = cost.secondsPerStep;
  CostWords words;
  words.time = roughTime(cost.seconds);
  words.each = s < 0.001 ? fixedText(1000 * s, 2) + " ms" : s < 0.1 ? twoDigits(1000 * s) + " ms" : twoDigits(s) + " s";
  words.memory = cost.memory < 1e9 ? atLeastOne(cost.memory / 1e6) + " MB" : fixedText(cost.memory / 1e9, 1) + " GB";
  if (cost.targetShare > 0) words.targets = fixedText(100 * cost.targetShare, 0);
  return words;
}

bool surelyWithin(const ToyTrainOptions& o, double seconds) {
  if (o.arch != "Mlp" || o.width > 256 || o.depth > 8) return false;
  const bool means = o.targets == "mean";
  if (means && o.target_references > kMostReferences) return false;
  const double mimg = seconds / (means ? kSecondsPerMimgOfMeans : kSecondsPerMimg);
  return o.duration <= mimg && o.duration / static_cast<double>(o.batch) <= mimg / kSamplesPerStep;
}

}  // namespace inflaton
