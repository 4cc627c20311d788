// Operands as for the integer PE, of fewer bits and with any leading zeros; the product is normalised in the PE.

`default_nettype none

module float_integer_operands (
  input  wire        clk_i,
  input  wire  [6:0] a_i,      // {sign, exp[1:0], significand[3:0]}
  output wire  [6:0] a_o,
  input  wire  [5:0] w_i,      // {sign, exp[1:0], significand[2:0]}
  output wire  [5:0] w_o,
  input  wire        swap_i,
  output wire        swap_o,
  input  wire [31:0] bus_i,    // binary32
  output wire [31:0] bus_o
);

  reg [6:0] a_q;
  reg [5:0] w_q;
  reg swap_q;
  reg [31:0] acc_q;

  wire [31:0] kept = acc_q & {32{~swap_q}};

  // Multiply the significands and add the exponents, which count steps of 4.
  wire sign = a_q[6] ^ w_q[5];
  wire [6:0] product = {3'd0, a_q[3:0]} * {4'd0, w_q[2:0]};
  wire [2:0] place = {1'd0, a_q[5:4]} + {1'd0, w_q[4:3]};

  // Move the leading one of the product to the top, by 4, 2, 1. There it stands for 2^6. Normalised operands give the same
  // significand, with one step of this kind, and the same exponent.
  wire low_4 = ~|product[6:3];
  wire [6:0] product_4 = low_4 ? {product[2:0], 4'd0} : product;
  wire low_2 = ~|product_4[6:5];
  wire [6:0] product_2 = low_2 ? {product_4[4:0], 2'd0} : product_4;
  wire low_1 = ~product_2[6];
  wire [6:0] term_sig = low_1 ? {product_2[5:0], 1'd0} : product_2;
  wire [7:0] term_exp = 8'd133 + {4'd0, place, 1'd0} - {5'd0, low_4, low_2, low_1};

  // Of accumulator and product, the larger one stays, the smaller one moves right.
  wire subtract = kept[31] ^ sign;
  wire [31:0] acc_key = {kept[30:23], 1'b1, kept[22:0]};
  wire [31:0] term_key = {term_exp, term_sig, 17'd0};
  wire swap = term_sig[6] & (acc_key < term_key);
  wire [31:0] larger = swap ? term_key : acc_key;
  wire [31:0] smaller = swap ? acc_key : term_key;
  wire [7:0] distance = larger[31:24] - smaller[31:24];
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

// The generated PE's operand {sign, exp[2:0], sig[3:0]}, or sig[2:0], from the same: the leading one moves to the top, and
// its place becomes the exponent. No code has a value of 2^8 or more.
module float_integer_operands_operand #(
  parameter WEIGHT = 0  // 1: the significand has three bits instead of four
) (
  input  wire [6-WEIGHT:0] operand_i,
  output wire [7-WEIGHT:0] generated_o,
  output wire              exists_o
);

  wire [3:0] significand = operand_i[3:0] & ((WEIGHT != 0) ? 4'b0111 : 4'b1111);
  wire [1:0] top = significand[3] ? 2'd3 : significand[2] ? 2'd2 : significand[1] ? 2'd1 : 2'd0;
  wire [3:0] sig = significand << (2'd3 - top);
  wire [3:0] exp = {1'b0, operand_i[5-WEIGHT:4-WEIGHT], 1'b0} + {2'd0, top};

  assign generated_o = {operand_i[6-WEIGHT], exp[2:0], sig[3:WEIGHT]};
  assign exists_o = ~exp[3];

endmodule

`default_nettype wire
