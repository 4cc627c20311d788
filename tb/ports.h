// SPDX-License-Identifier: Apache-2.0
//
// Access to Verilated ports of any width as 32-bit words, least significant first.

#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "verilated.h"

namespace ant {

// Sets a port that a design may lack, such as a type selector, where the model has it.
#define ANT_SET_IF_PORT(model, port, value)                   \
  [&](auto& any_model) {                                      \
    if constexpr (requires { any_model.port; }) {             \
      any_model.port = (value);                               \
    }                                                         \
  }(model)

// The value of a port that a design may lack; 0 where the model has none.
#define ANT_GET_IF_PORT(model, port)                          \
  [&](auto& any_model) -> uint32_t {                          \
    if constexpr (requires { any_model.port; }) {             \
      return any_model.port;                                  \
    }                                                         \
    return 0;                                                 \
  }(model)

template <typename Port>
inline void write_words(Port& port, const uint32_t* words) {
  if constexpr (std::is_integral_v<Port>) {
    if constexpr (sizeof(Port) == 8) {
      port = words[0] | (static_cast<uint64_t>(words[1]) << 32);
    } else {
      port = static_cast<Port>(words[0]);
    }
  } else {
    std::memcpy(&port[0], words, sizeof(port));
  }
}

template <typename Port>
inline void read_words(const Port& port, uint32_t* words) {
  if constexpr (std::is_integral_v<Port>) {
    words[0] = static_cast<uint32_t>(port);
    if constexpr (sizeof(Port) == 8) words[1] = static_cast<uint32_t>(port >> 32);
  } else {
    std::memcpy(words, &port[0], sizeof(port));
  }
}

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
