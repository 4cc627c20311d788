// SPDX-License-Identifier: Apache-2.0
//
// Decodes every code of every type, and drives one dot-product unit beat by beat.
//
//   dot_tb VECTORS --operands FILE [--trace FILE]
//
// VECTORS: words lanes, a_bits, w_bits, acc_bits, stages (clock edges from a beat's operands to the accumulator), decode
// steps, beats; a decode step: a_type, a_code, w_type, w_code (bytes); a beat: a_type, w_type, first, add (bytes), a code of
// each lane's activation, of each lane's weight (bytes), and the accumulator after the beat (64 bit). FILE gets two 64-bit
// operands (activation, weight, of lane 0) per decode step. One JSON object is printed.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "ports.h"
#include "vectors.h"

using namespace ant;

namespace {

struct Beat {
  uint8_t a_type, w_type, first, add;
  const uint8_t* codes;
  int64_t sum;
};

void set_codes(Port& port, const uint8_t* codes, uint32_t lanes, unsigned bits) {
  std::vector<uint32_t> words(words_for(size_t{lanes} * bits));
  for (uint32_t lane = 0; lane < lanes; lane++) set_field(words.data(), size_t{lane} * bits, bits, codes[lane]);
  port.write(words.data());
}

}  // namespace

int main(int argc, char** argv) {
  const char* operands_file = nullptr;
  const char* trace = nullptr;
  if (argc < 2) die("usage: dot_tb VECTORS --operands FILE [--trace FILE]");
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--operands") operands_file = argv[i + 1];
    else if (option == "--trace") trace = argv[i + 1];
    else die("unknown option ", argv[i]);
  }
  if (!operands_file) die("--operands is missing");

  VectorFile file(argv[1]);
  const uint32_t lanes = file.word();
  const unsigned a_bits = file.word();
  const unsigned w_bits = file.word();
  const unsigned acc_bits = file.word();
  const uint32_t stages = file.word();
  const uint32_t decode_steps = file.word();
  const uint32_t beats = file.word();

  const std::unique_ptr<Model> model = make_model(trace);
  Port clk_i = model->port("clk_i");
  Port a_type_i = model->port("a_type_i"), a_code_i = model->port("a_code_i");
  Port w_type_i = model->port("w_type_i"), w_code_i = model->port("w_code_i");
  Port first_i = model->port("first_i"), add_i = model->port("add_i");
  const Port a_operand_o = model->port("a_operand_o"), w_operand_o = model->port("w_operand_o");
  const Port acc_o = model->port("acc_o");
  if (acc_o.bytes() > 8) die("accumulators have at most 64 bits");
  uint64_t time = 0;
  const auto eval = [&] {
    model->eval();
    model->dump(time++);
  };

  std::vector<uint64_t> operands;
  std::vector<uint8_t> alone(lanes);
  clk_i.set(0);
  for (uint32_t i = 0; i < decode_steps; i++) {
    const uint8_t* step = file.take(4);
    a_type_i.set(step[0]);
    w_type_i.set(step[2]);
    alone[0] = step[1];
    set_codes(a_code_i, alone.data(), lanes, a_bits);
    alone[0] = step[3];
    set_codes(w_code_i, alone.data(), lanes, w_bits);
    eval();
    operands.push_back(a_operand_o.get());
    operands.push_back(w_operand_o.get());
  }
  write_file(operands_file, operands.data(), operands.size() * sizeof(uint64_t));

  std::vector<Beat> work(beats);
  for (Beat& beat : work) {
    const uint8_t* controls = file.take(4);
    beat = {controls[0], controls[1], controls[2], controls[3], file.take(size_t{2} * lanes), 0};
    beat.sum = file.wide();
  }

  // At clock edge t the accumulator takes the beat whose operands were offered stages - 1 edges before.
  uint32_t checked = 0;
  for (uint32_t t = 0; t < beats + stages - 1; t++) {
    if (t < beats) {
      a_type_i.set(work[t].a_type);
      w_type_i.set(work[t].w_type);
      set_codes(a_code_i, work[t].codes, lanes, a_bits);
      set_codes(w_code_i, work[t].codes + lanes, lanes, w_bits);
    }
    const bool arrives = t + 1 >= stages;
    const uint32_t at = t + 1 - stages;
    add_i.set(arrives && work[at].add);
    first_i.set(arrives && work[at].first);
    clk_i.set(0);
    eval();
    clk_i.set(1);
    eval();
    if (!arrives) continue;
    checked++;
    const int64_t got = sign_extend(acc_o.get(), acc_bits);
    const int64_t expected = sign_extend(static_cast<uint64_t>(work[at].sum), acc_bits);
    if (got == expected) continue;
    std::printf(
        "{\"decoded\": %u, \"checked\": %u, \"failure\": {\"rule\": \"the accumulator is wrong\", \"step\": %u, "
        "\"expected\": \"%lld\", \"got\": \"%lld\"}}\n",
        decode_steps, checked, at, static_cast<long long>(expected), static_cast<long long>(got));
    return 1;
  }
  std::printf("{\"decoded\": %u, \"checked\": %u}\n", decode_steps, checked);
  return 0;
}
