import type { IntType } from '../../numerics/types/int.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import { input, type ModulePort, type ModuleView, output } from '../module.js';
import { bitsFor } from '../operand.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';
import { type Octave, type Ranks, ranksOf } from './ranks.js';

/** The module that makes a rank of a doubled magnitude, for one type. */
export interface RoundView extends ModuleView {
  readonly type: NumericType;
  readonly rankBits: number;
}

/** A line of the choice by the leading one. */
interface RankCase {
  readonly pattern: string;
  readonly rank: string;
  readonly up: string;
  readonly values: string;
}

/** The module of a type whose ranks are the places of its magnitudes: all but signed integers. */
interface MagnitudeView extends RoundView {
  /** Bits that the choice looks at, and what they are of the magnitude. */
  readonly seenBits: number;
  readonly seen: string;
  readonly cases: readonly RankCase[];
  readonly rest: RankCase;
}

/** The module of a signed integer: its ranks are the integer itself, in two's complement. */
interface IntegerView extends RoundView {
  readonly bits: number;
  readonly over: string;
  readonly whole: string;
  readonly wholeBits: number;
  readonly rank: string;
  readonly half: string;
}

/** What all modules of a requantiser's types share. */
export interface RoundContext {
  /** Prefix of the module's name. */
  readonly prefix: string;
  /** Bits of a doubled magnitude. */
  readonly sizeBits: number;
  /** Whether integers round halves to even. */
  readonly even: boolean;
  readonly instances: number;
}

export const isSignedInteger = (type: NumericType): type is IntType => type.kind === 'int' && type.signed;

/** Whether a type's rounding depends on whether the doubled value is exact. */
const needsExact = (type: NumericType, { even }: Pick<RoundContext, 'even'>): boolean => even && type.kind === 'int';

export function roundModule(type: NumericType, context: RoundContext): MagnitudeView | IntegerView {
  return isSignedInteger(type) ? integerModule(type, context) : magnitudeModule(type, context);
}

function common(type: NumericType, context: RoundContext, rankBits: number, template: string) {
  const { prefix, sizeBits, instances } = context;
  const name = `${prefix}_round_${type.name}`;
  const ports: ModulePort[] = [
    ...(isSignedInteger(type) ? [input('negative_i', 1, 'the value is below zero')] : []),
    input('size_i', sizeBits, 'doubled magnitude; of values below zero less 1'),
    ...(needsExact(type, context) ? [input('exact_i', 1, 'no more than that; 0: the value is larger')] : []),
    output('rank_o', rankBits, isSignedInteger(type) ? 'the integer below' : 'place of the value below in the type'),
    output('up_o', 1, 'the one above is nearer'),
  ];
  return {
    ...{ type, name, ports, rankBits, instances },
    file: `rtl/${name}.v`,
    template: `rtl/requantise/${template}.v`,
    title: `Rounding to ${type.name}: the two values that a value lies between, and which is nearer.`,
  };
}

function integerModule(type: IntType, context: RoundContext): IntegerView {
  const { bits } = type;
  const { sizeBits } = context;
  const above = sizeBits > bits ? [`|${slice('size_i', sizeBits, sizeBits - 1, bits)}`] : [];
  const lowest = `(size_i[0] ^ negative_i)`;
  const odd = bits > 1 ? `(size_i[1] ^ negative_i)` : 'negative_i';
  return {
    ...common(type, context, bits, 'round-integer'),
    bits,
    over: [...above, `&${slice('size_i', sizeBits, bits - 1, 0)}`].map((text) => `(${text})`).join(' | '),
    wholeBits: bits - 1,
    whole: `${slice('size_i', sizeBits, bits - 1, 1)} | ${replicate(bits - 1, 'over')}`,
    rank: `{negative_i, whole ^ ${replicate(bits - 1, 'negative_i')}}`,
    half: needsExact(type, context) ? `${lowest} & (~exact_i | ${odd})` : lowest,
  };
}

