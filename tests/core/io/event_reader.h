#pragma once
// Reads TensorBoard event files back: a small reader of its own, so that a writer's mistake does not excuse itself.
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace inflaton::test {

struct ReadEvent {
  double wallTime = 0;
  std::int64_t step = 0;
  std::string version;
  std::map<std::string, float> scalars;
};

inline std::uint32_t slowCrc32c(const std::string& bytes) {  // bit by bit, polynomial 0x1EDC6F41 reflected
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const unsigned char c : bytes) {
    crc ^= c;
    for (int k = 0; k < 8; ++k) crc = crc & 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
  }
  return ~crc;
}

class Protobuf {
 public:
  explicit Protobuf(std::string bytes) : bytes_(std::move(bytes)) {}
  bool more() const { return at_ < bytes_.size(); }
  /// Number and wire type of the next field.
  std::pair<int, int> field() {
    const auto key = varint();
    return {static_cast<int>(key >> 3), static_cast<int>(key & 7)};
  }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      v |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (!(byte & 0x80)) return v;
    }
  }
  template <class T>
  T fixed() {
    const auto raw = take(sizeof(T));
    T v;
    std::memcpy(&v, raw.data(), sizeof v);
    return v;
  }
  std::string text() { return take(static_cast<std::size_t>(varint())); }

 private:
  std::string take(std::size_t n) {
    if (n > bytes_.size() - at_) throw std::runtime_error("event is cut short");
    at_ += n;
    return bytes_.substr(at_ - n, n);
  }
  std::string bytes_;
  std::size_t at_ = 0;
};

inline ReadEvent parseEvent(const std::string& bytes) {
  ReadEvent e;
  for (Protobuf p(bytes); p.more();) {
    switch (p.field().first) {
      case 1:
        e.wallTime = p.fixed<double>();
        break;
      case 2:
        e.step = static_cast<std::int64_t>(p.varint());
        break;
      case 3:
        e.version = p.text();
        break;
      case 5:
        for (Protobuf summary(p.text()); summary.more();) {
          if (summary.field() != std::pair{1, 2}) throw std::runtime_error("a summary holds something other than values");
          std::string tag;
          float value = 0;
          for (Protobuf v(summary.text()); v.more();) {
            const auto [number, type] = v.field();
            if (number == 1 && type == 2)
              tag = v.text();
            else if (number == 2 && type == 5)
              value = v.fixed<float>();
            else
              throw std::runtime_error("a value holds something unknown");
          }
          e.scalars[tag] = value;
        }
        break;
      default:
        throw std::runtime_error("an event holds something unknown");
    }
  }
  return e;
}

/// Throws std::runtime_error at a wrong checksum or a record that is cut.
inline std::vector<ReadEvent> readEvents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto masked = [](std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; };
  std::vector<ReadEvent> events;
  for (std::size_t at = 0; at < bytes.size();) {
    Protobuf head(bytes.substr(at, 12));
    const auto length = head.fixed<std::uint64_t>();
    if (head.fixed<std::uint32_t>() != masked(slowCrc32c(bytes.substr(at, 8)))) throw std::runtime_error("wrong checksum of a length");
    if (length > bytes.size() - at - 16) throw std::runtime_error("a record is cut");
    const auto event = bytes.substr(at + 12, length);
    if (Protobuf(bytes.substr(at + 12 + length, 4)).fixed<std::uint32_t>() != masked(slowCrc32c(event)))
      throw std::runtime_error("wrong checksum of an event");
    events.push_back(parseEvent(event));
    at += length + 16;
  }
  return events;
}

}  // namespace inflaton::test
