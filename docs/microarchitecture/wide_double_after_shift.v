// A doubled encoding moves the product by one more behind the shifter.

`default_nettype none

module wide_double_after_shift (
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
  wire [7:0] significands = {4'd0, a_sig} * {4'd0, w_sig};
  wire [8:0] product = {1'd0, significands};
  wire [1:0] shift = {1'd0, a_exp} + {1'd0, w_exp};

  // Shift. What leaves at the top is 0 for every pair of operands that decoders make.
  wire [14:0] shifted = {6'd0, product} << {shift, 2'd0};
  wire [14:0] magnitude = shifted << a_twice;

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

`default_nettype wire
