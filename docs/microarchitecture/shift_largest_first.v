// The shifter in binary stages, by 6 and by 3.

`default_nettype none

module shift_largest_first (
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
  reg carry_q;
  reg [23:0] acc_n_q;
  wire [23:0] acc = ~acc_n_q;

  wire negative = a_q[5] ^ w_q[5];
  wire [6:0] product = {3'd0, a_q[3:0]} * {4'd0, w_q[2:0]};
  wire [1:0] shift = {1'd0, a_q[4]} + w_q[4:3];
  wire [11:0] sixes = shift[1] ? {product[5:0], 6'd0} : {5'd0, product};
  wire [12:0] magnitude = shift[0] ? {sixes[9:0], 3'd0} : {1'd0, sixes};

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

// The same operand. The generated PE's shifter takes the bits that a product of operands there are can have.
module shift_largest_first_operand #(
  parameter WEIGHT = 0
) (
  input  wire [5:0] generated_i,
  output wire [5:0] operand_o,
  output wire       exists_o
);

  wire [3:0] a_sig = generated_i[3:0];
  wire [2:0] w_sig = generated_i[2:0];
  wire a_exists = !generated_i[4] || (a_sig <= 4'd8);
  wire w_exists = (generated_i[4:3] == 2'd0) || ((generated_i[4:3] == 2'd1) && (w_sig <= 3'd4)) ||
      ((generated_i[4:3] == 2'd2) && (w_sig <= 3'd1));
  assign operand_o = generated_i;
  assign exists_o = (WEIGHT == 1) ? w_exists : a_exists;

endmodule

`default_nettype wire
