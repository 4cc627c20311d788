// Operands in two's complement: no sign to apply, a larger multiplier, and a shifter that keeps the sign.

`default_nettype none

module twos_complement (
  input  wire        clk_i,
  input  wire  [6:0] a_i,      // {exp[1:0], significand[4:0]}
  output wire  [6:0] a_o,
  input  wire  [5:0] w_i,      // {exp[1:0], significand[3:0]}
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

  wire signed [4:0] a_sig = a_q[4:0];
  wire signed [3:0] w_sig = w_q[3:0];
  wire signed [8:0] product = a_sig * w_sig;
  wire [2:0] shift = {1'd0, a_q[6:5]} + {1'd0, w_q[5:4]};
  wire [13:0] term = {{5{product[8]}}, product} << {shift, 1'd0};
  wire [23:0] sum = acc_q + {{10{term[13]}}, term};

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
