// A ZIP of stored entries is written here by hand, not by libzip: libzip pulls all data at close, through a temporary
// file of its own that it does not flush; this one takes arrays as they come and puts them straight into an AtomicFile.
#include <zlib.h>

#include <algorithm>
#include <set>

#include "core/api/stop_scope.h"
#include "core/io/atomic_file.h"
#include "core/io/npz.h"
#include "core/io/npz_names.h"

namespace inflaton {
namespace {

constexpr std::uint64_t k32 = 0xFFFFFFFF, k16 = 0xFFFF;
constexpr std::size_t kBetweenLooks = 16 << 20;  // bytes between two looks at the stop token
constexpr std::uint16_t kDate1980 = 0x21;        // a fixed time, so that the same data give the same bytes

/// Little-endian fields one after another.
class Record {
 public:
  Record& u16(std::uint64_t v) { return put(v, 2); }
  Record& u32(std::uint64_t v) { return put(v, 4); }
  Record& u64(std::uint64_t v) { return put(v, 8); }
  Record& text(std::string_view s) { return bytes_ += s, *this; }
  const std::string& bytes() const { return bytes_; }

 private:
  Record& put(std::uint64_t v, int n) {
    for (int i = 0; i < n; ++i, v >>= 8) bytes_ += static_cast<char>(v & 0xFF);
    return *this;
  }
  std::string bytes_;
};

struct Entry {
  std::string file;  ///< name in the archive
  std::uint64_t offset = 0, size = 0;
  std::uint32_t crc = 0;
};

bool ascii(const std::string& s) {
  return std::all_of(s.begin(), s.end(), [](unsigned char c) { return c < 0x80; });
}

/// The fields that local header and directory share, from the flags to the sizes.
void putCommon(Record& r, const Entry& e) {
  const bool big = e.size >= k32;
  r.u16(ascii(e.file) ? 0 : 0x0800).u16(0).u16(0).u16(kDate1980).u32(e.crc);
  r.u32(big ? k32 : e.size).u32(big ? k32 : e.size).u16(e.file.size());
}

std::string localHeader(const Entry& e) {
  const bool big = e.size >= k32;
  Record r;
  r.u32(0x04034b50).u16(big ? 45 : 20);
  putCommon(r, e);
  r.u16(big ? 20 : 0).text(e.file);
  if (big) r.u16(1).u16(16).u64(e.size).u64(e.size);
  return r.bytes();
}

std::string directoryHeader(const Entry& e) {
  const bool big = e.size >= k32, far = e.offset >= k32;
  Record extra;
  if (big) extra.u64(e.size).u64(e.size);
  if (far) extra.u64(e.offset);
  Record r;
  r.u32(0x02014b50).u16(3 << 8 | 45).u16(big || far ? 45 : 20);
  putCommon(r, e);
  r.u16(extra.bytes().empty() ? 0 : 4 + extra.bytes().size()).u16(0).u16(0).u16(0).u32(std::uint64_t{0100644} << 16);
  r.u32(far ? k32 : e.offset).text(e.file);
  if (!extra.bytes().empty()) r.u16(1).u16(extra.bytes().size()).text(extra.bytes());
  return r.bytes();
}

std::string endRecords(std::uint64_t entries, std::uint64_t offset, std::uint64_t size) {
  Record r;
  if (entries >= k16 || offset >= k32 || size >= k32) {
    r.u32(0x06064b50).u64(44).u16(3 << 8 | 45).u16(45).u32(0).u32(0).u64(entries).u64(entries).u64(size).u64(offset);
    r.u32(0x07064b50).u32(0).u64(offset + size).u32(1);
  }
  r.u32(0x06054b50).u16(0).u16(0).u16(std::min(entries, k16)).u16(std::min(entries, k16));
  r.u32(std::min(size, k32)).u32(std::min(offset, k32)).u16(0);
  return r.bytes();
}

std::u32string decodeUtf8(const std::string& text, const std::string& where) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int more = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : -1;
    char32_t c = more <= 0 ? lead : lead & (0x3F >> more);
    bool good = more >= 0;
    for (int k = 0; good && k < more; ++k) {
      good = i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
      if (good) c = c << 6 | (static_cast<unsigned char>(text[i++]) & 0x3F);
    }
    if (!good || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) throwBadFile(where, "the text is not valid UTF-8");
    out += c;
  }
  return out;
}

}  // namespace

struct NpzWriter::Impl {
  explicit Impl(const std::string& path) : file(path) {}

  AtomicFile file;
  std::vector<Entry> entries;
  std::set<std::string> names;
  std::string dtype;          ///< of the array begun
  std::uint64_t missing = 0;  ///< bytes that it still needs
  bool open = false;

  std::string where(const std::string& name) const { return file.path() + ", array \"" + name + "\""; }

