// Random and least vectors against an integer sum.
`timescale 1ns / 1ps
module bench;
  parameter BITS = 8;
  parameter K = 32;
  localparam STEPS = 1000, SUM = 2 * BITS + $clog2(K);
  reg [BITS*K-1:0] a, b;
  wire [SUM-1:0] sum;
  dot_int dut (.i_vec_a(a), .i_vec_b(b), .o_dp(sum));

  reg signed [BITS-1:0] left, right;
  reg signed [SUM-1:0] want;
  integer i, step;
  integer wrong = 0;

  initial begin
    for (step = 0; step < STEPS; step = step + 1) begin
      want = 0;
      for (i = 0; i < K; i = i + 1) begin
        left = step == 0 ? {1'b1, {(BITS-1){1'b0}}} : $random;
        right = step == 0 ? {1'b1, {(BITS-1){1'b0}}} : $random;
        a[BITS*i +: BITS] = left;
        b[BITS*i +: BITS] = right;
        want = want + left * right;
      end
      #1 if (sum !== want) wrong = wrong + 1;
    end
    $display("checked %0d wrong %0d", STEPS, wrong);
    $finish;
  end
endmodule
