import type { Configuration } from '../../../config/parameters.js';
import type { DesignCore } from '../../core.js';
import { typeMeaning } from '../../decoder.js';
import { input, type ModulePort, type ModuleView, output } from '../../module.js';
import type { OperandPort } from '../../port.js';
import { streamShape } from '../../streams.js';
import { type GridView, gridView, tileGrid } from '../../tile-grid.js';
import { literal, replicate } from '../../verilog.js';

/** What the modules around the PEs have in common. */
export interface EdgeView extends ModuleView {
  readonly rows: number;
  readonly cols: number;
  readonly accBits: number;
  readonly double: boolean;
  readonly enable: boolean;
  readonly async: boolean;
  readonly a: EdgeOperand;
  readonly w: EdgeOperand;
  readonly lastRow: number;
  readonly lastRowButOne: number;
  readonly lastCol: number;
  readonly lastColButOne: number;
  readonly manyRows: boolean;
  readonly manyCols: boolean;
}

export interface EdgeOperand {
  readonly letter: string;
  readonly role: string;
  readonly lanes: number;
  readonly codeBits: number;
  readonly dataBits: number;
  readonly typeBits: number;
  readonly hasType: boolean;
  readonly operandBits: number;
  readonly zero: string;
  /** Whether the port takes wide types, and has a flag for them. */
  readonly wide: boolean;
  /** What decoders are told besides the code: its signal, the parameter for its width and that width. */
  readonly hasKind: boolean;
  readonly kind: string;
  readonly kindParameter: string;
  readonly kindBits: number;
}

export function edgeOperand(port: OperandPort): EdgeOperand {
  const wide = port.wideTypes.length > 0;
  const { letter, typeBits } = port;
  const kind = wide ? (typeBits > 0 ? `{${letter}_wide, ${letter}_type}` : `${letter}_wide`) : `${letter}_type`;
  return {
    letter: port.letter,
    role: port.role,
    lanes: port.lanes,
    codeBits: port.codeBits,
    dataBits: port.codeBits * port.lanes,
    typeBits: port.typeBits,
    hasType: port.typeBits > 0,
    operandBits: port.fields.bits,
    zero: literal(port.codeBits * port.lanes, 0),
    wide,
    hasKind: wide || typeBits > 0,
    kind,
    kindParameter: `${letter.toUpperCase()}_${wide ? 'KIND' : 'TYPE'}_BITS`,
    kindBits: kindBits(port),
  };
}

export function edge(
  core: DesignCore,
  suffix: string,
  title: string,
  ports: ModulePort[],
  instances?: number,
  template = `rtl/arch/output-stationary/${suffix}`,
): EdgeView {
  const { config, accumulator } = core;
  const name = `${config.name}_${suffix}`;
  return {
    name,
    file: `rtl/${name}.v`,
    template: `${template}.v`,
    title,
    ports,
    ...(instances === undefined ? {} : { instances }),
    rows: config.rows,
    cols: config.cols,
    accBits: accumulator.bits,
    double: config.drain === 'double',
    enable: config.stall === 'enable',
    async: config.reset === 'async',
    a: edgeOperand(core.a),
    w: edgeOperand(core.w),
    lastRow: config.rows - 1,
    lastRowButOne: config.rows - 2,
    lastCol: config.cols - 1,
    lastColButOne: config.cols - 2,
    manyRows: config.rows > 1,
    manyCols: config.cols > 1,
  };
}

export const clock = input('clk_i', 1, 'clock');
export const reset = input('rst_ni', 1, 'reset, active low');
/** The reset of a whole design. */
export const resetOf = ({ reset: kind }: Pick<Configuration, 'reset'>): ModulePort => {
  const how = kind === 'async' ? 'asynchronous, released in step with clk_i' : 'synchronous';
  return { ...reset, meaning: `reset, active low, ${how}, at least 4 cycles` };
};
export const enablePort = input('en_i', 1, '0: hold all registers');

/** A delay line: `DEPTH` registers of `WIDTH` bits, for skew and de-skew. */
export interface DelayLine {
  readonly use: string;
  readonly width: number;
  /** Registers of `width` bits in the whole array. */
  readonly stages: number;
}

