// SPDX-License-Identifier: Apache-2.0
//
// Runs jobs on an engine with a memory behind it, as a driver would: by its registers and its interrupt.
//
//   engine_tb VECTORS OUTPUT [--trace FILE]
//
// VECTORS: words bits of the bus, base of memory (low, high), bytes of memory, strict; the number of jobs. Memory begins as 0, and
// stays from job to job. A job: words seed; the stalls ar, r, aw, w, b, least latency, latency, grant, order; reset (1: the engine
// is reset before), abort (the cycle in which the job is cut off, to be followed by a reset; 0: none), stop (the cycle in which
// it is stopped; 0: none), most (cycles that it may take); faults, each the words first (low, high), bytes, response, writes; the
// registers, each the words offset and value, the last of which starts the job; registers to read when it has ended, each its
// offset; what memory gets before, each its place, its size and its bytes; what to give out of memory when it has ended, each
// its place and its size. OUTPUT: for each job the values of those registers, then those bytes.
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
#include "model.h"
#include "ports.h"
#include "vectors.h"

using namespace ant;

namespace {

constexpr uint32_t RESET_CYCLES = 4, QUIET_CYCLES = 40;
constexpr uint32_t INTERRUPT_STATUS = 0x4c;

uint64_t take_address(VectorFile& file) {
  const uint64_t low = file.word();
  return low | static_cast<uint64_t>(file.word()) << 32;
}

}  // namespace

