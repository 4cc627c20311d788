import type { Configuration } from '../../../config/parameters.js';
import { clusterGrid } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { type LaneView, lanesOf } from '../../lane.js';
import { input, type ModulePort, type ModuleView, output } from '../../module.js';
import { type ProductView, productView } from '../../product.js';
import { type PassedView, passed, type RegisterView } from '../../register.js';
import { counted } from '../../render/counted.js';
import { carriedSum, complemented, type Summand, type SumNode } from '../../sum-tree.js';
import { type TermsView, termSum, termsView } from '../../terms.js';
import { replicate, slice, zeroExtend } from '../../verilog.js';
import { biasEnd } from './bias.js';

/** The PE: operand registers (unless a cluster of PEs holds them), multipliers, shifters, adders, accumulator, and the bus. */
export interface PeView extends ModuleView, ProductView, Omit<TermsView, 'termsOf'> {
  /** Whether it holds its operands. */
  readonly holds: boolean;
  /** What it passes on, if it holds its operands. */
  readonly passing: readonly PassedView[];
  /** How far its swap is behind a tile's last operands, and what of it finds the sum. */
  readonly behindText: string;
  readonly swapText: string;
  /** The swap, as wide as the accumulator, and its complement. */
  readonly swapped: string;
  /** What is added to: the accumulator, or 0 at a swap; and whether a wire holds it, part of which is added late. */
  readonly kept: string;
  readonly keptWire: boolean;
  readonly enable: boolean;
  readonly accBits: number;
  /** The partial that makes the terms: a function of the operands, wires behind registers, or lanes. */
  readonly termsOf: 'os_term' | TermsView['termsOf'];
  readonly termFunction: TermFunction;
  readonly signed: boolean;
  /** The registers between the accumulator's lower part and its upper one, which is late; none where it is one. */
  readonly late: readonly LateView[];
  readonly lateRegisters: readonly RegisterView[];
  readonly nodes: readonly SumNode[];
  /** The last addition: one whose lowest bit carries a sign in is a function. */
  readonly adder: AdderView | undefined;
  /** What the accumulator takes. */
  readonly next: string;
}

/** The function that gives the term of two operands, with its sign to carry in, and what it holds on the way. */
interface TermFunction {
  readonly bits: number;
  /** The operands, and the fields that each consists of. */
  readonly unpacked: readonly { readonly operand: 'a' | 'w'; readonly fields: string }[];
  /** The shifted product, its lines indented below the first. */
  readonly shifted: string;
  readonly value: string;
  readonly locals: readonly { readonly name: string; readonly width: number }[];
}

/** The widths of an addition's summands; the second's lowest bit is carried in. */
interface AdderView {
  readonly bits: number;
  readonly carriedBits: number;
  /** The second, as wide as the sum and the bit below it. */
  readonly carried: string;
}

/** An accumulator whose upper part is a cycle later than the lower one. */
interface LateView {
  /** Bits of the lower part. */
  readonly low: number;
  readonly sum: string;
}

