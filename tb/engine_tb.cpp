// SPDX-License-Identifier: Apache-2.0
//
// Runs jobs on an engine with a memory behind it, as a driver would: by its registers and its interrupt.
//
//   engine_tb VECTORS OUTPUT [--trace FILE]
//   engine_tb --drive LIBRARY ... (engine_driver.h)
//
// VECTORS: words bits of the bus, base of memory (low, high), bytes of memory, strict; the number of jobs. Memory begins as 0, and
// stays from job to job. A job: words seed; the stalls ar, r, aw, w, b, least latency, latency, grant, order; reset (1: the engine
// is reset before), abort (the cycle in which the job is cut off, to be followed by a reset; 0: none), stop (the cycle in which
// it is stopped; 0: none), most (cycles that it may take); faults, each the words first (low, high), bytes, response, writes; the
// registers, each the words offset and value, the last of which starts the job; registers to read when it has ended, each its
// offset; what memory gets before, each its place, its size and its bytes; what to give out of memory when it has ended, each
// its place and its size; stretches that are watched, likewise. OUTPUT: for each job the values of those registers, then those
// bytes, then of each watched stretch a word: cycles from its last write to the end of the job, or all ones if there was none.
//
// With strict, inputs of the bus change within each cycle, and no output may follow: slower by half.
//
// One JSON object is printed.

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "axi_memory.h"
#include "engine_driver.h"
#include "engine_host.h"
#include "model.h"
#include "ports.h"
#include "vectors.h"

using namespace ant;

namespace {

constexpr uint32_t QUIET_CYCLES = 40;
constexpr uint32_t INTERRUPT_STATUS = 0x4c;

uint64_t take_address(VectorFile& file) {
  const uint64_t low = file.word();
  return low | static_cast<uint64_t>(file.word()) << 32;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::string(argv[1]) == "--drive") return drive_library(argc - 2, argv + 2);
  const char* trace = argc == 5 && std::string(argv[3]) == "--trace" ? argv[4] : nullptr;
  if (argc != 3 && trace == nullptr) die("usage: engine_tb VECTORS OUTPUT [--trace FILE]");
  VectorFile file(argv[1]);
  const std::unique_ptr<Model> model = make_model(trace);
  const unsigned bus_bits = file.word();
  const uint64_t base = take_address(file);
  std::vector<uint8_t> bytes(file.word()), output;
  const bool strict = file.word() != 0;
  AxiMemory memory(*model, bus_bits, base, bytes);

  EngineHost host(*model, memory, strict);
  const Port irq_o = model->port("irq_o");
  Random& random = host.random;
  const char*& wrong = host.wrong;
  const uint64_t& cycles = host.cycles;

  struct Stretch {
    uint32_t at, size;
  };
  const auto stretch = [&] {
    const uint32_t at = file.word();
    const Stretch found{at, file.word()};
    if (uint64_t{found.at} + found.size > bytes.size()) die("a stretch beyond the end of memory");
    return found;
  };
  const auto put = [&](const void* data, size_t size) {
    const uint8_t* start = static_cast<const uint8_t*>(data);
    output.insert(output.end(), start, start + size);
  };

  std::string report;
  const uint32_t jobs = file.word();
  bool cut_off = true;  // the job before, or there is none
  for (uint32_t job = 0; job < jobs; job++) {
    random = Random(file.word());
    Stalls stalls;
    for (uint32_t* each : {&stalls.ar, &stalls.r, &stalls.aw, &stalls.w, &stalls.b, &stalls.least, &stalls.latency, &stalls.grant}) *each = file.word();
    stalls.order = static_cast<WriteOrder>(file.word());
    const uint32_t reset = file.word(), abort = file.word(), stop = file.word(), most = file.word();
    std::vector<Fault> faults(file.word());
    for (Fault& each : faults) {
      each.first = take_address(file);
      each.bytes = file.word(), each.response = file.word(), each.writes = file.word() != 0;
    }
    std::vector<uint32_t> registers(2 * file.word());
    for (uint32_t& each : registers) each = file.word();
    std::vector<uint32_t> wanted(file.word());
    for (uint32_t& each : wanted) each = file.word();
    for (uint32_t left = file.word(); left > 0; left--) {
      const Stretch each = stretch();
      std::memcpy(&bytes[each.at], file.take(each.size), each.size);
    }
    std::vector<Stretch> given(file.word());
    for (Stretch& each : given) each = stretch();
    memory.watched.resize(file.word());
    for (Watched& each : memory.watched) {
      const Stretch own = stretch();
      each = {base + own.at, own.size, 0};
    }
    memory.set(stalls, faults);

    if (cut_off || reset) {
      host.reset();
    }
    cut_off = abort != 0;
    for (size_t i = 0; i < registers.size() && !wrong; i += 2) host.write_register(registers[i], registers[i + 1]);
    const uint64_t begin = cycles;
    bool stopped = false;
    while (!wrong && !irq_o.get() && (abort == 0 || cycles - begin < abort)) {
      if (stop != 0 && !stopped && cycles - begin >= stop) {
        host.write_register(0x40, 2);
        stopped = true;
        continue;
      }
      host.step();
      if (cycles - begin > most) wrong = "the job does not end";
    }
    const uint64_t end = cycles, took = end - begin;
    if (!cut_off) {
      for (const uint32_t offset : wanted) {
        const uint32_t value = host.read_register(offset);
        put(&value, 4);
      }
      host.write_register(INTERRUPT_STATUS, 3);
      for (uint32_t i = 0; i < QUIET_CYCLES && !wrong; i++) host.step();
      if (!wrong && irq_o.get()) wrong = "the interrupt stays";
      if (!wrong && !memory.idle()) wrong = "the job has ended, and bursts are under way";
    } else {
      const uint32_t none = 0;
      for (size_t i = 0; i < wanted.size(); i++) put(&none, 4);
    }
    for (const Stretch& each : given) put(&bytes[each.at], each.size);
    for (const Watched& each : memory.watched) {
      const uint32_t since = each.written == 0 ? UINT32_MAX : static_cast<uint32_t>(end - each.written);
      put(&since, 4);
    }
    report += (job ? ", " : "") + std::to_string(took);
    if (wrong) {
      std::printf("{\"cycles\": %llu, \"failure\": {\"rule\": \"%s\", \"number\": %u, \"job\": %u, \"cycle\": %llu}}\n",
                  static_cast<unsigned long long>(cycles), wrong, host.number, job, static_cast<unsigned long long>(took));
      return 1;
    }
  }
  write_file(argv[2], output.data(), output.size());
  std::printf("{\"cycles\": %llu, \"jobs\": [%s]}\n", static_cast<unsigned long long>(cycles), report.c_str());
  return 0;
}
