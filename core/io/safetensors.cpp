#include "core/io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/api/json_text.h"
#include "core/api/utf8.h"
#include "core/io/atomic_file.h"
#include "core/io/half.h"
#include "core/io/shape.h"

using nlohmann::json;

namespace inflaton {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are stored as they lie in memory");

constexpr std::size_t kMostSaid = 200;  // bytes of a name in a message
constexpr int kHeaderDepth = 3;         // the table, an entry, a shape

const std::map<std::string, std::size_t>& itemSizes() {
  static const std::map<std::string, std::size_t> sizes = {{"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
                                                           {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},
                                                           {"U32", 4},  {"F32", 4}, {"F64", 8}, {"I64", 8},     {"U64", 8}};
  return sizes;
}

std::string whereOf(const std::string& path, const std::string& tensor) {
  return path + ", tensor \"" + (tensor.size() > kMostSaid ? tensor.substr(0, kMostSaid) + "..." : tensor) + "\"";
}

json parseHeader(const std::string& text, const std::string& path) {
  auto header = parseJson(text, {.bytes = kMostHeaderBytes, .depth = kHeaderDepth});
  if (!header) throwBadFile(path, "has a damaged safetensors header (" + header.error() + ")");
  if (!header->is_object()) throwBadFile(path, "has a damaged safetensors header (no JSON object)");
  return *std::move(header);
}

std::map<std::string, std::string> readMetadata(const json& entry, const std::string& path) {
  if (!entry.is_object()) throwBadFile(path, "has a __metadata__ that is not an object of texts");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : entry.items()) {
    if (!value.is_string())
      throwBadFile(path,
                   "has a __metadata__ entry \"" + key.substr(0, kMostSaid) + "\" that is not a text: " + jsonText(value).substr(0, 80));
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

/// A list of whole numbers >= 0 that fit 62 bits.
std::vector<std::int64_t> naturals(const json& entry, const char* field, const std::string& where) {
  const auto found = entry.find(field);
  if (found == entry.end() || !found->is_array()) throwBadFile(where, std::string("has no list \"") + field + "\"");
  std::vector<std::int64_t> out;
  for (const auto& v : *found) {
    if (!v.is_number_unsigned() || v.get<std::uint64_t>() > (std::uint64_t{1} << 62))
      throwBadFile(where, std::string("has ") + jsonText(v).substr(0, 40) + " in \"" + field + "\"; allowed: whole numbers from 0 to 2^62");
    out.push_back(static_cast<std::int64_t>(v.get<std::uint64_t>()));
  }
  return out;
}

TensorInfo readTensor(const json& entry, const std::string& where, std::uint64_t dataBytes) {
  if (!entry.is_object()) throwBadFile(where, "is not described by an object");
  for (const auto& [key, value] : entry.items())
    if (key != "dtype" && key != "shape" && key != "data_offsets")
      throwBadFile(where, "has the unknown field \"" + key.substr(0, kMostSaid) + "\"");
  TensorInfo info;
  const auto dtype = entry.find("dtype");
  if (dtype == entry.end() || !dtype->is_string()) throwBadFile(where, "has no \"dtype\"");
  info.dtype = dtype->get<std::string>();
  const std::size_t itemSize = safetensorsItemSize(info.dtype);
  if (itemSize == 0) {
    std::string known;
    for (const auto& [name, size] : itemSizes()) known += (known.empty() ? "" : ", ") + name;
    throwBadFile(where, "has the unknown dtype \"" + info.dtype.substr(0, kMostSaid) + "\"; known: " + known);
  }
  info.shape = naturals(entry, "shape", where);
  const auto offsets = naturals(entry, "data_offsets", where);
  if (offsets.size() != 2) throwBadFile(where, "has " + std::to_string(offsets.size()) + " data_offsets; needed: 2");
  info.begin = static_cast<std::uint64_t>(offsets[0]), info.end = static_cast<std::uint64_t>(offsets[1]);
  const std::string range = "[" + std::to_string(info.begin) + ", " + std::to_string(info.end) + "]";
  if (info.begin > info.end || info.end > dataBytes)
    throwBadFile(where, "has the data_offsets " + range + "; the file's tensors have " + std::to_string(dataBytes) + " bytes");
  const std::int64_t count = checkedCount(info.shape, where);
  const std::uint64_t held = (info.end - info.begin) / itemSize;
  if (held != static_cast<std::uint64_t>(count) || (info.end - info.begin) % itemSize != 0)
    throwBadFile(where, "has the data_offsets " + range + ", which do not hold " + info.dtype + " of the shape " + shapeText(info.shape));
  return info;
}

/// Tensors must fill the data without overlap or hole.
void checkCover(const SafetensorsHeader& header, const std::string& path, std::uint64_t dataBytes) {
  std::vector<std::pair<const std::string*, const TensorInfo*>> order;
  for (const auto& [name, info] : header.tensors) order.emplace_back(&name, &info);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second->begin, a.second->end) < std::pair(b.second->begin, b.second->end);
  });
  std::uint64_t at = 0;
  const std::string* before = nullptr;
  for (const auto& [name, info] : order) {
    if (info->begin < at) throwBadFile(whereOf(path, *name), "overlaps the bytes of tensor \"" + *before + "\"");
    if (info->begin > at) throwBadFile(whereOf(path, *name), "leaves a hole of " + std::to_string(info->begin - at) + " bytes before it");
    at = info->end;
    before = name;
  }
  if (at != dataBytes) throwBadFile(path, "has " + std::to_string(dataBytes - at) + " bytes after the last tensor that no tensor owns");
}

