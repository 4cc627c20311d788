import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { arrayInfoOfDesign, expectedResults, type Tile } from '../../../gen/golden/reference.js';
import { randomSource, randomTile } from '../../../gen/golden/vectors.js';
import type { Design } from '../../../gen/rtl/design.js';
import { findProgram, requireTool, runTool } from '../../../scripts/tools/find.js';

/** What docs/architecture.md says of a core whose sums stay: registers of the bus between a row of clusters and the top. */
interface Case {
  readonly raw: RawConfiguration;
  readonly registers: (row: number) => number;
}

/** Of one whose weights stay it says nothing that the configuration does not tell. */
const STATIONARY: readonly RawConfiguration[] = [
  { rows: 3, cols: 4 },
  { rows: 4, cols: 2, lanes: 3, pipeline: 3, stall: 'enable' },
  { rows: 6, cols: 4, clusterRows: 2, clusterCols: 2, pipeline: 2 },
  { rows: 4, cols: 2, clusterRows: 4, lanes: 2 },
  { rows: 1, cols: 1, activations: ['int4'], weights: ['int4'] },
].map((raw) => ({ ...raw, dataflow: 'ws' }));

const CASES: readonly Case[] = [
  { raw: { rows: 3, cols: 4 }, registers: () => 0 },
  { raw: { rows: 5, cols: 2, busSegment: 2, pipeline: 3, stall: 'enable' }, registers: (row) => Math.floor(row / 2) },
  {
    raw: { rows: 6, cols: 4, clusterRows: 2, clusterCols: 2, busSegment: 1, pipeline: 2 },
    registers: (row) => row,
  },
  { raw: { rows: 1, cols: 1, activations: ['int4'], weights: ['int4'] }, registers: () => 0 },
];

/** What the core is given in a cycle, by port; a port that is not there gets 0. */
type Cycle = Record<string, bigint>;

/** Inputs of a core, a cycle each, and the sums that must be on its output: by cycle, lane and value. */
interface Feed {
  readonly cycles: Cycle[];
  readonly sums: { cycle: number; lane: number; value: bigint }[];
}

/** Puts fields into cycles. */
function putter(cycles: Cycle[]) {
  return (cycle: number, port: string, lane: number, bits: number, value: number): void => {
    while (cycles.length <= cycle) cycles.push({});
    const at = cycles[cycle] as Cycle;
    at[port] = (at[port] ?? 0n) | (BigInt(value % 2 ** bits) << BigInt(lane * bits));
  };
}

/** Tiles that follow each other as closely as they may, skewed by hand. */
function feed(
  { config, timing, a, w, productBias, lateFrom }: Design,
  info: ReturnType<typeof arrayInfoOfDesign>,
  { registers }: Case,
): Feed {
  const { rows, cols, clusterRows: tall, clusterCols: wide } = config;
  const behind = config.pipeline + (lateFrom === undefined ? 0 : 1);
  const random = randomSource(7);
  const cycles: Cycle[] = [];
  const sums: Feed['sums'] = [];
  const put = putter(cycles);
  const swap = (start: number): void => {
    for (let p = 0; p < rows / tall; p++) put(start + p, 'swap_i', p, 1, 1);
  };
  swap(behind);
  let next = 1;
  let swapped = behind;
  for (const k of [1, 2, rows, 9, 1, rows + 3]) {
    const tile: Tile = randomTile(random, info, { k });
    // A tile that is too short for the bus behind the one before comes later.
    const start = Math.max(next, swapped + timing.tilePeriod.minimum - k + 1 - behind);
    for (let step = 0; step < k; step++) {
      for (let r = 0; r < rows; r++) {
        const row = Math.floor(r / tall);
        put(start + step + row, 'a_code_i', r, a.codeBits, tile.a[step * rows + r] as number);
        if (a.typeBits > 0 && r % tall === 0) put(start + step + row, 'a_type_i', row, a.typeBits, tile.aType);
      }
      for (let c = 0; c < cols; c++) {
        const column = Math.floor(c / wide);
        put(start + step + column, 'w_code_i', c, w.codeBits, tile.w[step * cols + c] as number);
        if (w.typeBits > 0 && c % wide === 0) put(start + step + column, 'w_type_i', column, w.typeBits, tile.wType);
      }
    }
    next = start + k;
    // Every product since the swap before, those of idle cycles too, has the bias on top.
    const onTop = productBias * BigInt(start + k - 1 + behind - swapped);
    swapped = start + k - 1 + behind;
    swap(swapped);
    expectedResults(info, tile).forEach((value, i) => {
      const [r, c] = [Math.floor(i / cols), i % cols];
      const row = Math.floor(r / tall);
      const cycle = swapped + row + 2 + Math.floor(c / wide) + registers(row);
      sums.push({ cycle, lane: (r % tall) * cols + c, value: value + onTop });
    });
  }
  put(Math.max(...sums.map(({ cycle }) => cycle)) + 1, 'swap_i', 0, 1, 0);
  return { cycles, sums };
}

