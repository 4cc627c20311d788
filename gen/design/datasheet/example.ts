import { arrayInfoOfDesign, expectedResults, type Tile } from '../../golden/reference.js';
import { tileBeats } from '../../golden/streams.js';
import { quantise } from '../../numerics/codec.js';
import { leastStep, realValues } from '../../numerics/real.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import type { Design } from '../../rtl/design.js';
import { counted } from '../../rtl/render/counted.js';
import { fieldOf } from '../../rtl/streams.js';
import { slice } from '../../rtl/verilog.js';
import { markdownTable } from './markdown.js';

/** Numbers to multiply. The example takes the nearest ones that the design's types have. */
const ACTIVATIONS = [
  [1, 2],
  [3, -1],
];
const WEIGHTS = [
  [2, -1],
  [1, 4],
];

type Matrix = readonly (readonly number[])[];

/** A product of small matrices of codes: `a` by row of sums and step k, `w` by step k and column. */
interface Example {
  readonly aType: NumericType;
  readonly wType: NumericType;
  readonly a: Matrix;
  readonly w: Matrix;
}

/** The worked example of a datasheet: a product of two matrices of at most 2 x 2 numbers, cycle by cycle. */
export function workedExample(design: Design) {
  const example = chooseCodes(design);
  const { aType, wType } = example;
  const step = leastStep(aType) * leastStep(wType);
  return {
    aType: aType.name,
    wType: wType.name,
    numbers: [...codeTables(example), '', ...sumTable(example)],
    cycles: cycleTable(design, layOut(design, example)),
    /** Cycles after reset in which a tile would wait as behind another one. */
    wait: counted(design.timing.tilePeriod.bubble + design.timing.tilePeriod.minimum, 'cycle'),
    step,
    stepped: step !== 1,
  };
}

/** The codes of the first type of each port; as many rows, steps and columns as the design has, at most 2 of each. */
function chooseCodes({ config, facts, a, w }: Design): Example {
  const [aType, wType] = [a.types[0] as NumericType, w.types[0] as NumericType];
  const { weightsStay: stays } = facts.tile;
  const rows = stays ? 2 : Math.min(2, config.rows);
  const steps = Math.min(2, stays ? config.rows : config.maxK);
  const cols = Math.min(2, config.cols);
  const codes = (type: NumericType, numbers: Matrix, height: number, width: number): Matrix =>
    numbers
      .slice(0, height)
      .map((line) => [...quantise(type, line.slice(0, width), { scale: leastStep(type), ties: 'up' })]);
  return { aType, wType, a: codes(aType, ACTIVATIONS, rows, steps), w: codes(wType, WEIGHTS, steps, cols) };
}

const codeText = (type: NumericType, code: number): string =>
  `${type.bits}'h${code.toString(16).padStart(Math.ceil(type.bits / 4), '0')}`;

const realOf = (type: NumericType, code: number): string => realValues(type)[code] as string;

/** Both matrices: every code with its value. */
function codeTables({ aType, wType, a, w }: Example): string[] {
  const cell = (type: NumericType, code: number): string => `${codeText(type, code)} = ${realOf(type, code)}`;
  const steps = w.map((_, k) => `k = ${k}`);
  return [
    ...markdownTable([
      ['activations', ...steps],
      ...a.map((line, r) => [`row ${r}`, ...line.map((code) => cell(aType, code))]),
    ]),
    '',
    ...markdownTable([
      ['weights', ...(w[0] ?? []).map((_, c) => `column ${c}`)],
      ...w.map((line, k) => [`k = ${k}`, ...line.map((code) => cell(wType, code))]),
    ]),
  ];
}

/** The sums with their arithmetic, in real numbers. */
function sumTable({ aType, wType, a, w }: Example): string[] {
  const bracket = (text: string): string => (text.startsWith('-') ? `(${text})` : text);
  const sum = (line: readonly number[], c: number): string => {
    const factors = line.map((code, k) => [realOf(aType, code), realOf(wType, w[k]?.[c] as number)] as const);
    const total = factors.reduce((rest, [x, y]) => rest + Number(x) * Number(y), 0);
    return `${factors.map(([x, y]) => `${bracket(x)} * ${bracket(y)}`).join(' + ')} = ${total}`;
  };
  return markdownTable([
    ['sums', ...(w[0] ?? []).map((_, c) => `column ${c}`)],
    ...a.map((line, r) => [`row ${r}`, ...(w[0] ?? []).map((_, c) => sum(line, c))]),
  ]);
}

/** The tile that computes the example: all rows, columns and steps that it does not use have code 0. */
function layOut({ config, facts }: Design, { a, w }: Example): Tile {
  const { weightsStay: stays, stepsPerBeat: steps } = facts.tile;
  const k = stays ? a.length : Math.ceil(w.length / steps) * steps;
  const fill = (matrix: Matrix, height: number, width: number): Uint8Array =>
    Uint8Array.from({ length: height * width }, (_, i) => matrix[Math.floor(i / width)]?.[i % width] ?? 0);
  const turned = w.map((_, step) => a.map((line) => line[step] as number));
  return {
    k,
    aType: 0,
    wType: 0,
    a: stays ? fill(a, k, config.rows) : fill(turned, k, config.rows),
    w: fill(w, stays ? config.rows : k, config.cols),
  };
}

/** Some lanes of a port, side by side. */
interface Field {
  readonly first: number;
  readonly count: number;
}

/** A column of the table of cycles: its title, and what stands there in a cycle; `idle` where nothing does. */
interface Column {
  readonly title: string;
  readonly cells: ReadonlyMap<number, string>;
  readonly idle: string;
}

