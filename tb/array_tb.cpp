// SPDX-License-Identifier: Apache-2.0
//
// Drives a Verilated array through its streams and compares every row of results.
//
//   array_tb VECTORS [--results FILE] [--trace FILE] [--repeat N]
//
// VECTORS: words rows, cols, steps (of the reduction in a beat), result_rows (output beats of a tile), result_cols (results of
// an output beat), a_bits, w_bits, acc_bits, segments; per segment: seed, idle (input idle in n of 256
// cycles), busy (output not ready in n of 256), probe (1: check what must not depend on what within a cycle, drive
// garbage on idle inputs), abort (0, or the cycle after which the segment is cut off by the next one's reset),
// compare (1: expected results follow), tiles; per tile: k, a_type, w_type, k*rows activation codes, k*cols weight
// codes (bytes), and rows*cols expected results (64 bit) if compared. Every segment begins with a reset of 4 cycles.
//
// RESULTS: rows*cols 64-bit results per tile, in order, of segments that are not cut off. One JSON object is printed:
// counts, time, the events of each segment, and the first mismatch or broken rule.

#include <chrono>
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

constexpr int kResetCycles = 4;

struct Shape {
  uint32_t rows, cols, steps, result_rows, result_cols, a_bits, w_bits, acc_bits;
  size_t a_port_bits() const { return size_t{rows} * steps * a_bits; }
  size_t w_port_bits() const { return size_t{cols} * steps * w_bits; }
  size_t a_words() const { return words_for(a_port_bits()); }
  size_t w_words() const { return words_for(w_port_bits()); }
  size_t row_words() const { return words_for(size_t{result_cols} * acc_bits); }
};

struct Tile {
  uint32_t beats, a_type, w_type;
  std::vector<uint32_t> a, w;      // beats of packed codes
  std::vector<uint32_t> expected;  // rows of packed results
};

struct Segment {
  uint32_t seed, idle, busy, probe, abort, compare;
  std::vector<Tile> tiles;
};

// On the port the codes of a row (or column) lie side by side, one per step; in the file those of a step.
std::vector<uint32_t> pack_codes(const uint8_t* codes, uint32_t beats, uint32_t steps, uint32_t lanes, uint32_t bits,
                                 size_t words) {
  std::vector<uint32_t> packed(beats * words);
  for (uint32_t k = 0; k < beats * steps; k++) {
    for (uint32_t lane = 0; lane < lanes; lane++) {
      const size_t low = (size_t{lane} * steps + k % steps) * bits;
      set_field(&packed[k / steps * words], low, bits, codes[size_t{k} * lanes + lane]);
    }
  }
  return packed;
}

Segment read_segment(VectorFile& file, const Shape& shape) {
  Segment s{};
  s.seed = file.word();
  s.idle = file.word();
  s.busy = file.word();
  s.probe = file.word();
  s.abort = file.word();
  s.compare = file.word();
  s.tiles.resize(file.word());
  for (Tile& tile : s.tiles) {
    const uint32_t k = file.word();
    if (k % shape.steps != 0) die("a tile is no whole number of beats");
    tile.beats = k / shape.steps;
    tile.a_type = file.word();
    tile.w_type = file.word();
    tile.a = pack_codes(file.take(size_t{k} * shape.rows), tile.beats, shape.steps, shape.rows, shape.a_bits,
                        shape.a_words());
    tile.w = pack_codes(file.take(size_t{k} * shape.cols), tile.beats, shape.steps, shape.cols, shape.w_bits,
                        shape.w_words());
    if (!s.compare) continue;
    tile.expected.resize(shape.result_rows * shape.row_words());
    for (uint32_t row = 0; row < shape.result_rows; row++) {
      for (uint32_t col = 0; col < shape.result_cols; col++) {
        set_field(&tile.expected[row * shape.row_words()], size_t{col} * shape.acc_bits, shape.acc_bits,
                  static_cast<uint64_t>(file.wide()));
      }
    }
  }
  return s;
}

