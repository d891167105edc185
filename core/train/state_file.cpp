#include "core/train/state_file.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/tensor.h>
#include <torch/serialize/archive.h>

#include <exception>
#include <sstream>

#include "core/io/atomic_file.h"
#include "core/io/input_file.h"
#include "core/io/zip_directory.h"
#include "core/nets/file/network_parts.h"

using nlohmann::json;

namespace inflaton {

namespace {
constexpr std::uint64_t kPackedMost = 1 << 20;  // LibTorch packs nothing but the lines that name the parts
}

static_assert(kStateByteLimit == 4 * kNetworkByteLimit + (std::uint64_t{1} << 30));

struct StateWriter::Impl {
  torch::serialize::OutputArchive archive;
};

StateWriter::StateWriter() : impl_(std::make_unique<Impl>()) {}
StateWriter::~StateWriter() = default;

void StateWriter::text(const std::string& name, const std::string& value) { impl_->archive.write(name, c10::IValue(value)); }

void StateWriter::numbers(const std::string& name, std::span<const double> values) {
  impl_->archive.write(name, at::tensor(at::ArrayRef<double>(values.data(), values.size()), at::kDouble));
}

void StateWriter::tensor(const std::string& name, const at::Tensor& values) { impl_->archive.write(name, values.to(at::kCPU)); }

void StateWriter::commit(const std::string& path) {
  AtomicFile file(path);
  std::exception_ptr failure;
  // LibTorch's writer cannot bear an exception: it is told that all is well, and the failure is thrown afterwards.
  impl_->archive.save_to([&](const void* bytes, std::size_t n) {
    try {
      if (!failure) file.write(std::span(static_cast<const std::byte*>(bytes), n));
    } catch (...) {
      failure = std::current_exception();
    }
    return n;
  });
  if (failure) std::rethrow_exception(failure);
  file.commit();
}

struct StateReader::Impl {
  InputFile file;
  torch::serialize::InputArchive archive;

  explicit Impl(const std::string& path) : file(path) {
    if (file.size() > kStateByteLimit)
      throwBadFile(path, "has " + std::to_string(file.size()) + " bytes; at most " + std::to_string(kStateByteLimit) + " are allowed here");
    char start[2] = {};
    if (file.size() < 2 || (file.readAt(0, start, 2), std::string_view(start, 2) != "PK"))
      throwBadFile(path, "is no training state (not a LibTorch archive)");
    const auto unpacked = zipUnpackedBytes(file);
    if (!unpacked) damaged();
    if (*unpacked > file.size() + kPackedMost)
      throwBadFile(path, "unpacks to " + std::to_string(*unpacked) + " bytes, more than a file of " + std::to_string(file.size()) +
                             " bytes holds of tensors");
    try {
      archive.load_from(
          [this](std::uint64_t from, void* into, std::size_t n) -> std::size_t {
            const std::size_t some = from < file.size() ? static_cast<std::size_t>(std::min<std::uint64_t>(n, file.size() - from)) : 0;
            try {
              file.readAt(from, into, some);
            } catch (const Error&) {
              return 0;
            }
            return some;
          },
          [this] { return static_cast<std::size_t>(file.size()); });
    } catch (const std::exception&) {  // c10::Error and what unpickling throws
      damaged();
    }
  }

  [[noreturn]] void damaged() const { throwBadFile(file.path(), "is no training state, or is damaged (LibTorch cannot read the archive)"); }

  at::Tensor tensor(const std::string& name, at::ScalarType type, at::IntArrayRef shape) {
    at::Tensor t;
    if (!archive.try_read(name, t) || !t.defined()) throwBadFile(file.path(), "has no part \"" + name + "\"");
    const std::string where = file.path() + ", part \"" + name + "\"";
    if (t.scalar_type() != type || t.sizes() != shape || !t.is_cpu()) {
      std::ostringstream s;
      s << "is " << t.toString() << " of the shape " << t.sizes() << "; needed: the shape " << shape;
      throwBadFile(where, s.str());
    }
    if (!at::isfinite(t).all().item<bool>()) throwBadFile(where, "holds values that are not finite");
    return t.contiguous();
  }
};

StateReader::StateReader(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
StateReader::~StateReader() = default;

const std::string& StateReader::path() const { return impl_->file.path(); }

std::string StateReader::text(const std::string& name) {
  c10::IValue v;
  if (!impl_->archive.try_read(name, v) || !v.isString()) throwBadFile(path(), "has no part \"" + name + "\"");
  return v.toStringRef();
}

json StateReader::object(const std::string& name) {
  auto j = json::parse(text(name), nullptr, false);
  if (!j.is_object()) throwBadFile(path(), "has a damaged part \"" + name + "\"");
  return j;
}

std::vector<double> StateReader::numbers(const std::string& name, std::int64_t n) {
  const auto t = impl_->tensor(name, at::kDouble, {n});
  return {t.data_ptr<double>(), t.data_ptr<double>() + n};
}

at::Tensor StateReader::floats(const std::string& name, const std::vector<std::int64_t>& shape) {
  return impl_->tensor(name, at::kFloat, shape);
}

}  // namespace inflaton
