import type { DesignCore } from '../design-core.js';
import { input, type ModuleView, output } from '../module.js';
import { operandLayout } from '../operand-text.js';
import { type PassedView, passed, type RegisterView } from '../register.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';
import type { FloatFormat } from './format.js';
import type { NormalFields } from './operand.js';

/**
 * The floating-point PE: operand registers, multiplier, normalisation, and the adder of binary32 (align, add or subtract,
 * normalise, round) around the accumulator. Right-hand sides are in terms of the (possibly registered) stage signals.
 */
export interface FloatPeView extends ModuleView {
  readonly enable: boolean;
  readonly a: PeOperand;
  readonly w: PeOperand;
  readonly signed: boolean;
  readonly hasNan: boolean;
  readonly hasInfinity: boolean;
  readonly normalises: boolean;
  readonly mayOverflow: boolean;
  readonly passing: readonly PassedView[];
  /** The swap, as wide as the accumulator. */
  readonly swapped: string;
  /** Texts of comments. */
  readonly withoutLeadingOne: string;
  readonly specialsTake: string;
  readonly blank: string;
  readonly nanRule: string;
  readonly absorbed: string;
  readonly specials: readonly { readonly name: string; readonly value: string }[];
  readonly sign: string;
  readonly productBits: number;
  readonly product: string;
  readonly place: string;
  readonly registersProduct: boolean;
  readonly registersTerm: boolean;
  readonly computesTerm: boolean;
  readonly carry: string;
  readonly termExp: string;
  readonly termSig: string;
  readonly exponent: string;
  readonly significand: string;
  /** The registers behind the multiplier, and before the adder. */
  readonly productRegisters: readonly RegisterView[];
  readonly termRegisters: readonly RegisterView[];
  /** The accumulator the adder sees. */
  readonly acc: string;
  readonly accBits: number;
  readonly fresh: string;
  readonly kept: string;
  /** The product the adder sees. */
  readonly adderSign: string;
  readonly adderSpecial: string;
  readonly adderExp: string;
  readonly adderSig: string;
  readonly invalid: string;
  readonly term: string;
  readonly termSign: string;
  readonly nonzero: string;
  readonly termPad: string;
  readonly far: string;
  readonly zerosPad: string;
  readonly finite: string;
  readonly sum: string;
}

interface PeOperand {
  readonly bits: number;
  readonly fields: readonly { readonly name: string; readonly width: number; readonly select: string }[];
}

export function floatProcessingElement(core: DesignCore, float: FloatFormat, instances: number): FloatPeView {
  const { config } = core;
  const name = `${config.name}_pe`;
  const { a, w, productBits, signed, hasNan, hasInfinity, normalises, mayOverflow } = float;
  const stage = stages(config.pipeline, float);
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/float/pe.v',
    title: 'Floating-point processing element: adds the exact product of one activation and one weight a cycle.',
    ports: ports(core, float),
    instances,
    enable: config.stall === 'enable',
    a: peOperand('a', a),
    w: peOperand('w', w),
    signed,
    hasNan,
    hasInfinity,
    normalises,
    mayOverflow,
    passing: passed({ a: a.bits, w: w.bits, swap: 1 }),
    swapped: replicate(32, 'swap_q'),
    withoutLeadingOne: ['zero', ...(hasNan ? ['NaN (10...)'] : []), ...(hasInfinity ? ['infinity (01...)'] : [])].join(
      ', ',
    ),
    specialsTake: hasInfinity ? 'NaN and infinity take' : 'NaN takes',
    blank: normalises ? '' : '\n',
    nanRule: signed ? 'Infinity less infinity is NaN, and NaN stays NaN' : 'NaN stays NaN when infinity is added',
    absorbed: mayOverflow
      ? ''
      : ' So does any finite product where the accumulator is infinite or NaN: its exponent lies too far above.',
    specials: specials(float),
    productBits,
    product: `${zeroExtend('a_sig', a.significandBits, productBits)} * ${zeroExtend('w_sig', w.significandBits, productBits)}`,
    place: ["8'd127", ...exponents(float)].join(' + '),
    ...stage,
    ...accumulator(float, stage.adderSpecial),
  };
}

