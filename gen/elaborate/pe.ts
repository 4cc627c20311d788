import { replicate, zeroExtend } from '../verilog.js';
import type { DesignCore } from './core.js';
import { operandLayout } from './decoder.js';
import { input, type ModulePort, type ModuleView, output } from './module.js';
import { type ProductView, productView } from './product.js';
import { tileGrid } from './tile-grid.js';

/**
 * The PE: operand registers (unless a tile of PEs holds them), multiplier, shifter, adder, accumulator and, for double
 * drain, its shadow.
 */
export interface PeView extends ModuleView, ProductView {
  /** Whether it holds its operands. */
  readonly holds: boolean;
  readonly swap: string;
  readonly drain: string;
  readonly double: boolean;
  readonly enable: boolean;
  readonly accBits: number;
  /** Right-hand sides in terms of the (possibly registered) stage signals. */
  readonly term: string;
  readonly carry: string;
  readonly kept: string;
}

export function processingElement(core: DesignCore, instances: number): PeView {
  const { config, accumulator, magnitudeBits } = core;
  const name = `${config.name}_pe`;
  const double = config.drain === 'double';
  const accBits = accumulator.bits;
  const product = productView(core);
  const holds = !tileGrid(config).tiled;
  const swap = holds ? 'swap_q' : 'swap_i';
  const { negativeSignal, magnitudeSignal } = product;
  const wideMagnitude = zeroExtend(magnitudeSignal, magnitudeBits, accBits);
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'pe.v',
    title: 'Processing element: multiplies one activation by one weight a cycle and adds the product up.',
    ports: [
      input('clk_i', 1, 'clock'),
      ...(config.stall === 'enable' ? [input('en_i', 1, '0: hold all registers')] : []),
      ...(holds ? passingPorts(core) : heldPorts(core)),
      input('acc_i', accBits, `${double ? 'shadow' : 'accumulator'} of the PE above`),
      output('acc_o', accBits, `${double ? 'shadow' : 'accumulator'} of this PE`),
    ],
    instances,
    holds,
    swap,
    drain: holds ? 'drain_q' : 'drain_i',
    double,
    enable: config.stall === 'enable',
    accBits,
    ...product,
    term: product.signed ? `(${wideMagnitude} ^ ${replicate(accBits, negativeSignal)})` : wideMagnitude,
    carry: zeroExtend(negativeSignal, 1, accBits),
    kept: double ? `(acc_q & ${replicate(accBits, `~${swap}`)})` : 'acc_q',
  };
}

/** Operands and control of a PE that holds them for a cycle and passes them on. */
function passingPorts({ config, format }: DesignCore): ModulePort[] {
  const double = config.drain === 'double';
  return [
    input('a_i', format.a.bits, `activation ${operandLayout(format.a)}, from the left`),
    output('a_o', format.a.bits, 'the same, one cycle later, to the right'),
    input('w_i', format.w.bits, `weight ${operandLayout(format.w)}, from above`),
    output('w_o', format.w.bits, 'the same, one cycle later, to below'),
    ...(double
      ? [
          input('swap_i', 1, '1: copy the accumulator to the shadow and start anew, from the left'),
          output('swap_o', 1, 'the same, one cycle later, to the right'),
        ]
      : []),
    input('drain_i', 1, `1: take the ${double ? 'shadow' : 'accumulator'} of the PE above, from the left`),
    output('drain_o', 1, 'the same, one cycle later, to the right'),
  ];
}

/** Operands and control of a PE in a tile, whose registers hold them. */
function heldPorts({ config, format }: DesignCore): ModulePort[] {
  const double = config.drain === 'double';
  return [
    input('a_i', format.a.bits, `activation ${operandLayout(format.a)}, of all PEs in this row of the tile`),
    input('w_i', format.w.bits, `weight ${operandLayout(format.w)}, of all PEs in this column of the tile`),
    ...(double ? [input('swap_i', 1, '1: copy the accumulator to the shadow and start anew')] : []),
    input('drain_i', 1, `1: take the ${double ? 'shadow' : 'accumulator'} of the PE above`),
  ];
}
