import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { renderVerilog } from '../../../gen/design/files.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { dualPortRam, singlePortRam } from '../../../gen/rtl/engine/ram.js';
import { findProgram, requireTool, runTool } from '../../../scripts/tools/find.js';
import { findYosys, runYosys } from '../../../scripts/tools/yosys/yosys.js';

const here = mkdtempSync(join(tmpdir(), 'ant-rtl-ram-'));
afterAll(() => rmSync(here, { recursive: true, force: true }));

const IDENTITY = { generator: 'a test', hash: '', command: '' };
const text = (module: ReturnType<typeof dualPortRam>): string =>
  renderVerilog({ modules: [module] }, IDENTITY)[0]?.text ?? '';
const FILES = { 'single.v': text(singlePortRam('t')), 'dual.v': text(dualPortRam('t')) };

const [WIDTH, WORDS, ADDRESS_BITS, LANES] = [12, 13, 4, 3];
const LANE_BITS = WIDTH / LANES;

/** A cycle: which lanes are written where, with what, and what is read. */
interface Cycle {
  readonly read: boolean;
  readonly from: number;
  readonly lanes: number;
  readonly to: number;
  readonly data: number;
}

/** A memory as bits, those without a value as x. */
class Memory {
  private readonly words = Array.from({ length: WORDS }, () => 'x'.repeat(WIDTH));
  shown = 'x'.repeat(WIDTH);

  cycle({ read, from, lanes, to, data }: Cycle): void {
    const bits = data.toString(2).padStart(WIDTH, '0');
    const old = this.words[from] as string;
    const isWritten = (bit: number): boolean => (lanes >> Math.floor((WIDTH - 1 - bit) / LANE_BITS)) % 2 === 1;
    if (read) this.shown = [...old].map((value, bit) => (from === to && isWritten(bit) ? 'x' : value)).join('');
    this.words[to] = [...(this.words[to] as string)].map((value, bit) => (isWritten(bit) ? bits[bit] : value)).join('');
  }
}

const INSTANCES = {
  single: `t_ram_1rw #(.WIDTH(${WIDTH}), .WORDS(${WORDS}), .ADDRESS_BITS(${ADDRESS_BITS}), .LANES(${LANES})) ram (
    .clk_i(clk), .en_i(word[0]), .write_i(word[3:1]), .address_i(word[7:4]), .data_i(word[23:12]), .data_o(data));`,
  dual: `t_ram_1r1w #(.WIDTH(${WIDTH}), .WORDS(${WORDS}), .ADDRESS_BITS(${ADDRESS_BITS}), .LANES(${LANES})) ram (
    .clk_i(clk), .read_i(word[0]), .write_i(word[3:1]), .read_address_i(word[7:4]), .write_address_i(word[11:8]),
    .write_data_i(word[23:12]), .read_data_o(data));`,
};

/** What a memory shows after each cycle. */
async function simulate(kind: 'single' | 'dual', cycles: readonly number[]): Promise<string[]> {
  const bench = `module bench;
  reg clk = 1'b0;
  reg [23:0] words [0:${cycles.length - 1}];
  reg [23:0] word;
  wire [${WIDTH - 1}:0] data;
  integer i;
  ${INSTANCES[kind]}
  initial begin
    $readmemh("${kind}.hex", words);
    for (i = 0; i < ${cycles.length}; i = i + 1) begin
      word = words[i];
      #1 clk = 1'b1;
      #1 $display("%b", data);
      clk = 1'b0;
    end
  end
endmodule
`;
  writeFileSync(join(here, 'bench.v'), bench);
  writeFileSync(join(here, 'ram.v'), FILES[`${kind}.v`]);
  writeFileSync(join(here, `${kind}.hex`), cycles.map((word) => word.toString(16)).join('\n'));
  await runTool(await requireTool('iverilog'), ['-g2005', '-o', 'sim', '-s', 'bench', 'bench.v', 'ram.v'], {
    cwd: here,
  });
  const vvp = findProgram('vvp');
  if (!vvp) throw new Error('vvp is missing beside iverilog');
  return (await execa(vvp, ['sim'], { cwd: here })).stdout.split('\n').filter((line) => /^[01xz]+$/.test(line));
}

describe('the memories of an engine', () => {
  it('hold what was written by lanes, and give no value where none is defined', async () => {
    const random = randomSource(3);
    for (const kind of ['single', 'dual'] as const) {
      const memory = new Memory();
      const expected: string[] = [];
      const words = Array.from({ length: 600 }, () => {
        const enabled = random.below(4) > 0;
        const lanes = random.below(2) === 0 ? 0 : random.below(8);
        const [from, to, data] = [random.below(WORDS), random.below(WORDS), random.below(4096)];
        if (kind === 'dual') memory.cycle({ read: enabled, from, lanes, to, data });
        else memory.cycle({ read: enabled && lanes === 0, from, lanes: enabled ? lanes : 0, to: from, data });
        expected.push(memory.shown);
        return (enabled ? 1 : 0) + lanes * 2 + from * 16 + to * 256 + data * 4096;
      });
      expect(await simulate(kind, words)).toEqual(expected);
      expect(expected.filter((each) => /^[01]+$/.test(each)).length).toBeGreaterThan(200);
    }
  });

  it.each([
    ['ice40', /SB_RAM40_4K/, 16],
    ['ecp5', /DP16KD/, 4],
    ['xilinx', /RAMB36E1/, 2],
  ] as const)('are block RAM alone in Yosys for %s', { tags: 'rest' }, async (family, cell, count) => {
    for (const [file, module] of [
      ['single.v', 't_ram_1rw'],
      ['dual.v', 't_ram_1r1w'],
    ] as const) {
      const size = '-set WIDTH 64 -set WORDS 1024 -set ADDRESS_BITS 10 -set LANES 4';
      const script = `read_verilog ${file}; chparam ${size} ${module}; synth_${family} -top ${module}; stat`;
      const { log } = await runYosys(await findYosys(), {
        ...{ title: `${module} for ${family}`, script, inputs: FILES, outputs: [] },
      });
      const rows = [...log.slice(log.lastIndexOf('Number of cells')).matchAll(/^ {5}(\w+) +(\d+)$/gm)];
      const counts = new Map(rows.map(([, name = '', number]) => [name, Number(number)]));
      const rams = [...counts].filter(([name]) => cell.test(name));
      expect(rams.map(([, number]) => number)).toEqual([count]);
      // A register would be a word that is read and written in the same cycle, kept aside.
      expect([...counts.keys()].filter((name) => /DFF|TRELLIS_FF|FD[RSCP]E/.test(name))).toEqual([]);
    }
  });
});
