#include <zip.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "core/io/npz.h"
#include "core/io/npz_names.h"
#include "core/io/zip_directory.h"

namespace inflaton {
namespace {

// Deflate cannot shrink by more than this; a larger claim is a lie that would only cost memory.
constexpr std::uint64_t kDeflateMost = 1032;

std::string zipErrorText(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

struct ZipCloser {
  void operator()(zip_t* z) const { zip_discard(z); }
};
struct EntryCloser {
  void operator()(zip_file_t* f) const { zip_fclose(f); }
};

}  // namespace

struct NpzReader::Impl {
  std::string path;
  std::uint64_t byteLimit = 0;
  std::unique_ptr<zip_t, ZipCloser> zip;
  std::vector<ArrayInfo> arrays;
  std::map<std::string, std::pair<std::size_t, zip_uint64_t>> byName;  ///< index into arrays, index in the archive
  std::vector<std::uint64_t> sizes;                                    ///< of the whole .npy
  std::map<std::string, Error> faults;                                 ///< of the arrays that cannot be read
  std::vector<std::pair<std::string, std::string>> unreadable;

  std::string where(const std::string& name) const { return path + ", array \"" + name + "\""; }

  void open() {
    InputFile file(path);
    char start[4] = {};
    if (file.readSome(start, 4) < 4 || std::memcmp(start, "PK", 2) != 0) foreign(start, file.size());
    checkClaimedEntries(file, "arrays");
    int fault = 0;
    zip.reset(zip_open(path.c_str(), ZIP_RDONLY, &fault));
    if (!zip) {
      if (fault == ZIP_ER_NOZIP || fault == ZIP_ER_INCONS)
        throwBadFile(path, "is truncated or damaged: the directory at the end of the archive is missing or wrong");
      throwBadFile(path, "cannot be opened as an npz archive: " + zipErrorText(fault));
    }
    const zip_int64_t entries = zip_get_num_entries(zip.get(), 0);
    std::uint64_t total = 0;
    for (zip_int64_t i = 0; i < entries; ++i) readEntry(static_cast<zip_uint64_t>(i), file.size(), total);
    if (arrays.empty() && !faults.empty()) throw faults.begin()->second;
    if (arrays.empty()) throwBadFile(path, "holds no arrays (no .npy entries)");
  }

  /// Why an inflation is too much; empty when it is not.
  static std::string inflationFault(std::uint64_t bytes, std::uint64_t packed) {
    if (bytes <= std::max(kAlwaysInflated, packed * kMostInflation)) return {};
    return "unpacks from " + std::to_string(packed) + " bytes to " + std::to_string(bytes) + ", " +
           std::to_string(bytes / std::max<std::uint64_t>(packed, 1)) + " times as many; allowed: 64 MiB, or " +
           std::to_string(kMostInflation) + " times as many";
  }

  [[noreturn]] void foreign(const char* start, std::uint64_t size) const {
    if (size == 0) throwBadFile(path, "is empty");
    if (std::memcmp(start, "\x93NUM", 4) == 0) throwBadFile(path, "is a single .npy array, not an npz archive", "Give it the ending .npy.");
    if (start[0] == '\x80')
      throwBadFile(path, "is a Python pickle, which can run code when opened; pickled data are refused",
                   "Save plain number arrays with numpy.savez.");
    throwBadFile(path, "is not an npz archive (it does not start with PK)");
  }

