// SPDX-License-Identifier: Apache-2.0
//
// Encodes values with the encoder of a requantiser.
//
//   encode_tb VECTORS --codes FILE
//
// VECTORS: words types, told (1: the encoder is told whether a value is exact), bits of a doubled value, count; count doubled values (64 bit). FILE gets a
// byte per code: for each type, for exact values and then, if it is told, for others, for all doubled values. One JSON object
// is printed.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "ports.h"
#include "vectors.h"

using namespace ant;

int main(int argc, char** argv) {
  if (argc != 4 || std::string(argv[2]) != "--codes") die("usage: encode_tb VECTORS --codes FILE");
  VectorFile file(argv[1]);
  const uint32_t types = file.word();
  const uint32_t told = file.word(), doubled_bits = file.word();
  const uint64_t mask = (uint64_t{1} << doubled_bits) - 1;
  std::vector<int64_t> values(file.word());
  for (int64_t& value : values) value = file.wide();

  const std::unique_ptr<Model> model = make_model(nullptr);
  Port type_i = model->port_if_any("type_i"), doubled_i = model->port("doubled_i");
  Port exact_i = model->port_if_any("exact_i");
  const Port code_o = model->port("code_o");
  std::vector<uint8_t> codes;
  for (uint32_t type = 0; type < types; type++) {
    for (uint32_t inexact = 0; inexact <= told; inexact++) {
      type_i.set(type);
      exact_i.set(1 - inexact);
      for (const int64_t value : values) {
        doubled_i.set(static_cast<uint64_t>(value) & mask);
        model->eval();
        codes.push_back(static_cast<uint8_t>(code_o.get()));
      }
    }
  }
  write_file(argv[3], codes.data(), codes.size());
  std::printf("{\"encoded\": %zu}\n", codes.size());
  return 0;
}
