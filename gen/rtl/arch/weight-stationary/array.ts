import type { DesignCore } from '../../core.js';
import { operandLayout } from '../../decoder.js';
import { input, type ModulePort, type ModuleView, output } from '../../module.js';
import type { OperandPort } from '../../port.js';
import { type ProductView, productView } from '../../product.js';
import { tileGrid } from '../../tile-grid.js';
import { literal } from '../../verilog.js';
import {
  type ArrayView,
  arrayView,
  clock,
  dataPort,
  type EdgeOperand,
  type EdgeView,
  edge,
  edgeOperand,
  enablePort,
  HALF_THE_COLUMNS,
  reset,
  streamOut,
  typePort,
} from '../output-stationary/array.js';

/** PEs of a weight-stationary array whose partial sums have the same width; those of a tile have the width that leaves it. */
export interface PartialSums {
  readonly bits: number;
  readonly pes: number;
}

/** How many PEs have partial sums of which width, from the top of the array down. */
export function partialSums({ config, accumulator }: Pick<DesignCore, 'config' | 'accumulator'>): PartialSums[] {
  const tiles = new Map<number, number>();
  for (const bits of tileSumBits({ config, accumulator })) tiles.set(bits, (tiles.get(bits) ?? 0) + 1);
  return [...tiles].map(([bits, count]) => ({ bits, pes: count * config.tileRows * config.cols }));
}

/** Widths of the partial sums that leave the tiles of a column of the array, from the top. */
export function tileSumBits({ config, accumulator }: Pick<DesignCore, 'config' | 'accumulator'>): number[] {
  const { tileRows } = config;
  return accumulator.partialSumBits.filter((_, p) => p % tileRows === tileRows - 1);
}

/**
 * The PE: the weight in use and that of the next tile, multiplier, shifter and adder; unless a tile of PEs has them, the
 * registers of the activation and of the partial sum.
 */
export interface WeightStationaryPeView extends ModuleView, ProductView {
  /** Whether it has these registers. */
  readonly holds: boolean;
  readonly enable: boolean;
  readonly accBits: number;
  readonly leastSumBits: number;
  /** Whether the narrowest partial sums are no wider than a magnitude: then there is nothing to extend. */
  readonly tight: boolean;
  /** The magnitude with zeros in front, and the sum, in terms of the (possibly registered) stage signals. */
  readonly extended: string;
  readonly sum: string;
}

export function weightStationaryPe(core: DesignCore): WeightStationaryPeView {
  const { config, format, accumulator, magnitudeBits } = core;
  const name = `${config.name}_pe`;
  const leastSumBits = Math.min(...tileSumBits(core));
  const holds = !tileGrid(config).tiled;
  const product = productView(core);
  const { signed, magnitudeSignal, negativeSignal } = product;
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/arch/weight-stationary/pe.v',
    title:
      'Processing element: multiplies an activation a cycle by the weight it holds and adds to the sum from above.',
    ports: [
      clock,
      ...(config.stall === 'enable' ? [enablePort] : []),
      ...(holds ? passingPorts(core) : heldPorts(core)),
      input('w_i', format.w.bits, `weight ${operandLayout(format.w)}, from above`),
      output('w_o', format.w.bits, 'the weight for the next tile, to below'),
      input('sum_i', 'SUM_BITS', 'partial sum of the rows above'),
      output('sum_o', 'SUM_BITS', 'partial sum with this row'),
    ],
    instances: config.rows * config.cols,
    holds,
    enable: config.stall === 'enable',
    accBits: accumulator.bits,
    leastSumBits,
    tight: leastSumBits <= magnitudeBits,
    extended: `{{(SUM_BITS-${magnitudeBits}){1'b0}}, ${magnitudeSignal}}`,
    sum: signed
      ? `sum_i + (addend ^ {SUM_BITS{${negativeSignal}}}) + {{(SUM_BITS-1){1'b0}}, ${negativeSignal}}`
      : 'sum_i + addend',
    ...product,
  };
}

