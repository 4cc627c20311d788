import type { RequantiserConfiguration } from '../../config/requantiser.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import { type InstanceView, instance } from '../instance.js';
import { input, type ModulePort, type ModuleView, output } from '../module.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';
import { isSignedInteger, type RoundView, roundModule } from './round.js';
import type { RequantiserWidths } from './widths.js';

interface EncodedType {
  readonly type: string;
  readonly selected: string;
  /** Whether the type's rank counts. */
  readonly takes: string;
  readonly rankBits: number;
  readonly rankName: string;
  readonly rank: string;
  readonly up: string;
  readonly code: string;
  readonly unit: string;
  readonly round: InstanceView;
}

/** The encoder of all types: a doubled value in, the code of the nearest value out. */
export interface EncodeView extends ModuleView {
  readonly sizeBits: number;
  readonly sign: string;
  readonly size: string;
  readonly rounded: string;
  /** The sign of codes of sign and magnitude, where a type has such: of zero it is 0. */
  readonly minus: readonly string[];
  readonly types: readonly EncodedType[];
  readonly rankBits: number;
  readonly codeBits: number;
  readonly rank: string;
  readonly up: string;
  readonly code: string;
}

/** Terms that are 0 but for the chosen type's, one a line. */
const merged = (terms: readonly string[]): string => terms.join('\n      | ');

export function encoderPorts(config: RequantiserConfiguration, widths: RequantiserWidths): ModulePort[] {
  const { types, typeBits, doubledBits, codeBits } = widths;
  return [
    ...(typeBits > 0 ? [input('type_i', typeBits, typeMeaning(types))] : []),
    input('doubled_i', doubledBits, "twice the value in steps of the type, rounded down; two's complement"),
    ...(config.rounding === 'even' ? [input('exact_i', 1, 'twice the value is an integer')] : []),
    output('code_o', codeBits, 'code; a narrower one in the low bits'),
  ];
}

/** `type: 0 int4, 1 flint4` */
export const typeMeaning = (types: readonly NumericType[]): string =>
  `type: ${types.map(({ name }, i) => `${i} ${name}`).join(', ')}`;

/** The encoder and the modules in it, in compile order. */
export function encoderModules(
  config: RequantiserConfiguration,
  widths: RequantiserWidths,
): [...RoundView[], EncodeView] {
  const { types, doubledBits } = widths;
  const { name: prefix, lanes: instances } = config;
  const context = { prefix, sizeBits: doubledBits - 1, even: config.rounding === 'even', instances };
  const rounds = types.map((type) => roundModule(type, context));
  return [...rounds, encodeModule(config, widths, rounds)];
}

function encodeModule(
  config: RequantiserConfiguration,
  widths: RequantiserWidths,
  rounds: readonly RoundView[],
): EncodeView {
  const { doubledBits, codeBits, typeBits } = widths;
  const sizeBits = doubledBits - 1;
  const rankBits = Math.max(...rounds.map((round) => round.rankBits));
  const types = rounds.map((round, i) => encodedType(round, i, { typeBits, rankBits, codeBits }));
  const name = `${config.name}_encode`;
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/requantise/encode.v',
    title: 'Encoder: the code of the value of a type that is nearest to a number.',
    ports: encoderPorts(config, widths),
    instances: config.lanes,
    parts: rounds.map((round) => round.name),
    ...{ types, sizeBits, rankBits, codeBits },
    sign: slice('doubled_i', doubledBits, sizeBits, sizeBits),
    size: `${slice('doubled_i', doubledBits, sizeBits - 1, 0)} ^ ${replicate(sizeBits, 'negative')}`,
    rank: merged(types.map(({ takes, rank }) => both(rankBits, takes, rank))),
    rounded: `rank + ${zeroExtend('up', 1, rankBits)}`,
    minus: rounds.some(({ type }) => type.signed && !isSignedInteger(type)) ? ['negative & (|rounded)'] : [],
    up: merged(types.map(({ takes, up }) => both(1, takes, up))),
    code: merged(types.map(({ type, code }) => both(codeBits, `is_${type}`, code))),
  };
}

const both = (bits: number, flag: string, value: string): string => `(${replicate(bits, flag)} & ${value})`;

/** Widths of the encoder's signals. */
interface EncoderBits {
  readonly typeBits: number;
  readonly rankBits: number;
  readonly codeBits: number;
}

function encodedType(round: RoundView, index: number, { typeBits, rankBits, codeBits }: EncoderBits): EncodedType {
  const { type } = round;
  const { name } = type;
  return {
    type: name,
    selected: typeBits > 0 ? `type_i == ${literal(typeBits, index)}` : "1'b1",
    // Of an unsigned type, all values below zero are nearest to 0.
    takes: type.signed ? `is_${name}` : `is_${name} & ~negative`,
    rankBits: round.rankBits,
    rankName: `${name}_rank`,
    rank: zeroExtend(`${name}_rank`, round.rankBits, rankBits),
    up: `${name}_up`,
    code: zeroExtend(codeOf(round, rankBits), type.bits, codeBits),
    unit: `u_${name}`,
    round: instance(round, (port) => ({ rank_o: `${name}_rank`, up_o: `${name}_up`, exact_i: 'exact_i' })[port]),
  };
}

/** The code of a rank, in as many bits as the type has. */
function codeOf({ type, rankBits: own }: RoundView, rankBits: number): string {
  if (isSignedInteger(type)) return slice('rounded', rankBits, own - 1, 0);
  const magnitude = type.kind === 'flint' ? firstOneCode(own, rankBits) : slice('rounded', rankBits, own - 1, 0);
  const bits = type.signed ? type.bits - 1 : type.bits;
  const whole = zeroExtend(magnitude, own, bits);
  return type.signed ? `{minus, ${whole.replace(/^\{(.*)\}$/, '$1')}}` : whole;
}

/**
 * The magnitude of a flint by its rank. Ranks without the top bit are the code; behind the top bit the ones up to the first
 * zero count the octaves, which the code does with zeros up to the first one: each bit is inverted behind ones alone.
 */
function firstOneCode(bits: number, rankBits: number): string {
  if (bits === 1) return slice('rounded', rankBits, 0, 0);
  const inverted = Array.from({ length: bits - 1 }, (_, i) => {
    const lowest = bits - 1 - i;
    return `${lowest < bits - 1 ? '&' : ''}${slice('rounded', rankBits, bits - 1, lowest)}`;
  });
  const flips = inverted.length === 1 ? inverted[0] : `{${inverted.join(', ')}}`;
  return `{${slice('rounded', rankBits, bits - 1, bits - 1)}, ${slice('rounded', rankBits, bits - 2, 0)} ^ ${flips}}`;
}
