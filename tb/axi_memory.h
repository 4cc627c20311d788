// SPDX-License-Identifier: Apache-2.0
//
// A memory behind AXI4: it takes and answers as late as it is told, and looks after nothing but its own side.

#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "model.h"
#include "ports.h"
#include "vectors.h"

namespace ant {

// When write addresses are taken.
enum class WriteOrder : uint32_t { any = 0, address_first = 1, data_first = 2 };

// Chances of 256 that a channel waits in a cycle; cycles that every answer takes, and the most of those on top; the most that a grant
// takes.
struct Stalls {
  uint32_t ar = 0, r = 0, aw = 0, w = 0, b = 0, least = 0, latency = 1, grant = 0;
  WriteOrder order = WriteOrder::any;
};

// Bytes of which a read or write is answered by an error: 2 is SLVERR, 3 DECERR.
struct Fault {
  uint64_t first, bytes;
  uint32_t response;
  bool writes;
};

// Bytes of which it is told when they were written last.
struct Watched {
  uint64_t first, bytes, written;
};

class AxiMemory {
 public:
  AxiMemory(Model& model, unsigned bus_bits, uint64_t base, std::span<uint8_t> bytes)
      : lanes_(bus_bits / 8), base_(base), bytes_(bytes), beat_(words_for(bus_bits)) {
    const auto port = [&](const char* name) { return model.port((std::string("m_axi_") + name).c_str()); };
    arvalid_ = port("arvalid"), arready_ = port("arready"), araddr_ = port("araddr"), arlen_ = port("arlen");
    rvalid_ = port("rvalid"), rready_ = port("rready"), rdata_ = port("rdata"), rresp_ = port("rresp");
    rlast_ = port("rlast"), awvalid_ = port("awvalid"), awready_ = port("awready"), awaddr_ = port("awaddr");
    awlen_ = port("awlen"), wvalid_ = port("wvalid"), wready_ = port("wready"), wdata_ = port("wdata");
    wstrb_ = port("wstrb"), wlast_ = port("wlast"), bvalid_ = port("bvalid"), bready_ = port("bready");
    bresp_ = port("bresp");
    outputs_ = {arvalid_, araddr_, arlen_, rready_, awvalid_, awaddr_, awlen_, wvalid_, wdata_, wstrb_, wlast_, bready_};
  }

  void set(const Stalls& stalls, const std::vector<Fault>& faults) { stalls_ = stalls, faults_ = faults; }

  // Each with the cycle in which the last burst that begins in it was complete; 0 at first.
  std::vector<Watched> watched;

  // Forgets all that is under way, as with a reset.
  void reset() {
    reads_.clear();
    writes_.clear();
    beats_.clear();
    answers_.clear();
    r_offered_ = b_offered_ = w_waits_ = false;
    complete_ = 0;
    ar_grant_ = aw_grant_ = 0;
  }

  // Anything on the inputs of the design: nothing of it may reach an output in the same cycle.
  void noise(Random& random) {
    for (Port* port : {&arready_, &rvalid_, &rlast_, &awready_, &wready_, &bvalid_}) port->set(random.next() >> 8 & 1);
    rresp_.set(random.next() >> 8 & 3);
    bresp_.set(random.next() >> 8 & 3);
    for (uint32_t& word : beat_) word = random.next();
    rdata_.write(beat_.data());
  }

  // What the design drives.
  std::vector<uint32_t> outputs() const {
    std::vector<uint32_t> all;
    std::vector<uint32_t> words(2 + 512 / 32);
    for (const Port& port : outputs_) {
      std::fill(words.begin(), words.end(), 0);
      port.read(words.data());
      all.insert(all.end(), words.begin(), words.end());
    }
    return all;
  }

  // Before the edge: what the memory offers and takes in this cycle.
  void drive(uint64_t cycle, Random& random) {
    arready_.set(granted(arvalid_.get(), ar_grant_, random) && !random.chance(stalls_.ar));
    const bool data_there = stalls_.order != WriteOrder::data_first || complete_ > 0;
    awready_.set(granted(awvalid_.get(), aw_grant_, random) && data_there && !random.chance(stalls_.aw));
    const bool address_there = stalls_.order != WriteOrder::address_first || complete_ < 0;
    wready_.set(address_there && !random.chance(stalls_.w));
    if (!r_offered_) {
      r_offered_ = !reads_.empty() && cycle >= reads_.front().at && !random.chance(stalls_.r);
      if (r_offered_) offer(reads_.front());
    }
    if (!b_offered_) b_offered_ = !answers_.empty() && cycle >= answers_.front().at && !random.chance(stalls_.b);
    rvalid_.set(r_offered_);
    bvalid_.set(b_offered_);
    if (r_offered_) {
      beat_ = r_data_;
      rresp_.set(r_response_);
      rlast_.set(reads_.front().beats == 1);
    } else {
      for (uint32_t& word : beat_) word = random.next();
      rresp_.set(random.next() >> 8 & 3);
      rlast_.set(random.next() >> 8 & 1);
    }
    rdata_.write(beat_.data());
    bresp_.set(b_offered_ ? answers_.front().response : random.next() >> 8 & 3);
  }

