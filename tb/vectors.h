// SPDX-License-Identifier: Apache-2.0
//
// Little-endian vector files, read whole.

#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace ant {

[[noreturn]] inline void die(const char* message, const char* detail = "") {
  std::fprintf(stderr, "test bench: %s%s\n", message, detail);
  std::exit(3);
}

class VectorFile {
 public:
  explicit VectorFile(const char* path) {
    FILE* file = std::fopen(path, "rb");
    if (!file) die("cannot open ", path);
    std::fseek(file, 0, SEEK_END);
    bytes_.resize(static_cast<size_t>(std::ftell(file)));
    std::rewind(file);
    if (std::fread(bytes_.data(), 1, bytes_.size(), file) != bytes_.size()) die("cannot read ", path);
    std::fclose(file);
  }

  uint32_t word() {
    uint32_t value;
    std::memcpy(&value, take(4), 4);
    return value;
  }

  int64_t wide() {
    int64_t value;
    std::memcpy(&value, take(8), 8);
    return value;
  }

  const uint8_t* take(size_t count) {
    if (count > bytes_.size() - position_) die("the vector file ends too early");
    const uint8_t* start = bytes_.data() + position_;
    position_ += count;
    return start;
  }

 private:
  std::vector<uint8_t> bytes_;
  size_t position_ = 0;
};

inline void write_file(const char* path, const void* data, size_t bytes) {
  FILE* file = std::fopen(path, "wb");
  if (!file || std::fwrite(data, 1, bytes, file) != bytes || std::fclose(file) != 0) die("cannot write ", path);
}

// xorshift32: stalls and the values of idle inputs. Never 0.
class Random {
 public:
  explicit Random(uint32_t seed) : state_(seed ? seed : 1) {}
  uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }
  // True in `per256` of 256 cases.
  bool chance(uint32_t per256) { return per256 != 0 && (next() >> 8) % 256 < per256; }

 private:
  uint32_t state_;
};

}  // namespace ant
