#pragma once
// Numbers that do not change and that copies share: copying costs a reference count, whatever the size.
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace inflaton {

class SharedNumbers {
 public:
  using value_type = double;
  using const_iterator = std::vector<double>::const_iterator;
  using iterator = const_iterator;

  SharedNumbers() : SharedNumbers(std::vector<double>{}) {}
  SharedNumbers(std::vector<double> values) : values_(std::make_shared<const std::vector<double>>(std::move(values))) {}
  SharedNumbers(std::initializer_list<double> values) : SharedNumbers(std::vector<double>(values)) {}

  double operator[](std::size_t i) const { return (*values_)[i]; }
  const double* data() const { return values_->data(); }
  std::size_t size() const { return values_->size(); }
  const_iterator begin() const { return values_->begin(); }
  const_iterator end() const { return values_->end(); }
  bool operator==(const SharedNumbers& other) const { return values_ == other.values_ || *values_ == *other.values_; }

 private:
  std::shared_ptr<const std::vector<double>> values_;
};

}  // namespace inflaton
