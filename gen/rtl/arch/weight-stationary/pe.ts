import { clusterGrid } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { type LaneView, lanesOf } from '../../lane.js';
import { input, type ModulePort, type ModuleView, output } from '../../module.js';
import { clock, enablePorts } from '../../ports.js';
import { type ProductView, productView } from '../../product.js';
import { type PassedView, passed } from '../../register.js';
import { carriedSum, type SumNode, sumOfThree } from '../../sum-tree.js';
import { type TermsView, termSum, termsView } from '../../terms.js';
import { biasEnd } from './correct.js';
import { clusterSumBits } from './sums.js';

/**
 * The PE: the weights in use and those of the next tile, multipliers, shifters and adder; unless a cluster of PEs has them, the
 * registers of the activations and of the partial sum.
 */
export interface WeightStationaryPeView extends ModuleView, ProductView, TermsView {
  /** Whether it has these registers. */
  readonly holds: boolean;
  /** Widths of the weights of all lanes. */
  readonly weightBits: number;
  /** What it passes on: the activations; what tells PEs to load and to swap. */
  readonly operand: readonly PassedView[];
  readonly control: readonly PassedView[];
  /** What comes with a swap, and when. */
  readonly beginning: string;
  readonly sumOut: string;
  readonly enable: boolean;
  readonly accBits: number;
  readonly leastSumBits: number;
  readonly nodes: readonly SumNode<number | string>[];
}

/** @param lane The module of its lanes, if it has several. */
export function weightStationaryPe(core: DesignCore, lane?: LaneView): WeightStationaryPeView {
  const { config, format, accumulator } = core;
  const { lanes } = config;
  const name = `${config.name}_pe`;
  const holds = !clusterGrid(config).clustered;
  const product = productView(core, true);
  const leastSumBits = Math.min(...clusterSumBits(core));
  // Of the products of a PE, the narrowest sums hold all.
  const { nodes, total, carry } = termSum(core, product, leastSumBits);
  const last = ['SUM_BITS', [{ name: 'sum_i', bits: 'SUM_BITS' }, total], carry] as const;
  const several = lanes > 1 ? 's' : '';
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/arch/weight-stationary/pe.v',
    title:
      lanes > 1
        ? `Processing element: multiplies ${lanes} activations a cycle by the weights it holds and adds to the sum from above.`
        : 'Processing element: multiplies an activation a cycle by the weight it holds and adds to the sum from above.',
    ports: [
      clock,
      ...enablePorts(config),
      ...(holds ? passingPorts(core) : heldPorts(core)),
      input('w_i', lanes * format.w.bits, `weight${several} ${lanesOf(format.w, lanes)}, from above`),
      output('w_o', lanes * format.w.bits, `the weight${several} for the next tile, to below`),
      input('sum_i', 'SUM_BITS', 'partial sum of the rows above'),
      output('sum_o', 'SUM_BITS', 'partial sum with this row'),
    ],
    instances: config.rows * config.cols,
    ...(lane ? { parts: [lane.name] } : {}),
    ...product,
    ...(lane ? { productRegisters: [], magnitudeRegisters: [] } : {}),
    ...termsView(core, product, lane, {
      a: holds ? 'a_q' : 'a_i',
      w: 'w_q',
      carries: lanes > 1,
      biasEnd: biasEnd(core),
    }),
    holds,
    weightBits: lanes * format.w.bits,
    operand: holds ? passed({ a: lanes * format.a.bits }) : [],
    control: holds ? passed({ swap: 1, load: 1 }) : [],
    beginning: `activation${several}${holds ? '' : ', a cycle before a_i: the cluster of PEs has a register in between'}`,
    sumOut: holds ? 'sum_q' : 'sum',
    enable: config.stall === 'enable',
    accBits: accumulator.bits,
    leastSumBits,
    nodes: [...nodes, lanes > 1 ? carriedSum('sum', ...last) : sumOfThree('sum', ...last)],
  };
}

/** Activations and control of a PE that holds them for a cycle and passes them on. */
function passingPorts({ config: { lanes }, format }: DesignCore): ModulePort[] {
  const [activation, begins, weight] =
    lanes > 1 ? ['activations', 'activations begin', 'weights'] : ['activation', 'activation begins', 'weight'];
  return [
    input('a_i', lanes * format.a.bits, `${activation} ${lanesOf(format.a, lanes)}, from the left`),
    output('a_o', lanes * format.a.bits, 'the same, one cycle later, to the right'),
    input('swap_i', 1, `1: the ${begins} a tile: use its ${weight} from now on, from the left`),
    output('swap_o', 1, 'the same, one cycle later, to the right'),
    input('load_i', 1, `1: take the ${weight} from above for the next tile, from the left`),
    output('load_o', 1, 'the same, one cycle later, to the right'),
  ];
}

/** Activations and control of a PE in a cluster of PEs, whose registers hold the activations. */
function heldPorts({ config: { lanes }, format }: DesignCore): ModulePort[] {
  const [activation, begins, weight] =
    lanes > 1 ? ['activations', 'activations begin', 'weights'] : ['activation', 'activation begins', 'weight'];
  return [
    input(
      'a_i',
      lanes * format.a.bits,
      `${activation} ${lanesOf(format.a, lanes)}, of all PEs in this row of the cluster`,
    ),
    input('swap_i', 1, `1: the next ${begins} a tile: use its ${weight} from then on`),
    input('load_i', 1, `1: take the ${weight} from above for the next tile`),
  ];
}
