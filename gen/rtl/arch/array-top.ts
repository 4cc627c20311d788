import { type ClockGateView, clockGateView, testEnablePorts } from '../clock-gate.js';
import { type GridView, gridView } from '../cluster-grid.js';
import type { DesignCore } from '../design-core.js';
import {
  type InstanceView,
  instance,
  type LocalParameter,
  selectorParameters,
  selectorWires,
  type WireView,
  wire,
} from '../instance.js';
import type { ModuleView } from '../module.js';
import { type PeripheryView, type PortView, peripheryModule, portView } from '../periphery.js';
import { clock, resetOf } from '../ports.js';
import { allStreamPorts, resultStream, type Stream, type Streams, streamPorts } from '../streams.js';
import { selectorOf } from './array-core.js';
import { codeWidths } from './operand-widths.js';

/** The top of an array: streams, control and delay lines around its core. */
export interface ArrayTopView extends PeripheryView {
  readonly gate: ClockGateView | undefined;
  readonly clk: string;
  readonly modules: Readonly<Record<string, string>>;
  readonly clusterParameters: readonly LocalParameter[];
  /** Widths of codes. */
  readonly widths: readonly LocalParameter[];
  readonly typeParameters: readonly LocalParameter[];
  readonly selectors: Readonly<Record<'a' | 'w', readonly WireView[]>>;
  /** The wires from the control. */
  readonly controls: readonly WireView[];
  readonly genvars: readonly { readonly name: string; readonly comment: string }[];
  /** The delay lines of codes and types before the core. */
  readonly skews: readonly SkewView[];
  /** Lanes of a row of results, or of the rows that leave together; of them, which do not wait, and for how long the others do. */
  readonly lanes: string;
  readonly deskewed: boolean;
  readonly outDirect: string;
  readonly outDepth: string;
  /** Where results are aligned, and what takes the bias of the products off them. */
  readonly aligned: string;
  readonly biasText: string;
  readonly corrections: readonly InstanceView[];
  /** What adds pairs of rows and of columns. */
  readonly pairings: readonly PairingView[];
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
  /** Whether any wait, which do not, and for what the others do. */
  readonly waits: boolean;
  readonly direct: string;
  readonly now: string;
  readonly next: string;
  readonly depth: string;
}

/** The modules that the tops of all arrays instantiate. */
export interface ArrayParts {
  readonly control: ModuleView;
  readonly core: ModuleView;
  readonly corrections: readonly ModuleView[];
  readonly output: ModuleView;
}

/** What the tops of arrays differ in. */
interface TopText {
  readonly template: string;
  readonly title: string;
  /** The row of a tile that row p of PEs, from the top, has. */
  readonly tileRow: string;
  /** Whether the rows of a cluster leave together. */
  readonly rowsTogether: boolean;
  /** The partial that adds pairs of rows, where there are such. */
  readonly pairsRows?: 'pair-rows' | 'pair-rows-held';
  /** The wires from the control, besides those of a row of results. */
  readonly signals: readonly WireView[];
  readonly rowSignals?: readonly WireView[];
  /** What is on top of a result. */
  readonly biasText: string;
}

const CLUSTER_TEXT = '  // of PEs that share operand registers';