SafetensorsHeader readHeader(const InputFile& file) {
  const std::string& path = file.path();
  std::uint64_t size = 0;
  if (file.size() < 8) throwBadFile(path, "is not a safetensors file (" + std::to_string(file.size()) + " bytes)");
  file.readAt(0, &size, 8);
  if (size > kMostHeaderBytes || size > file.size() - 8)
    throwBadFile(path,
                 "claims a header of " + std::to_string(size) + " bytes; allowed: at most " + std::to_string(kMostHeaderBytes) +
                     " and within the file's " + std::to_string(file.size()),
                 "It is no safetensors file, or it is truncated.");
  std::string text(static_cast<std::size_t>(size), '\0');
  file.readAt(8, text.data(), text.size());
  const json table = parseHeader(text, path);
  if (table.size() > kMostTensors + table.count("__metadata__"))
    throwBadFile(path, "lists " + std::to_string(table.size()) + " tensors; at most " + std::to_string(kMostTensors) + " are allowed");
  SafetensorsHeader header;
  header.dataOffset = 8 + size;
  const std::uint64_t dataBytes = file.size() - header.dataOffset;
  for (const auto& [name, entry] : table.items()) {
    if (name == "__metadata__")
      header.metadata = readMetadata(entry, path);
    else
      header.tensors[name] = readTensor(entry, whereOf(path, name), dataBytes);
  }
  checkCover(header, path, dataBytes);
  return header;
}

template <class T>
TensorData makeTensor(const char* dtype, std::span<const T> values, std::vector<std::int64_t> shape) {
  const auto bytes = std::as_bytes(values);
  return {dtype, std::move(shape), {bytes.begin(), bytes.end()}};
}

template <class Raw, class Out, class Decode>
std::vector<Out> decoded(const std::vector<std::byte>& bytes, Decode decode) {
  std::vector<Out> out(bytes.size() / sizeof(Raw));
  for (std::size_t i = 0; i < out.size(); ++i) {
    Raw raw;
    std::memcpy(&raw, bytes.data() + i * sizeof(Raw), sizeof(Raw));
    out[i] = static_cast<Out>(decode(raw));
  }
  return out;
}

template <class Out>
std::vector<Out> numbers(const TensorData& t) {
  const auto as = [&]<class Raw>(Raw) { return decoded<Raw, Out>(t.bytes, [](Raw v) { return v; }); };
  if (t.dtype == "F32") return as(float{});
  if (t.dtype == "F64") return as(double{});
  if (t.dtype == "F16") return decoded<std::uint16_t, Out>(t.bytes, floatFromHalf);
  if (t.dtype == "BF16") return decoded<std::uint16_t, Out>(t.bytes, floatFromBfloat16);
  if (t.dtype == "I64") return as(std::int64_t{});
  if (t.dtype == "I32") return as(std::int32_t{});
  if (t.dtype == "I16") return as(std::int16_t{});
  if (t.dtype == "I8") return as(std::int8_t{});
  if (t.dtype == "U64") return as(std::uint64_t{});
  if (t.dtype == "U32") return as(std::uint32_t{});
  if (t.dtype == "U16") return as(std::uint16_t{});
  if (t.dtype == "U8" || t.dtype == "BOOL") return as(std::uint8_t{});
  throw Error(ErrorCode::failed, "a tensor of dtype " + t.dtype + " cannot be read as numbers");
}

}  // namespace

std::size_t safetensorsItemSize(const std::string& dtype) {
  const auto it = itemSizes().find(dtype);
  return it == itemSizes().end() ? 0 : it->second;
}

std::int64_t TensorInfo::count() const { return checkedCount(shape, "tensor"); }

TensorData TensorData::of(std::span<const float> v, std::vector<std::int64_t> shape) { return makeTensor("F32", v, std::move(shape)); }
TensorData TensorData::of(std::span<const double> v, std::vector<std::int64_t> shape) { return makeTensor("F64", v, std::move(shape)); }
TensorData TensorData::of(std::span<const std::int64_t> v, std::vector<std::int64_t> shape) {
  return makeTensor("I64", v, std::move(shape));
}
std::vector<double> TensorData::doubles() const { return numbers<double>(*this); }
std::vector<float> TensorData::floats() const { return numbers<float>(*this); }

