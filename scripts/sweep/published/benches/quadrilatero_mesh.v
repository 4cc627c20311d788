// Rows of 16 int8 enter skewed, weights stay: each column's sum of 16 products against integer sums. With stalls.
`timescale 1ns / 1ps
module bench;
  localparam N = 4, BLOCKS = 6, VECTORS = 40, LEAST = 8'h80;
  reg clk = 0, rst_n = 0, pump = 0;
  reg [N*32-1:0] data = 0;
  reg [N*N*32-1:0] weight = 0;
  wire [N*32-1:0] acc;
  always #5 clk = ~clk;

  quadrilatero_mesh dut (
    .clk_i(clk), .rst_ni(rst_n), .pump_i(pump), .sa_ctrl_i({N{4'b0100}}), .data_i(data),
    .acc_i({N*32{1'b0}}), .weight_i(weight), .acc_o(acc)
  );

  reg [31:0] x [0:VECTORS*N-1];
  integer block, i, c, s, v, q;
  integer checked = 0, wrong = 0;
  reg signed [31:0] want;
  reg signed [7:0] left, right;

  initial begin
    repeat (3) @(negedge clk);
    rst_n = 1;
    for (block = 0; block < BLOCKS; block = block + 1) begin
      for (i = 0; i < N * N; i = i + 1) weight[32*i +: 32] = block == 0 ? {4{8'h80}} : $random;
      for (i = 0; i < VECTORS * N; i = i + 1) x[i] = block == 0 ? {4{8'h80}} : $random;
      for (s = 0; s < VECTORS + 2 * N; s = s + 1) begin
        pump = 0;
        while ($random & (block % 2)) @(negedge clk);
        pump = 1;
        for (i = 0; i < N; i = i + 1)
          data[32*i +: 32] = s >= i && s - i < VECTORS ? x[(s - i)*N + i] : 0;
        @(negedge clk);
        for (c = 0; c < N; c = c + 1) begin
          v = s - (N - 1) - c;
          if (v >= 0 && v < VECTORS) begin
            want = 0;
            for (i = 0; i < N; i = i + 1)
              for (q = 0; q < 4; q = q + 1) begin
                left = x[v*N + i] >> 8 * q;
                right = weight[32*(i*N + c) + 8*q +: 8];
                want = want + left * right;
              end
            checked = checked + 1;
            if (acc[32*c +: 32] !== want) wrong = wrong + 1;
          end
        end
      end
    end
    $display("checked %0d wrong %0d", checked, wrong);
    $finish;
  end
endmodule