/** The top of an array, from what all have in common. */
export function arrayTop(core: DesignCore, streams: Streams, parts: ArrayParts, text: TopText): ArrayTopView {
  const { config } = core;
  const grid = gridView(config);
  const gate = clockGateView(config, 'clk_array');
  const clk = gate?.clock ?? 'clk_i';
  const [a, w] = [portView(core.a), portView(core.w)];
  const together = text.rowsTogether && grid.tall;
  const lanes = together ? 'CLUSTER_ROWS*COLS' : 'COLS';
  const column = together ? '(c % COLS)' : 'c';
  const pairings: PairingView[] = [
    ...(text.pairsRows ? [{ partial: text.pairsRows, from: 'row_data', to: 'row_sums', lanes }] : []),
    ...(w.wide ? [{ partial: 'pair-cols', from: text.pairsRows ? 'row_sums' : 'row_data', to: 'out_row', lanes }] : []),
  ];
  const corrected: Readonly<Record<string, string>> = {
    sum_i: 'aligned[c*ACC_BITS +: ACC_BITS]',
    bias_i: 'row_bias',
    sum_o: 'row_data[c*ACC_BITS +: ACC_BITS]',
  };
  const common: Readonly<Record<string, string>> = { clk_i: clk, rst_ni: 'rst_ni', en_i: 'run', sum_o: 'sum' };
  const results: Readonly<Record<string, string>> = {
    ...{ clk_i: 'clk_i', rst_ni: 'rst_ni', row_data_i: pairings.at(-1)?.to ?? 'row_data' },
    ...Object.fromEntries(streamPorts(streams.results).map(({ name }) => [name, name])),
  };
  const turnsRows = text.tileRow !== 'p' && config.rows > 1;
  const fed: Readonly<Record<string, string>> = {
    ...common,
    ...fedBy(a, { skewed: grid.skewsRows, turned: turnsRows }),
    ...fedBy(w, { skewed: grid.skewsCols, turned: false }),
  };
  const { name } = config;
  return {
    ...peripheryModule(core, {
      suffix: 'array',
      title: text.title,
      ports: [clock, resetOf(config), ...testEnablePorts(config), ...allStreamPorts(streams)],
      template: text.template,
    }),
    ...{ gate, clk, lanes, pairings, deskewed: grid.skewsCols },
    modules: { delay: `${name}_delay`, pairRows: `${name}_pair_rows`, pairCols: `${name}_pair_cols` },
    clusterParameters: [
      ...(grid.tall ? [{ name: 'CLUSTER_ROWS', value: grid.clusterRows, comment: CLUSTER_TEXT }] : []),
      ...(grid.wide && grid.skewsCols
        ? [{ name: 'CLUSTER_COLS', value: grid.clusterCols, comment: CLUSTER_TEXT }]
        : []),
    ],
    widths: codeWidths(core.a, core.w, config.lanes),
    typeParameters: selectorParameters([a, w]).filter(
      ({ name: parameter }) =>
        !(parameter === 'A_MODE_BITS' && !grid.skewsRows) && !(parameter === 'W_MODE_BITS' && !grid.skewsCols),
    ),
    selectors: { a: selectorWires([a]), w: selectorWires([w]) },
    controls: [
      ...text.signals,
      ...[wire('row_valid'), wire('row_last')],
      ...(text.pairsRows ? [wire('row_pair')] : []),
      ...(w.wide ? [wire('row_wide')] : []),
      ...(text.rowSignals ?? []),
    ],
    genvars: [
      ...(grid.skewsRows || turnsRows || text.pairsRows === 'pair-rows'
        ? [{ name: 'p', comment: 'row from the top' }]
        : []),
      { name: 'c', comment: 'column' },
    ],
    skews: [
      ...(grid.skewsRows || turnsRows ? skewViews(a, { index: 'p', lane: text.tileRow }, grid) : []),
      ...(grid.skewsCols ? skewViews(w, { index: 'c', lane: 'c' }, grid) : []),
    ],
    aligned: parts.corrections.length > 0 ? 'aligned' : 'row_data',
    biasText: text.biasText,
    corrections: parts.corrections.map((correct) => instance(correct, (port) => corrected[port])),
    outDirect: grid.wide ? `${column} >= COLS - CLUSTER_COLS` : `${column} == COLS - 1`,
    outDepth: grid.wide ? `(COLS - 1 - ${column}) / CLUSTER_COLS` : `COLS - 1 - ${column}`,
    control: instance(parts.control, (port) => common[port]),
    core: instance(parts.core, (port) => fed[port]),
    output: instance(parts.output, (port) => results[port]),
  };
}

/** Whether rows or columns wait for each other, and whether the beat has them in another order than the core. */
interface Order {
  readonly skewed: boolean;
  readonly turned: boolean;
}

/** The wires of the core's operand ports. */
const fedBy = (port: PortView, { skewed, turned }: Order): Record<string, string> => {
  const { letter, mode } = port;
  const selector = selectorOf(port);
  return {
    [`${letter}_code_i`]: skewed || turned ? codesOf(letter, skewed) : `${letter}_code`,
    [`${selector}_i`]: skewed ? `${selector}_skewed` : mode,
  };
};

const codesOf = (letter: string, skewed: boolean): string => `${letter}_${skewed ? 'skewed' : 'turned'}`;

function skewViews(
  port: PortView,
  { index, lane }: { readonly index: 'p' | 'c'; readonly lane: string },
  grid: GridView,
): SkewView[] {
  const { letter, mode, modeParameter, hasMode } = port;
  const rows = letter === 'a';
  const bits = `${letter.toUpperCase()}_BITS`;
  const code = `${letter}_code[${lane}*${bits} +: ${bits}]`;
  const [count, clusters] = rows ? ['ROWS', grid.rowCount] : ['COLS', grid.colCount];
  const target = `${selectorOf(port)}_skewed`;
  const waits = rows ? grid.skewsRows : grid.skewsCols;
  return [
    {
      ...{ index, count, label: `g_${letter}`, bits, target: codesOf(letter, waits), now: code, next: code, waits },
      ...(rows ? { direct: grid.rowDirect, depth: grid.rowDepth } : { direct: grid.colDirect, depth: grid.colDepth }),
    },
    ...(hasMode && waits
      ? [
          {
            ...{ waits, index, count: clusters, label: `g_${selectorOf(port)}`, bits: modeParameter, target },
            ...{ direct: `${index} == 0`, now: mode, depth: '1' },
            next: `${target}[(${index}-1)*${modeParameter} +: ${modeParameter}]`,
          },
        ]
      : []),
  ];
}

/** The wires of an input register: ports of the top as far as it has them. */
export function inputInstance(module: ModuleView, top: Pick<ArrayTopView, 'ports' | 'clk'>, prefix = ''): InstanceView {
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