function ports({ config }: DesignCore, { a, w }: FloatFormat) {
  return [
    input('clk_i', 1, 'clock'),
    ...(config.stall === 'enable' ? [input('en_i', 1, '0: hold all registers')] : []),
    input('a_i', a.bits, `activation ${operandLayout(a)}, from the left`),
    output('a_o', a.bits, 'the same, one cycle later, to the right'),
    input('w_i', w.bits, `weight ${operandLayout(w)}, from above`),
    output('w_o', w.bits, 'the same, one cycle later, to below'),
    input('swap_i', 1, '1: put the accumulator on the bus and start anew, from the left'),
    output('swap_o', 1, 'the same, one cycle later, to the right'),
    input('bus_i', 32, 'sum of a PE below, binary32, or 0'),
    output('bus_o', 32, 'the same, or the sum of this PE'),
  ];
}

function exponents({ a, w }: FloatFormat): string[] {
  return [
    ...(a.exponentBits ? [zeroExtend('a_exp', a.exponentBits, 8)] : []),
    ...(w.exponentBits ? [zeroExtend('w_exp', w.exponentBits, 8)] : []),
  ];
}

/** Signals from multiplier to adder: plain wires, or registers where the pipeline has them. */
function stages(pipeline: number, float: FloatFormat) {
  const { a, w, productBits, signed, hasNan, hasInfinity, normalises } = float;
  const registersTerm = pipeline >= 2;
  const registersProduct = pipeline >= 3;
  const raw = (signal: string): string => (registersProduct ? `${signal}_q` : signal);
  const product = raw('product');
  const high = productBits - 1;
  const signs = [...(a.signBits ? ['a_sign'] : []), ...(w.signBits ? ['w_sign'] : [])].join(' ^ ');
  const number = normalises ? `carry ? ${product} : {${product}[${high - 1}:0], 1'd0}` : product;
  const override = `{1'd1, ${hasInfinity ? raw('nan') : "1'd1"}, ${literal(Math.max(productBits - 2, 1), 0)}}`;
  const place = normalises ? `${raw('place')} + {7'd0, carry}` : raw('place');
  const computesTerm = normalises || hasNan;
  const [stageExp, stageSig] = computesTerm ? ['term_exp', 'term_sig'] : ['place', 'product'];
  const adderSpecial = registersTerm ? 'term_special_q' : 'special';
  const adderSign = registersTerm ? 'term_sign_q' : 'sign';
  const significand = registersTerm ? 'term_sig_q' : stageSig;
  return {
    sign: hasNan ? `(${signs}) & ~${hasInfinity ? 'nan' : 'special'}` : signs,
    registersProduct,
    registersTerm,
    computesTerm,
    carry: `${product}[${high}]`,
    termExp: 'term_exp',
    termSig: 'term_sig',
    exponent: hasNan ? `${raw('special')} ? 8'd255 : ${place}` : place,
    significand: hasNan ? `${raw('special')} ? ${override} : ${number}` : number,
    productRegisters: registersProduct
      ? present([
          [signed, 'sign_q', 1, 'sign'],
          [hasNan, 'special_q', 1, 'special'],
          [hasInfinity, 'nan_q', 1, 'nan'],
          [true, 'product_q', productBits, 'product'],
          [true, 'place_q', 8, 'place'],
        ])
      : [],
    termRegisters: registersTerm
      ? present([
          [signed, 'term_sign_q', 1, raw('sign')],
          [hasNan, 'term_special_q', 1, raw('special')],
          [true, 'term_exp_q', 8, stageExp],
          [true, 'term_sig_q', productBits, stageSig],
        ])
      : [],
    adderSign,
    adderSpecial,
    adderExp: registersTerm ? 'term_exp_q' : stageExp,
    adderSig: hasInfinity ? 'term' : significand,
    term: hasInfinity
      ? `{${significand}[${high}], ${significand}[${high - 1}] | invalid, ${slice(significand, productBits, high - 2, 0)}}`
      : '',
    termSign: hasInfinity ? `${adderSign} & ~invalid` : adderSign,
    nonzero: slice(hasInfinity ? 'term' : significand, productBits, high, high),
    termPad: `, ${literal(24 - productBits, 0)}`,
  };
}

