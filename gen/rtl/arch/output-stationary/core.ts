import type { Configuration } from '../../../config/parameters.js';
import { type GridView, gridView } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { type InstanceView, instance, type LocalParameter, selectorParameters } from '../../instance.js';
import { input, type ModuleView, output } from '../../module.js';
import { modeBits, type PeripheryView, type PortView, peripheryModule, portView } from '../../periphery.js';
import type { OperandPort } from '../../port.js';
import { clock, enablePorts } from '../../ports.js';
import { operandWidths } from '../operand-widths.js';
import { busOf } from './bus.js';

interface CoreView extends PeripheryView {
  readonly grid: GridView;
  readonly delay: string;
  readonly typeParameters: readonly LocalParameter[];
  readonly cut: boolean;
  readonly segment: number;
  readonly rowsText: string;
  readonly blocksTitle: string;
  /** Bits of what enters a PE, or a cluster, from the left, from above and over the bus. */
  readonly leftBits: string;
  readonly topBits: string;
  readonly busBits: string;
  /** Where the leftmost ones, and the ones at the top, find their operands. */
  readonly left: string;
  readonly top: string;
  readonly swapIn: string;
  /** Rows above which the bus has a register. */
  readonly registered: string;
  readonly decoders: readonly DecoderView[];
  /** What the buses drive: the sums, or where their upper parts are late, those before the lower parts have waited. */
  readonly busSums: string;
  readonly lateParts: readonly { readonly from: number; readonly lanes: string }[];
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
  /** Whether even and odd lanes have decoders of their own. */
  readonly wide: boolean;
  readonly even: string;
  readonly decode: string;
  readonly decodeLow: string;
  readonly decodeHigh: string;
}

/** What the core is told of a port's types: the name of its input, without the ending. */
export const selectorOf = ({ letter, wide }: PortView): string => `${letter}_${wide ? 'mode' : 'type'}`;

/** The core: decoders, PEs and buses. It takes operands that are skewed and gives results that are not yet aligned. */
export function coreModule(core: DesignCore, computing: ModuleView): CoreView {
  const { config, accumulator } = core;
  const grid = gridView(config);
  const { clustered, tall, rowClusters, colClusters, clusterRows } = grid;
  const bus = busOf(config);
  const [a, w] = [portView(core.a), portView(core.w)];
  const what = clustered ? 'of PE clusters ' : '';
  const operands = (port: OperandPort, view: PortView, clusters: number, side: string) => [
    input(
      `${port.letter}_code_i`,
      port.codeBits * port.lanes,
      `${port.role} codes, ${side}: each ${what}a cycle behind the one before`,
    ),
    ...(view.hasMode
      ? [input(`${selectorOf(view)}_i`, modeBits(port) * clusters, `their types, per ${side} ${what}likewise`)]
      : []),
  ];
  const decoders = [
    decoderView(config, a, {
      index: 'p',
      count: 'ROWS',
      cluster: tall ? 'CLUSTER_ROWS' : '',
      clusters: rowClusters,
    }),
    decoderView(config, w, {
      index: 'c',
      count: 'COLS',
      cluster: grid.wide ? 'CLUSTER_COLS' : '',
      clusters: colClusters,
    }),
  ];
  const common: Readonly<Record<string, string>> = { clk_i: 'clk_i', en_i: 'en_i' };
  const passing = (port: string): string => common[port] ?? port.replace(/_i$/, '_in').replace(/_o$/, '_out');
  return {
    ...peripheryModule(core, {
      suffix: 'core',
      title: 'Core: decoders, PEs and the buses over which their sums leave.',
      ports: [
        clock,
        ...enablePorts(config),
        ...operands(core.a, a, rowClusters, 'row from the top'),
        ...operands(core.w, w, colClusters, 'column'),
        input(
          'swap_i',
          rowClusters,
          `per row ${tall ? 'of PE clusters ' : ''}from the top: put the sums on the bus and start anew`,
        ),
        output(
          'sum_o',
          clusterRows * config.cols * accumulator.bits,
          `results, ${tall ? `of row t of a cluster from [t*${config.cols * accumulator.bits}] on, ` : ''}column c at [c*${accumulator.bits} +: ${accumulator.bits}], each ${what}a cycle behind the one before`,
        ),
      ],
      template: 'rtl/arch/output-stationary/core',
    }),
    grid,
    delay: `${config.name}_delay`,
    typeParameters: selectorParameters([a, w]).filter((parameter) =>
      decoders.some(({ modeWire }) => modeWire.includes(parameter.name)),
    ),
    cut: bus.registers > 0,
    segment: bus.segment,
    rowsText: clustered ? 'clusters of PEs' : 'PEs',
    blocksTitle: clustered ? 'Clusters of PEs' : 'PEs',
    ...(clustered
      ? {
          ...{ leftBits: 'LEFT_BITS', topBits: 'TOP_BITS', busBits: 'BUS_BITS' },
          ...{ left: 'a_operand[p*LEFT_BITS +: LEFT_BITS]', top: 'w_operand[c*TOP_BITS +: TOP_BITS]' },
        }
      : {
          ...{ leftBits: 'A_OP_BITS', topBits: 'W_OP_BITS', busBits: 'ACC_BITS' },
          ...{ left: 'g_a[p].operand', top: 'g_w[c].operand' },
        }),
    swapIn: rowClusters > 1 ? 'swap_i[p]' : 'swap_i',
    registered: bus.registers > 0 ? 'p % SEGMENT == 0' : 'p == 0',
    decoders,
    busSums: core.lateFrom === undefined ? 'sum_o' : 'bus_sum',
    lateParts: core.lateFrom === undefined ? [] : [{ from: core.lateFrom, lanes: tall ? 'CLUSTER_ROWS*COLS' : 'COLS' }],
    widths: operandWidths(core.a, core.w, config.lanes),
    lanes: config.lanes > 1 ? ['lane'] : [],
    pe: instance(computing, passing),
  };
}

/** The rows or columns of a port: how the core counts them, and how many have one type. */
interface Lanes {
  readonly index: string;
  readonly count: string;
  readonly cluster: string;
  readonly clusters: number;
}

function decoderView(config: Configuration, port: PortView, { index, count, cluster, clusters }: Lanes): DecoderView {
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
    even: `${index} % 2 == 0`,
    ...{ decode, decodeLow: `${decode}_low`, decodeHigh: `${decode}_high` },
  };
}
