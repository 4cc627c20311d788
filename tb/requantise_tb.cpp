// SPDX-License-Identifier: Apache-2.0
//
// Drives the streams of a requantiser and compares every beat that leaves.
//
//   requantise_tb VECTORS [--trace FILE]
//
// VECTORS: a word for each port of FIELDS, its bits (0: the design has it not), and one for the bits of out_data_o; the number of
// segments. A segment: words seed, idle and busy (chances of 256 that the input idles, that the output is not ready), abort (the
// cycle in which the next reset cuts it off; 0: none), beats. A beat: a word, 1 if it is the last of its tile; the words of
// each port that is there, then those of the codes. One JSON object is printed.

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "ports.h"
#include "vectors.h"

using namespace ant;

namespace {

constexpr const char* FIELDS[] = {"sum_data_i", "bias_data_i", "multiplier_data_i", "addend_data_i", "addend_multiplier_i",
                                  "shift_i",    "type_i",      "relu_i",            "low_i",         "high_i"};
constexpr uint32_t RESET_CYCLES = 4, QUIET_CYCLES = 24;

struct Field {
  Port port;
  size_t words;
};

struct Beat {
  bool last;
  const uint32_t* fields;
  const uint32_t* codes;
};

const uint32_t* take_words(VectorFile& file, size_t words) {
  return reinterpret_cast<const uint32_t*>(file.take(words * 4));
}

}  // namespace

int main(int argc, char** argv) {
  const char* trace = nullptr;
  if (argc == 4 && std::string(argv[2]) == "--trace") trace = argv[3];
  else if (argc != 2) die("usage: requantise_tb VECTORS [--trace FILE]");
  VectorFile file(argv[1]);
  const std::unique_ptr<Model> model = make_model(trace);

  std::vector<Field> fields;
  size_t field_words = 0;
  for (const char* name : FIELDS) {
    const uint32_t bits = file.word();
    if (bits == 0) continue;
    fields.push_back({model->port(name), words_for(bits)});
    field_words += words_for(bits);
  }
  const size_t code_words = words_for(file.word());
  Clock clock(*model);
  Port rst_ni = model->port("rst_ni");
  Port in_valid_i = model->port("in_valid_i"), in_last_i = model->port("in_last_i"), out_ready_i = model->port("out_ready_i");
  const Port in_ready_o = model->port("in_ready_o"), out_valid_o = model->port("out_valid_o");
  const Port out_last_o = model->port("out_last_o"), out_data_o = model->port("out_data_o");

  uint64_t cycles = 0, checked = 0;
  const auto edge = [&] {
    clock.edge();
    cycles++;
  };

  std::vector<uint32_t> garbage(field_words + 2), got(code_words), held(code_words);
  std::string times;
  const uint32_t segments = file.word();
  for (uint32_t segment = 0; segment < segments; segment++) {
    Random random(file.word());
    const uint32_t idle = file.word(), busy = file.word(), abort = file.word(), beats = file.word();
    std::vector<Beat> work(beats);
    for (Beat& beat : work) {
      beat.last = file.word() != 0;
      beat.fields = take_words(file, field_words);
      beat.codes = take_words(file, code_words);
    }
    rst_ni.set(0);
    in_valid_i.set(0);
    clock.low();
    for (uint32_t i = 0; i < RESET_CYCLES; i++) edge();
    rst_ni.set(1);

    uint32_t sent = 0, received = 0, quiet = 0;
    uint64_t first_in = 0, first_out = 0, last_out = 0;
    bool offered = false, waits = false, waits_last = false;
    for (uint64_t cycle = 0; quiet < QUIET_CYCLES && (abort == 0 || cycle < abort); cycle++) {
      if (!offered) offered = sent < beats && !random.chance(idle);
      for (uint32_t& word : garbage) word = random.next();
      const uint32_t* data = offered ? work[sent].fields : garbage.data();
      for (Field& field : fields) {
        field.port.write(data);
        data += field.words;
      }
      in_valid_i.set(offered);
      in_last_i.set(offered ? work[sent].last : random.next() & 1);
      const bool ready = !random.chance(busy);
      out_ready_i.set(!ready);
      clock.eval();
      const uint64_t before = in_ready_o.get() << 2 | out_valid_o.get() << 1 | out_last_o.get();
      out_data_o.read(held.data());
      out_ready_i.set(ready);
      clock.eval();
      out_data_o.read(got.data());
      const bool valid = out_valid_o.get(), last = out_last_o.get();

      const char* wrong = nullptr;
      if (before != (in_ready_o.get() << 2 | out_valid_o.get() << 1 | out_last_o.get()) || held != got)
        wrong = "an output depends on out_ready_i within a cycle";
      else if (waits && (!valid || last != waits_last))
        wrong = "a beat changed while it waited for out_ready_i";
      else if (valid && received == beats)
        wrong = "a beat came out that none went in for";
      else if (valid && last != work[received].last)
        wrong = "out_last_o is wrong";
      else if (valid && std::memcmp(got.data(), work[received].codes, code_words * 4) != 0)
        wrong = "a code is wrong";
      else if (cycle > 64 + 64 * uint64_t{beats} && received < beats)
        wrong = "beats do not come out";
      if (wrong) {
        std::printf("{\"cycles\": %llu, \"checked\": %llu, \"failure\": {\"rule\": \"%s\", \"segment\": %u, \"beat\": %u, "
                    "\"cycle\": %llu, \"got\": [",
                    static_cast<unsigned long long>(cycles), static_cast<unsigned long long>(checked), wrong, segment,
                    received, static_cast<unsigned long long>(cycle));
        for (size_t i = 0; i < code_words; i++) std::printf("%s%u", i ? "," : "", got[i]);
        std::printf("]}}\n");
        return 1;
      }
      waits = valid && !ready;
      waits_last = last;
      quiet = received == beats && !valid ? quiet + 1 : 0;
      if (valid && ready) {
        if (received == 0) first_out = cycle;
        last_out = cycle;
        received++;
        checked++;
      }
      if (offered && in_ready_o.get()) {
        if (sent == 0) first_in = cycle;
        sent++;
        offered = false;
      }
      edge();
    }
    times += (segment ? ",[" : "[") + std::to_string(first_in) + "," + std::to_string(first_out) + "," +
             std::to_string(last_out) + "]";
  }
  std::printf("{\"cycles\": %llu, \"checked\": %llu, \"segments\": [%s]}\n", static_cast<unsigned long long>(cycles),
              static_cast<unsigned long long>(checked), times.c_str());
  return 0;
}
