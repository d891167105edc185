#pragma once
// The parts of a training state by name, in a LibTorch archive: texts, numbers, and tensors, which go through no second copy in memory.
#include <ATen/core/Tensor.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace inflaton {

class StateWriter {
 public:
  StateWriter();
  ~StateWriter();
  void text(const std::string& name, const std::string& value);
  void numbers(const std::string& name, std::span<const double> values);
  void tensor(const std::string& name, const at::Tensor&);  ///< brought to the CPU
  /// The file appears whole or not at all. Throws Error(failed) as AtomicFile.
  void commit(const std::string& path);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Everything that is read is checked. All throw Error(failed) naming file and part, what is there and what is needed.
class StateReader {
 public:
  /// Refuses a file of more than kStateByteLimit bytes, and one that would unpack to more than it has, before its parts are read.
  explicit StateReader(const std::string& path);
  ~StateReader();
  const std::string& path() const;
  std::string text(const std::string& name);
  nlohmann::json object(const std::string& name);
  std::vector<double> numbers(const std::string& name, std::int64_t n);
  /// On the CPU, all finite.
  at::Tensor floats(const std::string& name, const std::vector<std::int64_t>& shape);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Room for the largest network's weights, their average and Adam's two moments, and something beside them.
inline constexpr std::uint64_t kStateByteLimit = std::uint64_t{17} << 30;

}  // namespace inflaton
