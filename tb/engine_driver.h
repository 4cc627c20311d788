// SPDX-License-Identifier: Apache-2.0
//
// Runs a driver on an engine: a shared library whose register accesses are those of the engine's AXI4-Lite port, and whose memory
// is that behind its AXI4 port, at the same addresses.
//
//   engine_tb --drive LIBRARY BUS_BITS MEMORY_BYTES [FILE]
//
// The library has a function `drive`: it gets two functions that access registers, what these are called with, and the memory; it returns 0,
// or the number of the check that failed. Memory begins with the bytes of FILE.
//
// One JSON object is printed.

#pragma once

#include <dlfcn.h>
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "axi_memory.h"
#include "engine_host.h"
#include "model.h"

namespace ant {

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0
#endif

namespace driver {

// Where memory lies: below 2^32, where engines of 32 address bits reach it, too.
inline constexpr uint64_t BASE = 0x4000'0000;

inline uint32_t read_register(void* host, uint32_t offset) { return static_cast<EngineHost*>(host)->read_register(offset); }
inline void write_register(void* host, uint32_t offset, uint32_t value) { static_cast<EngineHost*>(host)->write_register(offset, value); }

using Drive = int (*)(uint32_t (*)(void*, uint32_t), void (*)(void*, uint32_t, uint32_t), void*, uint8_t*);

}  // namespace driver

// argv: what stands behind `--drive`.
inline int drive_library(int argc, char** argv) {
  if (argc != 3 && argc != 4) die("usage: engine_tb --drive LIBRARY BUS_BITS MEMORY_BYTES [FILE]");
  void* library = dlopen(argv[0], RTLD_NOW);
  if (library == nullptr) die("cannot open ", argv[0]);
  const auto drive = reinterpret_cast<driver::Drive>(dlsym(library, "drive"));
  if (drive == nullptr) die("the library has no function drive");
  const size_t size = std::strtoull(argv[2], nullptr, 10);
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
  void* place = mmap(reinterpret_cast<void*>(driver::BASE), size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (place != reinterpret_cast<void*>(driver::BASE)) die("there is no room for memory at its address");
  auto* bytes = static_cast<uint8_t*>(place);
  if (argc == 4) {
    FILE* file = std::fopen(argv[3], "rb");
    if (file == nullptr || (std::fread(bytes, 1, size, file) == 0 && std::ferror(file)) || std::fclose(file) != 0) die("cannot read ", argv[3]);
  }

  const std::unique_ptr<Model> model = make_model(nullptr);
  AxiMemory memory(*model, static_cast<unsigned>(std::strtoul(argv[1], nullptr, 10)), driver::BASE, {bytes, size});
  memory.set({}, {});
  EngineHost host(*model, memory, false);
  host.reset();
  const int failed = drive(driver::read_register, driver::write_register, &host, bytes);
  std::printf("{\"cycles\": %llu, \"failed\": %d, \"rule\": \"%s\", \"number\": %u}\n", static_cast<unsigned long long>(host.cycles), failed,
              host.wrong ? host.wrong : "", host.number);
  return failed != 0 || host.wrong ? 1 : 0;
}

}  // namespace ant