const kindBits = ({ typeBits, wideTypes }: OperandPort): number => typeBits + (wideTypes.length > 0 ? 1 : 0);

/**
 * The delay lines of an array. Row p (from the top) waits p cycles, column c waits c, results of column c COLS-1-c; with
 * tiles of PEs, all rows or columns of a tile as long as its place among the tiles says.
 */
export function delayLines({ config, a, w, accumulator }: DesignCore): DelayLine[] {
  const { tileRows, tileCols, rowTiles, colTiles } = tileGrid(config);
  const triangle = (n: number): number => (n * (n - 1)) / 2;
  return [
    { use: 'skew of the activations', width: a.codeBits, stages: tileRows * triangle(rowTiles) },
    { use: 'skew of the activation types', width: kindBits(a), stages: rowTiles - 1 },
    { use: 'skew of the weights', width: w.codeBits, stages: tileCols * triangle(colTiles) },
    { use: 'skew of the weight types', width: kindBits(w), stages: colTiles - 1 },
    { use: 'de-skew of the results', width: accumulator.bits, stages: tileCols * triangle(colTiles) },
  ].filter(({ width, stages }) => width > 0 && stages > 0);
}

export function delayModule(core: DesignCore): ModuleView {
  const { stall } = core.config;
  const { tileRows, tileCols, rowTiles, colTiles } = tileGrid(core.config);
  const ports = [
    clock,
    ...(stall === 'enable' ? [enablePort] : []),
    input('d_i', 'WIDTH', 'data'),
    output('q_o', 'WIDTH', 'data, DEPTH cycles later'),
  ];
  const skews = (port: OperandPort, lanes: number, tiles: number): number =>
    (tiles - 1) * (lanes + (kindBits(port) > 0 ? 1 : 0));
  const results = tileCols * (colTiles - 1);
  const instances = skews(core.a, tileRows, rowTiles) + skews(core.w, tileCols, colTiles) + results;
  return edge(
    core,
    'delay',
    'Delay line: DEPTH registers of WIDTH bits, for skew and de-skew.',
    ports,
    instances,
    'rtl/delay',
  );
}

export function clockGateModule(core: DesignCore): ModuleView {
  const ports = [clock, input('en_i', 1, '1: the next high phase passes'), output('clk_o', 1, 'gated clock')];
  return edge(
    core,
    'clock_gate',
    "Clock gate: behavioural model, to be replaced by the technology's cell.",
    ports,
    1,
    'rtl/clock_gate',
  );
}

export const dataPort = ({ letter, role, dataBits, lanes, codeBits, wide }: EdgeOperand): ModulePort => {
  const [side, index] = letter === 'a' ? ['row', 'r'] : ['column', 'c'];
  const codes = (bits: number, count: number): string =>
    `${side} ${index} at [${index}*${bits} +: ${bits}] (${count} of them)`;
  const pairs = wide ? `; of 8 bits: ${codes(2 * codeBits, lanes / 2)}` : '';
  return input(`${letter}_data_i`, dataBits, `${role} codes, ${codes(codeBits, lanes)}${pairs}`);
};

/** The selectors of a port: its flag for 8-bit codes, and what that means for results, and its type. */
export const typePort = (port: OperandPort, wideMeaning = ''): ModulePort[] => [
  ...(port.wideTypes.length > 0
    ? [
        input(
          `${port.letter}_wide_i`,
          1,
          `1: ${port.role} codes have 8 bits, on two lanes each${wideMeaning}; first beat of a tile`,
        ),
      ]
    : []),
  ...(port.typeBits
    ? [input(`${port.letter}_type_i`, port.typeBits, `${port.role} ${typeMeaning(port)}; first beat of a tile`)]
    : []),
];

/** What 8-bit weights mean for results. */
export const HALF_THE_COLUMNS = ': results on even columns only';