/** The same where weights stay: a tile's weights follow those of the one before, and its rows those of the one before. */
function feedStationary({ config, a, w, productBias }: Design, info: ReturnType<typeof arrayInfoOfDesign>): Feed {
  const { rows, cols, lanes, clusterRows: tall, clusterCols: wide, pipeline } = config;
  const random = randomSource(7);
  const cycles: Cycle[] = [];
  const sums: Feed['sums'] = [];
  const put = putter(cycles);
  const clusters = rows / tall;
  const onTop = productBias * BigInt(rows * lanes);
  let weights = 0; // the cycle of the first beat of a tile's weights
  let begins = 0; // the cycle of its first row of activations in row 0
  for (const k of [1, 2, rows, 9, 1, rows + 3]) {
    const tile: Tile = randomTile(random, info, { k });
    for (let beat = 0; beat < rows; beat++) {
      for (let c = 0; c < cols; c++) {
        const column = Math.floor(c / wide);
        for (let l = 0; l < lanes; l++) {
          const code = tile.w[(beat * lanes + l) * cols + c] as number;
          put(weights + beat + column, 'w_code_i', c * lanes + l, w.codeBits, code);
        }
        if (w.typeBits > 0 && c % wide === 0) put(weights + beat + column, 'w_type_i', column, w.typeBits, tile.wType);
      }
      for (let p = 0; p < clusters && p <= beat; p++) put(weights + beat, 'load_i', p, 1, 1);
    }
    begins = Math.max(begins, weights + rows);
    for (let p = 0; p < clusters; p++) put(begins + p, 'swap_i', p, 1, 1);
    for (let m = 0; m < k; m++) {
      for (let p = 0; p < rows; p++) {
        const row = Math.floor(p / tall);
        for (let l = 0; l < lanes; l++) {
          const code = tile.a[m * rows * lanes + (rows - 1 - p) * lanes + l] as number;
          put(begins + m + row, 'a_code_i', p * lanes + l, a.codeBits, code);
        }
        if (a.typeBits > 0 && p % tall === 0) put(begins + m + row, 'a_type_i', row, a.typeBits, tile.aType);
      }
    }
    expectedResults(info, tile).forEach((value, i) => {
      const [m, c] = [Math.floor(i / cols), i % cols];
      const cycle = begins + m + clusters + Math.floor(c / wide) + pipeline;
      sums.push({ cycle, lane: c, value: value + onTop });
    });
    // The next tile's weights may come when this one begins, its rows behind this one's.
    weights = begins;
    begins += k;
  }
  put(Math.max(...sums.map(({ cycle }) => cycle)) + 1, 'swap_i', 0, 1, 0);
  return { cycles, sums };
}

const PORTS = ['a_code_i', 'a_type_i', 'w_code_i', 'w_type_i', 'load_i', 'swap_i'] as const;