/** @param lane The module of its lanes, if it has several. */
export function processingElement(core: DesignCore, instances: number, lane?: LaneView): PeView {
  const { config, format, accumulator } = core;
  const { bits } = accumulator;
  const { lanes } = core.facts.computing;
  const name = `${config.name}_pe`;
  const holds = !clusterGrid(config).clustered;
  // The lower part of an accumulator takes the swap as it comes; the late one takes it from its register, in the PE or the cluster.
  const [swap, lateSwap] = holds
    ? [core.lateFrom === undefined ? 'swap_q' : 'swap_i', 'swap_q']
    : ['swap_i', 'late_swap_i'];
  const product = productView(core, false);
  const low = core.lateFrom;
  const swaps = (not: string): string =>
    low === undefined
      ? replicate(bits, `${not}${swap}`)
      : `{${replicate(bits - low, `${not}${lateSwap}`)}, ${replicate(low, `${not}${swap}`)}}`;
  const kept = `~acc_n_q & ${swaps('~')}`;
  const terms = termsView(core, product, lane, {
    ...(holds ? { a: 'a_q', w: 'w_q' } : { a: 'a_i', w: 'w_i' }),
    carries: true,
    biasEnd: biasEnd(core),
  });
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/arch/output-stationary/pe.v',
    title: `Processing element: multiplies ${lanes > 1 ? `${lanes} activations by ${lanes} weights a cycle and adds the products` : 'one activation by one weight a cycle and adds the product'} up.`,
    ports: [
      ...clockPorts(config),
      ...(holds ? passingPorts(core) : heldPorts(core)),
      input('bus_i', bits, 'sum of a PE below, or 0'),
      output('bus_o', bits, 'the same, or the sum of this PE'),
    ],
    instances,
    ...(lane ? { parts: [lane.name] } : {}),
    ...product,
    ...(lane ? { productRegisters: [], magnitudeRegisters: [] } : {}),
    ...terms,
    holds,
    passing: holds ? passed({ a: lanes * format.a.bits, w: lanes * format.w.bits, swap: 1 }) : [],
    behindText: counted(config.pipeline + (low === undefined ? 0 : 1), 'cycle'),
    swapText: swap === 'swap_i' ? 'It' : `In ${swap} it`,
    swapped: swaps(''),
    kept,
    keptWire: low !== undefined,
    enable: config.stall === 'enable',
    accBits: bits,
    termsOf: inFunction(core) ? 'os_term' : terms.termsOf,
    termFunction: termFunction(core, product),
    ...accumulation(core, product, kept),
  };
}

/** Whether a function makes the term: no register lies between the operands' and the accumulator. Simulators evaluate it with these. */
const inFunction = ({ config, facts }: DesignCore): boolean => facts.computing.lanes === 1 && config.pipeline === 1;

function termFunction({ productBias }: DesignCore, product: ProductView): TermFunction {
  const { signed, doubling, hasShift, magnitudeBits, productBits, shiftBits, a, w } = product;
  const magnitude = hasShift ? 'magnitude' : 'product';
  const biased = productBias > 0n;
  const unpacked = (operand: 'a' | 'w') => {
    const names = product[operand].fields.map(({ name }) => name);
    return { operand, fields: names.length > 1 ? `{${names.join(', ')}}` : names.join('') };
  };
  const local = (name: string, width: number, is: boolean) => (is ? [{ name, width }] : []);
  return {
    bits: magnitudeBits + (signed ? 1 : 0) + (biased ? 1 : 0),
    unpacked: [unpacked('a'), unpacked('w')],
    shifted: product.shifted.replace(/\n */g, '\n        '),
    value: signed
      ? `{${biased ? '~negative, ' : ''}${complemented(magnitude, magnitudeBits, 'negative')}, negative}`
      : magnitude,
    locals: [
      ...a.fields.map(({ name, width }) => ({ name, width })),
      ...w.fields.map(({ name, width }) => ({ name, width })),
      ...(doubling ? [{ name: doubling.signal, width: 1 }] : []),
      ...local('negative', 1, signed),
      ...(doubling ? [{ name: 'sig_product', width: doubling.significandsBits }] : []),
      { name: 'product', width: productBits },
      ...local('shift', shiftBits, hasShift),
      ...local('magnitude', magnitudeBits, hasShift),
    ],
  };
}