function streamIn(core: DesignCore): ModulePort[] {
  return [
    input('in_valid_i', 1, 'a beat is offered: one reduction step for all rows and columns'),
    output('in_ready_o', 1, 'the beat is taken if offered'),
    input('in_last_i', 1, 'the beat is the last of its tile'),
    dataPort(edgeOperand(core.a)),
    ...typePort(core.a, ': half as many rows of results'),
    dataPort(edgeOperand(core.w)),
    ...typePort(core.w, HALF_THE_COLUMNS),
  ];
}

export interface InputView extends EdgeView {
  /** Whether a port has a type selector, which counts in the first beat of a tile. */
  readonly hasTypes: boolean;
}

export function inputModule(core: DesignCore): InputView {
  const { config } = core;
  const issued = (port: OperandPort): ModulePort[] => [
    output(`${port.letter}_code_o`, port.codeBits * port.lanes, `${port.role} codes, all 0 in an idle cycle`),
    ...(port.wideTypes.length > 0 ? [output(`${port.letter}_wide_o`, 1, `1: ${port.role} codes have 8 bits`)] : []),
    ...(port.typeBits ? [output(`${port.letter}_type_o`, port.typeBits, `type of the ${port.role} codes`)] : []),
  ];
  const ports = [
    clock,
    reset,
    ...(config.stall === 'enable' ? [enablePort] : []),
    ...streamIn(core),
    input(
      'permit_i',
      1,
      config.drain === 'double' ? 'the last beat of a tile may enter the array' : 'a beat may enter the array',
    ),
    output('last_o', 1, 'the last beat of a tile enters the array'),
    ...issued(core.a),
    ...issued(core.w),
  ];
  return {
    ...edge(core, 'input', 'Input register: holds one beat until it may enter the array.', ports, 1),
    hasTypes: kindBits(core.a) + kindBits(core.w) > 0,
  };
}

export interface ControlView extends EdgeView {
  readonly grid: GridView;
  readonly gapBits: number;
  readonly gapValue: string;
  readonly gapReset: string;
  readonly gapZero: string;
  readonly gapOne: string;
  readonly hasGap: boolean;
  readonly tokens: number;
  readonly hasTokens: boolean;
  readonly manyTokens: boolean;
  readonly lastToken: number;
  readonly lastTokenButOne: number;
  readonly tokenReset: string;
  readonly firstSwapToken: number;
  readonly drainReset: string;
  readonly colsZero: string;
  readonly tokensZero: string;
  readonly aWide: boolean;
  readonly wWide: boolean;
  readonly wide: boolean;
  readonly fourRows: boolean;
  readonly lastRowButTwo: number;
}

/**
 * The control of tiles. The waves of operands and of the drain take a cycle per row and column of tiles of PEs, which
 * count here as rows and columns where such tiles are larger than a PE. Counted from the cycle in which a tile's last beat leaves the input register, row p (from the
 * top) of column 0 has its final sum after p + PIPELINE + 1 cycles. Single: the drain wave must be in the PEs of column
 * 0 when the last row has its sum, ROWS + PIPELINE; double: one cycle later, when the last row's shadow has it. Two
 * registers lie between the start of the drain wave and there: that gives the number of tokens.
 */
