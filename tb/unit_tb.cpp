// SPDX-License-Identifier: Apache-2.0
//
// Decodes every code of every type, and drives one PE cycle by cycle.
//
//   unit_tb VECTORS --operands FILE [--trace FILE]
//
// VECTORS: words kind (0: plain PE, 1: with a shadow set, 2: weights stay), acc_bits, decode steps, PE steps; a decode
// step: a_type, a_code, w_type, w_code (bytes); a PE step: a_type, a_code, w_type, w_code, drain (weights stay: load), swap,
// check, 0 (bytes), then 64 bits each: acc_i (the sum from above), and what accumulator (the sum to below) and shadow hold
// after the step's clock edge (compared if check). FILE gets two 64-bit operands (activation, weight) per decode step. One
// JSON object is printed.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "Vdut.h"
#include "ports.h"
#include "vectors.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

using namespace ant;

namespace {

template <typename Port>
uint64_t value_of(const Port& port) {
  static_assert(std::is_integral_v<Port>, "operands and accumulators have at most 64 bits");
  return static_cast<uint64_t>(port);
}

}  // namespace

int main(int argc, char** argv) {
  const char* operands_file = nullptr;
  const char* trace = nullptr;
  if (argc < 2) die("usage: unit_tb VECTORS --operands FILE [--trace FILE]");
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--operands") operands_file = argv[i + 1];
    else if (option == "--trace") trace = argv[i + 1];
    else die("unknown option ", argv[i]);
  }
  if (!operands_file) die("--operands is missing");

  VectorFile file(argv[1]);
  const uint32_t kind = file.word();
  const bool has_shadow = kind == 1, stationary = kind == 2;
  const unsigned acc_bits = file.word();
  const uint32_t decode_steps = file.word();
  const uint32_t pe_steps = file.word();
  const uint64_t mask = acc_bits == 64 ? ~uint64_t{0} : (uint64_t{1} << acc_bits) - 1;

  VerilatedContext context;
  context.traceEverOn(trace != nullptr);
  auto dut = std::make_unique<Vdut>(&context);
#if VM_TRACE
  auto fst = std::make_unique<VerilatedFstC>();
  if (trace) {
    dut->trace(fst.get(), 99);
    fst->open(trace);
  }
#else
  if (trace) die("this model was built without --trace");
#endif
  uint64_t time = 0;
  const auto eval = [&] {
    dut->eval();
#if VM_TRACE
    if (trace) fst->dump(time);
#endif
    time++;
  };
  const auto set_codes = [&](const uint8_t* step) {
    dut->a_type_i = step[0];
    dut->a_code_i = step[1];
    dut->w_type_i = step[2];
    dut->w_code_i = step[3];
  };

  std::vector<uint64_t> operands;
  dut->clk_i = 0;
  for (uint32_t i = 0; i < decode_steps; i++) {
    set_codes(file.take(4));
    eval();
    operands.push_back(value_of(dut->a_operand_o));
    operands.push_back(value_of(dut->w_operand_o));
  }
  write_file(operands_file, operands.data(), operands.size() * sizeof(uint64_t));

  uint32_t checked = 0;
  uint64_t loaded = 0;  // weights stay: the operand that waits
  bool known = false;
  for (uint32_t i = 0; i < pe_steps; i++) {
    const uint8_t* step = file.take(8);
    const uint64_t acc_in = static_cast<uint64_t>(file.wide()) & mask;
    const uint64_t sum = static_cast<uint64_t>(file.wide()) & mask;
    const uint64_t shadow = static_cast<uint64_t>(file.wide()) & mask;
    set_codes(step);
    dut->drain_i = step[4];
    dut->swap_i = step[5];
    write_words(dut->acc_i, reinterpret_cast<const uint32_t*>(&acc_in));
    dut->clk_i = 0;
    eval();
    const uint64_t a = value_of(dut->a_operand_o), w = value_of(dut->w_operand_o);
    dut->clk_i = 1;
    eval();

    const char* wrong = nullptr;
    uint64_t expected = 0, got = 0;
    const auto compare = [&](const char* what, uint64_t want, uint64_t have) {
      if (want == have || wrong) return;
      wrong = what;
      expected = want;
      got = have;
    };
    compare("a_o", a, value_of(dut->a_o));
    if (!stationary || step[4]) {
      loaded = w;
      known = true;
    }
    if (known) compare("w_o", loaded, value_of(dut->w_o));
    compare(stationary ? "load_o" : "drain_o", step[4], value_of(dut->drain_o));
    compare("swap_o", step[5], value_of(dut->swap_o));
    if (step[6]) {
      compare(stationary ? "the partial sum" : "the accumulator", sum, value_of(dut->sum_o));
      compare(has_shadow ? "the shadow" : "acc_o", has_shadow ? shadow : sum, value_of(dut->acc_o));
      checked++;
    }
    if (wrong) {
      std::printf(
          "{\"decoded\": %u, \"checked\": %u, \"failure\": {\"rule\": \"%s is wrong\", \"step\": %u, \"expected\": "
          "\"%lld\", \"got\": \"%lld\"}}\n",
          decode_steps, checked, wrong, i, static_cast<long long>(sign_extend(expected, acc_bits)),
          static_cast<long long>(sign_extend(got, acc_bits)));
#if VM_TRACE
      if (trace) fst->close();
#endif
      return 1;
    }
  }
#if VM_TRACE
  if (trace) fst->close();
#endif
  std::printf("{\"decoded\": %u, \"checked\": %u}\n", decode_steps, checked);
  return 0;
}
