// The int8 PE with operands in two's complement: an 8-bit signed multiplier and one adder.

`default_nettype none

module int8_twos_complement (
  input  wire        clk_i,
  input  wire  [7:0] a_i,      // an int8 code
  output wire  [7:0] a_o,
  input  wire  [7:0] w_i,      // the same
  output wire  [7:0] w_o,
  input  wire        swap_i,
  output wire        swap_o,
  input  wire [23:0] bus_i,
  output wire [23:0] bus_o
);

  reg signed [7:0] a_q;
  reg signed [7:0] w_q;
  reg swap_q;
  reg carry_q;
  reg [23:0] acc_n_q;
  wire [23:0] acc = ~acc_n_q;

  wire [23:0] kept = acc & {{8{~swap_q}}, {16{~swap_i}}};

  wire signed [15:0] product = a_q * w_q;
  wire [16:0] low = {1'd0, kept[15:0]} + {1'd0, ~product[15], product[14:0]};
  wire [23:0] sum = {kept[23:16] + {7'd0, carry_q}, low[15:0]};

  always @(posedge clk_i) begin
    a_q <= a_i;
    w_q <= w_i;
    swap_q <= swap_i;
    carry_q <= low[16];
    acc_n_q <= ~sum;
  end

  assign a_o = a_q;
  assign w_o = w_q;
  assign swap_o = swap_q;
  assign bus_o = bus_i | (acc & {{8{swap_q}}, {16{swap_i}}});

endmodule

// The same operand from the generated PE's {sign, significand[7:0]}; 128 is the magnitude of -128 alone.
module int8_twos_complement_operand #(
  parameter WEIGHT = 0  // no matter here: both ports take the same codes
) (
  input  wire [8:0] generated_i,
  output wire [7:0] operand_o,
  output wire       exists_o
);

  assign operand_o = generated_i[8] ? -generated_i[7:0] : generated_i[7:0];
  assign exists_o = (generated_i[7:0] < 8'd128) || (generated_i == {1'd1, 8'd128});

endmodule

`default_nettype wire