/** A test bench that gives a core a word of a file in each cycle and prints its sums. */
function bench({ config, modules }: Design, cycles: readonly Cycle[]): { verilog: string; words: string } {
  const core = modules.find(({ name }) => name === `${config.name}_core`);
  if (core === undefined) throw new Error('no core');
  const widthOf = (port: string): number => Number(core.ports.find(({ name }) => name === port)?.width ?? 0);
  const ports = PORTS.filter((port) => widthOf(port) > 0);
  const bits = ports.reduce((sum, port) => sum + widthOf(port), 0);
  const fields = ports.map((port, i) => {
    const low = ports.slice(0, i).reduce((sum, before) => sum + widthOf(before), 0);
    return { port, low, high: low + widthOf(port) - 1 };
  });
  const words = cycles.map((cycle) =>
    fields.reduce((word, { port, low }) => word | ((cycle[port] ?? 0n) << BigInt(low)), 0n).toString(16),
  );
  const verilog = `\`timescale 1ns / 1ps
module bench;
  reg clk = 1'b0;
  reg [${bits - 1}:0] words [0:${cycles.length - 1}];
  reg [${bits - 1}:0] word;
  wire [${widthOf('sum_o') - 1}:0] sum;
  integer i;
  ${core.name} core (.clk_i(clk), ${config.stall === 'enable' ? ".en_i(1'b1), " : ''}${fields
    .map(({ port, low, high }) => `.${port}(word[${high}:${low}])`)
    .join(', ')}, .sum_o(sum));
  initial begin
    $readmemh("words.hex", words);
    for (i = 0; i < ${cycles.length}; i = i + 1) begin
      word = words[i];
      #1 $display("%b", sum);
      #1 clk = 1'b1;
      #1 clk = 1'b0;
    end
  end
endmodule
`;
  return { verilog, words: `${words.join('\n')}\n` };
}

/** The sums of a core in every cycle, as bits. */
async function sumsOf(folder: string, design: Design, cycles: readonly Cycle[]): Promise<string[]> {
  const { verilog, words } = bench(design, cycles);
  const here = mkdtempSync(join(tmpdir(), 'ant-rtl-core-'));
  writeFileSync(join(here, 'bench.v'), verilog);
  writeFileSync(join(here, 'words.hex'), words);
  const files = design.modules.filter(({ name }) => name !== design.top.name).map(({ file }) => join(folder, file));
  const args = ['-g2005', '-o', 'sim', '-s', 'bench', ...files, 'bench.v'];
  await runTool(await requireTool('iverilog'), args, { cwd: here });
  const vvp = findProgram('vvp');
  if (!vvp) throw new Error('vvp is missing beside iverilog');
  return (await execa(vvp, ['sim'], { cwd: here })).stdout.split('\n').filter((line) => /^[01xz]+$/.test(line));
}

/** The sums that a core does not give in their cycles, fed as it says. */
async function wrongSums(raw: RawConfiguration, feedOf: (design: Design) => Feed): Promise<Feed['sums']> {
  const config = validateConfiguration({ ...raw, name: 'fed' });
  const { folder, design } = generate(config, mkdtempSync(join(tmpdir(), 'ant-rtl-core-')));
  const { cycles, sums } = feedOf(design);
  const shown = await sumsOf(folder, design, cycles);
  expect(shown).toHaveLength(cycles.length);
  const rows = raw.dataflow === 'ws' ? 16 + 2 * config.rows : 6 * config.rows;
  expect(sums.length).toBe(rows * config.cols);
  const { bits } = design.accumulator;
  return sums.filter(({ cycle, lane, value }) => {
    const line = shown[cycle] as string;
    const sum = line.slice(line.length - (lane + 1) * bits, line.length - lane * bits);
    return !/^[01]+$/.test(sum) || BigInt(`0b${sum}`) !== BigInt.asUintN(bits, value);
  });
}

describe('a core without its array', () => {
  it.each(CASES)(
    'that is fed skewed operands gives the sums of $raw in the cycles that the page says',
    async (each) => {
      expect(await wrongSums(each.raw, (design) => feed(design, arrayInfoOfDesign(design), each))).toEqual([]);
    },
  );

  it.each(STATIONARY)(
    'that is fed skewed operands gives the rows of %o in the cycles that the page says',
    async (raw) => {
      expect(await wrongSums(raw, (design) => feedStationary(design, arrayInfoOfDesign(design)))).toEqual([]);
    },
  );
});