  // Before the edge, with all outputs settled: what is handed over. Names what the design does wrong, or nothing.
  const char* take(uint64_t cycle, Random& random) {
    if (wvalid_.get() && !w_waits_) w_since_ = cycle;
    w_waits_ = wvalid_.get() && !wready_.get();
    strobed_ = false;
    const auto latency = [&] { return cycle + 1 + stalls_.least + random.next() % stalls_.latency; };
    const char* wrong = nullptr;
    if (rvalid_.get() && rready_.get()) {
      r_offered_ = false;
      read_bytes_ += lanes_;
      Burst& burst = reads_.front();
      burst.address += lanes_;
      if (--burst.beats == 0) reads_.pop_front();
    }
    if (bvalid_.get() && bready_.get()) b_offered_ = false, answers_.pop_front();
    if (arvalid_.get() && arready_.get()) wrong = ask(reads_, araddr_.get(), arlen_.get(), latency());
    if (awvalid_.get() && awready_.get()) {
      wrong = ask(writes_, awaddr_.get(), awlen_.get(), 0);
      complete_--;
    }
    if (wvalid_.get() && wready_.get()) {
      Beat beat{std::vector<uint32_t>(words_for(lanes_ * 8)), 0};
      wdata_.read(beat.data.data());
      beat.strobes = wstrb_.get();
      strobed_ = beat.strobes != 0;
      beats_.push_back(beat);
      if (wlast_.get()) complete_++;
    }
    while (!writes_.empty() && beats_.size() >= writes_.front().beats) write(cycle, latency());
    return wrong;
  }

  bool idle() const { return reads_.empty() && writes_.empty() && beats_.empty() && answers_.empty(); }
  // The cycle in which a beat that writes a byte was offered, if one was taken last; else 0.
  uint64_t strobed_since() const { return strobed_ ? w_since_ : 0; }
  uint64_t read_bytes() const { return read_bytes_; }

 private:
  struct Burst {
    uint64_t address;
    uint32_t beats;
    uint64_t at;
  };
  struct Beat {
    std::vector<uint32_t> data;
    uint64_t strobes;
  };
  struct Answer {
    uint32_t response;
    uint64_t at;
  };

  bool granted(bool asked, uint32_t& left, Random& random) {
    if (!asked) {
      left = stalls_.grant == 0 ? 0 : random.next() % (stalls_.grant + 1);
      return left == 0;
    }
    if (left > 0) left--;
    return left == 0;
  }

  const char* ask(std::deque<Burst>& queue, uint64_t address, uint64_t length, uint64_t at) {
    const uint32_t beats = static_cast<uint32_t>(length) + 1;
    if (address < base_ || address - base_ + uint64_t{beats} * lanes_ > bytes_.size()) return "an address outside of memory";
    if (!queue.empty() && at < queue.back().at) at = queue.back().at;
    queue.push_back({address, beats, at});
    return nullptr;
  }

  // A beat stays as it is while it waits.
  void offer(const Burst& burst) {
    r_data_.assign(beat_.size(), 0);
    std::memcpy(r_data_.data(), &bytes_[burst.address - base_], lanes_);
    r_response_ = fault(burst.address, lanes_, false);
    // What comes with an error is not what is in memory.
    if (r_response_ != 0)
      for (uint32_t& word : r_data_) word = ~word;
  }

  // Differences, not sums: the last byte may be the last of all addresses.
  uint32_t fault(uint64_t address, uint64_t bytes, bool writes) const {
    for (const Fault& each : faults_)
      if (each.writes == writes && (address - each.first < each.bytes || each.first - address < bytes)) return each.response;
    return 0;
  }

  void write(uint64_t cycle, uint64_t at) {
    const Burst burst = writes_.front();
    writes_.pop_front();
    for (Watched& each : watched)
      if (burst.address - each.first < each.bytes) each.written = cycle;
    const uint32_t response = fault(burst.address, uint64_t{burst.beats} * lanes_, true);
    for (uint32_t i = 0; i < burst.beats; i++) {
      const Beat& beat = beats_.front();
      const uint8_t* data = reinterpret_cast<const uint8_t*>(beat.data.data());
      for (unsigned lane = 0; lane < lanes_; lane++)
        if (response == 0 && beat.strobes >> lane & 1) bytes_[burst.address - base_ + i * lanes_ + lane] = data[lane];
      beats_.pop_front();
    }
    if (!answers_.empty() && at < answers_.back().at) at = answers_.back().at;
    answers_.push_back({response, at});
  }

  unsigned lanes_;
  uint64_t base_;
  std::span<uint8_t> bytes_;
  std::vector<uint32_t> beat_, r_data_;
  uint32_t r_response_ = 0;
  Stalls stalls_;
  std::vector<Fault> faults_;
  std::deque<Burst> reads_, writes_;
  std::deque<Beat> beats_;
  std::deque<Answer> answers_;
  bool r_offered_ = false, b_offered_ = false, strobed_ = false, w_waits_ = false;
  uint64_t w_since_ = 0;
  int64_t complete_ = 0;  // bursts whose data are taken, less those whose addresses are
  uint32_t ar_grant_ = 0, aw_grant_ = 0;
  uint64_t read_bytes_ = 0;
  Port arvalid_, arready_, araddr_, arlen_, rvalid_, rready_, rdata_, rresp_, rlast_;
  Port awvalid_, awready_, awaddr_, awlen_, wvalid_, wready_, wdata_, wstrb_, wlast_, bvalid_, bready_, bresp_;
  std::vector<Port> outputs_;
};

}  // namespace ant
