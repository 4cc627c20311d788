// The first version of the default array, kept as it was: output stationary, sums that shift down and out in place, ROWS
// idle cycles between two tiles, and in the PE one adder across the whole sum. Nothing generates it: it is what the variants
// of `npm run variants` are measured against.
//
// Activations of int4, flint4, pot4, uint4, uflint4; weights of int4, flint4, pot4. The study writes each module to a file of
// its own, with the size of the array and the width of the sums in place of those here, which all modules have in common.
//
// SPDX-License-Identifier: Apache-2.0

`timescale 1ns / 1ps
`default_nettype none

// Clock gate: a latch and an AND, to be replaced by the technology's clock-gating cell.
module ant_clock_gate (
  input  wire clk_i,      // clock
  input  wire en_i,       // 1: the next high phase passes
  input  wire test_en_i,  // 1: all high phases pass
  output wire clk_o       // gated clock
);

  reg enable_q;

  always @(clk_i, en_i, test_en_i) begin
    if (!clk_i) enable_q <= en_i | test_en_i;
  end

  assign clk_o = clk_i & enable_q;

endmodule

// Delay line: DEPTH registers of WIDTH bits, for skew and de-skew.
module os_first_delay #(
  parameter WIDTH = 1,  // bits of data
  parameter DEPTH = 1   // registers in a row, at least 1
) (
  input  wire             clk_i,  // clock
  input  wire [WIDTH-1:0] d_i,    // data
  output wire [WIDTH-1:0] q_o     // data, DEPTH cycles later
);

  genvar s;
  generate
    for (s = 0; s < DEPTH; s = s + 1) begin : g_stage
      wire [WIDTH-1:0] data_d;
      reg  [WIDTH-1:0] data_q;

      if (s == 0) begin : g_first
        assign data_d = d_i;
      end else begin : g_next
        assign data_d = g_stage[s-1].data_q;
      end

      always @(posedge clk_i) data_q <= data_d;
    end
  endgenerate

  assign q_o = g_stage[DEPTH-1].data_q;

endmodule

