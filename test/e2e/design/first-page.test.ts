import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { findProgram, requireTool, runTool, type Tool } from '../../../scripts/tools/find.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-first-page-'));
let iverilog: Tool;
let vvp: Tool;

beforeAll(async () => {
  iverilog = await requireTool('iverilog');
  const path = findProgram('vvp');
  if (!path) throw new Error('vvp is missing beside iverilog');
  vvp = { name: 'vvp', path, version: iverilog.version };
});

const DESIGNS: readonly RawConfiguration[] = [
  {},
  { rows: 2, cols: 2 },
  { rows: 3, cols: 2, drain: 'double', pipeline: 2, stall: 'enable', reset: 'async' },
  { rows: 6, cols: 4, tileRows: 3, tileCols: 2 },
  { rows: 8, cols: 2, drain: 'double' },
  { rows: 4, cols: 4, wideActivations: ['int8'], wideWeights: ['int8'] },
  { rows: 2, cols: 2, pe: 'float', activations: ['e2m1', 'int4'], weights: ['e2m3'] },
  { rows: 2, cols: 3, activations: ['e3m1', 'int8'], weights: ['flint5'], drain: 'double' },
  { rows: 1, cols: 1, activations: ['uint2'], weights: ['pot4'], maxK: 1 },
  { dataflow: 'ws', rows: 4, cols: 2 },
  { dataflow: 'ws', rows: 1, cols: 3, pipeline: 2, stall: 'enable' },
  { dataflow: 'ws', rows: 4, cols: 6, tileRows: 2, tileCols: 3, weights: ['e2m1'] },
  { arch: 'dot' },
  { arch: 'dot', rows: 2, cols: 2, lanes: 4, pipeline: 4, activations: ['e2m1'], weights: ['e2m1'] },
  { arch: 'dot', rows: 1, cols: 3, lanes: 1 },
];

/** A table of a datasheet: the cells of each line by the column's title. */
type Table = readonly (readonly string[])[];

/** What the first page of a datasheet says. */
interface FirstPage {
  readonly instance: string;
  readonly activations: Table;
  readonly weights: Table;
  readonly sums: Table;
  readonly cycles: Table;
  /** Cycles from reset to the first transfer. */
  readonly wait: number;
  /** Real value of a result of 1. */
  readonly step: number;
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/`/g, ''));

/** The table whose head begins with a word, head first. */
function tableOf(sheet: string, word: string): Table {
  const lines = sheet.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${word} |`));
  if (start < 0) throw new Error(`no table of ${word}`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines
    .slice(start, start + length)
    .filter((_, i) => i !== 1)
    .map(cellsOf);
}

function firstPage(sheet: string): FirstPage {
  const instance = /```verilog\n([\s\S]*?)```/.exec(sheet)?.[1];
  if (instance === undefined) throw new Error('no instantiation template');
  return {
    instance,
    activations: tableOf(sheet, 'activations'),
    weights: tableOf(sheet, 'weights'),
    sums: tableOf(sheet, 'sums'),
    cycles: tableOf(sheet, 'cycle'),
    wait: Number(/Cycle 0 is the first transfer, (\d+) cycles? or\s+more after reset/.exec(sheet)?.[1]),
    step: Number(/^Results are in steps of ([\d.e-]+):/m.exec(sheet)?.[1] ?? 1),
  };
}

/** The cells of every cycle: a line `3 .. 7` stands for five. */
function everyCycle([head = [], ...lines]: Table): { head: readonly string[]; cycles: readonly (readonly string[])[] } {
  const cycles = lines.flatMap(([numbers = '', ...cells]) => {
    const [first = 0, last = first] = numbers.split(' .. ').map(Number);
    return Array.from({ length: last - first + 1 }, () => cells);
  });
  return { head: head.slice(1), cycles };
}

/** The signal that the instantiation connects to a port, with the port's bits if it has any. */
const signalOf = (port: string): string => port.replace(/_[io](?=\[|$)/, '');

/** A test bench around the template as it stands in the datasheet, which drives what the table of cycles says. */
function benchOf({ instance, cycles: table, wait }: FirstPage, resetEdges: number): string {
  const { head, cycles } = everyCycle(table);
  const inputs = head.flatMap((port, i) => (/_i(\[|$)/.test(port) ? [{ signal: signalOf(port), i }] : []));
  const vectors = [...instance.matchAll(/^reg (?:\[(\d+):0\] )?(\w+_data);/gm)];
  const drive = cycles.map((cells) => {
    // Bits of a data port that the table does not show are 0.
    const zeros = vectors.map(([, , name]) => `${name} = 0;`);
    const values = inputs.map(({ signal, i }) => `${signal} = ${cells[i] === '-' ? "'bx" : cells[i]};`);
    return `    ${[...zeros, ...values].join(' ')} @(negedge clk);`;
  });
  const valids = inputs.filter(({ signal }) => signal.endsWith('_valid')).map(({ signal }) => signal);
  const ready = valids.map((valid) => `${valid.replace(/_valid$/, '_ready')} | ~${valid}`).join(' & ');
  return `
module bench;
${instance}
  reg running;
  always #5 clk = ~clk;
  always @(posedge clk) if (running) $display("%b %b %b %h", ${ready}, out_valid, out_last, out_data);
  initial begin
    running = 0; clk = 0; rst_n = 0; out_ready = 1; ${valids.map((valid) => `${valid} = 0;`).join(' ')}
    repeat (${resetEdges}) @(posedge clk);
    @(negedge clk); rst_n = 1;
    repeat (${wait}) @(negedge clk);
    running = 1;
${drive.join('\n')}
    $finish;
  end
endmodule
`;
}

/** What the design's outputs are in every cycle of the table, in the table's columns. */
async function simulate(folder: string, name: string, page: FirstPage, resetEdges = 4): Promise<string[][]> {
  writeFileSync(join(folder, 'bench.v'), benchOf(page, resetEdges));
  const args = ['-g2005', '-o', 'bench.vvp', '-f', `${name}.f`, 'bench.v'];
  const compile = await runTool(iverilog, args, { cwd: folder });
  expect(compile.log).toBe('');
  const run = await runTool(vvp, ['bench.vvp'], { cwd: folder });
  const { head } = everyCycle(page.cycles);
  return run.stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [ready, valid, last, data = ''] = line.split(' ');
      expect(ready).toBe('1');
      return head
        .filter((port) => port.startsWith('out_'))
        .map((port) => {
          if (port === 'out_valid_o') return valid ?? '';
          if (valid !== '1') return '-';
          if (port === 'out_last_o') return last ?? '';
          return bitsOf(data, /\[(\d+):(\d+)\]/.exec(port), page);
        });
    });
}