// When the streams' transfers of a tile happened: numbers of clock edges.
struct TileEvents {
  uint64_t first_in, last_in, first_out, last_out;
};

class Bench {
 public:
  Bench(const Shape& shape, const char* trace) : shape_(shape), row_(shape.row_words()), held_(shape.row_words()) {
    context_.traceEverOn(trace != nullptr);
    dut_ = std::make_unique<Vdut>(&context_);
#if VM_TRACE
    if (trace) {
      fst_ = std::make_unique<VerilatedFstC>();
      dut_->trace(fst_.get(), 99);
      fst_->open(trace);
    }
#else
    if (trace) die("this model was built without --trace");
#endif
  }

  ~Bench() {
#if VM_TRACE
    if (fst_) fst_->close();
#endif
    dut_->final();
  }

  // Runs one segment; false at the first failure, which `failure` then describes as JSON.
  bool run(const Segment& segment, std::vector<uint32_t>* results) {
    Random random(segment.seed);
    reset(random);
    events.assign(segment.tiles.size(), TileEvents{});
    size_t in_tile = 0, in_beat = 0, out_tile = 0, out_row = 0;
    uint64_t segment_cycle = 0, quiet = 0;
    bool offering = false, held = false;
    uint32_t held_last = 0;
    const size_t total = segment.tiles.size();
    // After the last row, as many cycles more as a stray row could need to come out.
    uint64_t epilogue = shape_.rows + shape_.cols + 16;
    const uint64_t patience = 64 + 16 * (shape_.rows + shape_.cols) * (segment.busy || segment.idle ? 256 : 1);

    while (out_tile < total || epilogue > 0) {
      if (segment.abort && segment_cycle >= segment.abort) return true;
      if (out_tile == total) epilogue--;

      // An offered beat stays until it is taken.
      if (!offering && in_tile < total) offering = !random.chance(segment.idle);
      const bool ready = !random.chance(segment.busy);
      drive(segment, offering ? &segment.tiles[in_tile] : nullptr, in_beat, random);
      dut_->in_valid_i = offering;
      dut_->out_ready_i = ready;
      dut_->clk_i = 0;
      eval();
      const bool in_ready = dut_->in_ready_o;
      const bool out_valid = dut_->out_valid_o;
      const uint32_t out_last = dut_->out_last_o;
      if (segment.probe && !independent_of_ready(ready, in_ready, out_valid)) {
        return fail("an output depends on out_ready_i within the cycle", out_tile, out_row);
      }

      if (out_valid) {
        read_words(dut_->out_data_o, row_.data());
        if (held && (held_last != out_last || row_ != held_)) {
          return fail("a row changed while it waited for out_ready_i", out_tile, out_row);
        }
        if (out_tile == total) return fail("a row of results came that no tile asked for", out_tile, out_row);
      } else if (held) {
        return fail("out_valid_o was withdrawn before out_ready_i", out_tile, out_row);
      }
      held = out_valid && !ready;
      if (held) {
        held_ = row_;
        held_last = out_last;
      }

      quiet++;
      if (out_valid && ready) {
        quiet = 0;
        const Tile& tile = segment.tiles[out_tile];
        if (segment.compare && std::memcmp(row_.data(), &tile.expected[out_row * row_.size()], row_.size() * 4)) {
          return mismatch(tile, out_tile, out_row);
        }
        if (results) results->insert(results->end(), row_.begin(), row_.end());
        const bool last = out_row + 1 == shape_.result_rows;
        if (static_cast<bool>(out_last) != last) return fail("out_last_o is wrong", out_tile, out_row);
        if (out_row == 0) events[out_tile].first_out = cycle_;
        if (last) events[out_tile].last_out = cycle_;
        rows_checked += segment.compare;
        if (last) {
          out_tile++;
          out_row = 0;
        } else {
          out_row++;
        }
      }
      if (offering && in_ready) {
        quiet = 0;
        offering = false;
        beats++;
        if (in_beat == 0) events[in_tile].first_in = cycle_;
        if (++in_beat == segment.tiles[in_tile].beats) {
          events[in_tile].last_in = cycle_;
          in_tile++;
          in_beat = 0;
        }
      }
      if (out_tile < total && quiet > patience) return fail("nothing moves any more", out_tile, out_row);
      dut_->clk_i = 1;
      eval();
      cycle_++;
      segment_cycle++;
    }
    return true;
  }

