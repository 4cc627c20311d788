// No bias: a negative product is subtracted, and the bits above the magnitude count up and down.

`default_nettype none

module no_bias (
  input  wire        clk_i,
  input  wire  [5:0] a_i,      // {sign, exp, significand[3:0]}
  output wire  [5:0] a_o,
  input  wire  [5:0] w_i,      // {sign, exp[1:0], significand[2:0]}
  output wire  [5:0] w_o,
  input  wire        swap_i,
  output wire        swap_o,
  input  wire [23:0] bus_i,
  output wire [23:0] bus_o
);

  reg [5:0] a_q;
  reg [5:0] w_q;
  reg swap_q;
  reg counts_q;
  reg negative_q;
  reg [23:0] acc_n_q;
  wire [23:0] acc = ~acc_n_q;

  wire negative = a_q[5] ^ w_q[5];
  wire [6:0] product = {3'd0, a_q[3:0]} * {4'd0, w_q[2:0]};
  wire [1:0] shift = {1'd0, a_q[4]} + w_q[4:3];
  wire [12:0] magnitude =
      ({6'd0, product} & {13{shift == 2'd0}}) | ({4'd0, product[5:0], 3'd0} & {13{shift == 2'd1}}) |
      ({1'd0, product[5:0], 6'd0} & {13{shift == 2'd2}}) | ({product[3:0], 9'd0} & {13{shift == 2'd3}});

  wire [23:0] kept = acc & {{11{~swap_q}}, {13{~swap_i}}};
  wire [13:0] low;
  wire unused;
  assign {low, unused} = {1'd0, kept[12:0], 1'b1} + {1'd0, magnitude ^ {13{negative}}, negative};
  wire [10:0] high = ((kept[23:13] ^ {11{negative_q}}) + {10'd0, counts_q}) ^ {11{negative_q}};
  wire [23:0] sum = {high, low[12:0]};

  always @(posedge clk_i) begin
    a_q <= a_i;
    w_q <= w_i;
    swap_q <= swap_i;
    counts_q <= low[13] ^ negative;
    negative_q <= negative;
    acc_n_q <= ~sum;
  end

  assign a_o = a_q;
  assign w_o = w_q;
  assign swap_o = swap_q;
  assign bus_o = bus_i | (acc & {{11{swap_q}}, {13{swap_i}}});

endmodule

`default_nettype wire
