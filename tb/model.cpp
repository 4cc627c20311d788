// SPDX-License-Identifier: Apache-2.0
//
// The model `Vdut` behind the interface of the benches: all of them that is compiled for each design.

#include "model.h"

#include <unistd.h>

#include <cstdlib>

#include "Vdut.h"
#include "verilated.h"
#if VM_COVERAGE
#include "verilated_cov.h"
#endif
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

// Every port that a bench asks for.
#define ANT_PORTS(PORT)                                                                                              \
  PORT(clk_i) PORT(rst_ni) PORT(test_en_i)                                                                           \
  PORT(in_valid_i) PORT(in_ready_o) PORT(in_last_i)                                                                  \
  PORT(a_valid_i) PORT(a_ready_o) PORT(a_last_i) PORT(a_data_i) PORT(a_type_i) PORT(a_wide_i)                        \
  PORT(w_valid_i) PORT(w_ready_o) PORT(w_last_i) PORT(w_data_i) PORT(w_type_i) PORT(w_wide_i)                        \
  PORT(out_valid_o) PORT(out_ready_i) PORT(out_last_o) PORT(out_data_o)                                              \
  PORT(a_code_i) PORT(w_code_i) PORT(a_operand_o) PORT(w_operand_o) PORT(a_operands_o) PORT(w_operands_o)            \
  PORT(a_o) PORT(w_o)                                                                                                \
  PORT(a_scale_i) PORT(w_scale_i) PORT(take_i) PORT(sum_i) PORT(specials_i)                                           \
  PORT(load_i) PORT(load_o) PORT(swap_i) PORT(swap_o) PORT(first_i) PORT(add_i) PORT(acc_i) PORT(acc_o) PORT(sum_o) \
  PORT(doubled_i) PORT(exact_i) PORT(type_i) PORT(code_o)                                                             \
  PORT(sum_data_i) PORT(bias_data_i) PORT(multiplier_data_i) PORT(addend_data_i) PORT(addend_multiplier_i)            \
  PORT(shift_i) PORT(relu_i) PORT(low_i) PORT(high_i)                                                                 \
  PORT(m_axi_arvalid) PORT(m_axi_arready) PORT(m_axi_araddr) PORT(m_axi_arlen)                                        \
  PORT(m_axi_rvalid) PORT(m_axi_rready) PORT(m_axi_rdata) PORT(m_axi_rresp) PORT(m_axi_rlast)                         \
  PORT(m_axi_awvalid) PORT(m_axi_awready) PORT(m_axi_awaddr) PORT(m_axi_awlen)                                        \
  PORT(m_axi_wvalid) PORT(m_axi_wready) PORT(m_axi_wdata) PORT(m_axi_wstrb) PORT(m_axi_wlast)                         \
  PORT(m_axi_bvalid) PORT(m_axi_bready) PORT(m_axi_bresp) PORT(rule_o) PORT(stop_i) PORT(clear_i)                     \
  PORT(read_start_valid_i) PORT(read_start_ready_o) PORT(read_start_address_i) PORT(read_start_bytes_i)               \
  PORT(read_start_count1_i) PORT(read_start_count2_i) PORT(read_start_step1_i) PORT(read_start_step2_i) PORT(read_start_tag_i)                                             \
  PORT(read_word_valid_o) PORT(read_word_ready_i) PORT(read_word_o) PORT(read_word_bytes_o)                           \
  PORT(read_word_run_last_o) PORT(read_word_last_o) PORT(read_word_tag_o)                                             \
  PORT(read_error_o) PORT(read_error_decode_o) PORT(read_error_address_o) PORT(read_idle_o)                           \
  PORT(write_start_valid_i) PORT(write_start_ready_o) PORT(write_start_address_i) PORT(write_start_bytes_i)           \
  PORT(write_start_count1_i) PORT(write_start_count2_i) PORT(write_start_step1_i) PORT(write_start_step2_i) PORT(write_start_tag_i)                                          \
  PORT(write_word_valid_i) PORT(write_word_ready_o) PORT(write_word_i) PORT(write_done_o)                             \
  PORT(write_error_o) PORT(write_error_decode_o) PORT(write_error_address_o) PORT(write_idle_o)  \
  PORT(irq_o) PORT(s_axil_awvalid) PORT(s_axil_awready) PORT(s_axil_awaddr) PORT(s_axil_wvalid) PORT(s_axil_wready)   \
  PORT(s_axil_wdata) PORT(s_axil_wstrb) PORT(s_axil_bvalid) PORT(s_axil_bready) PORT(s_axil_bresp)                    \
  PORT(s_axil_arvalid) PORT(s_axil_arready) PORT(s_axil_araddr) PORT(s_axil_rvalid) PORT(s_axil_rready)               \
  PORT(s_axil_rdata) PORT(s_axil_rresp)

// A port that a design may lack.
#define ANT_PORT_OF(model, name)                                                      \
  [](auto& any_model) {                                                               \
    if constexpr (requires { any_model.name; }) {                                     \
      return Port(&any_model.name, sizeof(any_model.name));                           \
    } else {                                                                          \
      return Port();                                                                  \
    }                                                                                 \
  }(model)

namespace ant {
namespace {

class VerilatedDut final : public Model {
 public:
  explicit VerilatedDut(const char* trace) {
    // Where a model is built with --x-initial unique, what is not reset begins with garbage.
    context_.randReset(2);
    context_.traceEverOn(trace != nullptr);
    // An argument for the Verilog itself: the number of a mutant.
    if (const char* argument = std::getenv("ANT_RTL_PLUS_ARGUMENT")) {
      const char* arguments[] = {"", argument};
      context_.commandArgs(2, arguments);
    }
    dut_ = std::make_unique<Vdut>(&context_);
    if (!trace) return;
#if VM_TRACE
    fst_ = std::make_unique<VerilatedFstC>();
    dut_->trace(fst_.get(), 99);
    fst_->open(trace);
#else
    die("this model was built without --trace-fst");
#endif
  }

  ~VerilatedDut() override {
#if VM_TRACE
    if (fst_) fst_->close();
#endif
    dut_->final();
#if VM_COVERAGE
    write_coverage("counts");
#endif
  }

  void eval() override {
    dut_->eval();
#if VM_COVERAGE
    // What constants do in the first evaluation is no change.
    if (!begun_) write_coverage("first");
    begun_ = true;
#endif
  }

  void dump([[maybe_unused]] uint64_t time) override {
#if VM_TRACE
    if (fst_) fst_->dump(time);
#endif
  }

 private:
  Port find(const char* name) override {
#define ANT_PORT(port_name) \
  if (std::strcmp(name, #port_name) == 0) return ANT_PORT_OF(*dut_, port_name);
    ANT_PORTS(ANT_PORT)
#undef ANT_PORT
    die("model.cpp lists no port ", name);
  }

#if VM_COVERAGE
  // Into the folder that the environment names, a file per process.
  void write_coverage(const char* what) {
    const char* folder = std::getenv("ANT_RTL_COVERAGE");
    if (!folder) return;
    const std::string file = std::string(folder) + "/" + std::to_string(getpid()) + "." + what;
    context_.coveragep()->write(file.c_str());
  }

  bool begun_ = false;
#endif
  VerilatedContext context_;
  std::unique_ptr<Vdut> dut_;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> fst_;
#endif
};

}  // namespace

std::unique_ptr<Model> make_model(const char* trace) { return std::make_unique<VerilatedDut>(trace); }

}  // namespace ant