  uint64_t cycles() const { return cycle_; }
  uint64_t beats = 0;
  uint64_t rows_checked = 0;
  std::vector<TileEvents> events;
  std::string failure;

 private:
  void eval() {
    dut_->eval();
#if VM_TRACE
    if (fst_) fst_->dump(2 * cycle_ + dut_->clk_i);
#endif
  }

  void reset(Random& random) {
    dut_->in_valid_i = 0;
    dut_->out_ready_i = random.next() & 1;
    for (int i = 0; i < kResetCycles; i++) {
      dut_->clk_i = 0;
      dut_->rst_ni = 0;
      eval();
      dut_->clk_i = 1;
      eval();
      cycle_++;
    }
    dut_->rst_ni = 1;
  }

  // Puts a beat on the input stream. Probing: whatever the array must ignore is garbage.
  void drive(const Segment& segment, const Tile* tile, size_t beat, Random& random) {
    Vdut& dut = *dut_;
    if (!tile) {
      if (!segment.probe) return;
      std::vector<uint32_t> garbage(std::max(shape_.a_words(), shape_.w_words()));
      for (uint32_t& word : garbage) word = random.next();
      mask(garbage, shape_.a_port_bits());
      write_words(dut.a_data_i, garbage.data());
      for (uint32_t& word : garbage) word = random.next();
      mask(garbage, shape_.w_port_bits());
      write_words(dut.w_data_i, garbage.data());
      dut.in_last_i = random.next() & 1;
      return;
    }
    write_words(dut.a_data_i, &tile->a[beat * shape_.a_words()]);
    write_words(dut.w_data_i, &tile->w[beat * shape_.w_words()]);
    dut.in_last_i = beat + 1 == tile->beats;
    // The types count in the first beat only.
    const bool first = beat == 0 || !segment.probe;
    ANT_SET_IF_PORT(dut, a_type_i, first ? tile->a_type : tile->a_type ^ 1);
    ANT_SET_IF_PORT(dut, w_type_i, first ? tile->w_type : tile->w_type ^ 1);
  }

  static void mask(std::vector<uint32_t>& words, size_t bits) {
    for (size_t i = 0; i < words.size(); i++) {
      if (i * 32 >= bits) words[i] = 0;
      else if (bits - i * 32 < 32) words[i] &= (1u << (bits - i * 32)) - 1;
    }
  }

  bool independent_of_ready(bool ready, bool in_ready, bool out_valid) {
    dut_->out_ready_i = !ready;
    dut_->eval();
    const bool same = static_cast<bool>(dut_->in_ready_o) == in_ready && static_cast<bool>(dut_->out_valid_o) == out_valid;
    dut_->out_ready_i = ready;
    dut_->eval();
    return same;
  }

  bool fail(const char* rule, size_t tile, size_t row) {
    failure = "{\"rule\": \"" + std::string(rule) + "\", \"tile\": " + std::to_string(tile) +
              ", \"row\": " + std::to_string(row) + ", \"cycle\": " + std::to_string(cycle_) + "}";
    return false;
  }

