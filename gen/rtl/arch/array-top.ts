import { type ClockGateView, clockGateView, testEnablePorts } from '../clock-gate.js';
import { type GridView, gridView } from '../cluster-grid.js';
import type { DesignCore } from '../design-core.js';
import {
  type InstanceView,
  instance,
  type LocalParameter,
  selectorParameters,
  type WireView,
  wire,
} from '../instance.js';
import type { ModuleView } from '../module.js';
import { type PeripheryView, peripheryModule, portView } from '../periphery.js';
import { clock, resetOf } from '../ports.js';
import { type SkewView, skewView } from '../skew.js';
import { allStreamPorts, resultStream, type Stream, type Streams, streamPorts } from '../streams.js';

export interface ArrayView extends PeripheryView {
  readonly gate: ClockGateView | undefined;
  readonly clk: string;
  readonly modules: Readonly<Record<string, string>>;
  readonly rowBits: number;
  readonly grid: GridView;
  /** Where the de-skew takes the result of column c from. */
  readonly resultWire: string;
  /** Whether pairs of columns are added on the way out. */
  readonly pairsCols: boolean;
  readonly typeParameters: readonly LocalParameter[];
  /** The row of a tile that row p of PEs, from the top, has. */
  readonly tileRow: string;
  readonly skewRows: SkewView;
  readonly skewCols: SkewView;
  /** What counts the lanes of a PE, where it has several. */
  readonly lanes: readonly string[];
  /** The wires from the control. */
  readonly controls: readonly WireView[];
  /** What PEs, or clusters of them, pass to the right besides operands. */
  readonly signals: readonly SignalView[];
  readonly control: InstanceView;
  readonly output: InstanceView;
  /** Whichever of both the array is made of. */
  readonly pe: InstanceView;
}

/** A control signal that enters an array on the left: where from, and what leaves unused on the right. */
interface SignalView extends WireView {
  readonly left: string;
  readonly unused: string;
}

/** The modules that the top of an array instantiates. */
export interface ArrayParts {
  readonly control: ModuleView;
  readonly output: ModuleView;
  /** PE, or cluster of PEs. */
  readonly computing: ModuleView;
}

/** What the tops of arrays differ in. */
interface TopText {
  readonly template: string;
  readonly title: string;
  /** Output of the lowest PEs that holds a result. */
  readonly result: string;
  /** The signals of the control that a wave carries to the right: for each row of PEs, or of clusters. */
  readonly signals: readonly { readonly name: string; readonly each: 'row' | 'cluster' }[];
  /** Parameters of a PE that the top gives it by its own of the same name. */
  readonly parameters?: readonly string[];
}

/** What the tops of all arrays have in common. */
export function arrayView(
  core: DesignCore,
  streams: Streams,
  { control, output, computing }: ArrayParts,
  { template, title, result, signals, parameters = [] }: TopText,
): ArrayView {
  const { config, accumulator } = core;
  const grid = gridView(config);
  const gate = clockGateView(config, 'clk_array');
  const clk = gate?.clock ?? 'clk_i';
  const common: Readonly<Record<string, string>> = { clk_i: clk, rst_ni: 'rst_ni', en_i: 'run' };
  const tileRow = 'ROWS-1-p';
  const pairsCols = core.w.wideTypes.length > 0;
  const results: Readonly<Record<string, string>> = {
    ...{ clk_i: 'clk_i', rst_ni: 'rst_ni', row_data_i: pairsCols ? 'out_row' : 'row_data' },
    ...Object.fromEntries(streamPorts(streams.results).map(({ name }) => [name, name])),
  };
  const passing = (port: string): string => common[port] ?? port.replace(/_i$/, '_in').replace(/_o$/, '_out');
  const pe = instance(computing, passing, parameters);
  const module = (suffix: string): string => `${config.name}_${suffix}`;
  return {
    ...peripheryModule(core, {
      suffix: 'array',
      title,
      ports: [clock, resetOf(config), ...testEnablePorts(config), ...allStreamPorts(streams)],
      template,
    }),
    gate,
    clk,
    modules: { delay: module('delay'), pairCols: module('pair_cols') },
    rowBits: config.cols * accumulator.bits,
    grid,
    tileRow,
    skewRows: skewView(core, 'a', tileRow),
    skewCols: skewView(core, 'w'),
    lanes: config.lanes > 1 ? ['lane'] : [],
    resultWire: grid.clustered ? 'bottom[c*ACC_BITS +: ACC_BITS]' : `g_row[ROWS-1].g_col[c].${result}`,
    pairsCols,
    typeParameters: selectorParameters([portView(core.a), portView(core.w)]),
    controls: [
      ...signals.map(({ name, each }) => wire(name, each === 'row' ? 'ROWS' : grid.rowCount)),
      ...[wire('row_valid'), wire('row_last')],
      ...(pairsCols ? [wire('row_wide')] : []),
    ],
    signals: signals.map((signal) => signalView(signal, grid.clustered)),
    control: instance(control, (port) => common[port]),
    output: instance(output, (port) => results[port]),
    pe,
  };
}

function signalView({ name, each }: TopText['signals'][number], clustered: boolean): SignalView {
  if (!clustered) return { ...wire(name), left: `${name}[p]`, unused: `${name}_out` };
  return each === 'row'
    ? { ...wire(name, 'CLUSTER_ROWS'), left: `${name}[p +: CLUSTER_ROWS]`, unused: `&${name}_out` }
    : { ...wire(name), left: `${name}[p/CLUSTER_ROWS]`, unused: `${name}_out` };
}

/** The wires of an input register: ports of the top as far as it has them. */
export function inputInstance(module: ModuleView, top: Pick<ArrayView, 'ports' | 'clk'>, prefix = ''): InstanceView {
  const names = new Set(top.ports.map(({ name }) => name));
  return instance(module, (port) => {
    if (port === 'clk_i') return top.clk;
    if (port === 'rst_ni') return port;
    if (port === 'en_i') return 'run';
    const full = `${prefix}${port}`;
    if (/(^|_)ready_o$/.test(full)) return prefix === '' ? 'input_ready' : `${prefix}ready`;
    return names.has(full) ? full : full.replace(/_[io]$/, '');
  });
}

/** The results of an array, a row a beat or, where several rows leave together, these. */
export function rowStream({ config, facts, accumulator, a, w }: DesignCore, order: string): Stream {
  const { bits } = accumulator;
  const { rowsPerBeat: rows } = facts.tile;
  const width = config.cols * bits;
  const together = rows > 1 ? `row t of the beat from [t*${width}] on, ` : '';
  const evenOnes =
    w.wideTypes.length > 0 ? `; of 8-bit weights: column c at [c*${2 * bits} +: ${bits}], between them 0` : '';
  const evenRows =
    rows > 1 && a.wideTypes.length > 0 ? `; of 8-bit activations: row t from [t*${2 * width}] on, between them 0` : '';
  const what = rows > 1 ? `${rows} rows of results are` : 'a row of results is';
  return resultStream(
    {
      valid: `${what} offered, ${order}`,
      ready: `${rows > 1 ? 'offered rows are' : 'an offered row is'} accepted`,
      last: `${rows > 1 ? 'the rows are' : 'the row is'} the last of ${rows > 1 ? 'their' : 'its'} tile`,
    },
    {
      lanes: rows * config.cols,
      laneBits: bits,
      meaning: `${config.pe === 'float' ? 'binary32' : 'signed'} results, ${together}column c at [c*${bits} +: ${bits}]${evenOnes}${evenRows}`,
    },
  );
}
