// The fusible int4/int8 PE with operands in two's complement, as BitFusion writes it: a 5-bit signed multiplier, a shift by 0, 4 or 8, and one adder.

`default_nettype none

module fused_twos_complement (
  input  wire        clk_i,
  input  wire  [5:0] a_i,      // {exp, significand[4:0]}: a signed or unsigned half of 4 bits, and whether it is the upper one
  output wire  [5:0] a_o,
  input  wire  [5:0] w_i,      // the same
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

  wire signed [4:0] a_sig = a_q[4:0];
  wire signed [4:0] w_sig = w_q[4:0];
  wire signed [8:0] product = a_sig * w_sig;
  wire [1:0] shift = {1'd0, a_q[5]} + {1'd0, w_q[5]};
  wire [15:0] term = {{7{product[8]}}, product} << {shift, 2'd0};
  wire [16:0] low = {1'd0, kept[15:0]} + {1'd0, ~term[15], term[14:0]};
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

// The same operand from the generated PE's {sign, exp, significand[3:0]}. The upper half of an int8 weight is at most 8 in magnitude.
module fused_twos_complement_operand #(
  parameter WEIGHT = 0
) (
  input  wire [5:0] generated_i,
  output wire [5:0] operand_o,
  output wire       exists_o
);

  wire [4:0] significand = {1'd0, generated_i[3:0]};
  assign operand_o = {generated_i[4], generated_i[5] ? -significand : significand};
  assign exists_o = (WEIGHT == 0) || !generated_i[4] || (generated_i[3:0] <= 4'd8);

endmodule

`default_nettype wire