/** The additions of all terms to the accumulator. */
function accumulation(
  core: DesignCore,
  product: ProductView,
  kept: string,
): Pick<PeView, 'nodes' | 'adder' | 'next' | 'late' | 'lateRegisters'> {
  const { bits: width } = core.accumulator;
  const { signed } = product;
  const { nodes, total, carry } = termSum(core, product, width);
  const operands = clusterGrid(core.config).clustered ? 'a_i, w_i' : 'a_q, w_q';
  const ofFunction = inFunction(core) ? `term_of(${operands})` : undefined;
  const low = core.lateFrom;
  if (low === undefined) {
    const term = ofFunction ?? (signed ? `{${total.name}, ${carry}}` : total.name);
    return {
      nodes,
      adder: signed
        ? { bits: width, carriedBits: total.bits + 1, carried: zeroExtend('term_and_carry', total.bits + 1, width + 1) }
        : undefined,
      next: signed ? `sum_of(${kept}, ${term})` : `((${kept}) + ${zeroExtend(term, total.bits, width)})`,
      ...{ late: [], lateRegisters: [] },
    };
  }
  const part = ({ name, bits }: Summand, high: number, from: number): Summand => ({
    name: slice(name, bits, high, from),
    bits: high - from + 1,
  });
  const keptWire = { name: 'kept', bits: width };
  const [keptLow, keptHigh] = [part(keptWire, low - 1, 0), part(keptWire, width - 1, low)];
  // What the lower part adds, and what of the sum of several lanes lies above it.
  const added = total.bits > low ? part(total, low - 1, 0) : total;
  const rest = total.bits > low ? [part(total, total.bits - 1, low)] : [];
  return {
    nodes: [
      ...nodes,
      carriedSum(
        'low',
        low + 1,
        [keptLow, { ...added, name: ofFunction ?? added.name }],
        carry,
        ofFunction !== undefined,
      ),
      ...rest.map(({ bits }) => carriedSum('high', width - low, [keptHigh, { name: 'rest_q', bits }], 'carry_q')),
      ...(rest.length > 0 ? [] : [carriedSum('high', width - low, [keptHigh, { name: 'carry_q', bits: 1 }], '')]),
    ],
    adder: undefined,
    next: 'sum',
    late: [{ low, sum: `{high, low[${low - 1}:0]}` }],
    lateRegisters: [
      { name: 'carry_q', width: 1, next: `low[${low}]` },
      ...rest.map(({ name, bits }) => ({ name: 'rest_q', width: bits, next: name })),
    ],
  };
}

export const clockPorts = (config: Configuration): ModulePort[] => [
  input('clk_i', 1, 'clock'),
  ...(config.stall === 'enable' ? [input('en_i', 1, '0: hold all registers')] : []),
];

/** Operands and control of a PE that holds them for a cycle and passes them on. */
function passingPorts({ facts, format }: DesignCore): ModulePort[] {
  const { lanes } = facts.computing;
  const [activation, weight] = lanes > 1 ? ['activations', 'weights'] : ['activation', 'weight'];
  return [
    input('a_i', lanes * format.a.bits, `${activation} ${lanesOf(format.a, lanes)}, from the left`),
    output('a_o', lanes * format.a.bits, 'the same, one cycle later, to the right'),
    input('w_i', lanes * format.w.bits, `${weight} ${lanesOf(format.w, lanes)}, from above`),
    output('w_o', lanes * format.w.bits, 'the same, one cycle later, to below'),
    input('swap_i', 1, '1: put the accumulator on the bus and start anew, from the left'),
    output('swap_o', 1, 'the same, one cycle later, to the right'),
  ];
}

/** Operands and control of a PE in a cluster, whose registers hold them. */
function heldPorts({ facts, format, lateFrom }: DesignCore): ModulePort[] {
  const { lanes } = facts.computing;
  const [activation, weight] = lanes > 1 ? ['activations', 'weights'] : ['activation', 'weight'];
  return [
    input(
      'a_i',
      lanes * format.a.bits,
      `${activation} ${lanesOf(format.a, lanes)}, of all PEs in this row of the cluster`,
    ),
    input(
      'w_i',
      lanes * format.w.bits,
      `${weight} ${lanesOf(format.w, lanes)}, of all PEs in this column of the cluster`,
    ),
    input('swap_i', 1, '1: put the accumulator on the bus and start anew'),
    ...(lateFrom === undefined ? [] : [input('late_swap_i', 1, 'the same, one cycle later, of its late part')]),
  ];
}
