// SPDX-License-Identifier: Apache-2.0
//
// Gives transfers to a unit that reads memory and one that writes it, at the same time.
//
//   dma_tb VECTORS OUTPUT [--trace FILE]
//
// VECTORS: words bits of the bus, base of memory (low, high), bytes of memory; the number of segments. A segment: words seed; the
// stalls ar, r, aw, w, b, latency, grant, order; idle and busy (chances of 256 that no data is given, none is taken); abort (the
// cycle in which the next reset cuts it off; 0: none); faults, each the words first (low, high), bytes, response, writes; reads, each the
// words address (low, high), bytes, counts, steps, tag; writes, likewise, then the number of words and the words of a beat's width; and
// the bytes of memory. OUTPUT: for each segment the words that came (words tag, bytes, marks, then data), and memory.
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

constexpr uint32_t RESET_CYCLES = 4, QUIET_CYCLES = 40, HANG_CYCLES = 40000;

struct Transfer {
  uint64_t address;
  uint32_t bytes, count1, count2, step1, step2, tag;
  std::vector<const uint8_t*> words;
};

uint64_t take_address(VectorFile& file) {
  const uint64_t low = file.word();
  return low | static_cast<uint64_t>(file.word()) << 32;
}

// A unit's port of transfers.
struct Starter {
  Port valid, ready, address, bytes, count1, count2, step1, step2, tag;
  Starter(Model& model, const std::string& unit)
      : valid(model.port((unit + "_start_valid_i").c_str())),
        ready(model.port((unit + "_start_ready_o").c_str())),
        address(model.port((unit + "_start_address_i").c_str())),
        bytes(model.port((unit + "_start_bytes_i").c_str())),
        count1(model.port((unit + "_start_count1_i").c_str())),
        count2(model.port((unit + "_start_count2_i").c_str())),
        step1(model.port((unit + "_start_step1_i").c_str())),
        step2(model.port((unit + "_start_step2_i").c_str())),
        tag(model.port_if_any((unit + "_start_tag_i").c_str())) {}
  void offer(const Transfer* transfer, Random& random) {
    valid.set(transfer != nullptr);
    address.set(transfer ? transfer->address : random.next());
    bytes.set(transfer ? transfer->bytes : random.next());
    count1.set(transfer ? transfer->count1 : random.next());
    count2.set(transfer ? transfer->count2 : random.next());
    step1.set(transfer ? transfer->step1 : random.next());
    step2.set(transfer ? transfer->step2 : random.next());
    tag.set(transfer ? transfer->tag : random.next());
  }
};

}  // namespace

