import type { DesignCore } from '../design-core.js';
import { input, type ModulePort, type ModuleView, output } from '../module.js';
import { clock, enablePorts } from '../ports.js';
import type { RegisterView } from '../register.js';
import { slice } from '../verilog.js';
import { adding, result } from './adding.js';
import { type BlockArithmetic, hasSpecials, mayBeInfinite, type ScaleFields } from './arithmetic.js';
import { scaleLayout } from './scale.js';
import { scaling } from './scaling.js';
import type { Section, WireView } from './wires.js';

/**
 * The scaler of a unit: the sum of a block, times the scales of both operands, is added to an accumulator of binary32, with one
 * rounding. Right-hand sides are in terms of the (possibly registered) signals of its stages.
 */
export interface ScalerView extends ModuleView {
  readonly notes: readonly string[];
  readonly fields: readonly { readonly name: string; readonly width: number; readonly select: string }[];
  /** From the sum of a block to a term: its sign, place and significand, and what it is besides a number. */
  readonly scaling: readonly Section[];
  /** The register behind that, if there is one: a list of one or none. */
  readonly registers: readonly (readonly RegisterView[])[];
  readonly enable: boolean;
  readonly adding: readonly Section[];
  readonly counted: string;
  readonly sum: string;
}

/** @param registered Whether a register lies between scaling and adding. */
export function scalerModule(core: DesignCore, blocks: BlockArithmetic, registered: boolean): ScalerView {
  const { config } = core;
  const name = `${config.name}_scaler`;
  const enable = config.stall === 'enable';
  const term = termSignals(blocks);
  const signal = (each: string): string => (registered ? `${each}_q` : each);
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/blocks/scaler.v',
    title: 'Scaler: adds the sum of a block, times both scales, to an accumulator of binary32.',
    ports: ports(core, blocks, registered),
    instances: config.rows * config.cols,
    notes: notes(blocks),
    fields: [...scaleSlices('a', blocks.a), ...scaleSlices('w', blocks.w)],
    scaling: scaling(blocks),
    registers: registered ? [term.map(({ name: each, width }) => ({ name: `${each}_q`, width, next: each }))] : [],
    enable,
    adding: adding(blocks, signal),
    counted: enable ? 'en_i & take_i' : 'take_i',
    sum: result(blocks),
  };
}

function ports({ config }: DesignCore, blocks: BlockArithmetic, registered: boolean): ModulePort[] {
  const { sums, a, w } = blocks;
  const here = registered ? 'was there a cycle before' : 'is there';
  return [
    clock,
    ...enablePorts(config),
    input('take_i', 1, `the accumulator takes a block, whose sum ${here}`),
    input('first_i', 1, 'it is the first of its tile'),
    input('sum_i', sums.bits, "sum of a block's products"),
    input('a_scale_i', a.bits, `scale of its activations ${scaleLayout(a)}`),
    input('w_scale_i', w.bits, `scale of its weights ${scaleLayout(w)}`),
    ...specialPorts(blocks),
    output('acc_o', 32, 'accumulator, binary32'),
  ];
}

/** What tells that a block has elements that are no numbers. */
function specialPorts(blocks: BlockArithmetic): ModulePort[] {
  return [
    ...(hasSpecials(blocks) ? [input('nan_i', 1, 'a product of the block is NaN')] : []),
    ...(mayBeInfinite(blocks)
      ? [input('plus_i', 1, 'a product is +infinity'), input('minus_i', 1, 'a product is -infinity')]
      : []),
  ];
}

function notes({ sums, termBits, subnormal, leastPlace, greatestPlace }: BlockArithmetic): string[] {
  const places = `2^${leastPlace - 127} to 2^${greatestPlace - 127}`;
  return [
    `The sum lies in ${sums.sum.least} .. ${sums.sum.greatest}, in least steps of both types. Times the significands of the scales it is exact, with`,
    `${termBits} bits; its leading one is worth ${places}. The accumulator is IEEE 754 binary32: each block is rounded once, to`,
    `nearest, ties to even.${subnormal ? ' Results may be subnormal.' : ''}`,
  ];
}

function scaleSlices(letter: 'a' | 'w', { bits, exponentBits, significandBits }: ScaleFields): ScalerView['fields'] {
  const select = (high: number, low: number): string => slice(`${letter}_scale_i`, bits, high, low);
  return [
    { name: `${letter}_nan`, width: 1, select: select(bits - 1, bits - 1) },
    { name: `${letter}_exp`, width: exponentBits, select: select(bits - 2, significandBits) },
    ...(significandBits > 0
      ? [{ name: `${letter}_sig`, width: significandBits, select: select(significandBits - 1, 0) }]
      : []),
  ];
}

/** What the adder takes of a term. */
function termSignals(blocks: BlockArithmetic): Omit<WireView, 'value'>[] {
  const { termBits, placeBits } = blocks;
  return [
    { name: 'term_nan', width: 1 },
    ...(mayBeInfinite(blocks) ? [{ name: 'term_inf', width: 1 }] : []),
    { name: 'term_sign', width: 1 },
    { name: 'term_place', width: placeBits },
    { name: 'term_sig', width: termBits },
  ];
}