/** Activation and control of a PE that holds them for a cycle and passes them on. */
function passingPorts({ format }: DesignCore): ModulePort[] {
  return [
    input('a_i', format.a.bits, `activation ${operandLayout(format.a)}, from the left`),
    output('a_o', format.a.bits, 'the same, one cycle later, to the right'),
    input('swap_i', 1, '1: the activation begins a tile: use its weight from now on, from the left'),
    output('swap_o', 1, 'the same, one cycle later, to the right'),
    input('load_i', 1, '1: take the weight from above for the next tile, from the left'),
    output('load_o', 1, 'the same, one cycle later, to the right'),
  ];
}

/** Activation and control of a PE in a tile of PEs, whose registers hold the activation. */
function heldPorts({ format }: DesignCore): ModulePort[] {
  return [
    input('a_i', format.a.bits, `activation ${operandLayout(format.a)}, of all PEs in this row of the tile`),
    input('swap_i', 1, '1: the next activation begins a tile: use its weight from then on'),
    input('load_i', 1, '1: take the weight from above for the next tile'),
  ];
}

export interface StreamInputView extends EdgeView {
  readonly operand: EdgeOperand;
  /** Whether the module tells that a beat begins a tile. */
  readonly begins: boolean;
  readonly hasFirst: boolean;
}

/** The input register of a stream: of the activations (`a`) or of the weights (`w`). */
export function streamInput(core: DesignCore, letter: 'a' | 'w'): StreamInputView {
  const port = core[letter];
  const begins = letter === 'a';
  const width = port.codeBits * port.lanes;
  const wide = port.wideTypes.length > 0;
  const ports = [
    clock,
    reset,
    ...(core.config.stall === 'enable' ? [enablePort] : []),
    input('valid_i', 1, 'a beat is offered'),
    output('ready_o', 1, 'the beat is taken if offered'),
    input('last_i', 1, 'the beat is the last of its tile'),
    input('data_i', width, `${port.role} codes`),
    ...(wide ? [input('wide_i', 1, `1: ${port.role} codes have 8 bits; first beat of a tile`)] : []),
    ...(port.typeBits ? [input('type_i', port.typeBits, `type of the ${port.role}s; first beat of a tile`)] : []),
    input('permit_i', 1, `a ${begins ? 'tile may begin' : 'beat may enter the array'}`),
    output('issue_o', 1, 'a beat enters the array'),
    ...(begins ? [output('begin_o', 1, 'it begins its tile')] : []),
    output('last_o', 1, 'it ends its tile'),
    output('code_o', width, `${port.role} codes`),
    ...(wide ? [output('wide_o', 1, `1: ${port.role} codes have 8 bits`)] : []),
    ...(port.typeBits ? [output('type_o', port.typeBits, `type of the ${port.role} codes`)] : []),
  ];
  const title = `Input register of the ${port.role}s: holds one beat until it may enter the array.`;
  return {
    ...edge(core, `input_${letter}`, title, ports, 1, 'rtl/arch/weight-stationary/input'),
    operand: edgeOperand(port),
    begins,
    hasFirst: begins || wide || port.typeBits > 0,
  };
}

export interface WeightStationaryControlView extends EdgeView {
  readonly tall: boolean;
  readonly rowsButOne: number;
  readonly rowsButOneZero: string;
  readonly threeRows: boolean;
  readonly lastRowButTwo: number;
  readonly tokens: number;
  readonly tokensZero: string;
  readonly wWide: boolean;
  readonly lastToken: number;
  readonly lastTokenButOne: number;
}

/**
 * The control of weights and rows. A row of activations that leaves the input register in cycle t has its sums at the
 * output buffer in cycle t + ROWS + COLS - 1 + PIPELINE: that gives the number of tokens. With tiles of PEs, rows and
 * columns of tiles count here. Weights move down a row a beat all the same, but the PEs of a tile take part from the same
 * beat on: a wave of activations takes their weights over in the same cycle.
 */