/** Bits of a hexadecimal number: signed, or as a literal where the datasheet shows one. */
function bitsOf(data: string, part: RegExpExecArray | null, { instance, cycles }: FirstPage): string {
  const width = Number(/^wire \[(\d+):0\] out_data;/m.exec(instance)?.[1]) + 1;
  const [high, low] = part ? [Number(part[1]), Number(part[2])] : [width - 1, 0];
  const bits = high - low + 1;
  const value = BigInt.asUintN(bits, BigInt(`0x${data}`) >> BigInt(low));
  return cycles.some((cells) => cells.at(-1)?.includes("'h"))
    ? `${bits}'h${value.toString(16).padStart(bits / 4, '0')}`
    : String(BigInt.asIntN(bits, value));
}

/** The number that an output cell stands for, in steps. */
function numberOf(cell: string): number {
  const bits = /'h(\w+)/.exec(cell)?.[1];
  return bits === undefined ? Number(cell) : Buffer.from(bits, 'hex').readFloatBE();
}

const outputsOf = ({ cycles: table }: FirstPage): string[][] => {
  const { head, cycles } = everyCycle(table);
  return cycles.map((cells) => cells.filter((_, i) => head[i]?.startsWith('out_')));
};

describe.each(DESIGNS)('the first page of the datasheet of %j', (raw) => {
  const { folder, design } = generate(validateConfiguration(raw), mkdtempSync(join(out, 'design-')));
  const sheet = readFileSync(join(folder, 'datasheet.md'), 'utf8');
  const page = firstPage(sheet);

  it('declares and connects every port of the top', () => {
    for (const { name, width } of design.top.ports) {
      expect(page.instance).toMatch(new RegExp(`^  \\.${name} *\\(\\w+\\),?$`, 'm'));
      const range = width === 1 ? '' : `\\[${Number(width) - 1}:0\\] `;
      expect(page.instance).toMatch(
        new RegExp(`^(reg|wire) ${range}${signalOf(name).replace('rst_ni', 'rst_n')};`, 'm'),
      );
    }
  });

  it('has an example whose sums are those of its codes', () => {
    const values = (type: string): string[] =>
      tableOf(sheet, 'type')
        .find(([name]) => name === type)
        ?.at(-1)
        ?.split(' ') ?? [];
    const matrix = (table: Table, type: string): number[][] =>
      table.slice(1).map(([, ...cells]) =>
        cells.map((cell) => {
          const [code = '', value = ''] = cell.split(' = ');
          expect(values(type)[Number.parseInt(code.replace(/.*'h/, ''), 16)]).toBe(value);
          return Number(value);
        }),
      );
    const { config } = design;
    const a = matrix(page.activations, config.activations[0] as string);
    const w = matrix(page.weights, config.weights[0] as string);
    const sums = a.flatMap((row) =>
      (w[0] ?? []).map((_, c) => row.reduce((sum, value, k) => sum + value * (w[k]?.[c] as number), 0)),
    );
    expect(sums.some((sum) => sum !== 0)).toBe(true);
    expect(page.sums.slice(1).flatMap(([, ...cells]) => cells.map((cell) => Number(cell.split(' = ')[1])))).toEqual(
      sums,
    );
    const results = outputsOf(page).flatMap(([valid, , ...cells]) => (valid === '1' ? cells.map(numberOf) : []));
    expect(results.slice(0, sums.length).map((result) => result * page.step)).toEqual(sums);
    expect(results.slice(sums.length).filter((result) => result !== 0)).toEqual([]);
  });

  it('has cycles that the design has when it is driven so', async () => {
    expect(await simulate(folder, design.config.name, page)).toEqual(outputsOf(page));
  });
});

it('another code in the example gives other outputs', async () => {
  const { folder, design } = generate(validateConfiguration({ rows: 2, cols: 2 }), mkdtempSync(join(out, 'design-')));
  const page = firstPage(readFileSync(join(folder, 'datasheet.md'), 'utf8'));
  const cycles = page.cycles.map((cells) => cells.map((cell) => (cell === "8'h31" ? "8'h32" : cell)));
  expect(cycles).not.toEqual(page.cycles);
  expect(await simulate(folder, design.config.name, { ...page, cycles })).not.toEqual(outputsOf(page));
});
