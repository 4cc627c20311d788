// Products of random matrices, streamed with gaps, results taken with gaps, against integer sums. Tiles are so long that
// the results of one have left before those of the next are there, and the array need not stall; with SHORTEST = SIZE
// it has to, and sums are wrong.
`timescale 1ns / 1ps
module bench;
  parameter SIZE = 8;
  parameter BITS = 8;
  parameter SHORTEST = 4 * SIZE;
  localparam SUM = 24, TILES = 12, LONGEST = SHORTEST + 2 * SIZE;
  reg clk = 0, rstn = 0, s_valid = 0, s_last = 0, m_ready = 0;
  reg [SIZE*BITS-1:0] x, k;
  wire s_ready, m_valid, m_last;
  wire [SIZE*SUM-1:0] m;
  always #5 clk = ~clk;

  axis_sa dut (
    .clk(clk), .rstn(rstn), .s_valid(s_valid), .s_last(s_last), .m_ready(m_ready),
    .s_ready(s_ready), .m_valid(m_valid), .m_last(m_last), .sx_data(x), .sk_data(k), .m_data(m)
  );

  reg signed [BITS-1:0] a [0:TILES*LONGEST*SIZE-1];
  reg signed [BITS-1:0] b [0:TILES*LONGEST*SIZE-1];
  integer t, i, n, j, r, length;
  integer tile = 0, col = 0, checked = 0, wrong = 0;
  reg signed [SUM-1:0] want;

  // The longest tile, the first, is all least numbers.
  function integer lengthOf(input integer which);
    lengthOf = which == 0 ? LONGEST : SHORTEST + (which * 7) % (2 * SIZE);
  endfunction

  initial begin
    for (i = 0; i < TILES * LONGEST * SIZE; i = i + 1) begin
      a[i] = i < LONGEST * SIZE ? {1'b1, {(BITS-1){1'b0}}} : $random;
      b[i] = i < LONGEST * SIZE ? {1'b1, {(BITS-1){1'b0}}} : $random;
    end
    repeat (5) @(negedge clk);
    rstn = 1;
    for (t = 0; t < TILES; t = t + 1) begin
      for (n = 0; n < lengthOf(t); n = n + 1) begin
        s_valid = 0;
        while ($random & (t % 2)) @(negedge clk);
        s_valid = 1;
        s_last = n == lengthOf(t) - 1;
        for (i = 0; i < SIZE; i = i + 1) begin
          x[BITS*i +: BITS] = a[(t*LONGEST + n)*SIZE + i];
          k[BITS*i +: BITS] = b[(t*LONGEST + n)*SIZE + i];
        end
        @(posedge clk);
        while (!s_ready) @(posedge clk);
        @(negedge clk);
      end
    end
    s_valid = 0;
    repeat (40 * SIZE) @(negedge clk);
    if (tile != TILES) wrong = wrong + 1;
    $display("checked %0d wrong %0d", checked, wrong);
    $finish;
  end

  always @(negedge clk) m_ready = $random | (tile < TILES / 2);

  always @(posedge clk) if (m_valid && m_ready) begin
    for (r = 0; r < SIZE; r = r + 1) begin
      want = 0;
      for (j = 0; j < lengthOf(tile); j = j + 1)
        want = want + a[(tile*LONGEST + j)*SIZE + r] * b[(tile*LONGEST + j)*SIZE + col];
      checked = checked + 1;
      if (m[SUM*r +: SUM] !== want) wrong = wrong + 1;
    end
    if (m_last !== (col == SIZE - 1)) wrong = wrong + 1;
    tile = col == SIZE - 1 ? tile + 1 : tile;
    col = col == SIZE - 1 ? 0 : col + 1;
  end
endmodule
