// SPDX-License-Identifier: Apache-2.0
//
// Drives the scale decoders and one scaler block by block.
//
//   scaler_tb VECTORS [--trace FILE]
//
// VECTORS: words stages (clock edges from the sum of a block to the accumulator), bits of a sum, blocks; a block: the scale
// and the type of its activations, those of its weights, first, take, and what its products are besides numbers (1: NaN,
// 2: +infinity, 4: -infinity), 0 (bytes), the sum of its products, and the accumulator behind it (64 bit each). One JSON
// object is printed.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "ports.h"
#include "vectors.h"

using namespace ant;

namespace {

struct Block {
  uint8_t a_code, a_type, w_code, w_type, first, take, specials;
  int64_t sum, expected;
};

}  // namespace

int main(int argc, char** argv) {
  const char* trace = nullptr;
  if (argc < 2) die("usage: scaler_tb VECTORS [--trace FILE]");
  for (int i = 2; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--trace") trace = argv[i + 1];
    else die("unknown option ", argv[i]);
  }

  VectorFile file(argv[1]);
  const uint32_t stages = file.word(), sum_bits = file.word();
  if (sum_bits > 64) die("sums of blocks have at most 64 bits");
  // Verilator takes the unused bits of an input for zeros.
  const uint64_t mask = sum_bits == 64 ? ~uint64_t{0} : (uint64_t{1} << sum_bits) - 1;
  std::vector<Block> work(file.word());
  for (Block& block : work) {
    const uint8_t* bytes = file.take(8);
    block = {bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], 0, 0};
    block.sum = file.wide();
    block.expected = file.wide();
  }

  const std::unique_ptr<Model> model = make_model(trace);
  Port clk_i = model->port("clk_i");
  Port a_code_i = model->port("a_code_i"), a_type_i = model->port("a_type_i");
  Port w_code_i = model->port("w_code_i"), w_type_i = model->port("w_type_i");
  Port take_i = model->port("take_i"), first_i = model->port("first_i");
  Port sum_i = model->port("sum_i"), specials_i = model->port("specials_i");
  const Port acc_o = model->port("acc_o");
  uint64_t time = 0;
  const auto eval = [&] {
    model->eval();
    model->dump(time++);
  };

  // At clock edge t the accumulator takes the block whose sum was offered stages - 1 edges before.
  uint32_t checked = 0;
  for (uint32_t t = 0; t < work.size() + stages - 1; t++) {
    if (t < work.size()) {
      const Block& block = work[t];
      a_code_i.set(block.a_code);
      a_type_i.set(block.a_type);
      w_code_i.set(block.w_code);
      w_type_i.set(block.w_type);
      sum_i.set(static_cast<uint64_t>(block.sum) & mask);
      specials_i.set(block.specials);
    }
    const bool arrives = t + 1 >= stages;
    const uint32_t at = t + 1 - stages;
    take_i.set(arrives && work[at].take);
    first_i.set(arrives && work[at].first);
    clk_i.set(0);
    eval();
    clk_i.set(1);
    eval();
    if (!arrives) continue;
    checked++;
    const int64_t got = sign_extend(acc_o.get(), 32);
    if (got == work[at].expected) continue;
    std::printf(
        "{\"checked\": %u, \"failure\": {\"rule\": \"the accumulator is wrong\", \"step\": %u, \"expected\": \"%lld\", "
        "\"got\": \"%lld\"}}\n",
        checked, at, static_cast<long long>(work[at].expected), static_cast<long long>(got));
    return 1;
  }
  std::printf("{\"checked\": %u}\n", checked);
  return 0;
}
