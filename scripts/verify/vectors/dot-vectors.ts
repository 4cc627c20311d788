import type { Manifest } from '../../../gen/design/manifest.js';
import { selectedType } from '../../../gen/golden/reference.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { codeValues, type Level, levels } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { dotStages } from '../../../gen/rtl/arch/dot/stages.js';

/** What the vectors of a dot-product unit depend on. */
export type DotInfo = Pick<Manifest, 'configuration' | 'accumulator' | 'ports'>;

/** The beats a unit is given, and its accumulator after each, in the layout of `tb/dot_tb.cpp`. */
export interface DotVectors {
  readonly lanes: number;
  readonly beats: number;
  /** Clock edges from a beat's operands to the accumulator. */
  readonly stages: number;
  /** a_type, w_type, first, add of each beat. */
  readonly controls: Uint8Array;
  /** Codes of each beat: activations of all lanes, then weights. */
  readonly codes: Uint8Array;
  /** The accumulator after each beat, signed; before the first beat that begins a tile it is unknown. */
  readonly sums: BigInt64Array;
  /** Pairs of codes, over all pairs of types, that every beat of pairs was made of. */
  readonly pairs: number;
  readonly exhaustive: boolean;
}

interface Beat {
  readonly aType: number;
  readonly wType: number;
  readonly first: boolean;
  readonly add: boolean;
  readonly a: readonly number[];
  readonly w: readonly number[];
}

type Pair = readonly [a: number, w: number];

const RANDOM_BEATS = 3000;

/**
 * Beats for a dot-product unit: all pairs of codes of all pairs of types (a seeded sample of `most` beyond), side by
 * side in the lanes and then alone in each lane; all lanes at their limits, with equal and with alternating signs; runs of
 * lanes at a limit among others; random beats, among them ones with add_i low.
 */
export function dotVectors(info: DotInfo, random: RandomSource, most: number): DotVectors {
  const { lanes, pipeline } = info.configuration;
  const { a, w } = info.ports;
  const types = a.types.flatMap((_, aType) => w.types.map((__, wType) => ({ aType, wType })));
  const share = Math.max(Math.floor(most / types.length), 64);
  let pairs = 0;
  let exhaustive = true;
  const beats = types.flatMap((selected) => {
    const [aType, wType] = [typeOf(info, 'a', selected.aType), typeOf(info, 'w', selected.wType)];
    const every = choosePairs(aType, wType, share, random);
    pairs += every.pairs.length;
    exhaustive &&= every.exhaustive;
    // Alone in every lane, as many of them as the budget allows.
    const alone = everyNth(every.pairs, Math.ceil((every.pairs.length * lanes) / share));
    return [
      ...sideBySide(every.pairs, lanes),
      ...oneHot(alone, lanes, [zeroOf(aType), zeroOf(wType)]),
      ...limits(aType, wType, lanes),
      ...runs(aType, wType, lanes),
    ].map((codes) => ({ ...selected, first: true, add: true, ...codes }));
  });
  const known = beats.length;
  beats.push(...Array.from({ length: RANDOM_BEATS }, (_, i) => randomBeat(info, random, i)));
  if (known === 0) throw new Error('a unit without pairs of types');
  const { terms, sum, products } = dotStages(pipeline);
  return {
    lanes,
    beats: beats.length,
    stages: 1 + [terms, sum, products].filter(Boolean).length,
    controls: Uint8Array.from(
      beats.flatMap(({ aType, wType, first, add }) => [aType, wType, Number(first), Number(add)]),
    ),
    codes: concatenate(beats, lanes),
    sums: expectedSums(info, beats),
    pairs,
    exhaustive,
  };
}

const typeOf = ({ ports }: DotInfo, letter: 'a' | 'w', index: number): NumericType =>
  numericType(ports[letter].types[index] as string);

function choosePairs(
  aType: NumericType,
  wType: NumericType,
  most: number,
  random: RandomSource,
): { pairs: Pair[]; exhaustive: boolean } {
  const [aCount, wCount] = [2 ** aType.bits, 2 ** wType.bits];
  if (aCount * wCount <= most) {
    const pairs = Array.from({ length: aCount * wCount }, (_, i): Pair => [Math.floor(i / wCount), i % wCount]);
    return { pairs, exhaustive: true };
  }
  const pairs = Array.from({ length: most }, (): Pair => [random.below(aCount), random.below(wCount)]);
  return { pairs, exhaustive: false };
}

const everyNth = <T>(items: readonly T[], n: number): T[] => items.filter((_, i) => i % n === 0);

interface Codes {
  readonly a: readonly number[];
  readonly w: readonly number[];
}

function codesOf(pairs: readonly Pair[]): Codes {
  return { a: pairs.map(([a]) => a), w: pairs.map(([, w]) => w) };
}

/** Pairs side by side; each beat begins one pair behind the last one's end, so that none is bound to a lane. */
function sideBySide(pairs: readonly Pair[], lanes: number): Codes[] {
  const count = Math.ceil(pairs.length / lanes);
  return Array.from({ length: count }, (_, beat) =>
    codesOf(Array.from({ length: lanes }, (__, lane) => pairs[(beat * lanes + lane) % pairs.length] as Pair)),
  );
}

