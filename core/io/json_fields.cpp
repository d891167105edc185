#include "core/io/json_fields.h"

#include "core/api/error.h"

using nlohmann::json;

namespace inflaton {

const json& JsonFields::field(const char* name, const char* kind, bool (*fits)(const json&)) const {
  if (object_.is_object())
    if (const auto found = object_.find(name); found != object_.end() && fits(*found)) return *found;
  const std::string reason = std::string("has no ") + kind + " \"" + name + "\"";
  refuse_(reason);
  throw Error(ErrorCode::failed, reason);  // for a `refuse` that returns
}

double JsonFields::number(const char* name) const {
  return field(name, "number", [](const json& j) { return j.is_number(); }).get<double>();
}

std::int64_t JsonFields::whole(const char* name) const {
  // What is greater than the type holds would come out negative.
  const auto fits = [](const json& j) {
    return j.is_number_integer() && (!j.is_number_unsigned() || j.get<std::uint64_t>() <= std::uint64_t{INT64_MAX});
  };
  return field(name, "whole number", fits).get<std::int64_t>();
}

std::string JsonFields::text(const char* name) const {
  return field(name, "text", [](const json& j) { return j.is_string(); }).get<std::string>();
}

bool JsonFields::isNull(const char* name) const {
  if (!object_.is_object()) return false;
  const auto found = object_.find(name);
  return found != object_.end() && found->is_null();
}

JsonFields JsonFields::object(const char* name) const {
  return {field(name, "object", [](const json& j) { return j.is_object(); }), refuse_};
}

}  // namespace inflaton
