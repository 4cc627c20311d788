import { type GridView, gridView } from '../cluster-grid.js';
import type { DesignCore } from '../design-core.js';
import { type InstanceView, instance, type LocalParameter, selectorParameters } from '../instance.js';
import { input, type ModulePort, type ModuleView } from '../module.js';
import { modeBits, type PeripheryView, type PortView, peripheryModule, portView } from '../periphery.js';
import type { OperandPort } from '../port.js';
import { clock, enablePorts } from '../ports.js';
import { operandWidths } from './operand-widths.js';

/** The core of an array: decoders and PEs. It takes operands that are skewed and gives results that are not yet aligned. */
export interface ArrayCoreView extends PeripheryView {
  readonly grid: GridView;
  readonly typeParameters: readonly LocalParameter[];
  readonly blocksTitle: string;
  /** Bits of what enters a PE, or a cluster, from the left and from above. */
  readonly leftBits: string;
  readonly topBits: string;
  /** Where the leftmost ones, and the ones at the top, find their operands. */
  readonly left: string;
  readonly top: string;
  readonly decoders: readonly DecoderView[];
  /** Widths of codes and operands. */
  readonly widths: readonly LocalParameter[];
  /** What counts the lanes of a PE, where it has several. */
  readonly lanes: readonly string[];
  /** PE, or cluster of PEs. */
  readonly pe: InstanceView;
}

/** The decoders of a port, one for each row or column of PEs. */
interface DecoderView {
  readonly index: string;
  readonly count: string;
  readonly label: string;
  readonly operandBits: string;
  /** Whether a row or column has several lanes, a decoder each; the code and the operand of a decoder. */
  readonly manyLanes: boolean;
  readonly code: string;
  readonly operand: string;
  /** What they are told besides codes. */
  readonly modeWire: string;
  readonly typed: readonly string[];
  /** Whether even and odd lanes of the beat have decoders of their own. */
  readonly wide: boolean;
  readonly even: string;
  readonly decode: string;
  readonly decodeLow: string;
  readonly decodeHigh: string;
}

/** What cores differ in. */
interface CoreText {
  readonly template: string;
  readonly title: string;
  /** The row of a tile that row p of PEs, from the top, has. */
  readonly tileRow: string;
  /** Ports besides clock and operands. */
  readonly ports: readonly ModulePort[];
  /** Parameters of a PE that the core gives it by its own of the same name. */
  readonly parameters?: readonly string[];
}

/** What the core is told of a port's types: the name of its input, without the ending. */
export const selectorOf = ({ letter, wide }: PortView): string => `${letter}_${wide ? 'mode' : 'type'}`;

/** What the rows or columns of a core's ports are: PEs, or clusters of them. */
export const ofClusters = ({ clustered }: GridView): string => (clustered ? ' of PE clusters' : '');

/** What the cores of all arrays have in common. */
export function arrayCore(core: DesignCore, computing: ModuleView, text: CoreText): ArrayCoreView {
  const { config } = core;
  const grid = gridView(config);
  const { clustered, rowClusters, colClusters } = grid;
  const [a, w] = [portView(core.a), portView(core.w)];
  const what = ofClusters(grid);
  const operands = (port: OperandPort, view: PortView, clusters: number, line: string, from: string): ModulePort[] => [
    input(
      `${port.letter}_code_i`,
      port.codeBits * port.lanes,
      `${port.role} codes by ${line}${from}, each ${line}${what} a cycle behind the one before`,
    ),
    ...(view.hasMode
      ? [
          input(
            `${selectorOf(view)}_i`,
            modeBits(port) * clusters,
            `their ${view.wide ? view.mode : 'types'} by ${line}${what}${from}, likewise`,
          ),
        ]
      : []),
  ];
  const rows = { index: 'p', count: 'ROWS', cluster: grid.tall ? 'CLUSTER_ROWS' : '', clusters: rowClusters };
  const cols = { index: 'c', count: 'COLS', cluster: grid.wide ? 'CLUSTER_COLS' : '', clusters: colClusters };
  const decoders = [
    decoderView(core, a, { ...rows, lane: text.tileRow }),
    decoderView(core, w, { ...cols, lane: 'c' }),
  ];
  const common: Readonly<Record<string, string>> = { clk_i: 'clk_i', en_i: 'en_i' };
  const passing = (port: string): string => common[port] ?? port.replace(/_i$/, '_in').replace(/_o$/, '_out');
  return {
    ...peripheryModule(core, {
      suffix: 'core',
      title: text.title,
      ports: [
        clock,
        ...enablePorts(config),
        ...operands(core.a, a, rowClusters, 'row', ' from the top'),
        ...operands(core.w, w, colClusters, 'column', ''),
        ...text.ports,
      ],
      template: text.template,
    }),
    grid,
    typeParameters: selectorParameters([a, w]).filter((parameter) =>
      decoders.some(({ modeWire }) => modeWire.includes(parameter.name)),
    ),
    blocksTitle: clustered ? 'Clusters of PEs' : 'PEs',
    ...(clustered
      ? {
          ...{ leftBits: 'LEFT_BITS', topBits: 'TOP_BITS' },
          ...{ left: 'a_operand[p*LEFT_BITS +: LEFT_BITS]', top: 'w_operand[c*TOP_BITS +: TOP_BITS]' },
        }
      : { leftBits: 'A_OP_BITS', topBits: 'W_OP_BITS', left: 'g_a[p].operand', top: 'g_w[c].operand' }),
    decoders,
    widths: operandWidths(core.a, core.w, config.lanes),
    lanes: config.lanes > 1 ? ['lane'] : [],
    pe: instance(computing, passing, text.parameters),
  };
}

/** A bit per row of PEs or clusters, of row p: a port of one bit is no vector. */
export const bitOfRow = (port: string, { rowClusters }: GridView): string => (rowClusters > 1 ? `${port}[p]` : port);

/** The rows or columns of a port: how the core counts them, which lane of a beat they have, and how many have one type. */
interface Lanes {
  readonly index: string;
  readonly count: string;
  readonly lane: string;
  readonly cluster: string;
  readonly clusters: number;
}

function decoderView(
  { config }: DesignCore,
  port: PortView,
  { index, count, lane, cluster, clusters }: Lanes,
): DecoderView {
  const { letter, hasMode, hasType, modeParameter, modeBits, wide } = port;
  const upper = letter.toUpperCase();
  const decode = `${config.name}_decode_${letter}`;
  const manyLanes = config.lanes > 1;
  const of = cluster === '' ? index : `(${index}/${cluster})`;
  const selector = `${selectorOf(port)}_i`;
  // A port of one bit is no vector.
  const vector = modeBits * clusters > 1;
  const mode = hasMode ? (vector ? `${selector}[${of}*${modeParameter} +: ${modeParameter}]` : selector) : '';
  return {
    ...{ index, count, label: `g_${letter}`, operandBits: `${upper}_OP_BITS` },
    manyLanes,
    code: manyLanes
      ? `${letter}_code_i[${index}*${upper}_BITS + l*${upper}_CODE_BITS +: ${upper}_CODE_BITS]`
      : `${letter}_code_i[${index}*${upper}_BITS +: ${upper}_BITS]`,
    operand: manyLanes ? `operand[l*${upper}_VALUE_BITS +: ${upper}_VALUE_BITS]` : 'operand',
    modeWire: mode,
    typed: hasType && !wide ? [mode] : [],
    wide,
    even: `${lane} % 2 == 0`,
    ...{ decode, decodeLow: `${decode}_low`, decodeHigh: `${decode}_high` },
  };
}