  void begin(const std::string& name, const std::string& type, std::size_t itemSize, const std::vector<std::int64_t>& shape) {
    end();
    if (const auto fault = arrayNameFault(name); !fault.empty()) throwBadFile(where(name), fault);
    if (!names.insert(name).second) throwBadFile(where(name), "this name was used before");
    const std::uint64_t count = static_cast<std::uint64_t>(checkedCount(shape, where(name)));
    const std::string header = npyHeader(type, shape);
    Entry entry{name + ".npy", file.written(), header.size() + count * itemSize, 0};
    file.write(localHeader(entry));
    entries.push_back(entry);
    open = true, dtype = type, missing = entry.size;
    put(std::as_bytes(std::span(header)));
  }

  void put(std::span<const std::byte> bytes) {
    if (bytes.size() > missing) throwBadFile(where(name()), "gets more values than its shape holds");
    while (!bytes.empty()) {  // zlib takes a null pointer for the wish to begin anew
      StopScope::look();
      const auto some = bytes.first(std::min(bytes.size(), kBetweenLooks));
      entries.back().crc =
          static_cast<std::uint32_t>(crc32_z(entries.back().crc, reinterpret_cast<const Bytef*>(some.data()), some.size()));
      file.write(some);
      missing -= some.size();
      bytes = bytes.subspan(some.size());
    }
  }

  template <class T>
  void append(std::span<const T> values) {
    if (!open) throwBadFile(file.path(), "values without an array begun");
    if (dtype != npyDtype<T>()) throwBadFile(where(name()), std::string("was begun as ") + dtype + " and gets " + npyDtype<T>());
    put(std::as_bytes(values));
  }

  template <class T>
  void add(const std::string& name, std::span<const T> values, const std::vector<std::int64_t>& shape) {
    checkShapeHolds(shape, values.size(), where(name));
    begin(name, npyDtype<T>(), sizeof(T), shape);
    append(values);
    end();
  }

  void end() {
    if (!open) return;
    if (missing != 0) throwBadFile(where(name()), "is " + std::to_string(missing) + " bytes short of its shape");
    const std::uint32_t crc = entries.back().crc;
    file.patch(entries.back().offset + 14, std::as_bytes(std::span(&crc, 1)));
    open = false;
  }

  void commit() {
    end();
    const std::uint64_t offset = file.written();
    for (const auto& entry : entries) file.write(directoryHeader(entry));
    const std::uint64_t size = file.written() - offset;
    file.write(endRecords(entries.size(), offset, size));
    file.commit();
  }

  std::string name() const { return entries.back().file.substr(0, entries.back().file.size() - 4); }
};

NpzWriter::NpzWriter(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
NpzWriter::~NpzWriter() = default;
NpzWriter::NpzWriter(NpzWriter&&) noexcept = default;
NpzWriter& NpzWriter::operator=(NpzWriter&&) noexcept = default;

void NpzWriter::add(const std::string& name, std::span<const float> v, const std::vector<std::int64_t>& shape) {
  impl_->add(name, v, shape);
}
void NpzWriter::add(const std::string& name, std::span<const double> v, const std::vector<std::int64_t>& shape) {
  impl_->add(name, v, shape);
}
void NpzWriter::add(const std::string& name, std::span<const std::int64_t> v, const std::vector<std::int64_t>& shape) {
  impl_->add(name, v, shape);
}
void NpzWriter::add(const std::string& name, std::span<const std::int32_t> v, const std::vector<std::int64_t>& shape) {
  impl_->add(name, v, shape);
}

void NpzWriter::addText(const std::string& name, const std::string& utf8) {
  std::u32string text = decodeUtf8(utf8, impl_->where(name));
  if (text.empty()) text += U'\0';  // NumPy has no text of length 0
  impl_->begin(name, "<U" + std::to_string(text.size()), 4 * text.size(), {});
  impl_->put(std::as_bytes(std::span(text)));
  impl_->end();
}

template <class T>
void NpzWriter::begin(const std::string& name, const std::vector<std::int64_t>& shape) {
  impl_->begin(name, npyDtype<T>(), sizeof(T), shape);
}
template void NpzWriter::begin<float>(const std::string&, const std::vector<std::int64_t>&);
template void NpzWriter::begin<double>(const std::string&, const std::vector<std::int64_t>&);
template void NpzWriter::begin<std::int64_t>(const std::string&, const std::vector<std::int64_t>&);
template void NpzWriter::begin<std::int32_t>(const std::string&, const std::vector<std::int64_t>&);

void NpzWriter::append(std::span<const float> values) { impl_->append(values); }
void NpzWriter::append(std::span<const double> values) { impl_->append(values); }
void NpzWriter::append(std::span<const std::int64_t> values) { impl_->append(values); }
void NpzWriter::append(std::span<const std::int32_t> values) { impl_->append(values); }

void NpzWriter::commit() { impl_->commit(); }

}  // namespace inflaton
