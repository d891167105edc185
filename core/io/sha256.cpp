#include "core/io/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <vector>

#include "core/io/input_file.h"

namespace inflaton {

std::string sha256OfFile(const std::string& path) {
  constexpr std::size_t kPiece = 1 << 20;
  InputFile file(path);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const auto need = [&](bool done) {
    if (!done) throwBadFile(path, "its SHA-256 cannot be computed");
  };
  need(context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
  std::vector<unsigned char> piece(kPiece);
  for (std::size_t got; (got = file.readSome(piece.data(), piece.size())) > 0;)
    need(EVP_DigestUpdate(context.get(), piece.data(), got) == 1);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  need(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1);
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += {kDigits[digest[i] >> 4], kDigits[digest[i] & 15]};
  return text;
}

}  // namespace inflaton
