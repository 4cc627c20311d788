// A step of the exponent counts 4 instead of 8: an activation has a bit more, and the shifter a stage.

`default_nettype none

module steps_of_4 (
  input  wire        clk_i,
  input  wire  [6:0] a_i,      // {sign, exp[1:0], significand[3:0]}
  output wire  [6:0] a_o,
  input  wire  [5:0] w_i,      // {sign, exp[1:0], significand[2:0]}
  output wire  [5:0] w_o,
  input  wire        swap_i,
  output wire        swap_o,
  input  wire [23:0] bus_i,
  output wire [23:0] bus_o
);

  reg [6:0] a_q;
  reg [5:0] w_q;
  reg swap_q;
  reg carry_q;
  reg [23:0] acc_n_q;
  wire [23:0] acc = ~acc_n_q;

  wire negative = a_q[6] ^ w_q[5];
  wire [6:0] product = {3'd0, a_q[3:0]} * {4'd0, w_q[2:0]};
  wire [2:0] shift = {1'd0, a_q[5:4]} + {1'd0, w_q[4:3]};
  wire [12:0] magnitude = {6'd0, product} << {shift, 1'd0};

  wire [23:0] kept = acc & {{10{~swap_q}}, {14{~swap_i}}};
  wire [13:0] term = {~negative, magnitude ^ {13{negative}}};
  wire [14:0] low;
  wire unused;
  assign {low, unused} = {1'd0, kept[13:0], 1'b1} + {1'd0, term, negative};
  wire [23:0] sum = {kept[23:14] + {9'd0, carry_q}, low[13:0]};

  always @(posedge clk_i) begin
    a_q <= a_i;
    w_q <= w_i;
    swap_q <= swap_i;
    carry_q <= low[14];
    acc_n_q <= ~sum;
  end

  assign a_o = a_q;
  assign w_o = w_q;
  assign swap_o = swap_q;
  assign bus_o = bus_i | (acc & {{10{swap_q}}, {14{swap_i}}});

endmodule

`default_nettype wire
