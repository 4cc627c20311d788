import type { Configuration } from '../../../config/parameters.js';
import { clusterGrid } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, type ModuleView, output } from '../../module.js';
import { operandLayout } from '../../operand-text.js';
import { type ProductView, productView } from '../../product.js';
import { type PassedView, passed } from '../../register.js';
import { counted } from '../../render/counted.js';
import { replicate, slice, zeroExtend } from '../../verilog.js';

/** The PE: operand registers (unless a cluster of PEs holds them), multiplier, shifter, adder, accumulator, and the bus. */
export interface PeView extends SumView {
  /** Whether it holds its operands. */
  readonly holds: boolean;
  /** How far its swap is behind a tile's last operands. */
  readonly behindText: string;
  readonly swap: string;
  /** The swap, as wide as the accumulator. */
  readonly swapped: string;
}

/** What all PEs have that add to an accumulator of their own. */
export interface SumView extends ModuleView, ProductView {
  /** What it passes on, if it holds its operands. */
  readonly passing: readonly PassedView[];
  readonly addition: string;
  readonly enable: boolean;
  readonly accBits: number;
  /** The accumulator as the adder takes it. */
  readonly kept: string;
  /** The whole sum where it is one adder, in terms of the (possibly registered) stage signals. */
  readonly sum: string;
  /** Its bits above the magnitude's where these are added apart. */
  readonly high: HighBits | undefined;
}

/** A sum in two parts: the bits of the magnitude, and a counter of its carries above. */
interface HighBits {
  /** Bits of the magnitude's part with its carry. */
  readonly lowBits: number;
  readonly low: string;
  readonly carry: string;
  readonly negative: string;
  readonly bits: number;
  readonly high: string;
  readonly sum: string;
}

export function processingElement(core: DesignCore, instances: number): PeView {
  const { config, format, accumulator } = core;
  const { bits } = accumulator;
  const holds = !clusterGrid(config).clustered;
  const swap = holds ? 'swap_q' : 'swap_i';
  return {
    ...sumView(core, keptUnless(swap, bits)),
    template: 'rtl/arch/output-stationary/pe.v',
    ports: [
      ...clockPorts(config),
      ...(holds ? passingPorts(core) : heldPorts(core)),
      input('bus_i', bits, 'sum of a PE below, or 0'),
      output('bus_o', bits, 'the same, or the sum of this PE'),
    ],
    instances,
    holds,
    passing: holds ? passed({ a: format.a.bits, w: format.w.bits, swap: 1 }) : [],
    behindText: counted(config.pipeline, 'cycle'),
    swap,
    swapped: replicate(bits, swap),
  };
}

export const clockPorts = (config: Configuration): ModulePort[] => [
  input('clk_i', 1, 'clock'),
  ...(config.stall === 'enable' ? [input('en_i', 1, '0: hold all registers')] : []),
];

/** The accumulator, or 0 where a new sum begins. */
export const keptUnless = (swap: string, accBits: number): string => `acc_q & ${replicate(accBits, `~${swap}`)}`;

/**
 * A PE's product and how it is added.
 *
 * @param kept The accumulator as the adder takes it; empty: as it is.
 */
export function sumView(core: DesignCore, kept: string): Omit<SumView, 'template' | 'ports' | 'passing'> {
  const { config, accumulator, magnitudeBits } = core;
  const name = `${config.name}_pe`;
  const accBits = accumulator.bits;
  const product = productView(core, false);
  const added = kept === '' ? 'acc_q' : 'kept';
  return {
    name,
    file: `rtl/${name}.v`,
    title: 'Processing element: multiplies one activation by one weight a cycle and adds the product up.',
    addition: product.signed ? 'Add or subtract' : 'Add',
    enable: config.stall === 'enable',
    accBits,
    ...product,
    kept,
    sum: `${added} + ${addend(product, magnitudeBits, accBits)}`,
    high: product.signed && accBits - magnitudeBits > 1 ? highPart(product, added, magnitudeBits, accBits) : undefined,
  };
}

/** What is added to `bits` bits of an accumulator: the magnitude, or its complement and 1. */
function addend({ signed, negativeSignal, magnitudeSignal }: ProductView, from: number, bits: number): string {
  const magnitude = zeroExtend(magnitudeSignal, from, bits);
  if (!signed) return magnitude;
  return `(${magnitude} ^ ${replicate(bits, negativeSignal)}) + ${zeroExtend(negativeSignal, 1, bits)}`;
}

/**
 * The sum with a counter above the magnitude's bits: half the gates of full adders that add copies of the sign.
 */
function highPart(product: ProductView, kept: string, magnitudeBits: number, accBits: number): HighBits {
  const { negativeSignal, magnitudeSignal } = product;
  const lowBits = magnitudeBits + 1;
  const bits = accBits - magnitudeBits;
  const flips = replicate(bits, negativeSignal);
  const low = zeroExtend(slice(kept, accBits, magnitudeBits - 1, 0), magnitudeBits, lowBits);
  const magnitude = `${magnitudeSignal} ^ ${replicate(magnitudeBits, negativeSignal)}`;
  return {
    lowBits,
    low: `${low} + ${zeroExtend(magnitude, magnitudeBits, lowBits)} + ${zeroExtend(negativeSignal, 1, lowBits)}`,
    sum: `{high, ${slice('low', lowBits, magnitudeBits - 1, 0)}}`,
    carry: `low[${magnitudeBits}]`,
    negative: negativeSignal,
    bits,
    high: `((${slice(kept, accBits, accBits - 1, magnitudeBits)} ^ ${flips}) + ${zeroExtend('counts', 1, bits)}) ^ ${flips}`,
  };
}

/** Operands and control of a PE that holds them for a cycle and passes them on. */
const passingPorts = ({ format }: DesignCore): ModulePort[] => [
  input('a_i', format.a.bits, `activation ${operandLayout(format.a)}, from the left`),
  output('a_o', format.a.bits, 'the same, one cycle later, to the right'),
  input('w_i', format.w.bits, `weight ${operandLayout(format.w)}, from above`),
  output('w_o', format.w.bits, 'the same, one cycle later, to below'),
  input('swap_i', 1, '1: put the accumulator on the bus and start anew, from the left'),
  output('swap_o', 1, 'the same, one cycle later, to the right'),
];

/** Operands and control of a PE in a cluster, whose registers hold them. */
const heldPorts = ({ format }: DesignCore): ModulePort[] => [
  input('a_i', format.a.bits, `activation ${operandLayout(format.a)}, of all PEs in this row of the cluster`),
  input('w_i', format.w.bits, `weight ${operandLayout(format.w)}, of all PEs in this column of the cluster`),
  input('swap_i', 1, '1: put the accumulator on the bus and start anew'),
];
