import { type ClockGateView, clockGateView, testEnablePorts } from '../clock-gate.js';
import type { DesignCore } from '../design-core.js';
import { type PeripheryView, peripheryModule } from '../periphery.js';
import { clock, resetOf } from '../ports.js';
import { allStreamPorts, resultStream, type Stream, type Streams } from '../streams.js';
import { type GridView, gridView } from '../tile-grid.js';

export interface ArrayView extends PeripheryView {
  readonly gate: ClockGateView | undefined;
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

/** What the tops of arrays differ in. */
interface TopText {
  readonly template: string;
  readonly title: string;
  /** Output of the lowest PEs that holds a result. */
  readonly result: string;
  /** Whether rows are added in pairs on the way out. */
  readonly pairsRows: boolean;
}

/** What the tops of all arrays have in common. */
export function arrayView(
  core: DesignCore,
  streams: Streams,
  { template, title, result, pairsRows }: TopText,
): ArrayView {
  const { config, accumulator } = core;
  const grid = gridView(config);
  const gate = clockGateView(config, 'clk_array');
  const module = (suffix: string): string => `${config.name}_${suffix}`;
  return {
    ...peripheryModule(core, {
      suffix: 'array',
      title,
      ports: [clock, resetOf(config), ...testEnablePorts(config), ...allStreamPorts(streams)],
      template,
    }),
    gate,
    clk: gate?.clock ?? 'clk_i',
    modules: {
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

/** The results of an array, a row a beat. */
export function rowStream({ config, accumulator, w }: DesignCore, order: string): Stream {
  const { bits } = accumulator;
  const evenOnes =
    w.wideTypes.length > 0 ? `; of 8-bit weights: column c at [c*${2 * bits} +: ${bits}], between them 0` : '';
  return resultStream(
    {
      valid: `a row of results is offered, ${order}`,
      ready: 'an offered row is accepted',
      last: 'the row is the last of its tile',
    },
    {
      lanes: config.cols,
      laneBits: bits,
      meaning: `${config.pe === 'float' ? 'binary32' : 'signed'} results, column c at [c*${bits} +: ${bits}]${evenOnes}`,
    },
  );
}
