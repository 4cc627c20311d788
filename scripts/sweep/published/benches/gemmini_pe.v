// Weight stationary: both weights in turn. Output stationary: sums of 30 products, moved out by the turn. Shift 0.
`timescale 1ns / 1ps
module bench;
  localparam STEPS = 500, LENGTH = 30;
  reg clk = 0, dataflow = 1, propagate = 0, valid = 1;
  reg signed [7:0] a = 0;
  reg signed [19:0] b = 0, d = 0;
  wire signed [19:0] out_b, out_c;
  always #5 clk = ~clk;

  PE_256 dut (
    .clock(clk), .io_in_a(a), .io_in_b(b), .io_in_d(d), .io_in_control_dataflow(dataflow),
    .io_in_control_propagate(propagate), .io_in_control_shift(5'd0), .io_in_id(3'd0), .io_in_last(1'b0),
    .io_in_valid(valid), .io_out_a(), .io_out_b(out_b), .io_out_c(out_c), .io_out_control_dataflow(),
    .io_out_control_propagate(), .io_out_control_shift(), .io_out_id(), .io_out_last(), .io_out_valid(),
    .io_bad_dataflow()
  );

  reg signed [7:0] weight;
  reg signed [7:0] operand;
  reg signed [19:0] want;
  integer i, j;
  integer checked = 0, wrong = 0;

  initial begin
    @(negedge clk);
    for (i = 0; i < STEPS; i = i + 1) begin
      weight = i < 2 ? -128 : $random;
      d = weight;
      @(negedge clk);
      propagate = ~propagate;
      a = i < 2 ? -128 : $random;
      b = $random;
      #1 want = a * weight + b;
      checked = checked + 1;
      if (out_b !== want) wrong = wrong + 1;
    end
    @(negedge clk);
    dataflow = 0;
    d = 0;
    // Both sums are cleared by a turn each.
    repeat (2) begin
      @(negedge clk);
      propagate = ~propagate;
    end
    for (i = 0; i < STEPS; i = i + 1) begin
      want = 0;
      for (j = 0; j < LENGTH; j = j + 1) begin
        a = i < 2 ? -128 : $random;
        operand = i < 2 ? -128 : $random;
        b = operand;
        want = want + a * operand;
        @(negedge clk);
      end
      propagate = ~propagate;
      a = 0;
      #1 checked = checked + 1;
      if (out_c !== want) wrong = wrong + 1;
    end
    $display("checked %0d wrong %0d", checked, wrong);
    $finish;
  end
endmodule
