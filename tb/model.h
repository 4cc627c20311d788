// SPDX-License-Identifier: Apache-2.0
//
// A Verilated model with its ports by name: the benches know no design, and are compiled once for all of them.

#pragma once

#include <cstdint>
#include <memory>

#include "ports.h"
#include "vectors.h"

namespace ant {

class Model {
 public:
  virtual ~Model() = default;
  // A port that every design has.
  Port port(const char* name) {
    const Port found = find(name);
    if (found.bytes() == 0) die("the design has no port ", name);
    return found;
  }
  // A port that a design may lack: then none.
  Port port_if_any(const char* name) { return find(name); }
  virtual void eval() = 0;
  // Writes the state into the waveform, where there is one.
  virtual void dump(uint64_t time) = 0;

 private:
  // A port of the list in `model.cpp`, or none.
  virtual Port find(const char* name) = 0;
};

// What a bench drives a model by: evaluations, each of which goes into the waveform, and edges of the clock.
class Clock {
 public:
  explicit Clock(Model& model) : model_(model), clk_(model.port("clk_i")) {}
  void eval() {
    model_.eval();
    model_.dump(time_++);
  }
  // The rising edge, then the falling one.
  void edge() {
    clk_.set(1);
    eval();
    clk_.set(0);
    eval();
  }
  void low() { clk_.set(0); }

 private:
  Model& model_;
  Port clk_;
  uint64_t time_ = 0;
};

// The model that the program is linked with. Trace: a waveform file to write, or null.
std::unique_ptr<Model> make_model(const char* trace);

}  // namespace ant