/** The registers of a stage that exist. */
const present = (
  all: readonly (readonly [exists: boolean, name: string, width: number, next: string])[],
): RegisterView[] => all.filter(([exists]) => exists).map(([, name, width, next]) => ({ name, width, next }));

/** The accumulator as the adder sees it, and what depends on its state. */
function accumulator({ signed, hasNan, mayOverflow }: FloatFormat, adderSpecial: string) {
  const acc = 'acc';
  const accBits = signed ? 32 : 31;
  const far = ['(|distance[7:5])', ...(hasNan ? [adderSpecial] : []), ...(mayOverflow ? [`(&${acc}[30:23])`] : [])];
  const fraction = mayOverflow ? 'fraction & {23{~overflow}}' : 'fraction';
  return {
    acc,
    accBits,
    fresh: signed ? 'acc_q' : 'acc_q[30:0]',
    kept: `{${accBits}{~swap_q}}`,
    invalid: signed ? `(${acc}[22] | subtract)` : `${acc}[22]`,
    far: far.length === 1 ? '|distance[7:5]' : far.join(' | '),
    zerosPad: literal(signed ? 3 : 7, 0),
    finite: [`~(&${acc}[30:23])`, ...(hasNan ? [`~${adderSpecial}`] : [])].join(' & '),
    sum: signed ? `{sum_sign, exponent & {8{normal[27]}}, ${fraction}}` : `{1'd0, exponent, ${fraction}}`,
  };
}

/** Operands that are no numbers: of each port, and of the product. Zero times infinity is NaN. */
function specials({ a, w, hasNan, hasInfinity }: FloatFormat): { name: string; value: string }[] {
  if (!hasNan) return [];
  const fields = { a, w };
  const wires: { name: string; value: string }[] = [];
  const nan: string[] = [];
  const infinite: string[] = [];
  for (const [port, other] of [
    ['a', 'w'],
    ['w', 'a'],
  ] as const) {
    const { fractionBits: top } = fields[port];
    const { fractionBits: otherTop } = fields[other];
    if (fields[port].hasNan) {
      wires.push({ name: `${port}_nan`, value: `~${port}_sig[${top}] & ${port}_sig[${top - 1}]` });
      nan.push(`${port}_nan`);
    }
    if (!fields[port].hasInfinity) continue;
    wires.push({ name: `${port}_inf`, value: `~${port}_sig[${top}] & ${port}_sig[${top - 2}]` });
    infinite.push(`${port}_inf`);
    const lead = fields[other].significandBits === 1 ? `${other}_sig` : `${other}_sig[${otherTop}]`;
    nan.push(fields[other].hasInfinity ? `(${port}_inf & ~${lead} & ~${other}_inf)` : `(${port}_inf & ~${lead})`);
  }
  if (!hasInfinity) return [...wires, { name: 'special', value: nan.join(' | ') }];
  return [
    ...wires,
    { name: 'nan', value: nan.join(' | ') },
    { name: 'special', value: ['nan', ...infinite].join(' | ') },
  ];
}

function peOperand(port: 'a' | 'w', { bits, significandBits, exponentBits, signBits }: NormalFields): PeOperand {
  const entry = (field: string, width: number, low: number) => ({
    name: `${port}_${field}`,
    width,
    select: slice(`${port}_q`, bits, low + width - 1, low),
  });
  return {
    bits,
    fields: [
      ...(signBits ? [entry('sign', 1, bits - 1)] : []),
      ...(exponentBits ? [entry('exp', exponentBits, significandBits)] : []),
      entry('sig', significandBits, 0),
    ],
  };
}
