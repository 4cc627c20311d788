// Random and least vectors against an integer sum.
`timescale 1ns / 1ps
module bench;
  parameter LANES = 16;
  localparam STEPS = 1000;
  reg [9*LANES-1:0] a;
  reg [8*LANES-1:0] b;
  wire [23:0] sum;
  ita_dotp dut (.inp1_i(a), .inp2_i(b), .oup_o(sum));

  reg signed [8:0] left;
  reg signed [7:0] right;
  reg signed [23:0] want;
  integer i, step;
  integer wrong = 0;

  initial begin
    for (step = 0; step < STEPS; step = step + 1) begin
      want = 0;
      for (i = 0; i < LANES; i = i + 1) begin
        left = step == 0 ? -256 : $random;
        right = step == 0 ? -128 : $random;
        a[9*i +: 9] = left;
        b[8*i +: 8] = right;
        want = want + left * right;
      end
      #1 if (sum !== want) wrong = wrong + 1;
    end
    $display("checked %0d wrong %0d", STEPS, wrong);
    $finish;
  end
endmodule