function magnitudeModule(type: NumericType, context: RoundContext): MagnitudeView {
  const { sizeBits } = context;
  const ranks = ranksOf(type);
  const rankBits = bitsFor(ranks.largestRank);
  const place = { ranks, rankBits, sizeBits, seenBits: seenBits(ranks, sizeBits) };
  const { linearBits } = ranks;
  const integer = slice('size_i', sizeBits, linearBits, 1);
  const half = needsExact(type, context) ? 'size_i[0] & (~exact_i | size_i[1])' : 'size_i[0]';
  const above = `|${slice('size_i', sizeBits, sizeBits - 1, place.seenBits - 1)}`;
  return {
    ...common(type, context, rankBits, 'round-magnitude'),
    seenBits: place.seenBits,
    seen: place.seenBits < sizeBits ? `{${above}, ${slice('size_i', sizeBits, place.seenBits - 2, 0)}}` : 'size_i',
    cases: [...greatest(place), ...[...ranks.octaves].reverse().flatMap((octave) => octaveCase(octave, place))],
    rest: {
      pattern: 'default',
      rank: zeroExtend(integer, linearBits, rankBits),
      up: upBelow(ranks.octaves.length === 0, half, integer),
      values: linearBits === 1 ? '0 and 1' : `0 to ${2 ** linearBits - 1}`,
    },
  };
}

/** What the lines of a choice are made from. */
interface Place {
  readonly ranks: Ranks;
  readonly rankBits: number;
  readonly sizeBits: number;
  readonly seenBits: number;
}

/** The piece with the largest values. */
const topPiece = ({ octaves, linearBits }: Ranks): Pick<Octave, 'lead' | 'fractionBits'> =>
  octaves.at(-1) ?? { lead: linearBits, fractionBits: linearBits - 1 };

/** Bits up to the one that says that the value has reached the greatest one's octave, or is beyond it. */
function seenBits(ranks: Ranks, sizeBits: number): number {
  const { lead, fractionBits } = topPiece(ranks);
  return Math.min(sizeBits, fractionBits === 0 ? lead + 1 : lead + 2);
}

/** The line for the greatest value and what lies beyond: nothing is nearer. */
function greatest({ ranks, rankBits, seenBits: bits, sizeBits }: Place): RankCase[] {
  const { lead, fractionBits } = topPiece(ranks);
  const isSeen = fractionBits === 0 ? lead < sizeBits : bits > lead + 1;
  if (!isSeen) return [];
  const pattern = `${bits}'b1${'?'.repeat(bits - 1)}`;
  return [{ pattern, rank: literal(rankBits, ranks.largestRank), up: "1'b0", values: 'the greatest value' }];
}

/** Whether the value above is nearer: `half`, but where there is none above since all `fraction` bits are 1. */
const upBelow = (isTop: boolean, half: string, fraction: string): string =>
  isTop ? `${half} & ~(&${fraction})` : half;

function octaveCase({ lead, rank, fractionBits }: Octave, place: Place): RankCase[] {
  const { ranks, rankBits, sizeBits, seenBits: bits } = place;
  const isGreatest = rank === ranks.largestRank;
  if (lead >= sizeBits || isGreatest) return [];
  const above = bits - 1 - lead;
  const fraction = slice('size_i', sizeBits, lead - 1, lead - fractionBits);
  const isTop = lead === topPiece(ranks).lead;
  const first = 2n ** BigInt(lead - 1);
  const step = first >> BigInt(fractionBits);
  return [
    {
      pattern: `${bits}'b${'0'.repeat(above)}1${'?'.repeat(lead)}`,
      rank:
        fractionBits === 0
          ? literal(rankBits, rank)
          : `{${literal(rankBits - fractionBits, rank >> fractionBits)}, ${fraction}}`,
      up: upBelow(isTop, `size_i[${lead - 1 - fractionBits}]`, fraction),
      values: fractionBits === 0 ? String(first) : `${first} to ${2n * first - step} in steps of ${step}`,
    },
  ];
}