/** What passes every port in every cycle from the first transfer after reset on, without stalls. */
function cycleTable(design: Design, tile: Tile): string[] {
  const { streams, timing } = design;
  const beats = tileBeats(arrayInfoOfDesign(design), tile);
  const counts = streams.inputs.map(({ role }) => (role === 'weights' ? beats.weightBeats : beats.beats));
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
  const lastIn = counts.reduce((sum, count) => sum + count, 0) - 1;
  const before = timing.latency.to === 'first row' ? 0 : beats.resultRows - 1;
  const firstOut = lastIn + timing.latency.cycles - before;
  const inputs = streams.inputs.flatMap((stream, i) => {
    const operands = (['a', 'w'] as const)
      .filter((letter) => fieldOf(stream, 'data', letter))
      .map((letter) => ({ letter, codes: beats[letter] }));
    return streamColumns(design, stream.name, operands, counts[i] as number, starts[i] as number);
  });
  const columns = [...inputs, ...resultColumns(design, tile, firstOut, beats.resultRows)];
  const lines = Array.from({ length: firstOut + beats.resultRows }, (_, cycle) =>
    columns.map(({ cells, idle }) => cells.get(cycle) ?? idle),
  );
  return markdownTable([['cycle', ...columns.map(({ title }) => title)], ...joinEqual(lines)]);
}

/** Lines behind the numbers of their cycles; equal ones that follow each other are one line. */
function joinEqual(lines: readonly (readonly string[])[]): string[][] {
  const joined: { first: number; last: number; cells: readonly string[] }[] = [];
  lines.forEach((cells, cycle) => {
    const previous = joined.at(-1);
    if (previous && previous.cells.join() === cells.join()) previous.last = cycle;
    else joined.push({ first: cycle, last: cycle, cells });
  });
  return joined.map(({ first, last, cells }) => [first === last ? String(first) : `${first} .. ${last}`, ...cells]);
}

const numbered = (first: number, texts: readonly string[]): Map<number, string> =>
  new Map(texts.map((text, i) => [first + i, text]));

const times = <T>(count: number, item: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));

/** The columns of an input stream that offers a beat in every cycle from `first` on. */
function streamColumns(
  design: Design,
  name: string,
  operands: readonly { letter: 'a' | 'w'; codes: Uint8Array }[],
  beats: number,
  first: number,
): Column[] {
  const column = (title: string, cell: (beat: number) => string, idle = '-'): Column => ({
    title: `\`${title}\``,
    cells: numbered(first, times(beats, cell)),
    idle,
  });
  return [
    column(`${name}_valid_i`, () => '1', '0'),
    column(`${name}_last_i`, (beat) => (beat === beats - 1 ? '1' : '0')),
    ...operands.flatMap(({ letter, codes }) => {
      const { typeBits, wideTypes, lanes, codeBits } = design[letter];
      const width = lanes * codeBits;
      return [
        ...(wideTypes.length > 0 ? [column(`${letter}_wide_i`, (beat) => (beat === 0 ? '0' : '-'))] : []),
        ...(typeBits > 0 ? [column(`${letter}_type_i`, (beat) => (beat === 0 ? '0' : '-'))] : []),
        ...fieldsOf(design, letter).map(({ first: low, count }) =>
          column(slice(`${letter}_data_i`, width, (low + count) * codeBits - 1, low * codeBits), (beat) =>
            packed(codes.subarray(beat * lanes + low, beat * lanes + low + count), codeBits),
          ),
        ),
      ];
    }),
  ];
}

/** The lanes of a port that the example uses. */
function fieldsOf({ config, facts }: Design, letter: 'a' | 'w'): Field[] {
  const rows = Math.min(2, letter === 'a' ? config.rows : config.cols);
  const { stepsPerBeat } = facts.tile;
  return stepsPerBeat === 1
    ? [{ first: 0, count: rows }]
    : times(rows, (r) => ({ first: r * stepsPerBeat, count: Math.min(2, stepsPerBeat) }));
}

/** Codes side by side, lane 0 on the right. */
function packed(codes: Uint8Array, codeBits: number): string {
  const bits = codes.length * codeBits;
  const value = codes.reduceRight((rest, code) => (rest << BigInt(codeBits)) | BigInt(code), 0n);
  return `${bits}'h${value.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
}

/** The columns of the output stream: a row of results in every cycle from `first` on. */
function resultColumns(design: Design, tile: Tile, first: number, rows: number): Column[] {
  const { facts, accumulator, float } = design;
  const { resultCols } = facts.tile;
  const results = expectedResults(arrayInfoOfDesign(design), tile);
  const bits = accumulator.bits;
  const text = (result: bigint): string =>
    float
      ? `${bits}'h${BigInt.asUintN(bits, result)
          .toString(16)
          .padStart(bits / 4, '0')}`
      : String(result);
  const column = (title: string, cell: (row: number) => string, idle = '-'): Column => ({
    title: `\`${title}\``,
    cells: numbered(first, times(rows, cell)),
    idle,
  });
  return [
    column('out_valid_o', () => '1', '0'),
    column('out_last_o', (row) => (row === rows - 1 ? '1' : '0')),
    ...resultLanes(design).map((lane) =>
      column(slice('out_data_o', resultCols * bits, (lane + 1) * bits - 1, lane * bits), (row) =>
        text(results[row * resultCols + lane] as bigint),
      ),
    ),
  ];
}

/** The lanes of the output that carry sums of the example. */
function resultLanes({ config, facts }: Design): number[] {
  const cols = times(Math.min(2, config.cols), (c) => c);
  const together = facts.tile.resultsTogether ? Math.min(2, config.rows) : 1;
  return times(together, (r) => cols.map((c) => r * config.cols + c)).flat();
}
