#include "core/io/tensorboard.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "core/io/atomic_file.h"
#include "core/io/input_file.h"
#include "core/io/run_status.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

static_assert(std::endian::native == std::endian::little, "records are little-endian");
constexpr std::uint64_t kByteLimit = std::uint64_t{1} << 31;

std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

template <class T>
std::string raw(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}
template <class T>
T fromRaw(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

std::string varint(std::uint64_t v) {
  std::string bytes;
  for (; v >= 0x80; v >>= 7) bytes += static_cast<char>(v | 0x80);
  return bytes + static_cast<char>(v);
}

// Protobuf fields: number and wire type in one varint. Types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
std::string tagged(int number, int type) { return varint(static_cast<std::uint64_t>(number << 3 | type)); }
std::string message(int number, const std::string& bytes) { return tagged(number, 2) + varint(bytes.size()) + bytes; }

// Event: 1 wall_time, 2 step, 3 file_version, 5 summary. Summary: 1 value. Value: 1 tag, 2 simple_value.
std::string eventStart(double wallTime, std::int64_t step) {
  return tagged(1, 1) + raw(wallTime) + tagged(2, 0) + varint(static_cast<std::uint64_t>(step));
}

/// The step of an event that eventStart began.
std::optional<std::int64_t> stepOf(std::string_view event) {
  if (event.size() < 10 || event[0] != '\x09') return {};
  if (event[9] != '\x10') return 0;  // protobuf leaves out a step of 0
  std::uint64_t step = 0;
  for (std::size_t i = 10, shift = 0; i < event.size() && shift < 63; ++i, shift += 7) {
    step |= static_cast<std::uint64_t>(event[i] & 0x7f) << shift;
    if (!(event[i] & 0x80)) return static_cast<std::int64_t>(step);
  }
  return {};
}

/// How many bytes hold whole events up to `step`.
std::uint64_t goodLength(const std::string& bytes, std::int64_t step) {
  std::uint64_t at = 0;
  while (bytes.size() - at >= 16) {
    const char* start = bytes.data() + at;
    const auto length = fromRaw<std::uint64_t>(start);
    if (length > bytes.size() - at - 16 || fromRaw<std::uint32_t>(start + 8) != masked(crc32c(start, 8))) break;
    if (fromRaw<std::uint32_t>(start + 12 + length) != masked(crc32c(start + 12, length))) break;
    const auto here = stepOf({start + 12, static_cast<std::size_t>(length)});
    if (!here || *here > step) break;
    at += length + 16;
  }
  return at;
}

std::string eventFile(const std::string& folder) {
  std::string newest;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (entry.is_regular_file() && name.starts_with("events.out.tfevents.")) newest = std::max(newest, name);
  }
  return newest.empty() ? "" : folder + "/" + newest;
}

}  // namespace

std::uint32_t crc32c(const void* bytes, std::size_t n) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      t[i] = i;
      for (int k = 0; k < 8; ++k) t[i] = (t[i] >> 1) ^ (t[i] & 1 ? 0x82F63B78u : 0u);
    }
    return t;
  }();
  std::uint32_t crc = ~0u;
  for (const auto* p = static_cast<const unsigned char*>(bytes); n > 0; --n, ++p) crc = (crc >> 8) ^ table[(crc ^ *p) & 0xFF];
  return ~crc;
}

EventWriter::EventWriter(const std::string& folder, std::int64_t step) : last_(step) {
  std::error_code fault;
  fs::create_directories(folder, fault);
  if (fault) throwWriteError(folder, fault.value());
  path_ = eventFile(folder);
  const bool found = !path_.empty();
  if (!found)
    path_ = folder + "/events.out.tfevents." + std::to_string(static_cast<long long>(nowSeconds())) + "." + hostName() + "." +
            std::to_string(::getpid()) + ".0";
  const auto keep = found ? goodLength(readTextFile(path_, kByteLimit), step) : 0;
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0) throwWriteError(path_, errno);
  if (::ftruncate(fd_, static_cast<off_t>(keep)) != 0) {
    const int why = errno;
    ::close(fd_);
    throwWriteError(path_, why);
  }
  if (keep == 0) record(eventStart(nowSeconds(), 0) + message(3, "brain.Event:2"));
}

EventWriter::~EventWriter() { ::close(fd_); }

void EventWriter::scalars(std::int64_t step, double wallTime, const std::vector<std::pair<std::string, double>>& values) {
  last_ = std::max(last_, step);
  std::string summary;
  for (const auto& [tag, value] : values) summary += message(1, message(1, tag) + tagged(2, 5) + raw(static_cast<float>(value)));
  record(eventStart(wallTime, last_) + message(5, summary));
}

void EventWriter::record(const std::string& event) {
  const auto length = raw(static_cast<std::uint64_t>(event.size()));
  const auto bytes = length + raw(masked(crc32c(length.data(), length.size()))) + event + raw(masked(crc32c(event.data(), event.size())));
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(fd_, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throwWriteError(path_, n == 0 ? ENOSPC : errno);
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace inflaton