/** Each pair alone in each lane, the others at zero. */
function oneHot(pairs: readonly Pair[], lanes: number, zero: Pair): Codes[] {
  return pairs.flatMap((pair) =>
    Array.from({ length: lanes }, (_, hot) =>
      codesOf(Array.from({ length: lanes }, (__, lane) => (lane === hot ? pair : zero))),
    ),
  );
}

/** Pairs of the least and the greatest values of two types. */
function corners(aType: NumericType, wType: NumericType): { readonly pair: Pair; readonly product: bigint }[] {
  const ends = (type: NumericType): Level[] => {
    const table = levels(type);
    return [table[0], table.at(-1)] as Level[];
  };
  return ends(aType).flatMap((a) =>
    ends(wType).map((w) => ({ pair: [a.code, w.code] as const, product: a.value * w.value })),
  );
}

/** All lanes at the limits of their types: alike, alternating from lane to lane, and all but one alike. */
function limits(aType: NumericType, wType: NumericType, lanes: number): Codes[] {
  const pairs = corners(aType, wType).map(({ pair }) => pair);
  return pairs.flatMap((x) =>
    pairs.flatMap((y) => [
      codesOf(Array.from({ length: lanes }, (_, lane) => (lane % 2 === 0 ? x : y))),
      codesOf(Array.from({ length: lanes }, (_, lane) => (lane === lanes - 1 ? y : x))),
    ]),
  );
}

/**
 * Every run of 2, 4, 8 ... lanes, at a multiple of its length, at the least or the greatest product, the other lanes at zero
 * or at the opposite limit: what sums of some of the lanes must hold.
 */
function runs(aType: NumericType, wType: NumericType, lanes: number): Codes[] {
  const byProduct = [...corners(aType, wType)].sort((x, y) => (x.product < y.product ? -1 : 1));
  const [least, greatest] = [byProduct[0], byProduct.at(-1)].map((corner) => (corner as { pair: Pair }).pair) as [
    Pair,
    Pair,
  ];
  const zero: Pair = [zeroOf(aType), zeroOf(wType)];
  const lengths = Array.from({ length: Math.ceil(Math.log2(lanes)) }, (_, i) => 2 ** i).slice(1);
  return lengths.flatMap((length) =>
    Array.from({ length: Math.ceil(lanes / length) }, (_, run) => run).flatMap((run) =>
      [
        [least, zero],
        [least, greatest],
        [greatest, zero],
        [greatest, least],
      ].map(([inside, outside]) =>
        codesOf(
          Array.from({ length: lanes }, (_, lane) => (Math.floor(lane / length) === run ? inside : outside) as Pair),
        ),
      ),
    ),
  );
}

function zeroOf(type: NumericType): number {
  return codeValues(type).indexOf(0n);
}

/** Any codes, bits above a type's width included; a quarter begin a tile, a quarter have add_i low. */
function randomBeat({ ports, configuration }: DotInfo, random: RandomSource, index: number): Beat {
  const codes = (letter: 'a' | 'w'): number[] =>
    Array.from({ length: configuration.lanes }, () => random.below(2 ** ports[letter].codeBits));
  return {
    aType: random.below(2 ** ports.a.typeBits),
    wType: random.below(2 ** ports.w.typeBits),
    first: index === 0 || random.below(4) === 0,
    add: index === 0 || random.below(4) > 0,
    a: codes('a'),
    w: codes('w'),
  };
}

function concatenate(beats: readonly Beat[], lanes: number): Uint8Array {
  const codes = new Uint8Array(beats.length * 2 * lanes);
  for (const [i, { a, w }] of beats.entries()) {
    codes.set(a, i * 2 * lanes);
    codes.set(w, (i * 2 + 1) * lanes);
  }
  return codes;
}

/** The accumulator after each beat, from the values of the codes. */
function expectedSums({ ports, accumulator }: DotInfo, beats: readonly Beat[]): BigInt64Array {
  const tables = (letter: 'a' | 'w') => {
    const types = ports[letter].types.map(numericType);
    return Array.from({ length: 2 ** ports[letter].typeBits }, (_, selector) =>
      codeValues(selectedType({ types, wideTypes: [], codeBits: ports[letter].codeBits }, selector)),
    );
  };
  const [aTables, wTables] = [tables('a'), tables('w')];
  const value = (table: readonly (bigint | undefined)[], code: number): bigint => table[code % table.length] as bigint;
  const sums = new BigInt64Array(beats.length);
  let sum = 0n;
  for (const [i, { aType, wType, first, add, a, w }] of beats.entries()) {
    if (add) {
      const [aTable, wTable] = [aTables[aType] ?? [], wTables[wType] ?? []];
      const beat = a.reduce((total, code, lane) => total + value(aTable, code) * value(wTable, w[lane] as number), 0n);
      sum = BigInt.asIntN(accumulator.bits, (first ? 0n : sum) + beat);
    }
    sums[i] = sum;
  }
  return sums;
}
