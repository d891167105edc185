#include "core/api/parameters.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/api/json_text.h"
#include "core/api/number_text.h"
#include "core/api/shell_quoted.h"
#include "core/api/utf8.h"

namespace inflaton {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string s;
  for (const auto& w : words) s += (s.empty() ? "" : ", ") + w;
  return s;
}

[[noreturn]] void refuse(const ParameterInfo& p, const std::string& value, const std::string& why = {}) {
  const std::string range = p.range();
  throw Error(ErrorCode::usage, p.name + " is " + (value.empty() ? "empty" : shownUtf8(value)) + (why.empty() ? "" : " (" + why + ")") +
                                    (range.empty() ? "" : "; allowed: " + range));
}

template <class Number>
Number parsed(const ParameterInfo& p, const std::string& text, const char* what) {
  Number v{};
  const char* from = text.data() + (text.size() > 1 && text[0] == '+' ? 1 : 0);
  const auto [end, error] = std::from_chars(from, text.data() + text.size(), v);
  if (error != std::errc() || end != text.data() + text.size()) refuse(p, "\"" + text + "\"", std::string("not ") + what);
  return v;
}

}  // namespace

std::string ParameterInfo::range() const {
  const auto number = [this](double v) {
    return kind == ParameterKind::integer && std::abs(v) < 1e15 ? std::to_string(static_cast<std::int64_t>(v)) : exactText(v);
  };
  switch (kind) {
    case ParameterKind::flag:
      return "true, false";
    case ParameterKind::choice:
      return joined(choices);
    case ParameterKind::integer:
    case ParameterKind::real: {
      const bool low = std::isfinite(min), high = std::isfinite(max);
      const std::string is = kind == ParameterKind::integer ? "integers" : "numbers";
      if (low && high) return number(min) + (openMin ? " < " : " <= ") + name + " <= " + number(max);
      if (low) return is + (openMin ? " > " : " >= ") + number(min);
      if (high) return is + " <= " + number(max);
      return is;
    }
    default:
      return {};
  }
}

const Parameter* ParameterTable::find(const std::string& name) const {
  std::string wanted = name;
  std::replace(wanted.begin(), wanted.end(), '-', '_');
  const auto it = std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.name == wanted; });
  return it == parameters.end() ? nullptr : &*it;
}

ParameterValue parseParameter(const ParameterInfo& p, const std::string& text) {
  switch (p.kind) {
    case ParameterKind::flag: {
      std::string t = text;
      std::transform(t.begin(), t.end(), t.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (t == "true" || t == "1" || t == "yes" || t == "on") return true;
      if (t == "false" || t == "0" || t == "no" || t == "off") return false;
      refuse(p, "\"" + text + "\"");
    }
    case ParameterKind::integer:
      return parsed<std::int64_t>(p, text, "an integer");
    case ParameterKind::real:
      return parsed<double>(p, text, "a number");
    default:
      return text;
  }
}

std::string formatParameter(const ParameterValue& v) {
  if (const auto* b = std::get_if<bool>(&v)) return *b ? "true" : "false";
  if (const auto* i = std::get_if<std::int64_t>(&v)) return std::to_string(*i);
  if (const auto* d = std::get_if<double>(&v)) return exactText(*d);
  return std::get<std::string>(v);
}

void validateParameter(const ParameterInfo& p, const ParameterValue& v) {
  if (p.kind == ParameterKind::integer || p.kind == ParameterKind::real) {
    const double x = p.kind == ParameterKind::integer ? static_cast<double>(std::get<std::int64_t>(v)) : std::get<double>(v);
    if (!std::isfinite(x) || x < p.min || (p.openMin && x == p.min) || x > p.max) refuse(p, formatParameter(v));
  } else if (p.kind == ParameterKind::choice) {
    const auto& s = std::get<std::string>(v);
    if (std::find(p.choices.begin(), p.choices.end(), s) == p.choices.end()) refuse(p, "\"" + s + "\"");
  } else if (const auto* s = std::get_if<std::string>(&v); s && s->find('\0') != std::string::npos) {
    refuse(p, "text with a zero byte");
  } else if (s && !isUtf8(*s)) {  // it goes into the JSON of files and messages
    throw Error(ErrorCode::usage, p.name + " is \"" + shownUtf8(*s) + "\", which is not UTF-8; allowed: text and names of files in UTF-8",
                "Rename the file, for instance with convmv.");
  }
}

nlohmann::json parametersToJson(const ParameterTable& table, const void* options) {
  nlohmann::json j = nlohmann::json::object();
  for (const auto& p : table.parameters) std::visit([&](const auto& v) { j[p.name] = v; }, p.get(options));
  return j;
}

void parametersFromJson(const ParameterTable& table, void* options, const nlohmann::json& j, const std::string& source,
                        std::vector<std::string>* unknown) {
  if (!j.is_object()) throw Error(ErrorCode::usage, source + ": expected an object of options");
  std::vector<std::pair<const Parameter*, ParameterValue>> values;
  for (const auto& item : j.items()) {
    const std::string& key = item.key();
    const nlohmann::json& value = item.value();
    const Parameter* p = table.find(key);
    if (!p) {
      if (!unknown) throw Error(ErrorCode::usage, source + ": there is no option \"" + key + "\" in " + table.command);
      unknown->push_back(key);
      continue;
    }
    ParameterValue v;
    const bool fits = [&] {
      switch (p->kind) {
        case ParameterKind::flag:
          return value.is_boolean() && (v = value.get<bool>(), true);
        case ParameterKind::integer:
          return value.is_number_integer() && (v = value.get<std::int64_t>(), true);
        case ParameterKind::real:
          return value.is_number() && (v = value.get<double>(), true);
        default:
          return value.is_string() && (v = value.get<std::string>(), true);
      }
    }();
    if (!fits)
      throw Error(ErrorCode::usage, source + ": " + p->name + " is " + jsonText(value) +
                                        (p->range().empty() ? "; expected text" : "; allowed: " + p->range()));
    try {
      validateParameter(*p, v);
    } catch (const Error& e) {
      throw Error(e.code(), source + ": " + e.what(), e.hint());
    }
    values.emplace_back(p, std::move(v));
  }
  for (const auto& [p, v] : values) p->set(options, v);
}

std::vector<std::string> salvageParameters(const ParameterTable& table, void* options, const nlohmann::json& j) {
  std::vector<std::string> left;
  if (!j.is_object()) return left;
  for (const auto& item : j.items()) {
    nlohmann::json one;
    one[item.key()] = item.value();
    try {
      parametersFromJson(table, options, one, {});
    } catch (const Error&) {
      left.push_back(item.key());
    }
  }
  return left;
}

void validateParameters(const ParameterTable& table, const void* options) {
  for (const auto& p : table.parameters) validateParameter(p, p.get(options));
  if (table.crossCheck) table.crossCheck(options);
}

std::string commandLine(const ParameterTable& table, const void* options, const void* defaults) {
  std::string line = "inflaton-cli " + table.command;
  for (const auto& p : table.parameters)
    if (p.positional) line += " " + shellQuoted(formatParameter(p.get(options)));
  for (const auto& p : table.parameters) {
    const auto v = p.get(options);
    if (p.positional || v == p.get(defaults)) continue;
    line += " --" + p.name + (p.kind == ParameterKind::flag ? "=" : " ") + shellQuoted(formatParameter(v));
  }
  return line;
}

}  // namespace inflaton
