import { clusterGrid } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, type ModuleView, output } from '../../module.js';
import { operandLayout } from '../../operand-text.js';
import { clock, enablePorts } from '../../ports.js';
import { type ProductView, productView } from '../../product.js';
import { type PassedView, passed } from '../../register.js';
import { clusterSumBits } from './sums.js';

/**
 * The PE: the weight in use and that of the next tile, multiplier, shifter and adder; unless a cluster of PEs has them, the
 * registers of the activation and of the partial sum.
 */
export interface WeightStationaryPeView extends ModuleView, ProductView {
  /** Whether it has these registers. */
  readonly holds: boolean;
  /** What it then passes on: the activation; what tells PEs to load and to swap. */
  readonly operand: readonly PassedView[];
  readonly control: readonly PassedView[];
  readonly beforeActivation: string;
  readonly sumOut: string;
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
  const leastSumBits = Math.min(...clusterSumBits(core));
  const holds = !clusterGrid(config).clustered;
  const product = productView(core, true);
  const { signed, magnitudeSignal, negativeSignal } = product;
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/arch/weight-stationary/pe.v',
    title:
      'Processing element: multiplies an activation a cycle by the weight it holds and adds to the sum from above.',
    ports: [
      clock,
      ...enablePorts(config),
      ...(holds ? passingPorts(core) : heldPorts(core)),
      input('w_i', format.w.bits, `weight ${operandLayout(format.w)}, from above`),
      output('w_o', format.w.bits, 'the weight for the next tile, to below'),
      input('sum_i', 'SUM_BITS', 'partial sum of the rows above'),
      output('sum_o', 'SUM_BITS', 'partial sum with this row'),
    ],
    instances: config.rows * config.cols,
    holds,
    operand: holds ? passed({ a: format.a.bits }) : [],
    control: holds ? passed({ swap: 1, load: 1 }) : [],
    beforeActivation: holds ? '' : ',\n// a cycle before a_i: the cluster of PEs has a register in between',
    sumOut: holds ? 'sum_q' : 'sum',
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

/** Activation and control of a PE in a cluster of PEs, whose registers hold the activation. */
function heldPorts({ format }: DesignCore): ModulePort[] {
  return [
    input('a_i', format.a.bits, `activation ${operandLayout(format.a)}, of all PEs in this row of the cluster`),
    input('swap_i', 1, '1: the next activation begins a tile: use its weight from then on'),
    input('load_i', 1, '1: take the weight from above for the next tile'),
  ];
}