namespace {

template <class Tensor>
const Tensor& foundIn(const std::map<std::string, Tensor>& tensors, const std::string& name, const std::string& path) {
  if (const auto it = tensors.find(name); it != tensors.end()) return it->second;
  std::string there;
  std::size_t shown = 0;
  for (const auto& [other, data] : tensors) {
    if (shown++ == 24) break;
    there += (there.empty() ? "" : ", ") + other.substr(0, 80);
  }
  throwBadFile(path, "has no tensor \"" + name + "\"; it has " + (there.empty() ? "none" : there) + (tensors.size() > 24 ? ", ..." : ""));
}

}  // namespace

const TensorData& SafetensorsFile::tensor(const std::string& name, const std::string& path) const { return foundIn(tensors, name, path); }

SafetensorsHeader readSafetensorsHeader(const std::string& path) { return readHeader(InputFile(path)); }

SafetensorsReader::SafetensorsReader(std::string path, std::uint64_t byteLimit) : file_(std::move(path)), header_(readHeader(file_)) {
  if (const auto bytes = file_.size() - header_.dataOffset; bytes > byteLimit)
    throwBadFile(file_.path(), "has " + std::to_string(bytes) + " bytes of tensors; at most " + std::to_string(byteLimit) + " are allowed");
}

const TensorInfo& SafetensorsReader::info(const std::string& name) const { return foundIn(header_.tensors, name, file_.path()); }

void SafetensorsReader::read(const TensorInfo& info, std::span<std::byte> into) const {
  if (into.size() != info.end - info.begin)
    throwBadFile(file_.path(),
                 "has a tensor of " + std::to_string(info.end - info.begin) + " bytes; asked: " + std::to_string(into.size()));
  file_.readAt(header_.dataOffset + info.begin, into.data(), into.size());
}

SafetensorsFile readSafetensors(const std::string& path, std::uint64_t byteLimit) {
  const SafetensorsReader reader(path, byteLimit);
  SafetensorsFile out;
  out.metadata = reader.header().metadata;
  for (const auto& [name, info] : reader.header().tensors) {
    TensorData& t = out.tensors[name];
    t.dtype = info.dtype, t.shape = info.shape;
    t.bytes.resize(static_cast<std::size_t>(info.end - info.begin));
    reader.read(info, t.bytes);
  }
  return out;
}

void writeSafetensors(const std::string& path, const SafetensorsFile& content) {
  std::map<std::string, TensorSource> sources;
  for (const auto& [name, t] : content.tensors)
    sources[name] = {t.dtype, t.shape, [&bytes = t.bytes](AtomicFile& file) { file.write(bytes); }};
  writeSafetensors(path, content.metadata, sources);
}

void writeSafetensors(const std::string& path, const std::map<std::string, std::string>& metadata,
                      const std::map<std::string, TensorSource>& tensors) {
  // Widest elements first, as the format's own writer does, so that every tensor is aligned.
  std::vector<std::pair<const std::string*, const TensorSource*>> order;
  for (const auto& [name, t] : tensors) {
    if (name == "__metadata__" || safetensorsItemSize(t.dtype) == 0)
      throwBadFile(whereOf(path, name), "cannot be written: name or dtype \"" + t.dtype + "\" is not allowed");
    order.emplace_back(&name, &t);
  }
  if (order.size() > kMostTensors)
    throwBadFile(path, "cannot be written: it has " + std::to_string(order.size()) + " tensors; at most " + std::to_string(kMostTensors) +
                           " are allowed");
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return safetensorsItemSize(a.second->dtype) > safetensorsItemSize(b.second->dtype);
  });
  const auto requireUtf8 = [&](const std::string& name) {
    if (!isUtf8(name)) throwBadFile(path, "cannot be written: a name or a __metadata__ text is not valid UTF-8");
  };
  for (const auto& item : order) requireUtf8(*item.first);
  for (const auto& [key, value] : metadata) requireUtf8(key), requireUtf8(value);
  json table = json::object();
  if (!metadata.empty()) table["__metadata__"] = metadata;
  std::uint64_t at = 0;
  std::vector<std::uint64_t> ends;
  for (const auto& [name, t] : order) {
    const std::uint64_t end = at + static_cast<std::uint64_t>(checkedCount(t->shape, whereOf(path, *name))) * safetensorsItemSize(t->dtype);
    table[*name] = {{"dtype", t->dtype}, {"shape", t->shape}, {"data_offsets", {at, end}}};
    ends.push_back(at = end);
  }
  std::string text = jsonText(table);
  text.append((8 - text.size() % 8) % 8, ' ');
  if (text.size() > kMostHeaderBytes)
    throwBadFile(path, "cannot be written: its header would have " + std::to_string(text.size()) + " bytes; at most " +
                           std::to_string(kMostHeaderBytes) + " are allowed");
  const std::uint64_t size = text.size();
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&size, 1)));
  file.write(text);
  const std::uint64_t start = file.written();
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i].second->write(file);
    if (file.written() != start + ends[i])
      throwBadFile(whereOf(path, *order[i].first),
                   "its bytes do not fit the dtype " + order[i].second->dtype + " and the shape " + shapeText(order[i].second->shape));
  }
  file.commit();
}

}  // namespace inflaton
