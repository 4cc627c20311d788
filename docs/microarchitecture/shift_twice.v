// A shifter for each exponent instead of an adder of exponents.

`default_nettype none

module shift_twice (
  input  wire        clk_i,
  input  wire  [6:0] a_i,      // {sign, exp[1:0], significand[3:0]}
  output wire  [6:0] a_o,
  input  wire  [5:0] w_i,      // {sign, exp[1:0], significand[2:0]}
  output wire  [5:0] w_o,
  input  wire        drain_i,
  output wire        drain_o,
  input  wire [23:0] acc_i,
  output wire [23:0] acc_o
);

  reg [6:0] a_q;
  reg [5:0] w_q;
  reg drain_q;
  reg [23:0] acc_q;

  wire negative = a_q[6] ^ w_q[5];
  wire [6:0] product = {3'd0, a_q[3:0]} * {4'd0, w_q[2:0]};
  wire [12:0] by_a = {6'd0, product} << {a_q[5:4], 1'd0};
  wire [12:0] magnitude = by_a << {w_q[4:3], 1'd0};

  wire [13:0] low = {1'd0, acc_q[12:0]} + {1'd0, magnitude ^ {13{negative}}} + {13'd0, negative};
  wire counts = low[13] ^ negative;
  wire [10:0] high = ((acc_q[23:13] ^ {11{negative}}) + {10'd0, counts}) ^ {11{negative}};
  wire [23:0] sum = {high, low[12:0]};

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

`default_nettype wire
