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

// The model that the program is linked with. Trace: a waveform file to write, or null.
std::unique_ptr<Model> make_model(const char* trace);

}  // namespace ant
