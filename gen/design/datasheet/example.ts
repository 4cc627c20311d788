import { arrayInfoOfDesign, expectedResults, type Tile, tileShape } from '../../golden/reference.js';
import { resultLanes, resultWidth, skipsRows, tileBeats } from '../../golden/streams.js';
import { elementStep } from '../../numerics/blocks/block-codec.js';
import { quantise } from '../../numerics/codec.js';
import { leastStep, realValues } from '../../numerics/real.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import type { BlockArithmetic } from '../../rtl/blocks/arithmetic.js';
import type { Design } from '../../rtl/design.js';
import type { OperandPort } from '../../rtl/port.js';
import { counted } from '../../rtl/render/counted.js';
import { fieldOf } from '../../rtl/streams.js';
import { rowCycle } from '../../rtl/timing.js';
import { slice } from '../../rtl/verilog.js';
import { markdownTable } from './markdown.js';
import { exampleLayout } from './words.js';

/** Numbers to multiply. The example takes the nearest ones that the design's types have. */
const ACTIVATIONS = [
  [1, 2],
  [3, -1],
];
const WEIGHTS = [
  [2, -1],
  [1, 4],
];

/** The same for a port that takes 8 bits. */
const WIDE_ACTIVATIONS = [
  [100, 2],
  [3, -20],
];
const WIDE_WEIGHTS = [
  [2, -100],
  [50, 4],
];

type Matrix = readonly (readonly number[])[];

/** A product of small matrices of codes: `a` by row of sums and step k, `w` by step k and column. */
interface Example {
  /** Whether the codes of a port have 8 bits, on two lanes each. */
  readonly aWide: boolean;
  readonly wWide: boolean;
  readonly aType: NumericType;
  readonly wType: NumericType;
  readonly a: Matrix;
  readonly w: Matrix;
}

/**
 * A worked example of a datasheet: a product of two matrices of at most 2 x 2 numbers, cycle by cycle.
 *
 * @param wide Whether the ports that take 8-bit integers do.
 */
export function workedExample(design: Design, wide = false) {
  const example = chooseCodes(design, wide);
  const { aType, wType } = example;
  const step = leastStep(aType) * leastStep(wType);
  return {
    title: wide ? 'Example with 8-bit integers' : 'Example',
    layout: exampleLayout(design, wide),
    aType: aType.name,
    wType: wType.name,
    numbers: [...codeTables(example), '', ...sumTable(example)],
    cycles: cycleTable(design, layOut(design, example)),
    /** Cycles after reset in which a tile would wait as behind another one. */
    wait: counted(design.timing.tilePeriod.bubble + design.timing.tilePeriod.minimum, 'cycle'),
    step,
    stepped: step !== 1 && design.blocks === undefined,
  };
}