// Decoder of int4: code to {sign, exponent, sig}.
module os_first_decode_int4 (
  input  wire [3:0] code_i,  // int4 code
  output wire       sign_o,  // 1: negative
  output wire       exp_o,   // exponent
  output wire [2:0] sig_o    // significand
);

  // Two's complement to sign and magnitude.
  wire sign = code_i[3];
  wire [2:0] low = code_i[2:0];
  wire [2:0] magnitude = (low ^ {3{sign}}) + {2'd0, sign};

  // -8 alone does not fit the magnitude's bits: it is written as a power of two with an exponent.
  wire minimum = sign & (low == 3'd0);

  assign sign_o = sign;
  assign exp_o  = minimum ? 1'd1 : 1'd0;
  assign sig_o = minimum ? 3'd2 : magnitude;

endmodule

// Decoder of flint4: code to {sign, exponent, sig}.
module os_first_decode_flint4 (
  input  wire [3:0] code_i,  // flint4 code
  output wire       sign_o,  // 1: negative
  output wire [1:0] exp_o,   // exponent
  output wire [2:0] sig_o    // significand
);

  assign sign_o = code_i[3];

  // The top bit of the magnitude tells an integer (0) from a first-one coded value (1).
  wire top = code_i[2];
  wire [1:0] low = code_i[1:0];

  // Leading-zero detector of the bits below.
  reg [1:0] zeros;
  always @* begin
    casez (low)
      2'b1?: zeros = 2'd0;
      2'b01: zeros = 2'd1;
      default: zeros = 2'd2;
    endcase
  end

  // Integer: low. First-one coded: 2 * low * 4^zeros, or 4^zeros where low is 0.
  wire [2:0] coded = (low == 2'd0) ? 3'd1 : {low, 1'd0};
  wire [2:0] significand = top ? coded : {1'd0, low};
  wire [1:0] exponent = top ? zeros : 2'd0;

  assign exp_o  = exponent;
  assign sig_o = significand;

endmodule

// Decoder of pot4: code to {sign, exponent, sig}.
module os_first_decode_pot4 (
  input  wire [3:0] code_i,  // pot4 code
  output wire       sign_o,  // 1: negative
  output wire [1:0] exp_o,   // exponent
  output wire [1:0] sig_o    // significand
);

  assign sign_o = code_i[3];

  // Magnitude code 0 is zero, m is 2^(m-1).
  wire [2:0] magnitude = code_i[2:0];
  wire significand = (magnitude != 3'd0);
  // For zero the exponent is all ones and of no effect.
  wire [2:0] exponent = magnitude - 3'd1;

  assign exp_o  = exponent[2:1];
  assign sig_o = {1'd0, significand} << exponent[0];

endmodule

// Decoder of uint4: code to sig.
module os_first_decode_uint4 (
  input  wire [3:0] code_i,  // uint4 code
  output wire [3:0] sig_o    // significand
);

  // An unsigned integer is its own significand.
  assign sig_o = code_i;

endmodule

// Decoder of uflint4: code to {exponent, sig}.
module os_first_decode_uflint4 (
  input  wire [3:0] code_i,  // uflint4 code
  output wire [1:0] exp_o,   // exponent
  output wire [3:0] sig_o    // significand
);

  // The top bit of the magnitude tells an integer (0) from a first-one coded value (1).
  wire top = code_i[3];
  wire [2:0] low = code_i[2:0];

  // Leading-zero detector of the bits below.
  reg [1:0] zeros;
  always @* begin
    casez (low)
      3'b1??: zeros = 2'd0;
      3'b01?: zeros = 2'd1;
      3'b001: zeros = 2'd2;
      default: zeros = 2'd3;
    endcase
  end

  // Integer: low. First-one coded: 2 * low * 4^zeros, or 4^zeros where low is 0.
  wire [3:0] coded = (low == 3'd0) ? 4'd1 : {low, 1'd0};
  wire [3:0] significand = top ? coded : {1'd0, low};
  wire [1:0] exponent = top ? zeros : 2'd0;

  assign exp_o  = exponent;
  assign sig_o = significand;

endmodule

// Decoder of the activation port: code and type to operand {sign, exp[1:0], sig[3:0]}.
module os_first_decode_a (
  input  wire [3:0] code_i,    // activation code
  input  wire [2:0] type_i,    // type: 0 int4, 1 flint4, 2 pot4, 3 uint4, 4 uflint4 (others: as the last)
  output wire [6:0] operand_o  // {sign, exp[1:0], sig[3:0]}
);

  wire int4_sign;
  wire int4_exp;
  wire [2:0] int4_sig;
  os_first_decode_int4 u_int4 (
    .code_i(code_i),
    .sign_o(int4_sign),
    .exp_o (int4_exp),
    .sig_o (int4_sig)
  );

  wire flint4_sign;
  wire [1:0] flint4_exp;
  wire [2:0] flint4_sig;
  os_first_decode_flint4 u_flint4 (
    .code_i(code_i),
    .sign_o(flint4_sign),
    .exp_o (flint4_exp),
    .sig_o (flint4_sig)
  );

  wire pot4_sign;
  wire [1:0] pot4_exp;
  wire [1:0] pot4_sig;
  os_first_decode_pot4 u_pot4 (
    .code_i(code_i),
    .sign_o(pot4_sign),
    .exp_o (pot4_exp),
    .sig_o (pot4_sig)
  );

  wire [3:0] uint4_sig;
  os_first_decode_uint4 u_uint4 (
    .code_i(code_i),
    .sig_o (uint4_sig)
  );

  wire [1:0] uflint4_exp;
  wire [3:0] uflint4_sig;
  os_first_decode_uflint4 u_uflint4 (
    .code_i(code_i),
    .exp_o (uflint4_exp),
    .sig_o (uflint4_sig)
  );

  reg [6:0] operand;
  always @* begin
    case (type_i)
      3'd0: operand = {int4_sign, {1'd0, int4_exp}, {1'd0, int4_sig}};
      3'd1: operand = {flint4_sign, flint4_exp, {1'd0, flint4_sig}};
      3'd2: operand = {pot4_sign, pot4_exp, {2'd0, pot4_sig}};
      3'd3: operand = {1'd0, 2'd0, uint4_sig};
      default: operand = {1'd0, uflint4_exp, uflint4_sig};
    endcase
  end

  assign operand_o = operand;

endmodule

// Decoder of the weight port: code and type to operand {sign, exp[1:0], sig[2:0]}.
module os_first_decode_w (
  input  wire [3:0] code_i,    // weight code
  input  wire [1:0] type_i,    // type: 0 int4, 1 flint4, 2 pot4 (others: as the last)
  output wire [5:0] operand_o  // {sign, exp[1:0], sig[2:0]}
);

  wire int4_sign;
  wire int4_exp;
  wire [2:0] int4_sig;
  os_first_decode_int4 u_int4 (
    .code_i(code_i),
    .sign_o(int4_sign),
    .exp_o (int4_exp),
    .sig_o (int4_sig)
  );

  wire flint4_sign;
  wire [1:0] flint4_exp;
  wire [2:0] flint4_sig;
  os_first_decode_flint4 u_flint4 (
    .code_i(code_i),
    .sign_o(flint4_sign),
    .exp_o (flint4_exp),
    .sig_o (flint4_sig)
  );

  wire pot4_sign;
  wire [1:0] pot4_exp;
  wire [1:0] pot4_sig;
  os_first_decode_pot4 u_pot4 (
    .code_i(code_i),
    .sign_o(pot4_sign),
    .exp_o (pot4_exp),
    .sig_o (pot4_sig)
  );

  reg [5:0] operand;
  always @* begin
    case (type_i)
      2'd0: operand = {int4_sign, {1'd0, int4_exp}, int4_sig};
      2'd1: operand = {flint4_sign, flint4_exp, flint4_sig};
      default: operand = {pot4_sign, pot4_exp, {1'd0, pot4_sig}};
    endcase
  end

  assign operand_o = operand;

endmodule

// Processing element: multiplies one activation by one weight a cycle and adds the product up.
//
// The operands come decoded: their values are (-1)^sign * sig * 4^exp.
// No |product| exceeds 4096, so the magnitude has 13 bits; a negative one is added as its complement plus 1.
module os_first_pe #(
  parameter ACC_BITS = 26
) (
  input  wire                clk_i,    // clock
  input  wire          [6:0] a_i,      // activation {sign, exp[1:0], sig[3:0]}, from the left
  output wire          [6:0] a_o,      // the same, one cycle later, to the right
  input  wire          [5:0] w_i,      // weight {sign, exp[1:0], sig[2:0]}, from above
  output wire          [5:0] w_o,      // the same, one cycle later, to below
  input  wire                drain_i,  // 1: take the accumulator of the PE above, from the left
  output wire                drain_o,  // the same, one cycle later, to the right
  input  wire [ACC_BITS-1:0] acc_i,    // accumulator of the PE above
  output wire [ACC_BITS-1:0] acc_o     // accumulator of this PE
);

  reg [6:0] a_q;
  reg [5:0] w_q;
  reg drain_q;
  reg [ACC_BITS-1:0] acc_q;

  wire a_sign = a_q[6];
  wire [1:0] a_exp = a_q[5:4];
  wire [3:0] a_sig = a_q[3:0];
  wire w_sign = w_q[5];
  wire [1:0] w_exp = w_q[4:3];
  wire [2:0] w_sig = w_q[2:0];

  // Multiply the significands and add the exponents.
  wire negative = a_sign ^ w_sign;
  wire [6:0] product = {3'd0, a_sig} * {4'd0, w_sig};
  wire [2:0] shift = {1'd0, a_exp} + {1'd0, w_exp};

  // Shift. What leaves at the top is 0 for every pair of operands that decoders make.
  wire [12:0] magnitude = {6'd0, product} << {shift, 1'd0};

  // Add or subtract.
  wire [ACC_BITS-1:0] sum = acc_q + ({{ACC_BITS-13{1'b0}}, magnitude} ^ {ACC_BITS{negative}}) + {{ACC_BITS-1{1'b0}}, negative};

  always @(posedge clk_i) begin
    a_q <= a_i;
    w_q <= w_i;
    drain_q <= drain_i;
    acc_q <= drain_q ? acc_i : sum;
  end

  assign a_o = a_q;
  assign w_o = w_q;
  assign drain_o = drain_q;
  assign acc_o = acc_q;

endmodule

// Input register: holds one beat until it may enter the array.
//
// A beat that may not enter yet waits here, so in_ready_o depends on registers only. An idle cycle sends codes 0, which
// decode to 0 in every type and leave the accumulators as they are; 0 on both sides, so that simulators with unknown
// values see a known product before the first beat, too.
module os_first_input #(
  parameter ROWS = 16,
  parameter COLS = 16
) (
  input  wire              clk_i,       // clock
  input  wire              rst_ni,      // reset, active low
  input  wire              in_valid_i,  // a beat is offered: one reduction step for all rows and columns
  output wire              in_ready_o,  // an offered beat is accepted
  input  wire              in_last_i,   // the beat is the last of its tile
  input  wire [ROWS*4-1:0] a_data_i,    // activation codes, row r at [r*4 +: 4]
  input  wire        [2:0] a_type_i,    // activation type: 0 int4, 1 flint4, 2 pot4, 3 uint4, 4 uflint4 (others: as the last); first beat of a tile
  input  wire [COLS*4-1:0] w_data_i,    // weight codes, column c at [c*4 +: 4]
  input  wire        [1:0] w_type_i,    // weight type: 0 int4, 1 flint4, 2 pot4 (others: as the last); first beat of a tile
  input  wire              grant_i,     // a beat may enter the array
  output wire              last_o,      // the last beat of a tile enters the array
  output wire [ROWS*4-1:0] a_code_o,    // activation codes, all 0 in an idle cycle
  output wire        [2:0] a_type_o,    // type of the activation codes
  output wire [COLS*4-1:0] w_code_o,    // weight codes, all 0 in an idle cycle
  output wire        [1:0] w_type_o     // type of the weight codes
);

  reg valid_q;  // a beat is held
  reg last_q;   // it ends its tile
  reg first_q;  // the next beat to be accepted begins a tile
  reg [ROWS*4-1:0] a_data_q;
  reg [COLS*4-1:0] w_data_q;
  reg [2:0] a_type_q;
  reg [1:0] w_type_q;

  wire fire = valid_q & grant_i;
  wire ready = fire | ~valid_q;
  wire accept = in_valid_i & ready;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      first_q <= 1'b1;
    end else begin
      if (ready) valid_q <= in_valid_i;
      if (accept) first_q <= in_last_i;
    end
  end

  always @(posedge clk_i) begin
    if (accept) begin
      last_q <= in_last_i;
      a_data_q <= a_data_i;
      w_data_q <= w_data_i;
      if (first_q) a_type_q <= a_type_i;
      if (first_q) w_type_q <= w_type_i;
    end
  end

  assign in_ready_o = ready;
  assign last_o = fire & last_q;
  assign a_code_o = fire ? a_data_q : {ROWS*4{1'b0}};
  assign w_code_o = fire ? w_data_q : {COLS*4{1'b0}};
  assign a_type_o = a_type_q;
  assign w_type_o = w_type_q;

endmodule

// Control: spaces the tiles and starts their drain.
//
// When the last row of a tile has its sums, all rows shift down together, row p for p + 1 cycles: zeros follow from the
// top, so row p is clear when the first beat of the next tile reaches it. ROWS idle cycles between two tiles are
// enough.
// After reset one drain runs whose rows are flushed: it clears the accumulators.
module os_first_control #(
  parameter ROWS = 16,
  parameter COLS = 16
) (
  input  wire            clk_i,        // clock
  input  wire            rst_ni,       // reset, active low
  input  wire            last_i,       // the last beat of a tile enters the array
  output wire            grant_o,      // a beat may enter the array
  output wire [ROWS-1:0] drain_o,      // per row from the top: shift down by one row
  output wire            row_valid_o,  // a row of results leaves the array
  output wire            row_last_o    // it is the last of its tile
);

  // Cycles until a beat may enter again.
  localparam BUBBLE_BITS = $clog2(ROWS + 1);
  reg [BUBBLE_BITS-1:0] bubble_q;
  assign grant_o = (bubble_q == {BUBBLE_BITS{1'b0}});

  // A tile's last beat has to reach the last row.
  wire drain_start;
  generate
    if (ROWS == 1) begin : g_at_once
      assign drain_start = last_i;
    end else begin : g_wave
      // Bit j: a tile's last beat entered the array j + 1 cycles ago.
      reg [ROWS-2:0] last_pipe_q;
      wire [ROWS-1:0] ages = {last_pipe_q, last_i};
      assign drain_start = ages[ROWS-1];
      always @(posedge clk_i) begin
        if (!rst_ni) last_pipe_q <= {ROWS-1{1'b0}};
        else last_pipe_q <= ages[ROWS-2:0];
      end
    end
  endgenerate

  reg [ROWS-1:0] drain_q;
  wire [ROWS:0] drains = {drain_q, 1'b0};
  reg flush_q;  // rows flushed after reset are invalid

  wire bottom = drains[ROWS];
  wire bottom_last = bottom & ~drains[ROWS-1];

  wire row_valid = bottom & ~flush_q;
  wire row_last = bottom_last;

  // The drain wave on its way through the columns.
  reg [COLS-1:0] row_valid_q;
  reg [COLS-1:0] row_last_q;
  wire [COLS:0] row_valids = {row_valid_q, row_valid};
  wire [COLS:0] row_lasts = {row_last_q, row_last};

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      bubble_q <= {BUBBLE_BITS{1'b0}};
      drain_q <= {ROWS{1'b1}};
      flush_q <= 1'b1;
      row_valid_q <= {COLS{1'b0}};
      row_last_q <= {COLS{1'b0}};
    end else begin
      if (last_i) bubble_q <= ROWS[BUBBLE_BITS-1:0];
      else if (bubble_q != {BUBBLE_BITS{1'b0}}) bubble_q <= bubble_q - {{BUBBLE_BITS-1{1'b0}}, 1'b1};
      drain_q <= drains[ROWS-1:0] | {ROWS{drain_start}};
      if (bottom_last) flush_q <= 1'b0;
      row_valid_q <= row_valids[COLS-1:0];
      row_last_q <= row_lasts[COLS-1:0];
    end
  end

  assign drain_o = drain_q;
  assign row_valid_o = row_valids[COLS];
  assign row_last_o = row_lasts[COLS];

endmodule

// Output buffer: two rows, so that nothing depends on out_ready_i within a cycle.
//
// The array stops while both rows are taken. At most one row is on its way when the first fills, so none is lost.
module os_first_output #(
  parameter COLS = 16,
  parameter ACC_BITS = 26
) (
  input  wire                     clk_i,        // clock
  input  wire                     rst_ni,       // reset, active low
  input  wire                     row_valid_i,  // a row of results leaves the array; ignored while run_o is 0
  input  wire                     row_last_i,   // it is the last of its tile
  input  wire [COLS*ACC_BITS-1:0] row_data_i,   // the row
  output wire                     run_o,        // the array may run: there is room for one more row
  output wire                     out_valid_o,  // a row of results is offered, row 0 of the tile first
  input  wire                     out_ready_i,  // an offered row is accepted
  output wire                     out_last_o,   // the row is the last of its tile
  output wire [COLS*ACC_BITS-1:0] out_data_o    // signed results, column c at [c*ACC_BITS +: ACC_BITS]
);

  reg head_valid_q;
  reg head_last_q;
  reg [COLS*ACC_BITS-1:0] head_data_q;
  reg tail_valid_q;
  reg tail_last_q;
  reg [COLS*ACC_BITS-1:0] tail_data_q;

  wire push = row_valid_i & ~tail_valid_q;
  wire advance = out_ready_i | ~head_valid_q;  // the head is free after this cycle

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      head_valid_q <= 1'b0;
      tail_valid_q <= 1'b0;
    end else begin
      if (advance) head_valid_q <= tail_valid_q | push;
      tail_valid_q <= ~advance & (tail_valid_q | push);
    end
  end

  always @(posedge clk_i) begin
    if (advance) begin
      head_last_q <= tail_valid_q ? tail_last_q : row_last_i;
      head_data_q <= tail_valid_q ? tail_data_q : row_data_i;
    end
    if (push) begin
      tail_last_q <= row_last_i;
      tail_data_q <= row_data_i;
    end
  end

  assign run_o = ~tail_valid_q;
  assign out_valid_o = head_valid_q;
  assign out_last_o = head_last_q;
  assign out_data_o = head_data_q;

endmodule

// Output-stationary array: results[r][c] = sum over k of a[k][r] * w[k][c].
//
// Activations flow right, weights flow down, sums stay. Rows are placed bottom up: row 0 of the tile
// is the lowest row of PEs, which the wave of operands reaches last and which drains first.
module os_first_array #(
  parameter ROWS = 16,
  parameter COLS = 16,
  parameter ACC_BITS = 26
) (
  input  wire                     clk_i,        // clock
  input  wire                     rst_ni,       // reset, active low, synchronous, at least 4 cycles
  input  wire                     in_valid_i,   // a beat is offered: one reduction step for all rows and columns
  output wire                     in_ready_o,   // an offered beat is accepted
  input  wire                     in_last_i,    // the beat is the last of its tile
  input  wire        [ROWS*4-1:0] a_data_i,     // activation codes, row r at [r*4 +: 4]
  input  wire               [2:0] a_type_i,     // activation type: 0 int4, 1 flint4, 2 pot4, 3 uint4, 4 uflint4 (others: as the last); first beat of a tile
  input  wire        [COLS*4-1:0] w_data_i,     // weight codes, column c at [c*4 +: 4]
  input  wire               [1:0] w_type_i,     // weight type: 0 int4, 1 flint4, 2 pot4 (others: as the last); first beat of a tile
  output wire                     out_valid_o,  // a row of results is offered, row 0 of the tile first
  input  wire                     out_ready_i,  // an offered row is accepted
  output wire                     out_last_o,   // the row is the last of its tile
  output wire [COLS*ACC_BITS-1:0] out_data_o    // signed results, column c at [c*ACC_BITS +: ACC_BITS]
);

  localparam A_BITS = 4;  // activation code
  localparam W_BITS = 4;  // weight code
  localparam A_TYPE_BITS = 3;
  localparam W_TYPE_BITS = 2;
  localparam A_OP_BITS = 7;  // decoded activation
  localparam W_OP_BITS = 6;  // decoded weight

  // ---------------------------------------------------------------------------------------------
  // Stalls
  // ---------------------------------------------------------------------------------------------

  wire run;  // 0: the output buffer is full and everything before it waits
  wire clk_array;

  ant_clock_gate u_clock_gate (
    .clk_i    (clk_i),
    .en_i     (run),
    .test_en_i(1'b0),
    .clk_o    (clk_array)
  );

  // ---------------------------------------------------------------------------------------------
  // Input and control
  // ---------------------------------------------------------------------------------------------

  wire input_ready;
  wire grant;
  wire last;
  wire [ROWS*A_BITS-1:0] a_code;
  wire [COLS*W_BITS-1:0] w_code;
  wire [A_TYPE_BITS-1:0] a_type;
  wire [W_TYPE_BITS-1:0] w_type;

  os_first_input #(
    .ROWS(ROWS),
    .COLS(COLS)
  ) u_input (
    .clk_i     (clk_array),
    .rst_ni    (rst_ni),
    .in_valid_i(in_valid_i),
    .in_ready_o(input_ready),
    .in_last_i (in_last_i),
    .a_data_i  (a_data_i),
    .a_type_i  (a_type_i),
    .w_data_i  (w_data_i),
    .w_type_i  (w_type_i),
    .grant_i   (grant),
    .last_o    (last),
    .a_code_o  (a_code),
    .a_type_o  (a_type),
    .w_code_o  (w_code),
    .w_type_o  (w_type)
  );

  assign in_ready_o = input_ready & run;

  wire [ROWS-1:0] drain;
  wire row_valid;
  wire row_last;

  os_first_control #(
    .ROWS(ROWS),
    .COLS(COLS)
  ) u_control (
    .clk_i      (clk_array),
    .rst_ni     (rst_ni),
    .last_i     (last),
    .grant_o    (grant),
    .drain_o    (drain),
    .row_valid_o(row_valid),
    .row_last_o (row_last)
  );

  // ---------------------------------------------------------------------------------------------
  // Skew and decoders
  // ---------------------------------------------------------------------------------------------

  genvar p;  // row of PEs from the top: row ROWS-1-p of the tile
  genvar c;  // column
  generate
    for (p = 0; p < ROWS; p = p + 1) begin : g_a
      wire [A_BITS-1:0] code;
      wire [A_TYPE_BITS-1:0] mode;
      wire [A_OP_BITS-1:0] operand;

      if (p == 0) begin : g_direct
        assign code = a_code[(ROWS-1-p)*A_BITS +: A_BITS];
        assign mode = a_type;
      end else begin : g_skew
        os_first_delay #(
          .WIDTH(A_BITS),
          .DEPTH(p)
        ) u_code (
          .clk_i(clk_array),
          .d_i  (a_code[(ROWS-1-p)*A_BITS +: A_BITS]),
          .q_o  (code)
        );
        os_first_delay #(
          .WIDTH(A_TYPE_BITS),
          .DEPTH(1)
        ) u_mode (
          .clk_i(clk_array),
          .d_i  (g_a[p-1].mode),
          .q_o  (mode)
        );
      end

      os_first_decode_a u_decode (
        .code_i   (code),
        .type_i   (mode),
        .operand_o(operand)
      );
    end

    for (c = 0; c < COLS; c = c + 1) begin : g_w
      wire [W_BITS-1:0] code;
      wire [W_TYPE_BITS-1:0] mode;
      wire [W_OP_BITS-1:0] operand;

      if (c == 0) begin : g_direct
        assign code = w_code[c*W_BITS +: W_BITS];
        assign mode = w_type;
      end else begin : g_skew
        os_first_delay #(
          .WIDTH(W_BITS),
          .DEPTH(c)
        ) u_code (
          .clk_i(clk_array),
          .d_i  (w_code[c*W_BITS +: W_BITS]),
          .q_o  (code)
        );
        os_first_delay #(
          .WIDTH(W_TYPE_BITS),
          .DEPTH(1)
        ) u_mode (
          .clk_i(clk_array),
          .d_i  (g_w[c-1].mode),
          .q_o  (mode)
        );
      end

      os_first_decode_w u_decode (
        .code_i   (code),
        .type_i   (mode),
        .operand_o(operand)
      );
    end
  endgenerate

  // ---------------------------------------------------------------------------------------------
  // PEs
  // ---------------------------------------------------------------------------------------------

  generate
    for (p = 0; p < ROWS; p = p + 1) begin : g_row
      for (c = 0; c < COLS; c = c + 1) begin : g_col
        wire [A_OP_BITS-1:0] a_in;
        wire [A_OP_BITS-1:0] a_out;
        wire [W_OP_BITS-1:0] w_in;
        wire [W_OP_BITS-1:0] w_out;
        wire drain_in;
        wire drain_out;
        wire [ACC_BITS-1:0] acc_in;
        wire [ACC_BITS-1:0] acc_out;

        if (c == 0) begin : g_left
          assign a_in = g_a[p].operand;
          assign drain_in = drain[p];
        end else begin : g_from_left
          assign a_in = g_row[p].g_col[c-1].a_out;
          assign drain_in = g_row[p].g_col[c-1].drain_out;
        end

        if (p == 0) begin : g_top
          assign w_in = g_w[c].operand;
          assign acc_in = {ACC_BITS{1'b0}};
        end else begin : g_from_above
          assign w_in = g_row[p-1].g_col[c].w_out;
          assign acc_in = g_row[p-1].g_col[c].acc_out;
        end

        if (c == COLS - 1) begin : g_right
          wire unused_a_out = &a_out;
          wire unused_drain_out = drain_out;
        end

        if (p == ROWS - 1) begin : g_bottom
          wire unused_w_out = &w_out;
        end

        os_first_pe #(
          .ACC_BITS(ACC_BITS)
        ) u_pe (
          .clk_i  (clk_array),
          .a_i    (a_in),
          .a_o    (a_out),
          .w_i    (w_in),
          .w_o    (w_out),
          .drain_i(drain_in),
          .drain_o(drain_out),
          .acc_i  (acc_in),
          .acc_o  (acc_out)
        );
      end
    end
  endgenerate

  // ---------------------------------------------------------------------------------------------
  // De-skew and output
  // ---------------------------------------------------------------------------------------------

  wire [COLS*ACC_BITS-1:0] row_data;

  generate
    for (c = 0; c < COLS; c = c + 1) begin : g_out
      if (c == COLS - 1) begin : g_direct
        assign row_data[c*ACC_BITS +: ACC_BITS] = g_row[ROWS-1].g_col[c].acc_out;
      end else begin : g_deskew
        os_first_delay #(
          .WIDTH(ACC_BITS),
          .DEPTH(COLS - 1 - c)
        ) u_delay (
          .clk_i(clk_array),
          .d_i  (g_row[ROWS-1].g_col[c].acc_out),
          .q_o  (row_data[c*ACC_BITS +: ACC_BITS])
        );
      end
    end
  endgenerate

  os_first_output #(
    .COLS(COLS),
    .ACC_BITS(ACC_BITS)
  ) u_output (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .row_valid_i(row_valid),
    .row_last_i (row_last),
    .row_data_i (row_data),
    .run_o      (run),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_last_o (out_last_o),
    .out_data_o (out_data_o)
  );

endmodule

`default_nettype wire
