#include "core/train/state_file.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>

#include <array>
#include <map>
#include <utility>

#include "core/api/json_text.h"
#include "core/io/atomic_file.h"
#include "core/io/safetensors.h"
#include "core/io/shape.h"
#include "core/nets/file/network_parts.h"

using nlohmann::json;

namespace inflaton {

namespace {

constexpr const char *kFormat = "format", *kCommand = "command", *kVersion = "version";
constexpr const char* kThisVersion = "2";  // 1 was an archive of LibTorch

const std::string& typeName(at::ScalarType type, const std::string& part) {
  static const std::map<at::ScalarType, std::string> names{
      {at::kFloat, "F32"}, {at::kDouble, "F64"}, {at::kHalf, "F16"}, {at::kBFloat16, "BF16"}, {at::kLong, "I64"},
      {at::kInt, "I32"},   {at::kShort, "I16"},  {at::kChar, "I8"},  {at::kByte, "U8"},       {at::kBool, "BOOL"}};
  if (const auto found = names.find(type); found != names.end()) return found->second;
  throw Error(ErrorCode::failed, std::string("part \"") + part + "\" of a training state has the type " + c10::toString(type) +
                                     "; allowed: floats, integers and booleans");
}

std::span<std::byte> bytesOf(const at::Tensor& t) { return {static_cast<std::byte*>(t.data_ptr()), static_cast<std::size_t>(t.nbytes())}; }

/// Archives of LibTorch are ZIP files. They are not opened: they can hold programs, which run while they are read.
void refuseArchive(const std::string& path) {
  const InputFile file(path);
  std::array<char, 2> start{};
  if (file.size() < start.size()) return;
  file.readAt(0, start.data(), start.size());
  if (start == std::array<char, 2>{'P', 'K'})
    throwBadFile(path,
                 "is an archive of LibTorch, as versions before wrote training states; it is not opened, since such files can run programs",
                 "Finish that run with the version that began it, or start a new one; its networks (network-snapshot-*.safetensors) open "
                 "as before.");
}

}  // namespace

static_assert(kStateByteLimit == 4 * kNetworkByteLimit + (std::uint64_t{1} << 30));

struct StateWriter::Impl {
  std::map<std::string, std::string> texts;
  std::map<std::string, TensorSource> tensors;
};

StateWriter::StateWriter(const std::string& command) : impl_(std::make_unique<Impl>()) {
  impl_->texts = {{kFormat, kTrainingStateFormat}, {kVersion, kThisVersion}, {kCommand, command}};
}
StateWriter::~StateWriter() = default;

void StateWriter::text(const std::string& name, const std::string& value) { impl_->texts[name] = value; }

void StateWriter::numbers(const std::string& name, std::span<const double> values) {
  tensor(name, at::tensor(at::ArrayRef<double>(values.data(), values.size()), at::kDouble));
}

void StateWriter::whole(const std::string& name, std::int64_t value) { tensor(name, at::scalar_tensor(value, at::kLong)); }

void StateWriter::tensor(const std::string& name, const at::Tensor& values) {
  impl_->tensors[name] = {typeName(values.scalar_type(), name), values.sizes().vec(),
                          [values](AtomicFile& file) { file.write(bytesOf(values.to(at::kCPU).contiguous())); }};
}

void StateWriter::commit(const std::string& path) { writeSafetensors(path, impl_->texts, impl_->tensors); }

struct StateReader::Impl {
  SafetensorsReader file;

  explicit Impl(const std::string& path) : file(path, kStateByteLimit) {}

  const std::string* text(const std::string& name) const {
    const auto found = file.header().metadata.find(name);
    return found == file.header().metadata.end() ? nullptr : &found->second;
  }

  /// Of the right type and shape.
  const TensorInfo& part(const std::string& name, at::ScalarType type, const std::vector<std::int64_t>& shape) const {
    const auto found = file.header().tensors.find(name);
    if (found == file.header().tensors.end()) throwBadFile(file.path(), "has no part \"" + name + "\"");
    const TensorInfo& info = found->second;
    const std::string& needed = typeName(type, name);
    if (info.dtype != needed || info.shape != shape)
      throwBadFile(placeOf(name), "is " + info.dtype + " of the shape " + shapeText(info.shape) + "; needed: " + needed + " of the shape " +
                                      shapeText(shape));
    return info;
  }

  std::string placeOf(const std::string& name) const { return file.path() + ", part \"" + name + "\""; }
};

StateReader::StateReader(const std::string& path, const std::string& command) {
  refuseArchive(path);
  impl_ = std::make_unique<Impl>(path);
  const auto said = [&](const char* name) { return impl_->text(name) ? *impl_->text(name) : std::string(); };
  if (said(kFormat) != kTrainingStateFormat)
    throwBadFile(path, "is no training state of Inflaton", "Training states are the files training-state-*.safetensors of a run folder.");
  if (said(kVersion) != kThisVersion)
    throwBadFile(path, "is of version \"" + said(kVersion).substr(0, 40) + "\"; this program reads version " + kThisVersion);
  if (said(kCommand) != command)
    throwBadFile(path, "is a training state of " + said(kCommand).substr(0, 40) + "; needed: one of " + command);
}
StateReader::~StateReader() = default;

const std::string& StateReader::path() const { return impl_->file.path(); }

bool StateReader::holdsText(const std::string& name) const { return impl_->text(name) != nullptr; }

std::string StateReader::text(const std::string& name) const {
  const auto* found = impl_->text(name);
  if (!found) throwBadFile(path(), "has no part \"" + name + "\"");
  return *found;
}

json StateReader::object(const std::string& name) const { return parseJsonObject(text(name), impl_->placeOf(name)); }

std::vector<double> StateReader::numbers(const std::string& name, std::int64_t n) const {
  const auto t = tensor(name, at::kDouble, {n});
  if (!at::isfinite(t).all().item<bool>()) throwBadFile(impl_->placeOf(name), "holds values that are not finite");
  return {t.data_ptr<double>(), t.data_ptr<double>() + n};
}

std::int64_t StateReader::whole(const std::string& name) const { return tensor(name, at::kLong, {}).item<std::int64_t>(); }

at::Tensor StateReader::tensor(const std::string& name, at::ScalarType type, const std::vector<std::int64_t>& shape) const {
  const TensorInfo& info = impl_->part(name, type, shape);
  const auto t = at::empty(shape, type);
  impl_->file.read(info, bytesOf(t));
  return t;
}

at::Tensor StateReader::floats(const std::string& name, const std::vector<std::int64_t>& shape) const {
  auto t = tensor(name, at::kFloat, shape);
  if (!at::isfinite(t).all().item<bool>()) throwBadFile(impl_->placeOf(name), "holds values that are not finite");
  return t;
}

}  // namespace inflaton
