// The bits from 12 up take their carry and the swap from registers, a cycle later.

`default_nettype none

module lanes_late_from_12 (
  input  wire        clk_i,
  input  wire [23:0] a_i,      // lane l at [l*6 +: 6]: {sign, exp, significand[3:0]}
  output wire [23:0] a_o,
  input  wire [23:0] w_i,      // lane l at [l*6 +: 6]: {sign, exp[1:0], significand[2:0]}
  output wire [23:0] w_o,
  input  wire        swap_i,
  output wire        swap_o,
  input  wire [23:0] bus_i,
  output wire [23:0] bus_o
);

  reg [23:0] a_q;
  reg [23:0] w_q;
  reg swap_q;
  reg carry_q;
  reg [3:0] rest_q;
  reg [23:0] acc_n_q;
  wire [23:0] acc = ~acc_n_q;

  // A lane's product and 2^13, less the sign that an addition carries in.
  wire [3:0] negative;
  wire [55:0] term;

  genvar l;
  generate
    for (l = 0; l < 4; l = l + 1) begin : g_lane
      wire [5:0] a = a_q[l*6 +: 6];
      wire [5:0] w = w_q[l*6 +: 6];
      wire [6:0] product = {3'd0, a[3:0]} * {4'd0, w[2:0]};
      wire [1:0] shift = {1'd0, a[4]} + w[4:3];
      wire [12:0] magnitude =
          ({6'd0, product} & {13{shift == 2'd0}}) | ({4'd0, product[5:0], 3'd0} & {13{shift == 2'd1}}) |
          ({1'd0, product[5:0], 6'd0} & {13{shift == 2'd2}}) | ({product[3:0], 9'd0} & {13{shift == 2'd3}});
      assign negative[l] = a[5] ^ w[5];
      assign term[l*14 +: 14] = {~negative[l], magnitude ^ {13{negative[l]}}};
    end
  endgenerate

  wire [23:0] swap = {{12{swap_q}}, {12{swap_i}}};
  wire [23:0] kept = acc & ~swap;

  wire [14:0] pair_0;
  wire [14:0] pair_1;
  wire [15:0] pairs;
  wire unused_0;
  wire unused_1;
  wire unused_2;
  assign {pair_0, unused_0} = {1'd0, term[13:0], 1'b1} + {1'd0, term[27:14], negative[0]};
  assign {pair_1, unused_1} = {1'd0, term[41:28], 1'b1} + {1'd0, term[55:42], negative[1]};
  assign {pairs, unused_2} = {1'd0, pair_0, 1'b1} + {1'd0, pair_1, negative[2]};

  wire [12:0] low;
  wire unused_3;
  wire [11:0] high;
  wire unused_4;
  assign {low, unused_3} = {1'd0, kept[11:0], 1'b1} + {1'd0, pairs[11:0], negative[3]};
  assign {high, unused_4} = {kept[23:12], 1'b1} + {8'd0, rest_q, carry_q};
  wire [23:0] sum = {high, low[11:0]};

  always @(posedge clk_i) begin
    a_q <= a_i;
    w_q <= w_i;
    swap_q <= swap_i;
    carry_q <= low[12];
    rest_q <= pairs[15:12];
    acc_n_q <= ~sum;
  end

  assign a_o = a_q;
  assign w_o = w_q;
  assign swap_o = swap_q;
  assign bus_o = bus_i | (acc & swap);

endmodule

`default_nettype wire
