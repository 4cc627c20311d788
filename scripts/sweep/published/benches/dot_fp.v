// Random and greatest vectors against an integer sum, in units of the product of two least subnormal numbers.
`timescale 1ns / 1ps
module bench;
  parameter EXPONENT = 4;
  parameter FRACTION = 3;
  parameter K = 32;
  localparam STEPS = 1000, BITS = 1 + EXPONENT + FRACTION;
  localparam SUM = 2 * ((1 << EXPONENT) + FRACTION) + $clog2(K);
  reg [BITS*K-1:0] a, b;
  wire signed [SUM-1:0] sum;
  dot_fp dut (.i_vec_a(a), .i_vec_b(b), .o_dp(sum));

  // A code as an integer: its value divided by that of the least subnormal number.
  function signed [63:0] value(input [BITS-1:0] code);
    reg [EXPONENT-1:0] exponent;
    reg signed [63:0] magnitude;
    begin
      exponent = code[BITS-2:FRACTION];
      magnitude = code[FRACTION-1:0];
      if (exponent != 0) magnitude = (magnitude + (1 << FRACTION)) << (exponent - 1);
      value = code[BITS-1] ? -magnitude : magnitude;
    end
  endfunction

  reg signed [63:0] want;
  integer i, step;
  integer wrong = 0;

  initial begin
    for (step = 0; step < STEPS; step = step + 1) begin
      want = 0;
      for (i = 0; i < K; i = i + 1) begin
        a[BITS*i +: BITS] = step < 2 ? {BITS{1'b1}} : $random;
        b[BITS*i +: BITS] = step == 0 ? {BITS{1'b1}} : step == 1 ? {1'b0, {(BITS-1){1'b1}}} : $random;
        want = want + value(a[BITS*i +: BITS]) * value(b[BITS*i +: BITS]);
      end
      #1 if (sum !== want) wrong = wrong + 1;
    end
    $display("checked %0d wrong %0d", STEPS, wrong);
    $finish;
  end
endmodule