  void readEntry(zip_uint64_t index, std::uint64_t fileBytes, std::uint64_t& total) {
    zip_stat_t st;
    zip_stat_init(&st);
    if (zip_stat_index(zip.get(), index, 0, &st) != 0) throwBadFile(path, "has a damaged directory");
    const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if ((st.valid & needed) != needed) throwBadFile(path, "has a damaged directory");
    std::string name = st.name;
    if (name.size() < 4 || !name.ends_with(".npy")) return;  // NumPy, too, takes only these for arrays
    if (name.starts_with("__MACOSX/") || std::string_view(name).substr(name.rfind('/') + 1).starts_with("._")) return;
    name.resize(name.size() - 4);
    while (name.starts_with("./")) name.erase(0, 2);
    if (const auto fault = arrayNameFault(name); !fault.empty()) throwBadFile(where(name), "is refused: " + fault);
    if (byName.count(name) != 0 || faults.count(name) != 0) throwBadFile(where(name), "appears more than once");
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && st.encryption_method != ZIP_EM_NONE) throwBadFile(where(name), "is encrypted");
    const bool stored = st.comp_method == ZIP_CM_STORE;
    if (st.comp_size > fileBytes ||
        (stored ? st.size != st.comp_size : st.comp_method == ZIP_CM_DEFLATE && st.size / kDeflateMost > st.comp_size))
      throwBadFile(where(name), "claims " + std::to_string(st.size) + " bytes out of " + std::to_string(st.comp_size) + " in a file of " +
                                    std::to_string(fileBytes));
    total = st.size > ~std::uint64_t{0} - total ? ~std::uint64_t{0} : total + st.size;
    if (const auto fault = inflationFault(total, fileBytes); !fault.empty()) throwBadFile(path, fault);
    try {
      if (!stored && st.comp_method != ZIP_CM_DEFLATE)
        throwBadFile(where(name), "uses the compression method " + std::to_string(st.comp_method) + "; allowed: stored, deflated",
                     "Write it with numpy.savez or numpy.savez_compressed.");
      if (const auto fault = inflationFault(st.size, st.comp_size); !fault.empty())
        throwBadFile(where(name), fault, "Write it with numpy.savez.");
      const auto entry = openEntry(index, where(name));
      ArrayInfo info = readNpyHeader(readerOf(entry.get(), where(name)), st.size, where(name));
      info.name = name;
      byName[name] = {arrays.size(), index};
      arrays.push_back(std::move(info));
      sizes.push_back(st.size);
    } catch (const Error& e) {
      unreadable.emplace_back(name, std::string(e.what()).substr(where(name).size() + 2));
      faults.emplace(name, e);
    }
  }

  std::unique_ptr<zip_file_t, EntryCloser> openEntry(zip_uint64_t index, const std::string& where) const {
    std::unique_ptr<zip_file_t, EntryCloser> entry(zip_fopen_index(zip.get(), index, 0));
    if (!entry) throwBadFile(where, std::string("cannot be opened: ") + zip_strerror(zip.get()));
    return entry;
  }

  static ByteReader readerOf(zip_file_t* entry, std::string where) {
    return [entry, where = std::move(where)](void* into, std::size_t n) {
      std::size_t done = 0;
      while (done < n) {
        const zip_int64_t got = zip_fread(entry, static_cast<char*>(into) + done, n - done);
        if (got < 0) throwDamaged(entry, where);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
      }
      return done;
    };
  }

  [[noreturn]] static void throwDamaged(zip_file_t* entry, const std::string& where) {
    if (zip_error_code_zip(zip_file_get_error(entry)) == ZIP_ER_CRC) throwBadFile(where, "is damaged: the checksum does not match");
    throwBadFile(where, std::string("is truncated or damaged: ") + zip_file_strerror(entry));
  }

  std::pair<std::size_t, zip_uint64_t> find(const std::string& name) const {
    if (const auto it = byName.find(name); it != byName.end()) return it->second;
    if (const auto it = faults.find(name); it != faults.end()) throw it->second;
    std::string there;
    for (std::size_t i = 0; i < arrays.size() && i < 24; ++i) there += (i ? ", " : "") + arrays[i].name;
    if (arrays.size() > 24) there += ", ...";
    throwBadFile(path, "has no array \"" + name + "\"; it has " + there);
  }

