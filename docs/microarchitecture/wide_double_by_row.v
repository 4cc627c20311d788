// A doubled encoding moves one row of the multiplier: 12 is 8 and 4, and 24 is 8 and 16.

`default_nettype none

module wide_double_by_row (
  input  wire        clk_i,
  input  wire  [5:0] a_i,
  output wire  [5:0] a_o,
  input  wire  [5:0] w_i,
  output wire  [5:0] w_o,
  input  wire        swap_i,
  output wire        swap_o,
  input  wire [23:0] bus_i,
  output wire [23:0] bus_o
);

  reg [5:0] a_q;
  reg [5:0] w_q;
  reg swap_q;
  reg carry_q;
  reg [23:0] acc_n_q;
  wire [23:0] acc = ~acc_n_q;

  wire [23:0] kept = acc & {{8{~swap_q}}, {16{~swap_i}}};

  wire a_sign = a_q[5];
  wire a_exp = a_q[4];
  wire [3:0] a_sig = a_q[3:0];
  wire w_sign = w_q[5];
  wire w_exp = w_q[4];
  wire [3:0] w_sig = w_q[3:0];

  wire a_twice = a_sign & a_sig[3] & a_sig[2];
  wire negative = a_sign ^ w_sign ^ a_twice;
  wire [3:0] row_0 = w_sig & {4{a_sig[0]}};
  wire [3:0] row_1 = w_sig & {4{a_sig[1]}};
  wire [3:0] row_2 = w_sig & {4{a_sig[2]}};
  wire [3:0] row_3 = w_sig & {4{a_sig[3]}};
  wire [8:0] moved = a_twice ? {1'd0, row_2, 4'd0} : {3'd0, row_2, 2'd0};
  wire [8:0] product = {5'd0, row_0} + {4'd0, row_1, 1'd0} + {2'd0, row_3, 3'd0} + moved;
  wire [1:0] shift = {1'd0, a_exp} + {1'd0, w_exp};

  // Shift. What leaves at the top is 0 for every pair of operands that decoders make.
  wire [14:0] magnitude = {6'd0, product} << {shift, 2'd0};

  // The product, or its complement and the sign, with 2^15 on top.
  wire [16:0] low;
  wire unused;
  assign {low, unused} = {1'd0, kept[15:0], 1'b1} + {1'd0, ~negative, magnitude ^ {15{negative}}, negative};
  wire [23:0] sum = {kept[23:16] + {7'd0, carry_q}, low[15:0]};

  always @(posedge clk_i) begin
    a_q <= a_i;
    w_q <= w_i;
    swap_q <= swap_i;
    carry_q <= low[16];
    acc_n_q <= ~sum;
  end

  assign a_o = a_q;
  assign w_o = w_q;
  assign swap_o = swap_q;
  assign bus_o = bus_i | (acc & {{8{swap_q}}, {16{swap_i}}});

endmodule

// The operand of the generated PE, of which 12 alone counts twice.
module wide_double_by_row_operand #(
  parameter WEIGHT = 0
) (
  input  wire [5:0] generated_i,
  output wire [5:0] operand_o,
  output wire       exists_o
);

  wire twice = generated_i[5] & generated_i[3] & generated_i[2];

  assign operand_o = generated_i;
  assign exists_o = (WEIGHT == 1) | ~twice | (generated_i[3:0] == 4'd12);

endmodule

`default_nettype wire