  bool mismatch(const Tile& tile, size_t index, size_t row) {
    for (uint32_t col = 0; col < shape_.result_cols; col++) {
      const size_t low = size_t{col} * shape_.acc_bits;
      const int64_t got = sign_extend(get_field(row_.data(), low, shape_.acc_bits), shape_.acc_bits);
      const int64_t expected =
          sign_extend(get_field(&tile.expected[row * row_.size()], low, shape_.acc_bits), shape_.acc_bits);
      if (got == expected) continue;
      failure = "{\"rule\": \"a result is wrong\", \"tile\": " + std::to_string(index) +
                ", \"row\": " + std::to_string(row) + ", \"col\": " + std::to_string(col) + ", \"expected\": \"" +
                std::to_string(expected) + "\", \"got\": \"" + std::to_string(got) +
                "\", \"cycle\": " + std::to_string(cycle_) + "}";
      return false;
    }
    return fail("bits beyond the row differ", index, row);
  }

  Shape shape_;
  VerilatedContext context_;
  std::unique_ptr<Vdut> dut_;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> fst_;
#endif
  std::vector<uint32_t> row_, held_;
  uint64_t cycle_ = 0;
};

void print_events(const std::vector<TileEvents>& events) {
  std::printf("[");
  for (size_t i = 0; i < events.size(); i++) {
    const TileEvents& e = events[i];
    std::printf("%s[%llu,%llu,%llu,%llu]", i ? "," : "", static_cast<unsigned long long>(e.first_in),
                static_cast<unsigned long long>(e.last_in), static_cast<unsigned long long>(e.first_out),
                static_cast<unsigned long long>(e.last_out));
  }
  std::printf("]");
}

}  // namespace

int main(int argc, char** argv) {
  const char* results_file = nullptr;
  const char* trace = nullptr;
  long repeat = 1;
  if (argc < 2) die("usage: array_tb VECTORS [--results FILE] [--trace FILE] [--repeat N]");
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--results") results_file = argv[i + 1];
    else if (option == "--trace") trace = argv[i + 1];
    else if (option == "--repeat") repeat = std::atol(argv[i + 1]);
    else die("unknown option ", argv[i]);
  }

  VectorFile file(argv[1]);
  Shape shape{};
  shape.rows = file.word();
  shape.cols = file.word();
  shape.steps = file.word();
  shape.result_rows = file.word();
  shape.result_cols = file.word();
  shape.a_bits = file.word();
  shape.w_bits = file.word();
  shape.acc_bits = file.word();
  std::vector<Segment> segments(file.word());
  for (Segment& segment : segments) segment = read_segment(file, shape);

  Bench bench(shape, trace);
  std::vector<uint32_t> results;
  std::vector<std::vector<TileEvents>> events;
  bool good = true;
  size_t failed = 0;
  const auto start = std::chrono::steady_clock::now();
  for (long round = 0; round < repeat && good; round++) {
    for (size_t i = 0; i < segments.size() && good; i++) {
      const bool keep = results_file && round == 0 && !segments[i].abort;
      good = bench.run(segments[i], keep ? &results : nullptr);
      if (!good) failed = i;
      if (round == 0) events.push_back(bench.events);
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  if (results_file && good) {
    std::vector<int64_t> unpacked;
    unpacked.reserve(results.size());
    for (size_t row = 0; row < results.size() / shape.row_words(); row++) {
      for (uint32_t col = 0; col < shape.result_cols; col++) {
        const uint64_t field = get_field(&results[row * shape.row_words()], size_t{col} * shape.acc_bits, shape.acc_bits);
        unpacked.push_back(sign_extend(field, shape.acc_bits));
      }
    }
    write_file(results_file, unpacked.data(), unpacked.size() * sizeof(int64_t));
  }

  std::printf("{\"cycles\": %llu, \"beats\": %llu, \"rowsChecked\": %llu, \"seconds\": %.6f, \"segments\": [",
              static_cast<unsigned long long>(bench.cycles()), static_cast<unsigned long long>(bench.beats),
              static_cast<unsigned long long>(bench.rows_checked), seconds);
  for (size_t i = 0; i < events.size(); i++) {
    if (i) std::printf(",");
    print_events(events[i]);
  }
  std::printf("]");
  if (!good) std::printf(", \"failedSegment\": %zu, \"failure\": %s", failed, bench.failure.c_str());
  std::printf("}\n");
  return good ? 0 : 1;
}
