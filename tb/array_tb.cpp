// SPDX-License-Identifier: Apache-2.0
//
// Drives a Verilated array through its streams and compares every row of results.
//
//   array_tb VECTORS [--results FILE] [--trace FILE] [--repeat N]
//
// VECTORS: words stationary (1: weights stay and have a stream of their own), lanes of the activations, of the weights and
// of a row of results, a_bits, w_bits, acc_bits (of a lane), lanes of the scales of activations and of weights and their
// bits (0: there are none), segments; per segment: seed, idle (input idle in n of 256
// cycles), busy (output not ready in n of 256), waits (1: and never before a row is offered), probe (1: check what must not depend on what within a cycle, drive
// garbage on idle inputs), abort (0, or the cycle after which the segment is cut off by the next one's reset),
// compare (1: expected results follow), tiles; per tile: beats of activations, beats of weights, rows of results, a_type,
// w_type, a_wide, w_wide, the codes of all lanes and beats of activations, then of weights, then of the scales of both (bytes), and
// the expected lanes
// of all rows (64 bit) if compared. Every segment begins with a reset of 4 cycles.
//
// RESULTS: 64-bit lanes of the rows of results, in order, of segments that are not cut off. One JSON object is
// printed: counts, time, the events of each segment, and the first mismatch or broken rule.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "ports.h"
#include "vectors.h"

using namespace ant;

namespace {

constexpr int kResetCycles = 4;

struct Shape {
  uint32_t stationary, a_lanes, w_lanes, out_lanes, a_bits, w_bits, acc_bits, a_scales, w_scales, scale_bits;
  size_t a_words() const { return words_for(size_t{a_lanes} * a_bits); }
  size_t w_words() const { return words_for(size_t{w_lanes} * w_bits); }
  size_t a_scale_words() const { return words_for(size_t{a_scales} * scale_bits); }
  size_t w_scale_words() const { return words_for(size_t{w_scales} * scale_bits); }
  size_t row_words() const { return words_for(size_t{out_lanes} * acc_bits); }
};

struct Tile {
  uint32_t beats, weight_beats, rows, a_type, w_type, a_wide, w_wide;
  std::vector<uint32_t> a, w;      // beats of packed codes
  std::vector<uint32_t> a_scale, w_scale;  // and of scales
  std::vector<uint32_t> expected;  // rows of packed results
};

struct Segment {
  uint32_t seed, idle, busy, waits, probe, abort, compare;
  std::vector<Tile> tiles;
};

std::vector<uint32_t> pack_codes(const uint8_t* codes, uint32_t beats, uint32_t lanes, uint32_t bits, size_t words) {
  std::vector<uint32_t> packed(beats * words);
  for (uint32_t k = 0; k < beats; k++) {
    for (uint32_t lane = 0; lane < lanes; lane++) {
      set_field(&packed[k * words], size_t{lane} * bits, bits, codes[size_t{k} * lanes + lane]);
    }
  }
  return packed;
}

Segment read_segment(VectorFile& file, const Shape& shape) {
  Segment s{};
  s.seed = file.word();
  s.idle = file.word();
  s.busy = file.word();
  s.waits = file.word();
  s.probe = file.word();
  s.abort = file.word();
  s.compare = file.word();
  s.tiles.resize(file.word());
  for (Tile& tile : s.tiles) {
    tile.beats = file.word();
    tile.weight_beats = file.word();
    tile.rows = file.word();
    tile.a_type = file.word();
    tile.w_type = file.word();
    tile.a_wide = file.word();
    tile.w_wide = file.word();
    tile.a = pack_codes(file.take(size_t{tile.beats} * shape.a_lanes), tile.beats, shape.a_lanes, shape.a_bits,
                        shape.a_words());
    tile.w = pack_codes(file.take(size_t{tile.weight_beats} * shape.w_lanes), tile.weight_beats, shape.w_lanes,
                        shape.w_bits, shape.w_words());
    tile.a_scale = pack_codes(file.take(size_t{tile.beats} * shape.a_scales), tile.beats, shape.a_scales, shape.scale_bits,
                              shape.a_scale_words());
    tile.w_scale = pack_codes(file.take(size_t{tile.beats} * shape.w_scales), tile.beats, shape.w_scales, shape.scale_bits,
                              shape.w_scale_words());
    if (!s.compare) continue;
    tile.expected.resize(tile.rows * shape.row_words());
    for (uint32_t row = 0; row < tile.rows; row++) {
      for (uint32_t col = 0; col < shape.out_lanes; col++) {
        set_field(&tile.expected[row * shape.row_words()], size_t{col} * shape.acc_bits, shape.acc_bits,
                  static_cast<uint64_t>(file.wide()));
      }
    }
  }
  return s;
}

// When the streams' transfers of a tile happened: numbers of clock edges. In: activations; load: weights.
struct TileEvents {
  uint64_t first_in, last_in, first_out, last_out, first_load;
};

// Input streams: activations and weights together, or each on their own.
enum class Side { kJoint, kActivations, kWeights };

struct Stream {
  Side side;
  size_t tile = 0, beat = 0;
  bool offering = false;
};

class Bench {
 public:
  Bench(const Shape& shape, const char* trace)
      : shape_(shape), model_(make_model(trace)), row_(shape.row_words()), held_(shape.row_words()) {}