int main(int argc, char** argv) {
  const char* trace = argc == 5 && std::string(argv[3]) == "--trace" ? argv[4] : nullptr;
  if (argc != 3 && trace == nullptr) die("usage: engine_tb VECTORS OUTPUT [--trace FILE]");
  VectorFile file(argv[1]);
  const std::unique_ptr<Model> model = make_model(trace);
  const unsigned bus_bits = file.word();
  const uint64_t base = take_address(file);
  std::vector<uint8_t> bytes(file.word()), output;
  const bool strict = file.word() != 0;
  AxiMemory memory(*model, bus_bits, base, bytes);

  Clock clock(*model);
  Port rst_ni = model->port("rst_ni");
  const Port irq_o = model->port("irq_o"), rule_o = model->port("rule_o");
  const auto lite = [&](const char* name) { return model->port((std::string("s_axil_") + name).c_str()); };
  Port awvalid = lite("awvalid"), awaddr = lite("awaddr"), wvalid = lite("wvalid"), wdata = lite("wdata"), wstrb = lite("wstrb");
  Port bready = lite("bready"), arvalid = lite("arvalid"), araddr = lite("araddr"), rready = lite("rready");
  const Port awready = lite("awready"), wready = lite("wready"), bvalid = lite("bvalid"), bresp = lite("bresp");
  const Port arready = lite("arready"), rvalid = lite("rvalid"), rdata = lite("rdata"), rresp = lite("rresp");

  uint64_t cycles = 0, cycle = 0;
  Random random(1);
  const char* wrong = nullptr;
  uint32_t number = 0;
  const auto edge = [&] {
    clock.edge();
    cycles++, cycle++;
  };
  // A cycle of the bus, up to the edge.
  const auto settle = [&] {
    std::vector<uint32_t> before;
    if (strict) {
      memory.noise(random);
      clock.eval();
      before = memory.outputs();
    }
    memory.drive(cycle, random);
    clock.eval();
    if (strict && before != memory.outputs()) wrong = "an output of the bus depends on one of its inputs within a cycle";
    if (rule_o.get() != 0) number = static_cast<uint32_t>(rule_o.get()), wrong = "a rule of AXI is broken";
    if (const char* misplaced = memory.take(cycle, random)) wrong = misplaced;
  };
  const auto step = [&] { settle(), edge(); };
  const auto write_register = [&](uint32_t offset, uint32_t value) {
    bool address = false, data = false;
    awaddr.set(offset), wdata.set(value), wstrb.set(15);
    for (uint32_t waits = 0; !(address && data) && !wrong; waits++) {
      // Address and data come in any order; what was offered stays.
      awvalid.set(!address && (awvalid.get() || random.next() >> 8 & 1));
      wvalid.set(!data && (wvalid.get() || random.next() >> 8 & 1));
      settle();
      if (awvalid.get() && awready.get()) address = true;
      if (wvalid.get() && wready.get()) data = true;
      edge();
      if (waits > 100) wrong = "a register write is not accepted";
    }
    awvalid.set(0), wvalid.set(0);
    for (uint32_t waits = 0; !wrong; waits++) {
      bready.set(random.next() >> 8 & 1);
      settle();
      const bool done = bvalid.get() && bready.get();
      if (done && bresp.get() != 0) wrong = "a register write is answered with an error";
      edge();
      if (done) break;
      if (waits > 100) wrong = "a register write is not answered";
    }
    bready.set(0);
  };
  const auto read_register = [&](uint32_t offset) -> uint32_t {
    araddr.set(offset), arvalid.set(1);
    for (uint32_t waits = 0; !wrong; waits++) {
      settle();
      const bool done = arready.get();
      edge();
      if (done) break;
      if (waits > 100) wrong = "a register read is not accepted";
    }
    arvalid.set(0);
    for (uint32_t waits = 0; !wrong; waits++) {
      rready.set(random.next() >> 8 & 1);
      settle();
      const bool done = rvalid.get() && rready.get();
      const uint32_t value = static_cast<uint32_t>(rdata.get());
      if (done && rresp.get() != 0) wrong = "a register read is answered with an error";
      edge();
      if (done) {
        rready.set(0);
        return value;
      }
      if (waits > 100) wrong = "a register read is not answered";
    }
    return 0;
  };
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
    memory.set(stalls, faults);

    if (cut_off || reset) {
      memory.reset();
      rst_ni.set(0);
      for (Port* port : {&awvalid, &wvalid, &bready, &arvalid, &rready}) port->set(0);
      for (uint32_t i = 0; i < RESET_CYCLES; i++) {
        memory.noise(random);
        edge();
      }
      rst_ni.set(1);
    }
    cut_off = abort != 0;
    for (size_t i = 0; i < registers.size() && !wrong; i += 2) write_register(registers[i], registers[i + 1]);
    const uint64_t begin = cycle;
    bool stopped = false;
    while (!wrong && !irq_o.get() && (abort == 0 || cycle - begin < abort)) {
      if (stop != 0 && !stopped && cycle - begin >= stop) {
        write_register(0x40, 2);
        stopped = true;
        continue;
      }
      step();
      if (cycle - begin > most) wrong = "the job does not end";
    }
    const uint64_t took = cycle - begin;
    if (!cut_off) {
      for (const uint32_t offset : wanted) {
        const uint32_t value = read_register(offset);
        put(&value, 4);
      }
      write_register(INTERRUPT_STATUS, 3);
      for (uint32_t i = 0; i < QUIET_CYCLES && !wrong; i++) step();
      if (!wrong && irq_o.get()) wrong = "the interrupt stays";
      if (!wrong && !memory.idle()) wrong = "the job has ended, and bursts are under way";
    } else {
      const uint32_t none = 0;
      for (size_t i = 0; i < wanted.size(); i++) put(&none, 4);
    }
    for (const Stretch& each : given) put(&bytes[each.at], each.size);
    report += (job ? ", " : "") + std::to_string(took);
    if (wrong) {
      std::printf("{\"cycles\": %llu, \"failure\": {\"rule\": \"%s\", \"number\": %u, \"job\": %u, \"cycle\": %llu}}\n",
                  static_cast<unsigned long long>(cycles), wrong, number, job, static_cast<unsigned long long>(took));
      return 1;
    }
  }
  write_file(argv[2], output.data(), output.size());
  std::printf("{\"cycles\": %llu, \"jobs\": [%s]}\n", static_cast<unsigned long long>(cycles), report.c_str());
  return 0;
}