  /// Opens the array anew, past its header; `take` reads the values; then the end must be there and the checksum right.
  template <class Take>
  auto values(const std::string& name, Take take) const {
    const auto [at, index] = find(name);
    const auto entry = openEntry(index, where(name));
    const auto reader = readerOf(entry.get(), where(name));
    const ArrayInfo header = readNpyHeader(reader, sizes[at], where(name));
    auto result = take(header, reader, where(name));
    char beyond = 0;
    if (reader(&beyond, 1) != 0) throwBadFile(where(name), "has more bytes than its header tells of");
    return result;
  }
};

NpzReader::NpzReader(const std::string& path, std::uint64_t byteLimit) : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->byteLimit = byteLimit;
  impl_->open();
}
NpzReader::~NpzReader() = default;
NpzReader::NpzReader(NpzReader&&) noexcept = default;
NpzReader& NpzReader::operator=(NpzReader&&) noexcept = default;

const std::string& NpzReader::path() const { return impl_->path; }
const std::vector<ArrayInfo>& NpzReader::arrays() const { return impl_->arrays; }
bool NpzReader::has(const std::string& name) const { return impl_->byName.count(name) != 0 || impl_->faults.count(name) != 0; }
const std::vector<std::pair<std::string, std::string>>& NpzReader::unreadable() const { return impl_->unreadable; }
const ArrayInfo& NpzReader::info(const std::string& name) const { return impl_->arrays[impl_->find(name).first]; }

void NpzReader::expectShape(const std::string& name, const std::vector<std::int64_t>& expected) const {
  const auto& there = shape(name);
  bool good = there.size() == expected.size();
  for (std::size_t i = 0; good && i < there.size(); ++i) good = expected[i] == -1 || expected[i] == there[i];
  if (good) return;
  std::string wanted = shapeText(expected);
  for (auto at = wanted.find("-1"); at != std::string::npos; at = wanted.find("-1")) wanted.replace(at, 2, "any");
  throwBadFile(impl_->where(name), "has the shape " + shapeText(there) + "; needed: " + wanted);
}

std::vector<float> NpzReader::floats(const std::string& name) const {
  return impl_->values(name, [&](const auto& i, const auto& r, const auto& w) { return readNpyValues<float>(i, r, w, impl_->byteLimit); });
}
std::vector<double> NpzReader::doubles(const std::string& name) const {
  return impl_->values(name, [&](const auto& i, const auto& r, const auto& w) { return readNpyValues<double>(i, r, w, impl_->byteLimit); });
}
std::vector<std::int64_t> NpzReader::int64s(const std::string& name) const {
  return impl_->values(name,
                       [&](const auto& i, const auto& r, const auto& w) { return readNpyValues<std::int64_t>(i, r, w, impl_->byteLimit); });
}
std::string NpzReader::text(const std::string& name) const {
  return impl_->values(name, [&](const auto& i, const auto& r, const auto& w) { return readNpyText(i, r, w, impl_->byteLimit); });
}

void NpzReader::blocks(const std::string& name, const std::function<void(std::int64_t, std::span<const float>)>& take) const {
  impl_->values(name, [&](const ArrayInfo& info, const ByteReader& reader, const std::string& where) {
    if (info.shape.empty() || info.shape[0] == 0) return 0;
    const std::int64_t count = info.shape[0], each = info.count / count;
    if (info.fortranOrder) {
      const auto all = readNpyValues<float>(info, reader, where, impl_->byteLimit);
      for (std::int64_t k = 0; k < count; ++k)
        take(k, std::span<const float>(all).subspan(static_cast<std::size_t>(k * each), static_cast<std::size_t>(each)));
      return 0;
    }
    ArrayInfo block = info;
    block.shape.erase(block.shape.begin());
    block.count = each;
    for (std::int64_t k = 0; k < count; ++k) take(k, readNpyValues<float>(block, reader, where, impl_->byteLimit));
    return 0;
  });
}

}  // namespace inflaton