  // Runs one segment; false at the first failure, which `failure` then describes as JSON.
  bool run(const Segment& segment, std::vector<uint32_t>* results) {
    Random random(segment.seed);
    reset(segment, random);
    events.assign(segment.tiles.size(), TileEvents{});
    std::vector<Stream> streams;
    if (shape_.stationary) streams = {Stream{Side::kWeights}, Stream{Side::kActivations}};
    else streams = {Stream{Side::kJoint}};
    size_t out_tile = 0, out_row = 0;
    uint64_t segment_cycle = 0, quiet = 0;
    bool held = false;
    uint32_t held_last = 0;
    const size_t total = segment.tiles.size();
    // After the last row, as many cycles more as a stray row could need to come out.
    uint64_t epilogue = shape_.a_lanes + shape_.w_lanes + 16;
    const uint64_t patience = 64 + 16 * (shape_.a_lanes + shape_.w_lanes) * (segment.busy || segment.idle ? 256 : 1);

    while (out_tile < total || epilogue > 0) {
      if (segment.abort && segment_cycle >= segment.abort) return true;
      if (out_tile == total) epilogue--;

      // An offered beat stays until it is accepted.
      for (Stream& stream : streams) {
        if (!stream.offering && stream.tile < total) stream.offering = !random.chance(segment.idle);
        drive(segment, stream, random);
      }
      // What is offered depends on registers only: it is there since the last edge.
      const bool ready = !random.chance(segment.busy) && (!segment.waits || out_valid_o_.get());
      out_ready_i_.set(ready);
      clk_i_.set(0);
      eval();
      const uint32_t in_ready = readies();
      const bool out_valid = out_valid_o_.get();
      const uint32_t out_last = out_last_o_.get();
      if (segment.probe && !independent_of_ready(ready, in_ready, out_valid)) {
        return fail("an output depends on out_ready_i within the cycle", out_tile, out_row);
      }

      if (out_valid) {
        out_data_o_.read(row_.data());
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
        const bool last = out_row + 1 == tile.rows;
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
      for (Stream& stream : streams) {
        if (!stream.offering || !(in_ready >> static_cast<int>(stream.side) & 1)) continue;
        quiet = 0;
        stream.offering = false;
        transfer(stream, segment.tiles[stream.tile]);
      }
      if (out_tile < total && quiet > patience) return fail("nothing moves any more", out_tile, out_row);
      clk_i_.set(1);
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
    model_->eval();
    model_->dump(2 * cycle_ + clk_i_.get());
  }

  // Bit per side: the stream's ready.
  uint32_t readies() {
    uint32_t bits = 0;
    bits |= static_cast<uint32_t>(in_ready_o_.get()) << static_cast<int>(Side::kJoint);
    bits |= static_cast<uint32_t>(a_ready_o_.get()) << static_cast<int>(Side::kActivations);
    bits |= static_cast<uint32_t>(w_ready_o_.get()) << static_cast<int>(Side::kWeights);
    return bits;
  }

  // A beat of a stream was accepted.
  void transfer(Stream& stream, const Tile& sent) {
    TileEvents& tile = events[stream.tile];
    const bool weights = stream.side == Side::kWeights;
    if (stream.beat == 0) (weights ? tile.first_load : tile.first_in) = cycle_;
    beats += !weights;
    if (++stream.beat < (weights ? sent.weight_beats : sent.beats)) return;
    if (!weights) tile.last_in = cycle_;
    stream.tile++;
    stream.beat = 0;
  }

  // Probing: the array ignores what its streams offer meanwhile.
  void reset(const Segment& segment, Random& random) {
    test_en_i_.set(0);
    for (int i = 0; i < kResetCycles; i++) {
      in_valid_i_.set(segment.probe && random.next() & 1);
      a_valid_i_.set(segment.probe && random.next() & 1);
      w_valid_i_.set(segment.probe && random.next() & 1);
      if (segment.probe) {
        for (Side side : {Side::kJoint, Side::kActivations, Side::kWeights}) drive_garbage(side, random);
      }
      out_ready_i_.set(random.next() & 1);
      clk_i_.set(0);
      rst_ni_.set(0);
      eval();
      clk_i_.set(1);
      eval();
      cycle_++;
    }
    rst_ni_.set(1);
  }

  // Puts a beat on a stream, or none. Probing: whatever the array must ignore is garbage.
  void drive(const Segment& segment, const Stream& stream, Random& random) {
    const bool activations = stream.side != Side::kWeights, weights = stream.side != Side::kActivations;
    const Tile* tile = stream.offering ? &segment.tiles[stream.tile] : nullptr;
    if (stream.side == Side::kJoint) in_valid_i_.set(tile != nullptr);
    else if (activations) a_valid_i_.set(tile != nullptr);
    else w_valid_i_.set(tile != nullptr);
    if (!tile) {
      if (segment.probe) drive_garbage(stream.side, random);
      return;
    }
    if (activations) a_data_i_.write(&tile->a[stream.beat * shape_.a_words()]);
    if (weights) w_data_i_.write(&tile->w[stream.beat * shape_.w_words()]);
    if (activations && shape_.a_scales) a_scale_i_.write(&tile->a_scale[stream.beat * shape_.a_scale_words()]);
    if (weights && shape_.w_scales) w_scale_i_.write(&tile->w_scale[stream.beat * shape_.w_scale_words()]);
    set_last(stream.side, stream.beat + 1 == (activations ? tile->beats : tile->weight_beats));
    // Types and widths count in the first beat only.
    const bool first = stream.beat == 0 || !segment.probe;
    if (activations) a_type_i_.set(first ? tile->a_type : tile->a_type ^ 1);
    if (weights) w_type_i_.set(first ? tile->w_type : tile->w_type ^ 1);
    if (activations) a_wide_i_.set(first ? tile->a_wide : tile->a_wide ^ 1);
    if (weights) w_wide_i_.set(first ? tile->w_wide : tile->w_wide ^ 1);
  }

  void drive_garbage(Side side, Random& random) {
    const bool activations = side != Side::kWeights, weights = side != Side::kActivations;
    if (activations) a_data_i_.write(garbage(random, size_t{shape_.a_lanes} * shape_.a_bits).data());
    if (weights) w_data_i_.write(garbage(random, size_t{shape_.w_lanes} * shape_.w_bits).data());
    if (activations && shape_.a_scales) a_scale_i_.write(garbage(random, size_t{shape_.a_scales} * shape_.scale_bits).data());
    if (weights && shape_.w_scales) w_scale_i_.write(garbage(random, size_t{shape_.w_scales} * shape_.scale_bits).data());
    set_last(side, random.next() & 1);
  }

  void set_last(Side side, bool last) {
    if (side == Side::kJoint) in_last_i_.set(last);
    else if (side == Side::kActivations) a_last_i_.set(last);
    else w_last_i_.set(last);
  }

  static std::vector<uint32_t> garbage(Random& random, size_t bits) {
    std::vector<uint32_t> words(words_for(bits));
    for (uint32_t& word : words) word = random.next();
    mask(words, bits);
    return words;
  }

  static void mask(std::vector<uint32_t>& words, size_t bits) {
    for (size_t i = 0; i < words.size(); i++) {
      if (i * 32 >= bits) words[i] = 0;
      else if (bits - i * 32 < 32) words[i] &= (1u << (bits - i * 32)) - 1;
    }
  }

  bool independent_of_ready(bool ready, uint32_t in_ready, bool out_valid) {
    out_ready_i_.set(!ready);
    model_->eval();
    const bool same = readies() == in_ready && static_cast<bool>(out_valid_o_.get()) == out_valid;
    out_ready_i_.set(ready);
    model_->eval();
    return same;
  }

  bool fail(const char* rule, size_t tile, size_t row) {
    failure = "{\"rule\": \"" + std::string(rule) + "\", \"tile\": " + std::to_string(tile) +
              ", \"row\": " + std::to_string(row) + ", \"cycle\": " + std::to_string(cycle_) + "}";
    return false;
  }

  bool mismatch(const Tile& tile, size_t index, size_t row) {
    for (uint32_t col = 0; col < shape_.out_lanes; col++) {
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
  std::unique_ptr<Model> model_;
  Port clk_i_ = model_->port("clk_i"), rst_ni_ = model_->port("rst_ni");
  Port test_en_i_ = model_->port_if_any("test_en_i");
  Port in_valid_i_ = model_->port_if_any("in_valid_i"), in_ready_o_ = model_->port_if_any("in_ready_o");
  Port in_last_i_ = model_->port_if_any("in_last_i");
  Port a_valid_i_ = model_->port_if_any("a_valid_i"), a_ready_o_ = model_->port_if_any("a_ready_o");
  Port a_last_i_ = model_->port_if_any("a_last_i"), a_data_i_ = model_->port("a_data_i");
  Port a_type_i_ = model_->port_if_any("a_type_i"), a_wide_i_ = model_->port_if_any("a_wide_i");
  Port w_valid_i_ = model_->port_if_any("w_valid_i"), w_ready_o_ = model_->port_if_any("w_ready_o");
  Port w_last_i_ = model_->port_if_any("w_last_i"), w_data_i_ = model_->port("w_data_i");
  Port w_type_i_ = model_->port_if_any("w_type_i"), w_wide_i_ = model_->port_if_any("w_wide_i");
  Port a_scale_i_ = model_->port_if_any("a_scale_i"), w_scale_i_ = model_->port_if_any("w_scale_i");
  Port out_valid_o_ = model_->port("out_valid_o"), out_ready_i_ = model_->port("out_ready_i");
  Port out_last_o_ = model_->port("out_last_o"), out_data_o_ = model_->port("out_data_o");
  std::vector<uint32_t> row_, held_;
  uint64_t cycle_ = 0;
};

void print_events(const std::vector<TileEvents>& events) {
  std::printf("[");
  for (size_t i = 0; i < events.size(); i++) {
    const TileEvents& e = events[i];
    std::printf("%s[%llu,%llu,%llu,%llu,%llu]", i ? "," : "", static_cast<unsigned long long>(e.first_in),
                static_cast<unsigned long long>(e.last_in), static_cast<unsigned long long>(e.first_out),
                static_cast<unsigned long long>(e.last_out), static_cast<unsigned long long>(e.first_load));
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
  shape.stationary = file.word();
  shape.a_lanes = file.word();
  shape.w_lanes = file.word();
  shape.out_lanes = file.word();
  shape.a_bits = file.word();
  shape.w_bits = file.word();
  shape.acc_bits = file.word();
  shape.a_scales = file.word();
  shape.w_scales = file.word();
  shape.scale_bits = file.word();
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
      for (uint32_t col = 0; col < shape.out_lanes; col++) {
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