int main(int argc, char** argv) {
  const char* trace = argc == 5 && std::string(argv[3]) == "--trace" ? argv[4] : nullptr;
  if (argc != 3 && trace == nullptr) die("usage: dma_tb VECTORS OUTPUT [--trace FILE]");
  VectorFile file(argv[1]);
  const std::unique_ptr<Model> model = make_model(trace);
  const unsigned bus_bits = file.word(), lanes = bus_bits / 8;
  const uint64_t base = take_address(file);
  std::vector<uint8_t> bytes(file.word()), output;
  AxiMemory memory(*model, bus_bits, base, bytes);

  Clock clock(*model);
  Port rst_ni = model->port("rst_ni"), stop_i = model->port("stop_i"), clear_i = model->port("clear_i");
  Starter read(*model, "read"), write(*model, "write");
  Port word_ready_i = model->port("read_word_ready_i"), word_valid_i = model->port("write_word_valid_i"), word_i = model->port("write_word_i");
  const Port word_valid_o = model->port("read_word_valid_o"), word_o = model->port("read_word_o"), word_bytes_o = model->port("read_word_bytes_o");
  const Port run_last_o = model->port("read_word_run_last_o"), last_o = model->port("read_word_last_o"), tag_o = model->port("read_word_tag_o");
  const Port word_ready_o = model->port("write_word_ready_o"), done_o = model->port("write_done_o"), rule_o = model->port("rule_o");
  const Port idle_o[] = {model->port("read_idle_o"), model->port("write_idle_o")};
  const Port error_o[] = {model->port("read_error_o"), model->port("write_error_o")};
  const Port decode_o[] = {model->port("read_error_decode_o"), model->port("write_error_decode_o")};
  const Port address_o[] = {model->port("read_error_address_o"), model->port("write_error_address_o")};

  uint64_t cycles = 0, words = 0;
  const auto edge = [&] {
    clock.edge();
    cycles++;
  };
  const auto put = [&](const void* data, size_t size) {
    const uint8_t* start = static_cast<const uint8_t*>(data);
    output.insert(output.end(), start, start + size);
  };

  std::string report;
  bool cut_off = true;  // the segment before, or there is none
  const uint32_t segments = file.word();
  for (uint32_t segment = 0; segment < segments; segment++) {
    Random random(file.word());
    Stalls stalls;
    for (uint32_t* each : {&stalls.ar, &stalls.r, &stalls.aw, &stalls.w, &stalls.b, &stalls.latency, &stalls.grant}) *each = file.word();
    stalls.order = static_cast<WriteOrder>(file.word());
    const uint32_t idle = file.word(), busy = file.word(), abort = file.word();
    std::vector<Fault> faults(file.word());
    for (Fault& each : faults) {
      each.first = take_address(file);
      each.bytes = file.word(), each.response = file.word(), each.writes = file.word() != 0;
    }
    const auto transfers = [&](bool writes) {
      std::vector<Transfer> all(file.word());
      for (Transfer& each : all) {
        each.address = take_address(file);
        for (uint32_t* field : {&each.bytes, &each.count1, &each.count2, &each.step1, &each.step2, &each.tag}) *field = file.word();
        if (writes) each.words.resize(file.word());
        for (const uint8_t*& word : each.words) word = file.take(lanes);
      }
      return all;
    };
    const std::vector<Transfer> reads = transfers(false), writes = transfers(true);
    std::vector<const uint8_t*> to_write;
    for (const Transfer& each : writes) to_write.insert(to_write.end(), each.words.begin(), each.words.end());
    size_t most_words = 0;  // that reads can be cut into
    for (const Transfer& each : reads) most_words += (size_t{each.count1} + 1) * (each.count2 + 1) * (each.bytes / lanes + 2);
    std::memcpy(bytes.data(), file.take(bytes.size()), bytes.size());
    memory.set(stalls, faults);

    if (cut_off || random.next() >> 8 & 1) {
      memory.reset();
      rst_ni.set(0);
      read.offer(nullptr, random);
      write.offer(nullptr, random);
      stop_i.set(0), clear_i.set(0), word_valid_i.set(0);
      for (uint32_t i = 0; i < RESET_CYCLES; i++) {
        memory.noise(random);
        edge();
      }
      rst_ni.set(1);
    }
    cut_off = abort != 0;

    size_t next_read = 0, next_write = 0, next_word = 0, done = 0, read_done = 0, came = 0;
    uint64_t last_progress = 0, finished = 0;
    uint32_t quiet = 0;
    bool stop = false, clear = false, stopped = false, offered_word = false;
    uint64_t error_cycle = 0;
    std::string errors;
    const size_t count_at = output.size();
    const uint32_t none = 0;
    put(&none, 4);
    std::vector<uint32_t> word(words_for(bus_bits));
    const char* wrong = nullptr;
    uint32_t number = 0;
    const auto all_done = [&] { return stopped || (done == writes.size() && read_done == reads.size()); };
    for (uint64_t cycle = 0; quiet < QUIET_CYCLES && (abort == 0 || cycle < abort) && !wrong; cycle++) {
      const bool ended = stop || stopped || clear;
      read.offer(!ended && next_read < reads.size() ? &reads[next_read] : nullptr, random);
      write.offer(!ended && next_write < writes.size() ? &writes[next_write] : nullptr, random);
      // A word that is offered stays until it is taken, or all is over.
      if (clear || stopped) offered_word = false;
      else if (!offered_word && !stop) offered_word = next_word < to_write.size() && !random.chance(idle);
      word_valid_i.set(offered_word);
      for (uint32_t& each : word) each = random.next();
      if (offered_word) std::memcpy(word.data(), to_write[next_word], lanes);
      word_i.write(word.data());
      word_ready_i.set(!random.chance(busy));
      stop_i.set(stop), clear_i.set(clear);
      memory.noise(random);
      clock.eval();
      const std::vector<uint32_t> before = memory.outputs();
      memory.drive(cycle, random);
      clock.eval();
      if (before != memory.outputs()) wrong = "an output of the bus depends on one of its inputs within a cycle";
      number = static_cast<uint32_t>(rule_o.get());
      if (number != 0) wrong = "a rule of AXI is broken";

      const char* misplaced = memory.take(cycle, random);
      if (misplaced) wrong = misplaced;
      if (error_cycle != 0 && memory.strobed_since() > error_cycle + 2) wrong = "a byte is written behind an error";
      for (int unit = 0; unit < 2; unit++) {
        if (!error_o[unit].get()) continue;
        errors += (errors.empty() ? "{" : ", {") + std::string("\"writes\": ") + (unit ? "true" : "false") +
                  ", \"decode\": " + (decode_o[unit].get() ? "true" : "false") +
                  ", \"address\": \"" + std::to_string(address_o[unit].get()) + "\"}";
        if (!stop) error_cycle = cycle;
        stop = true;
      }
      if (word_valid_o.get() && word_ready_i.get() && !ended) {
        const uint32_t head[] = {static_cast<uint32_t>(tag_o.get()), static_cast<uint32_t>(word_bytes_o.get()),
                                 static_cast<uint32_t>(run_last_o.get() | last_o.get() << 1)};
        std::vector<uint32_t> data(words_for(bus_bits));
        word_o.read(data.data());
        put(head, sizeof head);
        put(data.data(), lanes);
        came++;
        if (came > most_words) wrong = "more words come than reads have";
        if (last_o.get()) read_done++;
        last_progress = cycle;
      }
      if (offered_word && word_ready_o.get()) offered_word = false, next_word++, last_progress = cycle;
      if (done_o.get()) done++, last_progress = cycle;
      if (read.valid.get() && read.ready.get()) next_read++;
      if (write.valid.get() && write.ready.get()) next_write++;
      const bool idle_now = idle_o[0].get() && idle_o[1].get();
      if (clear) clear = stop = false, stopped = true;
      else if (stop && ended && idle_now) {
        if (!memory.idle()) wrong = "idle_o, and bursts are under way";
        clear = true;
      }
      if (all_done() && finished == 0) finished = cycle;
      quiet = all_done() && idle_now && memory.idle() ? quiet + 1 : 0;
      if (cycle - last_progress > HANG_CYCLES) wrong = "nothing happens any more";
      edge();
    }
    const uint32_t count = static_cast<uint32_t>(came);
    std::memcpy(&output[count_at], &count, 4);
    words += came + next_word;
    put(bytes.data(), bytes.size());
    if (wrong) {
      std::printf("{\"cycles\": %llu, \"failure\": {\"rule\": \"%s\", \"number\": %u, \"segment\": %u, \"reads\": %zu, \"writes\": %zu, \"words\": %zu}}\n",
                  static_cast<unsigned long long>(cycles), wrong, number, segment, next_read, next_write, next_word);
      return 1;
    }
    report += (segment ? ", {" : "{") + std::string("\"done\": ") + std::to_string(done) + ", \"reads\": " + std::to_string(read_done) +
              ", \"cycles\": " + std::to_string(finished) + ", \"errors\": [" + errors + "]}";
  }
  write_file(argv[2], output.data(), output.size());
  std::printf("{\"cycles\": %llu, \"words\": %llu, \"segments\": [%s]}\n", static_cast<unsigned long long>(cycles),
              static_cast<unsigned long long>(words), report.c_str());
  return 0;
}
