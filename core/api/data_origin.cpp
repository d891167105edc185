#include "core/api/data_origin.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/error.h"
#include "core/api/json_text.h"
#include "core/api/options.h"

using nlohmann::json;

namespace inflaton {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& reason) { throw Error(ErrorCode::failed, where + ": " + reason); }

const json& fieldOf(const json& j, const char* name, const std::string& where) {
  const auto found = j.find(name);
  if (found == j.end()) refuse(where, std::string("says no \"") + name + "\" of its data");
  return *found;
}

std::string textOf(const json& j, const char* name, const std::string& where) {
  const json& field = fieldOf(j, name, where);
  if (!field.is_string()) refuse(where, std::string("\"") + name + "\" of its data is no text");
  return field.get<std::string>();
}

std::vector<double> numbersOf(const json& j, const char* name, const std::string& where) {
  const json& field = fieldOf(j, name, where);
  if (!field.is_array() || field.empty() || field.size() > kMostDims)
    refuse(where, std::string("\"") + name + "\" of its data is no list of 1 to " + std::to_string(kMostDims) + " numbers");
  std::vector<double> values;
  for (const json& v : field) {
    if (!v.is_number() || !std::isfinite(v.get<double>())) refuse(where, std::string("\"") + name + "\" of its data holds " + jsonText(v));
    values.push_back(v.get<double>());
  }
  return values;
}

std::vector<std::string> namesOf(const json& j, const char* name, const std::string& where) {
  const json& field = fieldOf(j, name, where);
  if (!field.is_array()) refuse(where, std::string("\"") + name + "\" of its data is no list");
  std::vector<std::string> names;
  for (const json& v : field) {
    if (!v.is_string()) refuse(where, std::string("\"") + name + "\" of its data holds " + jsonText(v) + ", which is no text");
    names.push_back(v.get<std::string>());
  }
  return names;
}

}  // namespace

std::string DataOrigin::column(std::size_t j) const { return j < columns.size() ? columns[j] : "x" + std::to_string(j + 1); }

std::vector<std::string> DataOrigin::columnNames() const {
  std::vector<std::string> names;
  for (std::size_t j = 0; j < scale.size(); ++j) names.push_back(column(j));
  return names;
}

std::string DataOrigin::label(std::size_t j) const {
  return column(j) + (j < units.size() && !units[j].empty() ? " (" + units[j] + ")" : "");
}

std::vector<double> DataOrigin::toOwn(std::span<const float> standardized) const {
  std::vector<double> own(standardized.size());
  for (std::size_t i = 0, D = scale.size(); i < own.size(); ++i)
    own[i] = offset[i % D] + scale[i % D] * static_cast<double>(standardized[i]);
  return own;
}

std::vector<float> DataOrigin::toStandardized(std::span<const double> own) const {
  std::vector<float> values(own.size());
  for (std::size_t i = 0, D = scale.size(); i < own.size(); ++i) values[i] = static_cast<float>((own[i] - offset[i % D]) / scale[i % D]);
  return values;
}

double DataOrigin::logVolume() const {
  double sum = 0;
  for (const double s : scale) sum += std::log(s);
  return sum;
}

json originJson(const DataOrigin& o) {
  return {{"file", o.file},   {"sha256", o.sha256}, {"rows", o.rows},  {"columns", o.columns},
          {"units", o.units}, {"offset", o.offset}, {"scale", o.scale}};
}

DataOrigin originFromJson(const json& j, const std::string& where) {
  if (!j.is_object()) refuse(where, "what it says of its data is no JSON object");
  DataOrigin o;
  o.file = textOf(j, "file", where), o.sha256 = textOf(j, "sha256", where);
  const json& rows = fieldOf(j, "rows", where);
  if (!rows.is_number_integer() || rows.get<std::int64_t>() < 1)
    refuse(where, "\"rows\" of its data is " + jsonText(rows) + "; allowed: 1 or more");
  o.rows = rows.get<std::int64_t>();
  o.offset = numbersOf(j, "offset", where), o.scale = numbersOf(j, "scale", where);
  o.columns = namesOf(j, "columns", where), o.units = namesOf(j, "units", where);
  const auto fits = [&](const std::vector<std::string>& names) { return names.empty() || names.size() == o.scale.size(); };
  if (o.offset.size() != o.scale.size() || !fits(o.columns) || !fits(o.units))
    refuse(where, "says " + std::to_string(o.offset.size()) + " offsets, " + std::to_string(o.scale.size()) + " scales, " +
                      std::to_string(o.columns.size()) + " column names and " + std::to_string(o.units.size()) +
                      " units of its data; needed: as many of each");
  for (const double s : o.scale)
    if (!(s > 0)) refuse(where, "\"scale\" of its data holds " + jsonText(json(s)) + "; allowed: scales > 0");
  return o;
}

}  // namespace inflaton
