// Each product is added with 2^13 on top, so that nothing below 0 is added; what has piled up is taken off in the array's periphery.

`default_nettype none

module biased (
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
  wire [2:0] shift = {1'd0, a_q[5:4]} + {1'd0, w_q[4:3]};
  wire [12:0] magnitude = {6'd0, product} << {shift, 1'd0};

  wire [13:0] term = {~negative, magnitude ^ {13{negative}}};
  wire [23:0] sum = acc_q + {10'd0, term} + {23'd0, negative};

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
