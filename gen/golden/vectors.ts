import { levels } from '../numerics/codec.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { CodeValue } from '../numerics/types/type-base.js';
import type { RandomSource } from './random.js';
import { type ArrayInfo, blocksOfTile, type PortInfo, selectedType, type Tile, tileShape } from './reference.js';
import { randomScales } from './scale-vectors.js';

export { type RandomSource, randomSource } from './random.js';

/**
 * What fills an operand of a tile: random codes; one random code everywhere; zeros; negative zeros (zeros where the
 * type has none); the greatest value; the least; both in alternation from beat to beat; either at random; mostly zeros.
 */
export const PATTERNS = [
  'random',
  'uniform',
  'zeros',
  'negativeZeros',
  'greatest',
  'least',
  'alternating',
  'extremes',
  'sparse',
] as const;

export type Pattern = (typeof PATTERNS)[number];

/** What a tile may ask of a port: one of its types, or of its wide ones. */
export interface TypeChoice {
  readonly type: number;
  readonly wide: boolean;
}

/** All that a tile may ask of a port, wide types last. */
export function typeChoices({ types, wideTypes }: PortInfo): TypeChoice[] {
  return [...types.map((_, type) => ({ type, wide: false })), ...wideTypes.map((_, type) => ({ type, wide: true }))];
}

/** What a tile is to be; what is left out is chosen at random, patterns as random codes. */
export interface TileRequest {
  readonly k: number;
  readonly a?: TypeChoice;
  readonly w?: TypeChoice;
  readonly aPattern?: Pattern;
  readonly wPattern?: Pattern;
}

/** A tile for an array. Where a type is narrower than its port, the bits above are random: they mean nothing. */
export function randomTile(random: RandomSource, info: ArrayInfo, request: TileRequest): Tile {
  const { k, aPattern = 'random', wPattern = 'random' } = request;
  const a = request.a ?? anyChoice(random, info.a);
  const w = request.w ?? anyChoice(random, info.w);
  const { aLanes, wLanes, weightRows } = tileShape(info, { k, aWide: a.wide, wWide: w.wide });
  return {
    k,
    aType: a.type,
    wType: w.type,
    ...(a.wide ? { aWide: true } : {}),
    ...(w.wide ? { wWide: true } : {}),
    a: fill(random, codesOf(info.a, a), aPattern, { beats: k, lanes: aLanes }),
    w: fill(random, codesOf(info.w, w), wPattern, { beats: weightRows, lanes: wLanes }),
    ...(info.blocks
      ? randomScales(random, info.blocks.scales, blocksOfTile(info, { k }), { rows: info.rows, cols: info.cols })
      : {}),
  };
}

/** A pattern drawn with half the weight on random codes. */
export function randomPattern(random: RandomSource): Pattern {
  return random.below(2) === 0 ? 'random' : (PATTERNS[random.below(PATTERNS.length)] as Pattern);
}

/** Codes of a type that matter in corner cases. */
interface Corners {
  readonly zero: number;
  readonly negativeZero: number;
  readonly greatest: number;
  readonly least: number;
}

function cornersOf(type: NumericType): Corners {
  const table = levels(type);
  const codeOf = (index: number): number => (table.at(index) as { code: number }).code;
  const zeros = codesWith(type, (value) => value === 0n);
  return {
    zero: zeros[0] as number,
    negativeZero: zeros.at(-1) as number,
    greatest: codeOf(-1),
    least: codeOf(0),
  };
}

/** Codes of a port: their type, and the bits they may use. */
interface Codes {
  readonly type: NumericType;
  readonly bits: number;
}

const codesOf = (port: PortInfo, { type, wide }: TypeChoice): Codes => ({
  type: selectedType(port, type, wide),
  bits: wide ? 8 : port.codeBits,
});

function anyChoice(random: RandomSource, port: PortInfo): TypeChoice {
  const choices = typeChoices(port);
  return choices[random.below(choices.length)] as TypeChoice;
}

function fill(
  random: RandomSource,
  { type, bits }: Codes,
  pattern: Pattern,
  { beats, lanes }: { beats: number; lanes: number },
): Uint8Array {
  const codes = randomCodes(random, beats * lanes, bits);
  if (pattern === 'random') return type.kind === 'float' && type.hasSpecials ? fewSpecials(random, type, codes) : codes;
  const next = chooser(random, type, pattern);
  const mask = 2 ** type.bits - 1;
  for (let beat = 0; beat < beats; beat++) {
    for (let i = beat * lanes; i < (beat + 1) * lanes; i++) {
      const drawn = codes[i] as number;
      codes[i] = (drawn & ~mask) | next(beat, drawn & mask);
    }
  }
  return codes;
}

/**
 * Random codes of a type with NaN. A NaN stays in its sum and would hide all later products: one of four tiles has any codes,
 * one has finite ones only, and two have zeros besides and few infinities.
 */
function fewSpecials(random: RandomSource, type: NumericType, codes: Uint8Array): Uint8Array {
  const kind = random.below(4);
  if (kind === 0) return codes;
  const mask = 2 ** type.bits - 1;
  const finite = codes.map((code) =>
    typeof type.decode(code & mask) === 'bigint' ? code : code & ~topOfExponent(type),
  );
  if (kind === 1) return finite;
  const [zeros, infinities] = [codesWith(type, (value) => value === 0n), codesWith(type, isInfinite)];
  return finite.map((code) => {
    const drawn = random.below(32);
    const among = drawn === 0 ? infinities : drawn < 12 ? zeros : [];
    return among.length > 0 ? (code & ~mask) | (among[random.below(among.length)] as number) : code;
  });
}

/** The top bit of a float's exponent: without it, its codes are finite. */
const topOfExponent = ({ bits, signed }: NumericType): number => 2 ** (bits - (signed ? 2 : 1));

const isInfinite = (value: CodeValue): boolean => value === '+Infinity' || value === '-Infinity';

const codesWith = (type: NumericType, has: (value: CodeValue) => boolean): number[] =>
  Array.from({ length: 2 ** type.bits }, (_, code) => code).filter((code) => has(type.decode(code)));

/** The code of a pattern in a beat, given a random code. */
function chooser(
  random: RandomSource,
  type: NumericType,
  pattern: Exclude<Pattern, 'random'>,
): (beat: number, drawn: number) => number {
  const { zero, negativeZero, greatest, least } = cornersOf(type);
  const uniform = random.below(2 ** type.bits);
  switch (pattern) {
    case 'uniform':
      return () => uniform;
    case 'zeros':
      return () => zero;
    case 'negativeZeros':
      return () => negativeZero;
    case 'greatest':
      return () => greatest;
    case 'least':
      return () => least;
    case 'alternating':
      return (beat) => (beat % 2 === 0 ? greatest : least);
    case 'extremes':
      return (_, drawn) => (drawn % 2 === 0 ? greatest : least);
    case 'sparse':
      return (_, drawn) => (random.below(4) === 0 ? drawn : zero);
  }
}

/** Random codes of `bits` (at most 8) bits, four from each draw. */
function randomCodes(random: RandomSource, count: number, bits: number): Uint8Array {
  const mask = 2 ** bits - 1;
  const codes = new Uint8Array(count);
  for (let i = 0; i < count; i += 4) {
    const drawn = random.bits32();
    codes[i] = drawn & mask;
    codes[i + 1] = (drawn >>> 8) & mask;
    codes[i + 2] = (drawn >>> 16) & mask;
    codes[i + 3] = (drawn >>> 24) & mask;
  }
  return codes;
}
