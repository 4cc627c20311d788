// SPDX-License-Identifier: Apache-2.0
//
// Decodes every code of every type, and drives one PE cycle by cycle.
//
//   module_tb VECTORS --operands FILE [--trace FILE]
//
// VECTORS: words weights stay (0: sums stay and leave over a bus), acc_bits, decode steps, PE steps; a decode step: a_type, a_code, w_type,
// w_code (bytes); a PE step: a_type, w_type, load (of a weight that stays), swap, check, three times 0 (bytes), then 64 bits each: the
// activation codes of all lanes, the weight codes, acc_i (the partial sum from above, or the bus from below), and what the accumulator and the
// register at the end of the bus (the partial sum to below, and 0) hold after the step's clock edge (compared if check). FILE gets two 64-bit
// operands (activation, weight) per decode step. One JSON object is printed.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "ports.h"
#include "vectors.h"

using namespace ant;

namespace {

using Words = std::vector<uint32_t>;

uint64_t value_of(const Port& port) {
  if (port.bytes() > 8) die("operands and accumulators have at most 64 bits");
  return port.get();
}

// A port of any width.
Words words_of(const Port& port) {
  Words words(words_for(port.bytes() * 8));
  port.read(words.data());
  return words;
}

uint64_t low_part(const Words& words) { return words[0] | static_cast<uint64_t>(words[1]) << 32; }

}  // namespace

int main(int argc, char** argv) {
  const char* operands_file = nullptr;
  const char* trace = nullptr;
  if (argc < 2) die("usage: module_tb VECTORS --operands FILE [--trace FILE]");
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--operands") operands_file = argv[i + 1];
    else if (option == "--trace") trace = argv[i + 1];
    else die("unknown option ", argv[i]);
  }
  if (!operands_file) die("--operands is missing");

  VectorFile file(argv[1]);
  const bool stationary = file.word() != 0;
  const unsigned acc_bits = file.word();
  const uint32_t decode_steps = file.word();
  const uint32_t pe_steps = file.word();
  const uint64_t mask = acc_bits == 64 ? ~uint64_t{0} : (uint64_t{1} << acc_bits) - 1;

  const std::unique_ptr<Model> model = make_model(trace);
  Port clk_i = model->port("clk_i");
  Port a_type_i = model->port("a_type_i"), a_code_i = model->port("a_code_i");
  Port w_type_i = model->port("w_type_i"), w_code_i = model->port("w_code_i");
  Port load_i = stationary ? model->port("load_i") : Port(), swap_i = model->port("swap_i"), acc_i = model->port("acc_i");
  const Port a_operand_o = model->port("a_operand_o"), w_operand_o = model->port("w_operand_o");
  const Port a_operands_o = model->port("a_operands_o"), w_operands_o = model->port("w_operands_o");
  const Port a_o = model->port("a_o"), w_o = model->port("w_o");
  const Port load_o = stationary ? model->port("load_o") : Port(), swap_o = model->port("swap_o");
  const Port acc_o = model->port("acc_o"), sum_o = model->port("sum_o");
  uint64_t time = 0;
  const auto eval = [&] {
    model->eval();
    model->dump(time++);
  };

  std::vector<uint64_t> operands;
  clk_i.set(0);
  for (uint32_t i = 0; i < decode_steps; i++) {
    const uint8_t* step = file.take(4);
    a_type_i.set(step[0]);
    a_code_i.set(step[1]);
    w_type_i.set(step[2]);
    w_code_i.set(step[3]);
    eval();
    operands.push_back(value_of(a_operand_o));
    operands.push_back(value_of(w_operand_o));
  }
  write_file(operands_file, operands.data(), operands.size() * sizeof(uint64_t));

  uint32_t checked = 0;
  Words loaded;  // weights stay: the operands that wait
  bool known = false;
  for (uint32_t i = 0; i < pe_steps; i++) {
    const uint8_t* step = file.take(8);
    a_code_i.set(static_cast<uint64_t>(file.wide()));
    w_code_i.set(static_cast<uint64_t>(file.wide()));
    const uint64_t acc_in = static_cast<uint64_t>(file.wide()) & mask;
    const uint64_t sum = static_cast<uint64_t>(file.wide()) & mask;
    const uint64_t bus = static_cast<uint64_t>(file.wide()) & mask;
    a_type_i.set(step[0]);
    w_type_i.set(step[1]);
    if (stationary) load_i.set(step[2]);
    swap_i.set(step[3]);
    acc_i.write(reinterpret_cast<const uint32_t*>(&acc_in));
    clk_i.set(0);
    eval();
    const Words a = words_of(a_operands_o), w = words_of(w_operands_o);
    clk_i.set(1);
    eval();

    const char* wrong = nullptr;
    uint64_t expected = 0, got = 0;
    const auto fail = [&](const char* what, uint64_t want, uint64_t have) {
      if (wrong) return;
      wrong = what;
      expected = want;
      got = have;
    };
    const auto compare = [&](const char* what, uint64_t want, uint64_t have) {
      if (want != have) fail(what, want, have);
    };
    const auto compare_words = [&](const char* what, const Words& want, const Words& have) {
      if (want != have) fail(what, low_part(want), low_part(have));
    };
    compare_words("a_o", a, words_of(a_o));
    if (!stationary || step[2]) {
      loaded = w;
      known = true;
    }
    if (known) compare_words("w_o", loaded, words_of(w_o));
    if (stationary) compare("load_o", step[2], value_of(load_o));
    compare("swap_o", step[3], value_of(swap_o));
    if (step[4]) {
      compare(stationary ? "the partial sum" : "the accumulator", sum, value_of(sum_o));
      if (!stationary) compare("the bus", bus, value_of(acc_o));
      checked++;
    }
    if (wrong) {
      std::printf(
          "{\"decoded\": %u, \"checked\": %u, \"failure\": {\"rule\": \"%s is wrong\", \"step\": %u, \"expected\": "
          "\"%lld\", \"got\": \"%lld\"}}\n",
          decode_steps, checked, wrong, i, static_cast<long long>(sign_extend(expected, acc_bits)),
          static_cast<long long>(sign_extend(got, acc_bits)));
      return 1;
    }
  }
  std::printf("{\"decoded\": %u, \"checked\": %u}\n", decode_steps, checked);
  return 0;
}
