// Both words of the weight memory, random operands and partial sums, against integer sums.
`timescale 1ns / 1ps
module bench;
  parameter BITS = 8;
  localparam SUM = 24, STEPS = 2000;
  reg clk = 0, reset = 1, read = 0, write = 0, r_addr = 0, w_addr = 0;
  reg signed [BITS-1:0] act, w_data;
  reg signed [SUM-1:0] sum_in;
  wire signed [BITS-1:0] act_out;
  wire signed [SUM-1:0] sum_out;
  always #5 clk = ~clk;

  pe dut (
    .clk(clk), .reset(reset), .act_in(act), .sum_in(sum_in), .read_req_w_mem(read), .r_addr_w_mem(r_addr),
    .write_req_w_mem(write), .w_addr_w_mem(w_addr), .w_data_w_mem(w_data),
    .read_req_w_mem_frwrd(), .r_addr_w_mem_frwrd(), .act_out(act_out), .sum_out(sum_out)
  );

  reg signed [BITS-1:0] weights [0:1];
  reg signed [BITS-1:0] weight;
  reg signed [SUM-1:0] want;
  integer i;
  integer checked = 0, wrong = 0;

  initial begin
    repeat (3) @(negedge clk);
    reset = 0;
    for (i = 0; i < STEPS; i = i + 1) begin
      write = 1;
      w_addr = i;
      w_data = i < 4 ? {1'b1, {(BITS-1){1'b0}}} : $random;
      weights[w_addr] = w_data;
      read = 0;
      @(negedge clk);
      write = 0;
      if (i > 0) begin
        read = 1;
        r_addr = $random;
        weight = weights[r_addr];
        @(negedge clk);
        read = 0;
        act = i < 4 ? {1'b1, {(BITS-1){1'b0}}} : $random;
        sum_in = $random;
        want = act * weight + sum_in;
        @(negedge clk);
        checked = checked + 1;
        if (sum_out !== want || act_out !== act) wrong = wrong + 1;
      end
    end
    $display("checked %0d wrong %0d", checked, wrong);
    $finish;
  end
endmodule
