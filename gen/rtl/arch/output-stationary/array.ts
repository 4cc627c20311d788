import { type ClockGateView, clockGateView, testEnablePorts } from '../../clock-gate.js';
import { type GridView, gridView } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import {
  type InstanceView,
  instance,
  type LocalParameter,
  selectorParameters,
  selectorWires,
  type WireView,
  wire,
} from '../../instance.js';
import type { ModuleView } from '../../module.js';
import { type PeripheryView, type PortView, peripheryModule, portView } from '../../periphery.js';
import { clock, resetOf } from '../../ports.js';
import { allStreamPorts, type Streams, streamPorts } from '../../streams.js';
import { inputInstance } from '../array-top.js';
import { biasOf } from './bias.js';
import { codeWidths } from '../operand-widths.js';
import { busOf } from './bus.js';
import { selectorOf } from './core.js';

interface ArrayView extends PeripheryView {
  readonly gate: ClockGateView | undefined;
  readonly clk: string;
  readonly modules: Readonly<Record<string, string>>;
  readonly grid: GridView;
  readonly clusterParameters: readonly LocalParameter[];
  /** Widths of codes. */
  readonly widths: readonly LocalParameter[];
  readonly typeParameters: readonly LocalParameter[];
  readonly biasParameters: readonly LocalParameter[];
  readonly selectors: readonly WireView[];
  /** The wires from the control. */
  readonly controls: readonly WireView[];
  readonly genvars: readonly { readonly name: string; readonly comment: string }[];
  /** The delay lines of codes and types before the core. */
  readonly skews: readonly SkewView[];
  /** Lanes of a row of results, or of the rows that leave together; of them, which do not wait, and for how long the others do. */
  readonly lanes: string;
  readonly deskewed: boolean;
  readonly aligned: string;
  readonly biasLow: number;
  readonly outDirect: string;
  readonly outDepth: string;
  /** What takes the bias of the products off a sum. */
  readonly corrections: readonly InstanceView[];
  /** What adds pairs of rows and of columns. */
  readonly pairings: readonly PairingView[];
  /** How results of 8-bit activations leave. */
  readonly wideText: string;
  readonly input: InstanceView;
  readonly control: InstanceView;
  readonly core: InstanceView;
  readonly output: InstanceView;
}

/** A partial that adds pairs of rows or of columns, what it reads, and what it leaves. */
interface PairingView {
  readonly partial: string;
  readonly from: string;
  readonly to: string;
  readonly lanes: string;
}

/** Delay lines: of the codes of all rows or columns, or of their types, which pass from one to the next. */
interface SkewView {
  readonly index: string;
  readonly count: string;
  readonly label: string;
  readonly bits: string;
  readonly target: string;
  /** Which of them do not wait, and for what the others do. */
  readonly direct: string;
  readonly now: string;
  readonly next: string;
  readonly depth: string;
}

/** The modules that the top instantiates. */
interface Parts {
  readonly input: ModuleView;
  readonly control: ModuleView;
  readonly core: ModuleView;
  readonly corrections: readonly ModuleView[];
  readonly output: ModuleView;
}

const CLUSTER_TEXT = '  // of PEs that share operand registers';

