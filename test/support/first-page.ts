import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, requireTool, runTool, type Tool } from '../../scripts/tools/find.js';

/** A table of a datasheet: the cells of each line by the column's title. */
export type Table = readonly (readonly string[])[];

/** What the first page of a datasheet says. */
export interface FirstPage {
  readonly instance: string;
  /** Types of the two matrices. */
  readonly types: readonly [a: string, w: string];
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
export function tableOf(sheet: string, word: string): Table {
  const lines = sheet.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${word} |`));
  if (start < 0) throw new Error(`no table of ${word}`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines
    .slice(start, start + length)
    .filter((_, i) => i !== 1)
    .map(cellsOf);
}

/** The titles of the examples: of all designs, and of those with 8-bit integers on pairs of lanes. */
export const EXAMPLES = ['Example', 'Example with 8-bit integers'];

/** The first page, with the example of a title. */
export function firstPage(sheet: string, title = 'Example'): FirstPage {
  const instance = /```verilog\n([\s\S]*?)```/.exec(sheet)?.[1];
  if (instance === undefined) throw new Error('no instantiation template');
  const example = sheet.split(/^## /m).find((section) => section.startsWith(`${title}\n`));
  const [, a, w] = /small matrices of (\w+) and (\w+)\./.exec(example ?? '') ?? [];
  if (example === undefined || a === undefined || w === undefined) throw new Error(`no ${title}`);
  return {
    instance,
    types: [a, w],
    activations: tableOf(example, 'activations'),
    weights: tableOf(example, 'weights'),
    sums: tableOf(example, 'sums'),
    cycles: tableOf(example, 'cycle'),
    wait: Number(/Cycle 0 is the first transfer, (\d+) cycles? or\s+more after reset/.exec(example)?.[1]),
    step: Number(/^Multiply results by ([\d.e-]+),/m.exec(example)?.[1] ?? 1),
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
export const signalOf = (port: string): string => port.replace(/_[io](?=\[|$)/, '');

/** How a simulation resets the design. */
export interface Reset {
  /** Rising edges with the reset low. */
  readonly edges: number;
  /** Whether the reset comes while the design is stalled in mid-tile, after a long first reset; else after power-up. */
  readonly stalled?: boolean;
  /** Whether the reset changes right after a rising edge; else at the falling edge. */
  readonly early?: boolean;
}

/** A test bench around the template as it stands in the datasheet, which drives what the table of cycles says. */
function benchOf(
  { instance, cycles: table, wait }: FirstPage,
  { edges, stalled, early }: Reset,
  waits = false,
): string {
  const { head, cycles } = everyCycle(table);
  const inputs = head.flatMap((port, i) => (/_i(\[|$)/.test(port) ? [{ signal: signalOf(port), i }] : []));
  const vectors = [...instance.matchAll(/^reg (?:\[(\d+):0\] )?(\w+_data);/gm)];
  const lineOf = (cells: readonly string[]): string => {
    // Bits of a data port that the table does not show are 0.
    const zeros = vectors.map(([, , name]) => `${name} = 0;`);
    const values = inputs.map(({ signal, i }) => `${signal} = ${cells[i] === '-' ? "'bx" : cells[i]};`);
    const held = waits ? ' #1 while (!all_accepted) begin @(negedge clk); #1; end' : '';
    return `      ${[...zeros, ...values].join(' ')}${held} @(negedge clk);`;
  };
  const offers = (cells: readonly string[]): boolean =>
    inputs.some(({ signal, i }) => signal.endsWith('_valid') && cells[i] === '1');
  const valids = inputs.filter(({ signal }) => signal.endsWith('_valid')).map(({ signal }) => signal);
  const readies = valids.map((valid) => valid.replace(/_valid$/, '_ready'));
  const accepted = valids.map((valid, i) => `(${readies[i]} | ~${valid})`).join(' & ');
  const low = (count: number): string => `repeat (${count}) ${early ? '@(posedge clk); #1' : '@(negedge clk);'}`;
  const change = early ? '@(posedge clk); #1' : '@(negedge clk);';
  // Beats without a pause until nothing moves: the design is full of them.
  const full = `
    out_ready = 0;
    repeat (20) begin
${cycles.filter(offers).map(lineOf).join('\n')}
    end
    $display("stalled %b", ~(${readies.join(' | ')}));
    ${change} rst_n = 0; ${valids.map((valid) => `${valid} = 0;`).join(' ')}
    out_ready = 1;
    ${low(edges)} rst_n = 1;`;
  return `
module bench;
${instance}
  reg running;
  wire all_accepted = ${accepted};
  always #5 clk = ~clk;
  always @(posedge clk) if (running) $display("%b %b %b %h", ${accepted}, out_valid, out_last, out_data);
  task play;
    begin
${cycles.map(lineOf).join('\n')}
    end
  endtask
  initial begin
    ${[...instance.matchAll(/^reg (?:\[\d+:0\] )?(\w+);/gm)].map(([, name]) => `${name} = 0;`).join(' ')}
    running = 0; rst_n = 1; out_ready = 1;
    repeat (3) @(posedge clk);
    ${change} rst_n = 0;
    ${low(stalled ? 8 : edges)} rst_n = 1;
${stalled ? full : ''}
    ${early ? '@(negedge clk);' : ''}
    running = 1;
    repeat (${waits ? 0 : wait}) @(negedge clk);
    play;${
      waits
        ? `
    repeat (${wait}) @(negedge clk);`
        : ''
    }
    $finish;
  end
endmodule
`;
}

/** The programs of Icarus Verilog. */
export interface Icarus {
  readonly iverilog: Tool;
  readonly vvp: Tool;
}

export async function findIcarus(): Promise<Icarus> {
  const iverilog = await requireTool('iverilog');
  const path = findProgram('vvp');
  if (!path) throw new Error('vvp is missing beside iverilog');
  return { iverilog, vvp: { ...iverilog, name: 'vvp', path } };
}

/** What a simulation of a first page saw. */
export interface Simulated {
  /** The design's outputs in every cycle of the table, in the table's columns. */
  readonly outputs: string[][];
  /** Whether the design offered nothing from reset to the table's first cycle. */
  readonly quiet: boolean;
  /** Whether every beat of the table was accepted at once. */
  readonly accepted: boolean;
  /** Whether the design was stalled when the reset came. */
  readonly stalled: boolean;
}

export async function simulate(
  { iverilog, vvp }: Icarus,
  {
    folder,
    name,
    page,
    reset = { edges: 4 },
    early = false,
  }: {
    folder: string;
    name: string;
    page: FirstPage;
    reset?: Reset;
    /** Whether the first beat comes right after reset, and each beat waits until it is accepted. */
    early?: boolean;
  },
): Promise<Simulated> {
  writeFileSync(join(folder, 'bench.v'), benchOf(page, reset, early));
  const args = ['-g2005', '-o', 'bench.vvp', '-f', `${name}.f`, 'bench.v'];
  const compile = await runTool(iverilog, args, { cwd: folder });
  if (compile.log !== '') throw new Error(compile.log);
  const run = await runTool(vvp, ['bench.vvp'], { cwd: folder });
  const lines = run.stdout.trim().split('\n');
  const { head } = everyCycle(page.cycles);
  const cycles = lines.filter((line) => !line.startsWith('stalled')).map((line) => line.split(' '));
  const outputs = cycles.map(([, valid = '', last = '', data = '']) =>
    head
      .filter((port) => port.startsWith('out_'))
      .map((port) => {
        if (port === 'out_valid_o') return valid;
        if (valid !== '1') return '-';
        if (port === 'out_last_o') return last;
        return bitsOf(data, /\[(\d+):(\d+)\]/.exec(port), page);
      }),
  );
  return {
    outputs: early ? outputs : outputs.slice(page.wait),
    quiet: cycles.slice(0, page.wait).every(([, valid]) => valid === '0'),
    accepted: cycles.every(([accepted]) => accepted === '1'),
    stalled: lines.includes('stalled 1'),
  };
}

/** Bits of a hexadecimal number: signed, or as a literal where the datasheet shows one. */
function bitsOf(data: string, part: RegExpExecArray | null, { instance, cycles }: FirstPage): string {
  const width = Number(/^wire \[(\d+):0\] out_data;/m.exec(instance)?.[1]) + 1;
  const [high, low] = part ? [Number(part[1]), Number(part[2])] : [width - 1, 0];
  const bits = high - low + 1;
  if (!/^[\da-f]+$/.test(data)) return data;
  const value = BigInt.asUintN(bits, BigInt(`0x${data}`) >> BigInt(low));
  return cycles.some((cells) => cells.at(-1)?.includes("'h"))
    ? `${bits}'h${value.toString(16).padStart(bits / 4, '0')}`
    : String(BigInt.asIntN(bits, value));
}

/** The number that an output cell stands for, in steps. */
export function numberOf(cell: string): number {
  const bits = /'h(\w+)/.exec(cell)?.[1];
  return bits === undefined ? Number(cell) : Buffer.from(bits, 'hex').readFloatBE();
}

export const outputsOf = ({ cycles: table }: FirstPage): string[][] => {
  const { head, cycles } = everyCycle(table);
  return cycles.map((cells) => cells.filter((_, i) => head[i]?.startsWith('out_')));
};
