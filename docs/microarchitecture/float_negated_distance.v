// The distance of the exponents is one difference, negated where the product is larger, instead of the difference of the sorted exponents.

`default_nettype none

module float_negated_distance (
  input  wire        clk_i,
  input  wire  [7:0] a_i,      // {sign, exp[2:0], sig[3:0]}
  output wire  [7:0] a_o,
  input  wire  [6:0] w_i,      // {sign, exp[2:0], sig[2:0]}
  output wire  [6:0] w_o,
  input  wire        swap_i,
  output wire        swap_o,
  input  wire [31:0] bus_i,    // binary32
  output wire [31:0] bus_o
);

  reg [7:0] a_q;
  reg [6:0] w_q;
  reg swap_q;
  reg [31:0] acc_q;

  wire [31:0] kept = acc_q & {32{~swap_q}};

  wire a_sign = a_q[7];
  wire [2:0] a_exp = a_q[6:4];
  wire [3:0] a_sig = a_q[3:0];
  wire w_sign = w_q[6];
  wire [2:0] w_exp = w_q[5:3];
  wire [2:0] w_sig = w_q[2:0];

  // Multiply the significands and add the exponents, biased as in binary32.
  wire sign = a_sign ^ w_sign;
  wire [6:0] product = {3'd0, a_sig} * {4'd0, w_sig};
  wire [7:0] place = 8'd127 + {5'd0, a_exp} + {5'd0, w_exp};

  // The product lies in [1, 4): move its leading one to the top.
  wire carry = product[6];
  wire [7:0] term_exp = place + {7'd0, carry};
  wire [6:0] term_sig = carry ? product : {product[5:0], 1'd0};

  // Of accumulator and product, the larger one stays, the smaller one moves right.
  wire subtract = kept[31] ^ sign;
  wire [31:0] acc_key = {kept[30:23], 1'b1, kept[22:0]};
  wire [31:0] term_key = {term_exp, term_sig, 17'd0};
  wire swap = term_sig[6] & (acc_key < term_key);
  wire [31:0] larger = swap ? term_key : acc_key;
  wire [23:0] smaller = swap ? acc_key[23:0] : term_key[23:0];

  // The difference does not wait for the choice of the larger one. Modulo 2^8 the negated difference is the other one, and
  // the larger exponent less the smaller one is below 2^8.
  wire [7:0] difference = acc_key[31:24] - term_key[31:24];
  wire [7:0] distance = (difference ^ {8{swap}}) + {7'd0, swap};
  wire [4:0] shift = distance[4:0] | {5{|distance[7:5]}};

  // Shift right by 16, 8, 4, 2, 1. Three bits more are kept; the last of them is 1 if any bit beyond was.
  wire [26:0] right_16 = shift[4] ? {16'd0, smaller[23:14], |smaller[13:0]} : {smaller[23:0], 3'd0};
  wire [26:0] right_8 = shift[3] ? {8'd0, right_16[26:9], |right_16[8:0]} : right_16;
  wire [26:0] right_4 = shift[2] ? {4'd0, right_8[26:5], |right_8[4:0]} : right_8;
  wire [26:0] right_2 = shift[1] ? {2'd0, right_4[26:3], |right_4[2:0]} : right_4;
  wire [26:0] aligned = shift[0] ? {1'd0, right_2[26:2], |right_2[1:0]} : right_2;

  // Add or subtract. The difference is never negative.
  wire [27:0] total = {1'd0, larger[23:0], 3'd0} + ({1'd0, aligned} ^ {28{subtract}}) + {27'd0, subtract};

  // Shift left by 16, 8, 4, 2, 1 until the leading one is at the top.
  wire none_16 = ~|total[27:12];
  wire [27:0] left_16 = none_16 ? {total[11:0], 16'd0} : total;
  wire none_8 = ~|left_16[27:20];
  wire [27:0] left_8 = none_8 ? {left_16[19:0], 8'd0} : left_16;
  wire none_4 = ~|left_8[27:24];
  wire [27:0] left_4 = none_4 ? {left_8[23:0], 4'd0} : left_8;
  wire none_2 = ~|left_4[27:26];
  wire [27:0] left_2 = none_2 ? {left_4[25:0], 2'd0} : left_4;
  wire none_1 = ~left_2[27];
  wire [27:0] normal = none_1 ? {left_2[26:0], 1'd0} : left_2;
  wire [4:0] zeros = {none_16, none_8, none_4, none_2, none_1};

  // Round: a carry runs up the fraction as far as it meets ones, and on into the exponent. That gains 1 besides, because
  // the top of the sum lies a place above the larger operand's.
  reg round_carry;
  reg [22:0] fraction;
  integer i;
  always @* begin
    round_carry = normal[3] & (normal[4] | (|normal[2:0]));
    for (i = 0; i < 23; i = i + 1) begin
      fraction[i] = normal[i + 4] ^ round_carry;
      round_carry = round_carry & normal[i + 4];
    end
  end
  wire [7:0] exponent = larger[31:24] - {3'd0, zeros} + {6'd0, round_carry, ~round_carry};

  // Equal operands of opposite signs give +0.
  wire sum_sign = normal[27] & (swap ? sign : kept[31]);
  wire [31:0] sum = {sum_sign, exponent & {8{normal[27]}}, fraction};

  always @(posedge clk_i) begin
    a_q <= a_i;
    w_q <= w_i;
    swap_q <= swap_i;
    acc_q <= sum;
  end

  assign a_o = a_q;
  assign w_o = w_q;
  assign swap_o = swap_q;
  assign bus_o = bus_i | (acc_q & {32{swap_q}});

endmodule

`default_nettype wire