export function controlModule(core: DesignCore): ModuleView {
  const { config } = core;
  const double = config.drain === 'double';
  const [aWide, wWide] = [core.a.wideTypes.length > 0, core.w.wideTypes.length > 0];
  const grid = gridView(config);
  const { rowTiles, colTiles } = grid;
  const tokens = double ? rowTiles + config.pipeline - 1 : rowTiles + config.pipeline - 2;
  const gap = double ? config.rows - 1 : config.rows;
  const gapBits = Math.max(gap.toString(2).length, 1);
  const ports = [
    clock,
    reset,
    ...(config.stall === 'enable' ? [enablePort] : []),
    input('last_i', 1, 'the last beat of a tile enters the array'),
    ...[core.a, core.w]
      .filter(({ wideTypes }) => wideTypes.length > 0)
      .map(({ letter, role }) => input(`${letter}_wide_i`, 1, `1: its ${role}s have 8 bits`)),
    output('permit_o', 1, double ? 'the last beat of the next tile may enter the array' : 'a beat may enter the array'),
    ...(double
      ? [
          output(
            'swap_o',
            rowTiles,
            `per row ${grid.tall ? 'of PE tiles ' : ''}from the top: hand the sum to the shadow and start anew`,
          ),
        ]
      : []),
    output('drain_o', config.rows, 'per row from the top: shift down by one row'),
    output('row_valid_o', 1, 'a row of results leaves the array'),
    output('row_last_o', 1, 'it is the last of its tile'),
    ...(aWide ? [output('pair_o', config.cols, 'per column: add the row above to the lowest one')] : []),
    ...(wWide ? [output('row_wide_o', 1, 'the row has results of 8-bit weights, in pairs of columns')] : []),
  ];
  const view: ControlView = {
    ...edge(core, 'control', 'Control: spaces the tiles and starts their drain.', ports, 1),
    grid,
    manyCols: colTiles > 1,
    lastCol: colTiles - 1,
    lastColButOne: colTiles - 2,
    gapBits,
    gapValue: literal(gapBits, gap),
    // The rows of a tile of PEs are cleared one by one, and operands reach them together.
    gapReset: literal(gapBits, double || grid.tall ? gap : 0),
    gapZero: literal(gapBits, 0),
    gapOne: literal(gapBits, 1),
    hasGap: gap > 0,
    tokens,
    hasTokens: tokens > 0,
    manyTokens: tokens > 1,
    lastToken: tokens - 1,
    lastTokenButOne: tokens - 2,
    tokenReset: literal(Math.max(tokens, 1), double ? 1 : 0),
    firstSwapToken: config.pipeline - 1,
    drainReset: double ? literal(config.rows, 0) : replicate(config.rows, "1'b1"),
    cols: colTiles,
    colsZero: literal(colTiles, 0),
    tokensZero: literal(Math.max(tokens, 1), 0),
    aWide,
    wWide,
    wide: aWide || wWide,
    fourRows: config.rows > 2,
    lastRowButTwo: config.rows - 3,
  };
  return view;
}

export function outputModule(core: DesignCore): ModuleView {
  const { config, accumulator } = core;
  const rowBits = streamShape(config).resultCols * accumulator.bits;
  const hasLast = config.arch === 'array';
  const ports = [
    clock,
    reset,
    input(
      'row_valid_i',
      1,
      `${hasLast ? 'a row of results leaves the array' : 'results of a tile are there'}; ignored while run_o is 0`,
    ),
    ...(hasLast ? [input('row_last_i', 1, 'it is the last of its tile')] : []),
    input('row_data_i', rowBits, hasLast ? 'the row' : 'the results, a row of the buffer'),
    output('run_o', 1, `the ${hasLast ? 'array' : 'units'} may run: there is room for one more row`),
    ...streamOut(core),
  ];
  const view = {
    ...edge(
      core,
      'output',
      'Output buffer: two rows, so that nothing depends on out_ready_i within a cycle.',
      ports,
      1,
      'rtl/output',
    ),
    rowBits,
    hasLast,
  };
  return view;
}

export function streamOut({ config, accumulator, w }: DesignCore): ModulePort[] {
  const { bits } = accumulator;
  if (config.arch === 'dot') {
    const index = `(r*${config.cols}+c)*${bits}`;
    return [
      output('out_valid_o', 1, 'the results of a tile are offered'),
      input('out_ready_i', 1, 'they are taken if offered'),
      output('out_last_o', 1, '1: a tile has a single beat of results'),
      output('out_data_o', config.rows * config.cols * bits, `signed results, unit r, c at [${index} +: ${bits}]`),
    ];
  }
  const order = config.dataflow === 'ws' ? "in the order of the tile's activations" : 'row 0 of the tile first';
  const evenOnes =
    w.wideTypes.length > 0 ? `; of 8-bit weights: column c at [c*${2 * bits} +: ${bits}], between them 0` : '';
  return [
    output('out_valid_o', 1, `a row of results is offered, ${order}`),
    input('out_ready_i', 1, 'the row is taken if offered'),
    output('out_last_o', 1, 'the row is the last of its tile'),
    output(
      'out_data_o',
      config.cols * bits,
      `${config.pe === 'float' ? 'binary32' : 'signed'} results, column c at [c*${bits} +: ${bits}]${evenOnes}`,
    ),
  ];
}