/** The codes of the first type of each port; as many rows, steps and columns as the design has, at most 2 of each. */
function chooseCodes(design: Design, wide: boolean): Example {
  const { config, a, w } = design;
  const aWide = wide && a.wideTypes.length > 0;
  const wWide = wide && w.wideTypes.length > 0;
  const [aType] = (aWide ? a.wideTypes : a.types) as [NumericType];
  const [wType] = (wWide ? w.wideTypes : w.types) as [NumericType];
  // Where weights stay, a tile of 2 beats gives 2 rows.
  const shape = tileShape(arrayInfoOfDesign(design), { k: Math.min(2, config.maxK), aWide, wWide });
  const [rows, steps, cols] = [shape.rows, shape.terms, shape.cols].map((size) => Math.min(2, size)) as [
    number,
    number,
    number,
  ];
  const codes = (type: NumericType, numbers: Matrix, height: number, width: number): Matrix =>
    numbers
      .slice(0, height)
      .map((line) => [...quantise(type, line.slice(0, width), { scale: leastStep(type), ties: 'up' })]);
  return {
    aWide,
    wWide,
    aType,
    wType,
    a: codes(aType, aWide ? WIDE_ACTIVATIONS : ACTIVATIONS, rows, steps),
    w: codes(wType, wWide ? WIDE_WEIGHTS : WEIGHTS, steps, cols),
  };
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
function layOut(design: Design, { a, w, aWide, wWide }: Example): Tile {
  const { weightsStay: stays, stepsPerBeat: steps } = design.facts.tile;
  const k = stays ? a.length : Math.ceil(w.length / steps) * steps;
  const { aLanes, wLanes, weightRows } = tileShape(arrayInfoOfDesign(design), { k, aWide, wWide });
  const fill = (matrix: Matrix, height: number, width: number): Uint8Array =>
    Uint8Array.from({ length: height * width }, (_, i) => matrix[Math.floor(i / width)]?.[i % width] ?? 0);
  const turned = w.map((_, step) => a.map((line) => line[step] as number));
  return {
    k,
    aType: 0,
    wType: 0,
    aWide,
    wWide,
    a: fill(stays ? a : turned, k, aLanes),
    w: fill(w, weightRows, wLanes),
    ...(design.blocks ? unitScales(design, design.blocks) : {}),
  };
}

/** Scales with which the codes of a block count in least steps of their types: the sums are those above. */
function unitScales({ config, a, w }: Design, { scales }: BlockArithmetic): Pick<Tile, 'aScales' | 'wScales'> {
  const of = ({ types: [type] }: OperandPort, count: number): Uint8Array => {
    if (type === undefined) throw new Error('a port without types');
    return new Uint8Array(count).fill(codeOfScale(scales, leastStep(type) / elementStep(type)));
  };
  return { aScales: of(a, config.rows), wScales: of(w, config.cols) };
}

function codeOfScale({ bits, decode }: BlockArithmetic['scales'], value: number): number {
  const code = Array.from({ length: 2 ** bits }, (_, each) => each).find((each) => decode(each) === value);
  if (code === undefined) throw new Error(`no scale is ${value}`);
  return code;
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
  const before = timing.latency.to === 'first row' ? 0 : beats.resultBeats - 1;
  const firstOut = lastIn + timing.latency.cycles - before;
  const inputs = streams.inputs.flatMap((stream, i) => {
    const operands = (['a', 'w'] as const)
      .filter((letter) => fieldOf(stream, 'data', letter))
      .map((letter) => ({
        ...{ letter, wide: tile[`${letter}Wide`] === true, codes: beats[letter] },
        scales: letter === 'a' ? beats.aScales : beats.wScales,
      }));
    return streamColumns(design, {
      name: stream.name,
      operands,
      first: starts[i] as number,
      beats: counts[i] as number,
    });
  });
  const spacing = skipsRows(design.facts.tile, tile.aWide) ? 2 : 1;
  const cycleOf = (beat: number): number => firstOut + rowCycle(timing, spacing * beat);
  const columns = [...inputs, ...resultColumns(design, tile, { count: beats.resultBeats, cycleOf })];
  const lines = Array.from({ length: cycleOf(beats.resultBeats - 1) + 1 }, (_, cycle) =>
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

const numbered = (texts: readonly string[], cycleOf: (i: number) => number): Map<number, string> =>
  new Map(texts.map((text, i) => [cycleOf(i), text]));

const times = <T>(count: number, item: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));

/** The columns of an input stream that offers a beat in every cycle from `first` on. */
function streamColumns(
  design: Design,
  {
    name,
    operands,
    beats,
    first,
  }: {
    readonly name: string;
    readonly operands: readonly {
      letter: 'a' | 'w';
      wide: boolean;
      codes: Uint8Array;
      scales: Uint8Array | undefined;
    }[];
    readonly beats: number;
    readonly first: number;
  },
): Column[] {
  const column = (title: string, cell: (beat: number) => string, idle = '-'): Column => ({
    title: `\`${title}\``,
    cells: numbered(times(beats, cell), (beat) => first + beat),
    idle,
  });
  const scaleBits = design.blocks?.scales.bits ?? 0;
  return [
    column(`${name}_valid_i`, () => '1', '0'),
    column(`${name}_last_i`, (beat) => (beat === beats - 1 ? '1' : '0')),
    ...operands.flatMap(({ letter, wide, codes, scales }) => {
      const { typeBits, wideTypes, lanes, codeBits } = design[letter];
      const width = lanes * codeBits;
      return [
        ...(wideTypes.length > 0 ? [column(`${letter}_wide_i`, (beat) => (beat > 0 ? '-' : wide ? '1' : '0'))] : []),
        ...(typeBits > 0 ? [column(`${letter}_type_i`, (beat) => (beat === 0 ? '0' : '-'))] : []),
        ...(scaleBits > 0
          ? [column(`${letter}_scale_i`, (beat) => packed(shareOf(scales, beat, beats), scaleBits))]
          : []),
        ...fieldsOf(design, letter, wide).map(({ first: low, count }) =>
          column(slice(`${letter}_data_i`, width, (low + count) * codeBits - 1, low * codeBits), (beat) =>
            packed(codes.subarray(beat * lanes + low, beat * lanes + low + count), codeBits),
          ),
        ),
      ];
    }),
  ];
}

/** What a beat has of a list with as much for each beat. */
function shareOf(list: Uint8Array | undefined, beat: number, beats: number): Uint8Array {
  const all = list ?? new Uint8Array();
  const each = all.length / beats;
  return all.subarray(beat * each, (beat + 1) * each);
}

/** The lanes of a port that the example uses: two steps in each row or column; activations where weights stay lie side by side. */
function fieldsOf({ config, facts }: Design, letter: 'a' | 'w', wide: boolean): Field[] {
  const { stepsPerBeat, weightsStay } = facts.tile;
  const sides = letter === 'a' ? config.rows : config.cols;
  const used = (wide ? 2 : 1) * (letter === 'a' && weightsStay && stepsPerBeat > 1 ? 1 : 2);
  const rows = Math.min(used, sides);
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

/** The columns of the output stream, with a beat of results in some cycles. */
function resultColumns(
  design: Design,
  tile: Tile,
  { count, cycleOf }: { readonly count: number; readonly cycleOf: (beat: number) => number },
): Column[] {
  const { accumulator, facts } = design;
  const info = arrayInfoOfDesign(design);
  const lanes = resultWidth(info);
  const results = resultLanes(info, tile, expectedResults(info, tile));
  const bits = accumulator.bits;
  const text = (result: bigint): string =>
    facts.sums.encoding === 'binary32'
      ? `${bits}'h${BigInt.asUintN(bits, result)
          .toString(16)
          .padStart(bits / 4, '0')}`
      : String(result);
  const column = (title: string, cell: (beat: number) => string, idle = '-'): Column => ({
    title: `\`${title}\``,
    cells: numbered(times(count, cell), cycleOf),
    idle,
  });
  return [
    column('out_valid_o', () => '1', '0'),
    column('out_last_o', (beat) => (beat === count - 1 ? '1' : '0')),
    ...shownLanes(design, tile).map((lane) =>
      column(slice('out_data_o', lanes * bits, (lane + 1) * bits - 1, lane * bits), (beat) =>
        text(results[beat * lanes + lane] as bigint),
      ),
    ),
  ];
}

/** The lanes of the output that carry sums of the example. */
function shownLanes({ config, facts }: Design, { aWide, wWide }: Tile): number[] {
  const { rowsPerBeat } = facts.tile;
  const firstTwo = (count: number, wide: boolean): number[] =>
    times(Math.min(2, wide ? count / 2 : count), (i) => (wide ? 2 * i : i));
  const cols = firstTwo(config.cols, wWide === true);
  return firstTwo(rowsPerBeat, aWide === true && rowsPerBeat > 1).flatMap((r) => cols.map((c) => r * config.cols + c));
}
