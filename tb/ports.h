// SPDX-License-Identifier: Apache-2.0
//
// Ports of any width as 32-bit words, least significant first.

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace ant {

static_assert(std::endian::native == std::endian::little, "ports are copied as bytes, least significant first");

// A port of a model, or none: then setting it does nothing, and its value is 0.
class Port {
 public:
  Port() = default;
  Port(void* data, size_t bytes) : data_(data), bytes_(bytes) {}

  void set(uint64_t value) {
    switch (bytes_) {
      case 0: break;
      case 1: std::memcpy(data_, &value, 1); break;
      case 2: std::memcpy(data_, &value, 2); break;
      case 4: std::memcpy(data_, &value, 4); break;
      default: std::memcpy(data_, &value, 8);
    }
  }

  // The value; of a port of more than 64 bits its low part.
  uint64_t get() const {
    uint64_t value = 0;
    switch (bytes_) {
      case 0: break;
      case 1: std::memcpy(&value, data_, 1); break;
      case 2: std::memcpy(&value, data_, 2); break;
      case 4: std::memcpy(&value, data_, 4); break;
      default: std::memcpy(&value, data_, 8);
    }
    return value;
  }

  // All words, in a buffer that `words_for` sizes.
  void write(const uint32_t* words) {
    if (bytes_ > 8) std::memcpy(data_, words, bytes_);
    else set(words[0] | static_cast<uint64_t>(words[1]) << 32);
  }
  void read(uint32_t* words) const {
    if (bytes_ > 8) return static_cast<void>(std::memcpy(words, data_, bytes_));
    const uint64_t value = get();
    std::memcpy(words, &value, 8);
  }

  size_t bytes() const { return bytes_; }

 private:
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

// Words a port of `bits` bits takes in the buffers above; at least two, so that 64-bit ports can always be read.
inline size_t words_for(size_t bits) { return bits <= 64 ? 2 : (bits + 31) / 32; }

inline void set_field(uint32_t* words, size_t low, unsigned bits, uint64_t value) {
  for (unsigned i = 0; i < bits; i++) {
    const size_t bit = low + i;
    const uint32_t mask = 1u << (bit % 32);
    words[bit / 32] = (value >> i) & 1 ? words[bit / 32] | mask : words[bit / 32] & ~mask;
  }
}

inline uint64_t get_field(const uint32_t* words, size_t low, unsigned bits) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bits; i++) {
    const size_t bit = low + i;
    value |= static_cast<uint64_t>((words[bit / 32] >> (bit % 32)) & 1) << i;
  }
  return value;
}

inline int64_t sign_extend(uint64_t value, unsigned bits) {
  const unsigned unused = 64 - bits;
  return static_cast<int64_t>(value << unused) >> unused;
}

}  // namespace ant
