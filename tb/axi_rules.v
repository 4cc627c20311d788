// SPDX-License-Identifier: Apache-2.0
//
// Rules of AXI4 that a manager keeps, and those that it relies on. rule_o is the number of one that is broken in this
// cycle, 0 if none is.
//
//   1, 2, 3  ARVALID, AWVALID, WVALID and what goes with them hold until the handshake
//   4, 5     a read, a write address: INCR, whole beats, aligned to them, within 4 KiB
//   6        WLAST with the last beat of a burst, and only then
//   7        data of a burst that no write address was offered for
//   8, 9     more reads, writes under way than OUTSTANDING
//   10       a VALID in the first cycle after reset
//   11, 12   RVALID, BVALID and what goes with them hold until the handshake
//   13       RLAST with the last beat of a burst, and only then; or data that nobody asked for
//   14       a write response without a burst that is complete

`timescale 1ns / 1ps
`default_nettype none

module axi_rules #(
  parameter ADDRESS_BITS = 32,
  parameter BUS_BITS     = 32,
  parameter OUTSTANDING  = 4
) (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  input  wire                    arvalid_i,
  input  wire                    arready_i,
  input  wire [ADDRESS_BITS-1:0] araddr_i,
  input  wire              [7:0] arlen_i,
  input  wire              [2:0] arsize_i,
  input  wire              [1:0] arburst_i,
  input  wire                    rvalid_i,
  input  wire                    rready_i,
  input  wire     [BUS_BITS-1:0] rdata_i,
  input  wire              [1:0] rresp_i,
  input  wire                    rlast_i,
  input  wire                    awvalid_i,
  input  wire                    awready_i,
  input  wire [ADDRESS_BITS-1:0] awaddr_i,
  input  wire              [7:0] awlen_i,
  input  wire              [2:0] awsize_i,
  input  wire              [1:0] awburst_i,
  input  wire                    wvalid_i,
  input  wire                    wready_i,
  input  wire     [BUS_BITS-1:0] wdata_i,
  input  wire   [BUS_BITS/8-1:0] wstrb_i,
  input  wire                    wlast_i,
  input  wire                    bvalid_i,
  input  wire                    bready_i,
  input  wire              [1:0] bresp_i,
  output reg               [3:0] rule_o
);

  localparam LANES = $clog2(BUS_BITS/8);
  localparam PLACES = $clog2(OUTSTANDING + 2);
  localparam DEPTH = 1 << PLACES;

  // What was offered in the cycle before and not taken.
  reg waits_q;
  reg ar_waits_q;
  reg aw_waits_q;
  reg w_waits_q;
  reg r_waits_q;
  reg b_waits_q;
  reg [ADDRESS_BITS+12:0] ar_q;
  reg [ADDRESS_BITS+12:0] aw_q;
  reg [BUS_BITS+BUS_BITS/8:0] w_q;
  reg [BUS_BITS+2:0] r_q;
  reg [1:0] b_q;

  wire [ADDRESS_BITS+12:0] ar = {araddr_i, arlen_i, arsize_i, arburst_i};
  wire [ADDRESS_BITS+12:0] aw = {awaddr_i, awlen_i, awsize_i, awburst_i};
  wire [BUS_BITS+BUS_BITS/8:0] w = {wdata_i, wstrb_i, wlast_i};
  wire [BUS_BITS+2:0] r = {rdata_i, rresp_i, rlast_i};

  // Bursts that were offered, accepted, complete and answered, as numbers that wrap; lengths of those in between.
  reg [PLACES-1:0] ar_offered_q;
  reg [PLACES-1:0] r_done_q;
  reg [PLACES-1:0] ar_taken_q;
  reg [PLACES-1:0] aw_offered_q;
  reg [PLACES-1:0] aw_taken_q;
  reg [PLACES-1:0] w_done_q;
  reg [PLACES-1:0] b_done_q;
  reg [7:0] r_beats_q;
  reg [7:0] w_beats_q;
  reg [7:0] ar_lengths_q [0:DEPTH-1];
  reg [7:0] aw_lengths_q [0:DEPTH-1];

  wire ar_new = arvalid_i & ~ar_waits_q;
  wire aw_new = awvalid_i & ~aw_waits_q;
  wire [PLACES-1:0] ar_offered = ar_offered_q + {{PLACES-1{1'b0}}, ar_new};
  wire [PLACES-1:0] aw_offered = aw_offered_q + {{PLACES-1{1'b0}}, aw_new};
  wire [PLACES-1:0] reads = ar_offered - r_done_q;
  wire [PLACES-1:0] writes = aw_offered - b_done_q;
  wire [7:0] w_length = aw_new && w_done_q == aw_offered_q ? awlen_i : aw_lengths_q[w_done_q];
  wire r_ends = r_beats_q == ar_lengths_q[r_done_q];
  wire w_ends = w_beats_q == w_length;
  localparam [PLACES-1:0] MOST = OUTSTANDING;

  function outside;
    input [11:0] address;
    input [7:0] length;
    input [2:0] size;
    input [1:0] kind;
    reg [13+LANES:0] last;
    begin
      last = {{2+LANES{1'b0}}, address} + {6'd0, length, {LANES{1'b0}}};
      outside = kind != 2'b01 || {29'd0, size} != LANES || address[LANES-1:0] != {LANES{1'b0}} ||
                last > {{2+LANES{1'b0}}, 12'hFFF};
    end
  endfunction

  always @* begin
    rule_o = 4'd0;
    if (rst_ni) begin
      if (~waits_q & (arvalid_i | awvalid_i | wvalid_i)) rule_o = 4'd10;
      if (bvalid_i && (b_done_q == w_done_q || b_done_q == aw_taken_q)) rule_o = 4'd14;
      if (rvalid_i && (r_done_q == ar_taken_q || rlast_i != r_ends)) rule_o = 4'd13;
      if (b_waits_q && (~bvalid_i || bresp_i != b_q)) rule_o = 4'd12;
      if (r_waits_q && (~rvalid_i || r != r_q)) rule_o = 4'd11;
      if (writes > MOST) rule_o = 4'd9;
      if (reads > MOST) rule_o = 4'd8;
      if (wvalid_i && wlast_i != w_ends) rule_o = 4'd6;
      if (wvalid_i && w_done_q == aw_offered) rule_o = 4'd7;
      if (awvalid_i && outside(awaddr_i[11:0], awlen_i, awsize_i, awburst_i)) rule_o = 4'd5;
      if (arvalid_i && outside(araddr_i[11:0], arlen_i, arsize_i, arburst_i)) rule_o = 4'd4;
      if (w_waits_q && (~wvalid_i || w != w_q)) rule_o = 4'd3;
      if (aw_waits_q && (~awvalid_i || aw != aw_q)) rule_o = 4'd2;
      if (ar_waits_q && (~arvalid_i || ar != ar_q)) rule_o = 4'd1;
    end
  end

  always @(posedge clk_i) begin
    waits_q <= rst_ni;
    ar_waits_q <= rst_ni & arvalid_i & ~arready_i;
    aw_waits_q <= rst_ni & awvalid_i & ~awready_i;
    w_waits_q <= rst_ni & wvalid_i & ~wready_i;
    r_waits_q <= rst_ni & rvalid_i & ~rready_i;
    b_waits_q <= rst_ni & bvalid_i & ~bready_i;
    ar_q <= ar;
    aw_q <= aw;
    w_q <= w;
    r_q <= r;
    b_q <= bresp_i;
    if (ar_new) ar_lengths_q[ar_offered_q] <= arlen_i;
    if (aw_new) aw_lengths_q[aw_offered_q] <= awlen_i;
    if (!rst_ni) begin
      ar_offered_q <= {PLACES{1'b0}};
      ar_taken_q <= {PLACES{1'b0}};
      r_done_q <= {PLACES{1'b0}};
      aw_offered_q <= {PLACES{1'b0}};
      aw_taken_q <= {PLACES{1'b0}};
      w_done_q <= {PLACES{1'b0}};
      b_done_q <= {PLACES{1'b0}};
      r_beats_q <= 8'd0;
      w_beats_q <= 8'd0;
    end else begin
      ar_offered_q <= ar_offered;
      aw_offered_q <= aw_offered;
      if (arvalid_i & arready_i) ar_taken_q <= ar_taken_q + {{PLACES-1{1'b0}}, 1'b1};
      if (awvalid_i & awready_i) aw_taken_q <= aw_taken_q + {{PLACES-1{1'b0}}, 1'b1};
      if (rvalid_i & rready_i) begin
        r_beats_q <= rlast_i ? 8'd0 : r_beats_q + 8'd1;
        if (rlast_i) r_done_q <= r_done_q + {{PLACES-1{1'b0}}, 1'b1};
      end
      if (wvalid_i & wready_i) begin
        w_beats_q <= wlast_i ? 8'd0 : w_beats_q + 8'd1;
        if (wlast_i) w_done_q <= w_done_q + {{PLACES-1{1'b0}}, 1'b1};
      end
      if (bvalid_i & bready_i) b_done_q <= b_done_q + {{PLACES-1{1'b0}}, 1'b1};
    end
  end

endmodule

`default_nettype wire
