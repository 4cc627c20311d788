// SPDX-License-Identifier: Apache-2.0
//
// Runs a job on an engine in four-state simulation, from reset to interrupt: all memories and registers begin as x, inputs are x
// wherever they do not count, and so is memory outside of what the job reads. In no cycle after reset may an output be x that counts:
// valid, ready and interrupt always, what goes with a valid while that is 1, a byte of data while its strobe is 1.
//
//   iverilog -g2005 -DENGINE=NAME -Pfour_state_tb.BUS_BITS=64 ...
//
// Files: memory.hex, a byte a line; registers.hex, offset and value of each register to write, the last of which starts the job;
// offsets.hex, the registers to read at the end. Written: after.hex, memory as it is then. Printed: `registers` with the values read, and
// `done` with the number of cycles in which the outputs were checked; or what is wrong.

`timescale 1ns / 1ps
`default_nettype none

module four_state_tb;

  parameter BUS_BITS     = 128;
  parameter ADDRESS_BITS = 40;
  parameter BYTES        = 131072;  // of memory; a power of two
  parameter WRITES       = 13;
  parameter READS        = 21;
  parameter SEED         = 1;
  parameter MOST_CYCLES  = 20000;

  localparam LANES = BUS_BITS / 8;
  localparam DEPTH = 64;

  reg clk_i = 1'b0;
  reg rst_ni = 1'b0;
  always #5 clk_i = ~clk_i;

  reg s_axil_awvalid = 1'b0;
  wire s_axil_awready;
  reg [7:0] s_axil_awaddr;
  reg s_axil_wvalid = 1'b0;
  wire s_axil_wready;
  reg [31:0] s_axil_wdata;
  reg [3:0] s_axil_wstrb;
  wire s_axil_bvalid;
  reg s_axil_bready = 1'b0;
  wire [1:0] s_axil_bresp;
  reg s_axil_arvalid = 1'b0;
  wire s_axil_arready;
  reg [7:0] s_axil_araddr;
  wire s_axil_rvalid;
  reg s_axil_rready = 1'b0;
  wire [31:0] s_axil_rdata;
  wire [1:0] s_axil_rresp;
  wire irq_o;
  wire m_axi_arvalid;
  reg m_axi_arready = 1'b0;
  wire [ADDRESS_BITS-1:0] m_axi_araddr;
  wire [7:0] m_axi_arlen;
  wire [2:0] m_axi_arsize;
  wire [1:0] m_axi_arburst;
  reg m_axi_rvalid = 1'b0;
  wire m_axi_rready;
  reg [BUS_BITS-1:0] m_axi_rdata;
  reg [1:0] m_axi_rresp;
  reg m_axi_rlast;
  wire m_axi_awvalid;
  reg m_axi_awready = 1'b0;
  wire [ADDRESS_BITS-1:0] m_axi_awaddr;
  wire [7:0] m_axi_awlen;
  wire [2:0] m_axi_awsize;
  wire [1:0] m_axi_awburst;
  wire m_axi_wvalid;
  reg m_axi_wready = 1'b0;
  wire [BUS_BITS-1:0] m_axi_wdata;
  wire [LANES-1:0] m_axi_wstrb;
  wire m_axi_wlast;
  reg m_axi_bvalid = 1'b0;
  wire m_axi_bready;
  reg [1:0] m_axi_bresp;

  `ENGINE u_engine (
    .clk_i(clk_i), .rst_ni(rst_ni), .irq_o(irq_o),
    .s_axil_awvalid(s_axil_awvalid), .s_axil_awready(s_axil_awready), .s_axil_awaddr(s_axil_awaddr), .s_axil_awprot(3'bx),
    .s_axil_wvalid(s_axil_wvalid), .s_axil_wready(s_axil_wready), .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb),
    .s_axil_bvalid(s_axil_bvalid), .s_axil_bready(s_axil_bready), .s_axil_bresp(s_axil_bresp),
    .s_axil_arvalid(s_axil_arvalid), .s_axil_arready(s_axil_arready), .s_axil_araddr(s_axil_araddr), .s_axil_arprot(3'bx),
    .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready), .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp),
    .m_axi_arvalid(m_axi_arvalid), .m_axi_arready(m_axi_arready), .m_axi_araddr(m_axi_araddr), .m_axi_arlen(m_axi_arlen),
    .m_axi_arsize(m_axi_arsize), .m_axi_arburst(m_axi_arburst), .m_axi_rvalid(m_axi_rvalid), .m_axi_rready(m_axi_rready),
    .m_axi_rdata(m_axi_rdata), .m_axi_rresp(m_axi_rresp), .m_axi_rlast(m_axi_rlast), .m_axi_awvalid(m_axi_awvalid),
    .m_axi_awready(m_axi_awready), .m_axi_awaddr(m_axi_awaddr), .m_axi_awlen(m_axi_awlen), .m_axi_awsize(m_axi_awsize),
    .m_axi_awburst(m_axi_awburst), .m_axi_wvalid(m_axi_wvalid), .m_axi_wready(m_axi_wready), .m_axi_wdata(m_axi_wdata),
    .m_axi_wstrb(m_axi_wstrb), .m_axi_wlast(m_axi_wlast), .m_axi_bvalid(m_axi_bvalid), .m_axi_bready(m_axi_bready),
    .m_axi_bresp(m_axi_bresp)
  );

  reg [7:0] memory [0:BYTES-1];
  reg [39:0] registers [0:WRITES-1];
  reg [7:0] offsets [0:READS-1];
  integer seed = SEED;

  function coin(input integer unused);
    coin = $random(seed) & 1;
  endfunction

  // Outputs.

  integer checked = 0;

  `define CHECK(WHEN, PORT) if ((WHEN) && ^PORT === 1'bx) begin \
    $display("x at PORT, cycle %0d after reset: %b", checked, PORT); \
    $finish; \
  end

  integer byte_lane;

  always @(posedge clk_i) if (rst_ni) begin
    `CHECK(1, irq_o)
    `CHECK(1, s_axil_awready)
    `CHECK(1, s_axil_wready)
    `CHECK(1, s_axil_bvalid)
    `CHECK(s_axil_bvalid, s_axil_bresp)
    `CHECK(1, s_axil_arready)
    `CHECK(1, s_axil_rvalid)
    `CHECK(s_axil_rvalid, s_axil_rdata)
    `CHECK(s_axil_rvalid, s_axil_rresp)
    `CHECK(1, m_axi_arvalid)
    `CHECK(m_axi_arvalid, m_axi_araddr)
    `CHECK(m_axi_arvalid, m_axi_arlen)
    `CHECK(m_axi_arvalid, m_axi_arsize)
    `CHECK(m_axi_arvalid, m_axi_arburst)
    `CHECK(1, m_axi_rready)
    `CHECK(1, m_axi_awvalid)
    `CHECK(m_axi_awvalid, m_axi_awaddr)
    `CHECK(m_axi_awvalid, m_axi_awlen)
    `CHECK(m_axi_awvalid, m_axi_awsize)
    `CHECK(m_axi_awvalid, m_axi_awburst)
    `CHECK(1, m_axi_wvalid)
    `CHECK(m_axi_wvalid, m_axi_wstrb)
    `CHECK(m_axi_wvalid, m_axi_wlast)
    for (byte_lane = 0; byte_lane < LANES; byte_lane = byte_lane + 1)
      `CHECK(m_axi_wvalid && m_axi_wstrb[byte_lane], m_axi_wdata[8*byte_lane +: 8])
    `CHECK(1, m_axi_bready)
    checked = checked + 1;
    if (checked > MOST_CYCLES) begin
      $display("the job does not end");
      $finish;
    end
  end

  // Reads of memory, one burst behind the other.

  reg [ADDRESS_BITS-1:0] ar_address [0:DEPTH-1];
  integer ar_left [0:DEPTH-1];
  integer ar_put = 0;
  integer ar_take = 0;
  integer lane;

  always @(posedge clk_i) begin
    m_axi_arready <= #1 coin(0);
    if (m_axi_arvalid && m_axi_arready) begin
      ar_address[ar_put % DEPTH] = m_axi_araddr;
      ar_left[ar_put % DEPTH] = m_axi_arlen + 1;
      ar_put = ar_put + 1;
    end
    if (!m_axi_rvalid || m_axi_rready) begin
      if (ar_take != ar_put && coin(0)) begin
        m_axi_rvalid <= #1 1'b1;
        for (lane = 0; lane < LANES; lane = lane + 1)
          m_axi_rdata[8*lane +: 8] <= #1 memory[(ar_address[ar_take % DEPTH] + lane) % BYTES];
        m_axi_rresp <= #1 2'd0;
        m_axi_rlast <= #1 ar_left[ar_take % DEPTH] == 1;
        ar_address[ar_take % DEPTH] = ar_address[ar_take % DEPTH] + LANES;
        ar_left[ar_take % DEPTH] = ar_left[ar_take % DEPTH] - 1;
        if (ar_left[ar_take % DEPTH] == 0) ar_take = ar_take + 1;
      end else begin
        m_axi_rvalid <= #1 1'b0;
        m_axi_rdata <= #1 {BUS_BITS{1'bx}};
        m_axi_rresp <= #1 2'bx;
        m_axi_rlast <= #1 1'bx;
      end
    end
  end

  // Writes: addresses and data come in any order.

  reg [ADDRESS_BITS-1:0] aw_address [0:DEPTH-1];
  integer aw_put = 0;
  integer aw_take = 0;
  reg [BUS_BITS-1:0] w_data [0:DEPTH-1];
  reg [LANES-1:0] w_strobe [0:DEPTH-1];
  reg [DEPTH-1:0] w_last;
  integer w_put = 0;
  integer w_take = 0;
  integer b_put = 0;
  integer b_take = 0;
  integer each;

  always @(posedge clk_i) begin
    m_axi_awready <= #1 coin(0);
    m_axi_wready <= #1 coin(0) && w_put - w_take < DEPTH - 1;
    if (m_axi_awvalid && m_axi_awready) begin
      aw_address[aw_put % DEPTH] = m_axi_awaddr;
      aw_put = aw_put + 1;
    end
    if (m_axi_wvalid && m_axi_wready) begin
      w_data[w_put % DEPTH] = m_axi_wdata;
      w_strobe[w_put % DEPTH] = m_axi_wstrb;
      w_last[w_put % DEPTH] = m_axi_wlast;
      w_put = w_put + 1;
    end
    if (aw_take != aw_put && w_take != w_put) begin
      for (each = 0; each < LANES; each = each + 1)
        if (w_strobe[w_take % DEPTH][each])
          memory[(aw_address[aw_take % DEPTH] + each) % BYTES] = w_data[w_take % DEPTH][8*each +: 8];
      aw_address[aw_take % DEPTH] = aw_address[aw_take % DEPTH] + LANES;
      if (w_last[w_take % DEPTH]) begin
        aw_take = aw_take + 1;
        b_put = b_put + 1;
      end
      w_take = w_take + 1;
    end
    if (!m_axi_bvalid || m_axi_bready) begin
      if (b_take != b_put && coin(0)) begin
        m_axi_bvalid <= #1 1'b1;
        m_axi_bresp <= #1 2'd0;
        b_take = b_take + 1;
      end else begin
        m_axi_bvalid <= #1 1'b0;
        m_axi_bresp <= #1 2'bx;
      end
    end
  end

  // Registers.

  task write_register(input [7:0] offset, input [31:0] value);
    begin
      s_axil_awvalid <= #1 1'b1;
      s_axil_awaddr <= #1 offset;
      s_axil_wvalid <= #1 1'b1;
      s_axil_wdata <= #1 value;
      s_axil_wstrb <= #1 4'd15;
      @(posedge clk_i);
      while (s_axil_awvalid || s_axil_wvalid) begin
        @(posedge clk_i);
        if (s_axil_awready) begin
          s_axil_awvalid <= #1 1'b0;
          s_axil_awaddr <= #1 8'bx;
        end
        if (s_axil_wready) begin
          s_axil_wvalid <= #1 1'b0;
          s_axil_wdata <= #1 32'bx;
          s_axil_wstrb <= #1 4'bx;
        end
        #2;
      end
      s_axil_bready <= #1 1'b1;
      @(posedge clk_i) while (!s_axil_bvalid || !s_axil_bready) @(posedge clk_i);
      s_axil_bready <= #1 1'b0;
    end
  endtask

  reg [31:0] value;

  task read_register(input [7:0] offset);
    begin
      s_axil_arvalid <= #1 1'b1;
      s_axil_araddr <= #1 offset;
      @(posedge clk_i) while (!s_axil_arready || !s_axil_arvalid) @(posedge clk_i);
      s_axil_arvalid <= #1 1'b0;
      s_axil_araddr <= #1 8'bx;
      s_axil_rready <= #1 1'b1;
      @(posedge clk_i) while (!s_axil_rvalid || !s_axil_rready) @(posedge clk_i);
      value = s_axil_rdata;
      s_axil_rready <= #1 1'b0;
    end
  endtask

  integer i;

  initial begin
    $readmemh("memory.hex", memory);
    $readmemh("registers.hex", registers);
    $readmemh("offsets.hex", offsets);
    repeat (4) @(posedge clk_i);
    rst_ni <= #1 1'b1;
    @(posedge clk_i);
    for (i = 0; i < WRITES; i = i + 1) write_register(registers[i][39:32], registers[i][31:0]);
    while (!irq_o) @(posedge clk_i);
    $write("registers");
    for (i = 0; i < READS; i = i + 1) begin
      read_register(offsets[i]);
      $write(" %0d", value);
    end
    $write("\n");
    repeat (20) @(posedge clk_i);
    $writememh("after.hex", memory);
    $display("done %0d", checked);
    $finish;
  end

endmodule

`default_nettype wire
