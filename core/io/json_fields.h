#pragma once
// The fields of a JSON object that came from outside, each looked at before it is taken.
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace inflaton {

class JsonFields {
 public:
  /// Keeps a reference to `object`. `refuse` throws, naming file and the reason it is given: `has no number "step"`.
  JsonFields(const nlohmann::json& object, std::function<void(const std::string& reason)> refuse)
      : object_(object), refuse_(std::move(refuse)) {}

  double number(const char* name) const;
  std::int64_t whole(const char* name) const;
  std::string text(const char* name) const;
  bool isNull(const char* name) const;  ///< the field is there, and null
  JsonFields object(const char* name) const;

 private:
  const nlohmann::json& field(const char* name, const char* kind, bool (*fits)(const nlohmann::json&)) const;
  const nlohmann::json& object_;
  std::function<void(const std::string&)> refuse_;
};

}  // namespace inflaton