interface PairView extends EdgeView {
  /** Whether the upper lane is cleared where it was added to the lower one. */
  readonly clears: boolean;
}

/** What adds the partial results of 8-bit operands on the way out: rows in pairs, columns in pairs. */
export function pairModules(core: DesignCore): ModuleView[] {
  const { config, accumulator, a, w } = core;
  const { bits } = accumulator;
  const pair = (suffix: string, what: string, instances: number, clears: boolean): PairView => ({
    ...edge(
      core,
      suffix,
      `Adds the results of two ${what} that hold the halves of 8-bit operands.`,
      [
        input('low_i', bits, `result of the even ${what.slice(0, -1)}`),
        input('high_i', bits, `result of the odd ${what.slice(0, -1)}`),
        input('wide_i', 1, '1: add them'),
        output(clears ? 'low_o' : 'sum_o', bits, `the sum, or the even ${what.slice(0, -1)}'s result`),
        ...(clears ? [output('high_o', bits, `0, or the odd ${what.slice(0, -1)}'s result`)] : []),
      ],
      instances,
      'rtl/pair',
    ),
    clears,
  });
  return [
    ...(config.dataflow === 'os' && a.wideTypes.length > 0 ? [pair('pair_rows', 'rows', config.cols, false)] : []),
    ...(w.wideTypes.length > 0 ? [pair('pair_cols', 'columns', config.cols / 2, true)] : []),
  ];
}

export interface ArrayView extends EdgeView {
  readonly gate: boolean;
  readonly clk: string;
  readonly modules: Readonly<Record<string, string>>;
  readonly rowBits: number;
  readonly grid: GridView;
  /** Names of the results of column c in the lowest PEs, in those above, and where the de-skew takes it from. */
  readonly result: string;
  readonly resultWire: string;
  /** Whether pairs of rows, and of columns, are added on the way out. */
  readonly pairsRows: boolean;
  readonly pairsCols: boolean;
}

export function outputStationaryArray(core: DesignCore): ArrayView {
  const { rows, cols } = core.config;
  const title = `Output-stationary ${rows} x ${cols} array: results[r][c] = sum over k of a[k][r] * w[k][c].`;
  return arrayView(core, 'rtl/arch/output-stationary/array', title, [...streamIn(core), ...streamOut(core)], 'acc_out');
}

/**
 * What the tops of both dataflows have in common.
 *
 * @param result Output of the lowest PEs that holds a result.
 */
export function arrayView(
  core: DesignCore,
  template: string,
  title: string,
  streams: ModulePort[],
  result: string,
): ArrayView {
  const { config, accumulator } = core;
  const grid = gridView(config);
  const module = (suffix: string): string => `${config.name}_${suffix}`;
  const pairsRows = config.dataflow === 'os' && core.a.wideTypes.length > 0;
  return {
    ...edge(core, 'array', title, [clock, resetOf(config), ...streams], undefined, template),
    gate: config.stall === 'gate',
    clk: config.stall === 'gate' ? 'clk_array' : 'clk_i',
    modules: {
      clockGate: module('clock_gate'),
      input: module('input'),
      inputA: module('input_a'),
      inputW: module('input_w'),
      control: module('control'),
      delay: module('delay'),
      decodeA: module('decode_a'),
      decodeW: module('decode_w'),
      decodeALow: module('decode_a_low'),
      decodeAHigh: module('decode_a_high'),
      decodeWLow: module('decode_w_low'),
      decodeWHigh: module('decode_w_high'),
      pairRows: module('pair_rows'),
      pairCols: module('pair_cols'),
      pe: module('pe'),
      tile: module('tile'),
      output: module('output'),
    },
    rowBits: config.cols * accumulator.bits,
    grid,
    result,
    resultWire: pairsRows
      ? 'result'
      : grid.tiled
        ? 'bottom[c*ACC_BITS +: ACC_BITS]'
        : `g_row[ROWS-1].g_col[c].${result}`,
    pairsRows,
    pairsCols: core.w.wideTypes.length > 0,
  };
}
