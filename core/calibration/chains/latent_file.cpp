#include "core/calibration/chains/latent_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/io/atomic_file.h"

namespace inflaton {
namespace {

constexpr std::uint64_t kColumnBytes = std::uint64_t{256} << 20;  // memory that columns may take at once
constexpr std::int64_t kColumnsBetweenPolls = 32;

}  // namespace

LatentFile::LatentFile(std::string path, int chains, std::int64_t width) : path_(std::move(path)), chains_(chains), width_(width) {
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) throwWriteError(path_, errno);
  struct stat about {};
  if (::fstat(fd_, &about) == 0)
    draws_ = static_cast<std::int64_t>(about.st_size) / (static_cast<std::int64_t>(sizeof(float)) * chains_ * width_);
}

LatentFile::~LatentFile() { ::close(fd_); }

void LatentFile::cutTo(std::int64_t draws) {
  if (draws > draws_)
    throw Error(ErrorCode::failed, path_ + " holds " + std::to_string(draws_) + " draws; the checkpoint counts " + std::to_string(draws),
                "The file was damaged; start a new run.");
  if (::ftruncate(fd_, static_cast<off_t>(draws * chains_ * width_ * static_cast<std::int64_t>(sizeof(float)))) != 0)
    throwWriteError(path_, errno);
  draws_ = draws;
}

void LatentFile::append(std::span<const float> rows) {
  const auto* from = reinterpret_cast<const char*>(rows.data());
  auto at = static_cast<off_t>(static_cast<std::uint64_t>(draws_) * rows.size_bytes());
  for (std::size_t left = rows.size_bytes(); left > 0;) {
    const auto done = ::pwrite(fd_, from, left, at);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) throwWriteError(path_, done < 0 ? errno : ENOSPC);
    from += done, at += done, left -= static_cast<std::size_t>(done);
  }
  ++draws_;
}

void LatentFile::sync() {
  if (::fsync(fd_) != 0) throwWriteError(path_, errno);
}

void LatentFile::readAt(std::uint64_t offset, std::span<float> into) const {
  auto* to = reinterpret_cast<char*>(into.data());
  for (std::size_t left = into.size_bytes(); left > 0;) {
    const auto got = ::pread(fd_, to, left, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw Error(ErrorCode::failed, "cannot read back the latents in " + path_);
    to += got, offset += static_cast<std::uint64_t>(got), left -= static_cast<std::size_t>(got);
  }
}

void LatentFile::read(int chain, std::int64_t draw, std::span<float> row) const {
  readAt(static_cast<std::uint64_t>((draw * chains_ + chain) * width_) * sizeof(float), row.first(static_cast<std::size_t>(width_)));
}

std::vector<float> LatentFile::columns(std::int64_t from, std::int64_t count, const std::function<void()>& poll) const {
  std::vector<float> all(static_cast<std::size_t>(chains_ * draws_ * count));
  for (std::int64_t draw = 0; draw < draws_; ++draw) {
    if (poll && draw % 256 == 0) poll();
    for (int chain = 0; chain < chains_; ++chain)
      readAt(static_cast<std::uint64_t>((draw * chains_ + chain) * width_ + from) * sizeof(float),
             std::span(all).subspan(static_cast<std::size_t>((chain * draws_ + draw) * count), static_cast<std::size_t>(count)));
  }
  return all;
}

std::vector<Diagnostic> diagnoseLatents(const LatentFile& file, int dim, const std::function<void()>& poll) {
  std::vector<Diagnostic> result(static_cast<std::size_t>(file.width()));
  const std::int64_t draws = file.draws(), rows = std::max<std::int64_t>(1, file.chains() * draws);
  const std::int64_t block = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(kColumnBytes / (sizeof(float) * static_cast<std::uint64_t>(rows))), 1, file.width());
  for (std::int64_t from = 0; from < file.width(); from += block) {
    const std::int64_t count = std::min(block, file.width() - from);
    const auto values = file.columns(from, count, poll);
    for (std::int64_t some = 0; some < count; some += kColumnsBetweenPolls) {
      if (poll) poll();
      const std::int64_t end = std::min(count, some + kColumnsBetweenPolls);
#pragma omp parallel for schedule(dynamic)
      for (std::int64_t c = some; c < end; ++c) {
        std::vector<std::vector<double>> chains(static_cast<std::size_t>(file.chains()));
        for (int k = 0; k < file.chains(); ++k) {
          auto& chain = chains[static_cast<std::size_t>(k)];
          chain.reserve(static_cast<std::size_t>(draws));
          for (std::int64_t d = 0; d < draws; ++d) chain.push_back(values[static_cast<std::size_t>((k * draws + d) * count + c)]);
        }
        const std::int64_t column = from + c;
        result[static_cast<std::size_t>(column)] =
            diagnose("z[" + std::to_string(column / dim) + "," + std::to_string(column % dim) + "]", chains);
      }
    }
  }
  return result;
}

}  // namespace inflaton
