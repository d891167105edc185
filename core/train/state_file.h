#pragma once
// The parts of a training state by name, in a safetensors file: texts among the metadata, and tensors of any type (weights, moments,
// counters, states of generators), which go through no second copy in memory. What trains decides about the names; several networks
// or processes share a file by their prefixes. Reading runs nothing that a file holds.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace inflaton {

class StateWriter {
 public:
  /// `command`: whose training it is, "toy-train".
  explicit StateWriter(const std::string& command);
  ~StateWriter();
  void text(const std::string& name, const std::string& value);
  void numbers(const std::string& name, std::span<const double> values);  ///< F64 [n]
  void whole(const std::string& name, std::int64_t value);                ///< I64 []
  /// Floats, integers and booleans of any width, on any device. Kept by reference until commit(), which brings them to the CPU one by one.
  void tensor(const std::string& name, const at::Tensor&);
  /// The file appears whole or not at all; the same parts give the same bytes. Throws Error(failed) as AtomicFile.
  void commit(const std::string& path);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Everything that is read is checked. All throw Error(failed) naming file and part, what is there and what is needed.
class StateReader {
 public:
  /// Reads what parts there are. Refuses a file of more than kStateByteLimit bytes, one of another command or version, what is no training
  /// state, and the archives that versions before wrote (.pt): those could hold programs.
  StateReader(const std::string& path, const std::string& command);
  ~StateReader();
  const std::string& path() const;
  bool holdsText(const std::string& name) const;
  std::string text(const std::string& name) const;
  nlohmann::json object(const std::string& name) const;
  std::vector<double> numbers(const std::string& name, std::int64_t n) const;  ///< all finite
  std::int64_t whole(const std::string& name) const;
  /// On the CPU. No memory is taken before type and shape are what they are to be.
  at::Tensor tensor(const std::string& name, at::ScalarType, const std::vector<std::int64_t>& shape) const;
  /// The same of float32, all finite.
  at::Tensor floats(const std::string& name, const std::vector<std::int64_t>& shape) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Room for the largest network's weights, their average and Adam's two moments, and something beside them.
inline constexpr std::uint64_t kStateByteLimit = std::uint64_t{17} << 30;

}  // namespace inflaton
