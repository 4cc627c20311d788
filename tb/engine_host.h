// SPDX-License-Identifier: Apache-2.0
//
// What is around an engine in a simulation: a clock, a memory behind its AXI4 port, and somebody who reads and writes its registers.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "axi_memory.h"
#include "model.h"
#include "ports.h"
#include "vectors.h"

namespace ant {

class EngineHost {
 public:
  // Strict: outputs of the bus are watched for what they do within a cycle; costs time.
  EngineHost(Model& model, AxiMemory& memory, bool strict)
      : memory_(memory), clock_(model), strict_(strict), rst_ni_(model.port("rst_ni")), rule_o_(model.port("rule_o")) {
    const auto lite = [&](const char* name) { return model.port((std::string("s_axil_") + name).c_str()); };
    awvalid_ = lite("awvalid"), awready_ = lite("awready"), awaddr_ = lite("awaddr");
    wvalid_ = lite("wvalid"), wready_ = lite("wready"), wdata_ = lite("wdata"), wstrb_ = lite("wstrb");
    bvalid_ = lite("bvalid"), bready_ = lite("bready"), bresp_ = lite("bresp");
    arvalid_ = lite("arvalid"), arready_ = lite("arready"), araddr_ = lite("araddr");
    rvalid_ = lite("rvalid"), rready_ = lite("rready"), rdata_ = lite("rdata"), rresp_ = lite("rresp");
  }

  Random random{1};
  // The first thing that the engine did wrong, or null; and the number of the rule of AXI that it broke.
  const char* wrong = nullptr;
  uint32_t number = 0;
  uint64_t cycles = 0;

  void reset() {
    memory_.reset();
    rst_ni_.set(0);
    for (Port* port : {&awvalid_, &wvalid_, &bready_, &arvalid_, &rready_}) port->set(0);
    for (uint32_t i = 0; i < RESET_CYCLES; i++) {
      memory_.noise(random);
      edge();
    }
    rst_ni_.set(1);
  }

  void step() { settle(), edge(); }

  void write_register(uint32_t offset, uint32_t value) {
    bool address = false, data = false;
    awaddr_.set(offset), wdata_.set(value), wstrb_.set(15);
    for (uint32_t waits = 0; !(address && data) && !wrong; waits++) {
      // Address and data come in any order; what was offered stays.
      awvalid_.set(!address && (awvalid_.get() || coin()));
      wvalid_.set(!data && (wvalid_.get() || coin()));
      settle();
      if (awvalid_.get() && awready_.get()) address = true;
      if (wvalid_.get() && wready_.get()) data = true;
      edge();
      if (waits > MOST_WAITS) wrong = "a register write is not accepted";
    }
    awvalid_.set(0), wvalid_.set(0);
    for (uint32_t waits = 0; !wrong; waits++) {
      bready_.set(coin());
      settle();
      const bool done = bvalid_.get() && bready_.get();
      if (done && bresp_.get() != 0) wrong = "a register write is answered with an error";
      edge();
      if (done) break;
      if (waits > MOST_WAITS) wrong = "a register write is not answered";
    }
    bready_.set(0);
  }

  uint32_t read_register(uint32_t offset) {
    araddr_.set(offset), arvalid_.set(1);
    for (uint32_t waits = 0; !wrong; waits++) {
      settle();
      const bool done = arready_.get();
      edge();
      if (done) break;
      if (waits > MOST_WAITS) wrong = "a register read is not accepted";
    }
    arvalid_.set(0);
    for (uint32_t waits = 0; !wrong; waits++) {
      rready_.set(coin());
      settle();
      const bool done = rvalid_.get() && rready_.get();
      const uint32_t value = static_cast<uint32_t>(rdata_.get());
      if (done && rresp_.get() != 0) wrong = "a register read is answered with an error";
      edge();
      if (done) {
        rready_.set(0);
        return value;
      }
      if (waits > MOST_WAITS) wrong = "a register read is not answered";
    }
    return 0;
  }

 private:
  static constexpr uint32_t RESET_CYCLES = 4, MOST_WAITS = 100;

  bool coin() { return random.next() >> 8 & 1; }

  void edge() {
    clock_.edge();
    cycles++;
  }

  // A cycle of the bus, up to the edge.
  void settle() {
    std::vector<uint32_t> before;
    if (strict_) {
      memory_.noise(random);
      clock_.eval();
      before = memory_.outputs();
    }
    memory_.drive(cycles, random);
    clock_.eval();
    if (strict_ && before != memory_.outputs()) wrong = "an output of the bus depends on one of its inputs within a cycle";
    if (rule_o_.get() != 0) number = static_cast<uint32_t>(rule_o_.get()), wrong = "a rule of AXI is broken";
    if (const char* misplaced = memory_.take(cycles, random)) wrong = misplaced;
  }

  AxiMemory& memory_;
  Clock clock_;
  bool strict_;
  Port rst_ni_;
  Port rule_o_;
  Port awvalid_, awready_, awaddr_, wvalid_, wready_, wdata_, wstrb_, bvalid_, bready_, bresp_;
  Port arvalid_, arready_, araddr_, rvalid_, rready_, rdata_, rresp_;
};

}  // namespace ant
