// Each lane is added to the sum before it, all bits at once.

`default_nettype none

module lanes_in_a_row (
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

  wire [23:0] swap = {24{swap_q}};
  wire [23:0] kept = acc & ~swap;

  wire [23:0] sum_0;
  wire [23:0] sum_1;
  wire [23:0] sum_2;
  wire [23:0] sum;
  wire unused_0;
  wire unused_1;
  wire unused_2;
  wire unused_3;
  assign {sum_0, unused_0} = {kept, 1'b1} + {10'd0, term[13:0], negative[0]};
  assign {sum_1, unused_1} = {sum_0, 1'b1} + {10'd0, term[27:14], negative[1]};
  assign {sum_2, unused_2} = {sum_1, 1'b1} + {10'd0, term[41:28], negative[2]};
  assign {sum, unused_3} = {sum_2, 1'b1} + {10'd0, term[55:42], negative[3]};

  always @(posedge clk_i) begin
    a_q <= a_i;
    w_q <= w_i;
    swap_q <= swap_i;
    acc_n_q <= ~sum;
  end

  assign a_o = a_q;
  assign w_o = w_q;
  assign swap_o = swap_q;
  assign bus_o = bus_i | (acc & swap);

endmodule

`default_nettype wire
