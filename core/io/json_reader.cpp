#include <algorithm>
#include <vector>

#include "core/api/json_text.h"
#include "core/io/input_file.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr std::size_t kMostSaid = 160;  // bytes of a file's own text in a message

/// Fit for a message: short, in one line.
std::string shown(std::string text) {
  if (text.size() > kMostSaid) {
    std::size_t cut = kMostSaid;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;  // not inside of a letter
    text.resize(cut);
    text += "...";
  }
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return text;
}

/// "[json.exception.parse_error.101] parse error at line 1, column 6: syntax error ...; last read: '...'" without what is said anew or
/// comes out of the file.
std::string reasonOf(const std::string& what) {
  std::string text = what;
  if (const auto end = text.find("] "); text.starts_with("[json.exception.") && end != std::string::npos) text.erase(0, end + 2);
  if (const auto end = text.find(": "); text.starts_with("parse error at ") && end != std::string::npos) text.erase(0, end + 2);
  if (const auto read = text.find("; last read: "); read != std::string::npos) text.resize(read);
  return shown(std::move(text));
}

/// "line 3, column 7" of the last byte that was read.
std::string placeOf(std::string_view text, std::size_t position) {
  const auto before = text.substr(0, std::min(text.size(), position > 0 ? position - 1 : 0));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n');
  const auto column = start == std::string_view::npos ? before.size() + 1 : before.size() - start;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

/// Builds the value while it is read. The library's own builder knows no limits, and with a callback it looks at all elements of a list
/// or an object again after each of them.
class Builder : public nlohmann::json_sax<json> {
 public:
  Builder(std::string_view text, int depth) : text_(text), depth_(static_cast<std::size_t>(depth)) {}

  json value;
  std::string fault;

  bool null() override { return put(nullptr); }
  bool boolean(bool v) override { return put(v); }
  bool number_integer(json::number_integer_t v) override { return put(v); }
  bool number_unsigned(json::number_unsigned_t v) override { return put(v); }
  bool number_float(json::number_float_t v, const std::string&) override { return put(v); }
  bool string(std::string& v) override { return put(std::move(v)); }
  bool binary(json::binary_t&) override { return false; }  // no JSON text holds any
  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    auto& in = open_.back().container->get_ref<json::object_t&>();
    const auto [at, fresh] = in.emplace(name, nullptr);
    open_.back().field = &at->first;
    slot_ = &at->second;
    if (!fresh) fault = "the field \"" + fieldPath() + "\" is there twice";
    return fresh;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& e) override {
    fault = placeOf(text_, position) + ": " + reasonOf(e.what());
    return false;
  }

 private:
  struct Level {
    json* container;
    const std::string* field = nullptr;  ///< of an object: the one being read
  };

  json* place(json v) {
    if (open_.empty()) return value = std::move(v), &value;
    if (open_.back().container->is_object()) return *slot_ = std::move(v), slot_;
    auto& list = open_.back().container->get_ref<json::array_t&>();
    list.push_back(std::move(v));
    return &list.back();
  }
  bool put(json v) { return place(std::move(v)), true; }

  bool open(json empty) {
    if (open_.size() >= depth_) {
      const auto path = fieldPath();
      fault =
          (path.empty() ? "it" : "the field \"" + path + "\"") + " is nested deeper than the " + std::to_string(depth_) + " levels allowed";
      return false;
    }
    open_.push_back({place(std::move(empty))});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::string fieldPath() const {
    std::string path;
    for (const auto& level : open_)
      if (level.field && path.size() < kMostSaid) path += (path.empty() ? "" : ".") + *level.field;
    return shown(std::move(path));
  }

  std::string_view text_;
  std::size_t depth_;
  std::vector<Level> open_;
  json* slot_ = nullptr;
};

}  // namespace

tl::expected<json, std::string> parseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes)
    return tl::unexpected("it has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(limits.bytes) + " are allowed");
  Builder builder(text, limits.depth);
  if (!json::sax_parse(text.begin(), text.end(), &builder)) return tl::unexpected(std::move(builder.fault));
  return std::move(builder.value);
}

json jsonOrNull(std::string_view text) { return parseJson(text).value_or(json()); }

json parseJsonObject(std::string_view text, const std::string& source, const JsonLimits& limits) {
  auto value = parseJson(text, limits);
  if (!value) throwBadFile(source, "is not valid JSON (" + value.error() + ")");
  if (!value->is_object()) throwBadFile(source, "is no JSON object");
  return *std::move(value);
}

json readJsonObject(const std::string& path, const JsonLimits& limits) {
  return parseJsonObject(readTextFile(path, limits.bytes), path, limits);
}

json readJsonOrNull(const std::string& path) {
  try {
    return jsonOrNull(readTextFile(path, JsonLimits{}.bytes));
  } catch (const Error&) {
    return {};
  }
}

}  // namespace inflaton