/** The array: streams, control and delay lines around the core. */
export function outputStationaryArray(core: DesignCore, streams: Streams, parts: Parts): ArrayView {
  const { config } = core;
  const { rows, cols, name } = config;
  const grid = gridView(config);
  const gate = clockGateView(config, 'clk_array');
  const clk = gate?.clock ?? 'clk_i';
  const [a, w] = [portView(core.a), portView(core.w)];
  const { holdsRows } = busOf(config);
  const lanes = grid.tall ? 'CLUSTER_ROWS*COLS' : 'COLS';
  const column = grid.tall ? '(c % COLS)' : 'c';
  const pairings: PairingView[] = [
    ...(a.wide
      ? [{ partial: holdsRows ? 'pair-rows-held' : 'pair-rows', from: 'row_data', to: 'row_sums', lanes }]
      : []),
    ...(w.wide ? [{ partial: 'pair-cols', from: a.wide ? 'row_sums' : 'row_data', to: 'out_row', lanes }] : []),
  ];
  const bias = biasOf(core);
  const corrected: Readonly<Record<string, string>> = {
    sum_i: 'aligned[c*ACC_BITS +: ACC_BITS]',
    bias_i: 'row_bias',
    sum_o: 'row_data[c*ACC_BITS +: ACC_BITS]',
  };
  const common: Readonly<Record<string, string>> = { clk_i: clk, rst_ni: 'rst_ni', en_i: 'run' };
  const results: Readonly<Record<string, string>> = {
    ...{ clk_i: 'clk_i', rst_ni: 'rst_ni', row_data_i: pairings.at(-1)?.to ?? 'row_data' },
    ...Object.fromEntries(streamPorts(streams.results).map((port) => [port.name, port.name])),
  };
  const fed: Readonly<Record<string, string>> = {
    ...common,
    ...fedBy(a, grid.skewsRows),
    ...fedBy(w, grid.skewsCols),
  };
  const top = peripheryModule(core, {
    suffix: 'array',
    title: `Output-stationary ${rows} x ${cols} array: results[r][c] = sum over k of a[k][r] * w[k][c].`,
    ports: [clock, resetOf(config), ...testEnablePorts(config), ...allStreamPorts(streams)],
    template: 'rtl/arch/output-stationary/array',
  });
  return {
    ...top,
    ...{ gate, clk, grid },
    modules: { delay: `${name}_delay`, pairRows: `${name}_pair_rows`, pairCols: `${name}_pair_cols` },
    clusterParameters: [
      ...(grid.tall ? [{ name: 'CLUSTER_ROWS', value: grid.clusterRows, comment: CLUSTER_TEXT }] : []),
      ...(grid.wide && grid.skewsCols
        ? [{ name: 'CLUSTER_COLS', value: grid.clusterCols, comment: CLUSTER_TEXT }]
        : []),
    ],
    biasParameters: bias
      ? [{ name: 'BIAS_BITS', value: bias.bits, comment: '  // of a sum: those above the bias' }]
      : [],
    widths: codeWidths(core.a, core.w, config.lanes),
    typeParameters: selectorParameters([a, w]).filter(
      ({ name: parameter }) =>
        !(parameter === 'A_MODE_BITS' && !grid.skewsRows) && !(parameter === 'W_MODE_BITS' && !grid.skewsCols),
    ),
    selectors: selectorWires([a, w]),
    controls: [
      ...[wire('swap', grid.rowCount), wire('row_valid'), wire('row_last')],
      ...(a.wide ? [wire('row_pair')] : []),
      ...(w.wide ? [wire('row_wide')] : []),
      ...(bias ? [wire('row_bias', 'BIAS_BITS')] : []),
    ],
    genvars: [
      ...(grid.skewsRows || (a.wide && !holdsRows) ? [{ name: 'p', comment: 'row from the top' }] : []),
      { name: 'c', comment: 'column' },
    ],
    skews: [...(grid.skewsRows ? skewViews(a, 'p', grid) : []), ...(grid.skewsCols ? skewViews(w, 'c', grid) : [])],
    ...{ lanes, pairings, deskewed: grid.skewsCols },
    biasLow: bias?.low ?? 0,
    aligned: bias ? 'aligned' : 'row_data',
    corrections: parts.corrections.map((correct) => instance(correct, (port) => corrected[port])),
    outDirect: grid.wide ? `${column} >= COLS - CLUSTER_COLS` : `${column} == COLS - 1`,
    outDepth: grid.wide ? `(COLS - 1 - ${column}) / CLUSTER_COLS` : `COLS - 1 - ${column}`,
    wideText: holdsRows
      ? 'results[r][c] has r below\n// ROWS/2, and a row leaves every second cycle, the last of them with out_last_o.'
      : 'results[r][c] has r below\n// ROWS/2, and of the rows of a beat every second one is 0.',
    input: inputInstance(parts.input, { ports: top.ports, clk }),
    control: instance(parts.control, (port) => common[port]),
    core: instance(parts.core, (port) => fed[port] ?? (port === 'sum_o' ? 'sum' : undefined)),
    output: instance(parts.output, (port) => results[port]),
  };
}

/** The wires of the core's operand ports: skewed ones, where rows or columns wait for each other. */
const fedBy = (port: PortView, skewed: boolean): Record<string, string> => {
  const { letter, mode } = port;
  const selector = selectorOf(port);
  return skewed
    ? { [`${letter}_code_i`]: `${letter}_skewed`, [`${selector}_i`]: `${selector}_skewed` }
    : { [`${letter}_code_i`]: `${letter}_code`, [`${selector}_i`]: mode };
};

function skewViews(port: PortView, index: 'p' | 'c', grid: GridView): SkewView[] {
  const { letter, mode, modeParameter, hasMode } = port;
  const rows = letter === 'a';
  const bits = `${letter.toUpperCase()}_BITS`;
  const code = `${letter}_code[${index}*${bits} +: ${bits}]`;
  const [count, clusters] = rows ? ['ROWS', grid.rowCount] : ['COLS', grid.colCount];
  const target = `${selectorOf(port)}_skewed`;
  return [
    {
      ...{ index, count, label: `g_${letter}`, bits, target: `${letter}_skewed`, now: code, next: code },
      ...(rows ? { direct: grid.rowDirect, depth: grid.rowDepth } : { direct: grid.colDirect, depth: grid.colDepth }),
    },
    ...(hasMode
      ? [
          {
            ...{ index, count: clusters, label: `g_${selectorOf(port)}`, bits: modeParameter, target },
            ...{ direct: `${index} == 0`, now: mode, depth: '1' },
            next: `${target}[(${index}-1)*${modeParameter} +: ${modeParameter}]`,
          },
        ]
      : []),
  ];
}