export function weightStationaryControl(core: DesignCore): WeightStationaryControlView {
  const { pipeline, stall } = core.config;
  const { tileRows, rowTiles, colTiles } = tileGrid(core.config);
  const tall = tileRows > 1;
  const perRow = `per row ${tall ? 'of PE tiles ' : ''}from the top`;
  const tokens = rowTiles + colTiles - 1 + pipeline;
  const wWide = core.w.wideTypes.length > 0;
  const ports = [
    clock,
    reset,
    ...(stall === 'enable' ? [enablePort] : []),
    input('w_issue_i', 1, 'a beat of weights enters the array'),
    input('w_last_i', 1, 'it is the last of its tile'),
    output('w_permit_o', 1, 'a beat of weights may enter the array'),
    ...(wWide ? [input('w_wide_i', 1, 'its weights have 8 bits')] : []),
    input('a_issue_i', 1, 'a row of activations enters the array'),
    input('a_begin_i', 1, 'it begins a tile'),
    input('a_last_i', 1, 'it ends a tile'),
    output('a_permit_o', 1, 'a tile may begin: its weights wait in the array'),
    output('load_o', rowTiles, `${perRow}: take the weight from above for the next tile`),
    output('swap_o', rowTiles, `${perRow}: use the weight of the next tile from now on`),
    output('row_valid_o', 1, 'a row of results leaves the array'),
    output('row_last_o', 1, 'it is the last of its tile'),
    ...(wWide ? [output('row_wide_o', 1, 'it has results of 8-bit weights, in pairs of columns')] : []),
  ];
  const title = 'Control: lets weights and activations in and follows the rows through the array.';
  return {
    ...edge(core, 'control', title, ports, 1, 'rtl/arch/weight-stationary/control'),
    tall,
    manyRows: rowTiles > 1,
    rowsButOne: rowTiles - 1,
    rowsButOneZero: literal(Math.max(rowTiles - 1, 1), 0),
    threeRows: rowTiles > 2,
    lastRowButTwo: rowTiles - 3,
    tokens,
    tokensZero: literal(tokens, 0),
    wWide,
    lastToken: tokens - 1,
    lastTokenButOne: tokens - 2,
  };
}

function streams(core: DesignCore): ModulePort[] {
  const { rows } = core.config;
  const stream = (port: OperandPort, offered: string, last: string, wideMeaning: string): ModulePort[] => [
    input(`${port.letter}_valid_i`, 1, offered),
    output(`${port.letter}_ready_o`, 1, 'the beat is taken if offered'),
    input(`${port.letter}_last_i`, 1, last),
    dataPort(edgeOperand(port)),
    ...typePort(port, wideMeaning),
  ];
  const twice = core.a.wideTypes.length > 0 ? ', for 8-bit activations each row twice' : '';
  return [
    ...stream(
      core.w,
      `a beat of weights is offered: one row of a tile, row 0 first${twice}`,
      `the beat is the last of its tile: beat ${rows} of ${rows}`,
      HALF_THE_COLUMNS,
    ),
    ...stream(
      core.a,
      "a beat of activations is offered: a code for each row of the tile's weights, which give one row of results",
      'the beat is the last of its tile',
      ', for two rows of weights',
    ),
  ];
}

export interface WeightStationaryArrayView extends ArrayView {
  /** Verilog: bits of the sums that leave the PE or tile with top row p, and of those that come to it: p products. */
  readonly sumBits: string;
  readonly aboveBits: string;
  /** Whether partial sums widen at all. */
  readonly widens: boolean;
  /** The sum from above with its sign in front. */
  readonly extended: string;
}

export function weightStationaryArray(core: DesignCore): WeightStationaryArrayView {
  const { rows, cols, tileRows } = core.config;
  const title = `Weight-stationary ${rows} x ${cols} array: results[m][c] = sum over r of a[m][r] * w[r][c].`;
  const bits = tileSumBits(core);
  return {
    ...arrayView(core, 'rtl/arch/weight-stationary/array', title, [...streams(core), ...streamOut(core)], 'sum_out'),
    sumBits: byRow(bits, tileRows, 0),
    aboveBits: byRow(bits, tileRows, 1),
    widens: new Set(bits).size > 1,
    extended: '{{(SUM_BITS-ABOVE_BITS){sign}}, g_row[p-1].g_col[c].sum_out}',
  };
}

/** A Verilog expression in the row p for the entry of its tile, or of the one `shift` tiles above. */
function byRow(bits: readonly number[], tileRows: number, shift: number): string {
  const steps = bits.flatMap((width, p) => (width === bits[p + 1] || p === bits.length - 1 ? [] : [{ width, p }]));
  return [...steps.map(({ width, p }) => `p < ${(p + 1 + shift) * tileRows} ? ${width} :`), String(bits.at(-1))].join(
    ' ',
  );
}
