import type { Manifest } from '../../../gen/design/manifest.js';
import { selectedType } from '../../../gen/golden/reference.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { numericType, withoutSpecials } from '../../../gen/numerics/types/table.js';
import { dotStages } from '../../../gen/rtl/arch/dot/stages.js';
import { blockStages } from '../../../gen/rtl/arch/dot-blocks/stages.js';
import { type LaneCodes, laneCases } from './lane-codes.js';

/** What the vectors of a dot-product unit depend on. */
export type DotInfo = Pick<Manifest, 'configuration' | 'accumulator' | 'ports' | 'blocks'>;

/** What a unit adds up: the results of a tile, or the sums of its blocks. */
export const sumsOf = ({ accumulator, blocks }: DotInfo): { readonly bits: number } => blocks?.sums ?? accumulator;

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

interface Beat extends LaneCodes {
  readonly aType: number;
  readonly wType: number;
  readonly first: boolean;
  readonly add: boolean;
}

const RANDOM_BEATS = 3000;

/** Beats for a dot-product unit: the cases of its lanes, of all pairs of types; random beats, among them ones with add_i low. */
export function dotVectors(info: DotInfo, random: RandomSource, most: number): DotVectors {
  const { lanes, pipeline } = info.configuration;
  const { a, w } = info.ports;
  const types = a.types.flatMap((_, aType) => w.types.map((__, wType) => ({ aType, wType })));
  const share = Math.max(Math.floor(most / types.length), 64);
  let pairs = 0;
  let exhaustive = true;
  const beats = types.flatMap((selected) => {
    const [aType, wType] = [typeOf(info, 'a', selected.aType), typeOf(info, 'w', selected.wType)];
    const cases = laneCases([aType, wType], lanes, share, random);
    pairs += cases.pairs;
    exhaustive &&= cases.exhaustive;
    return cases.codes.map((codes) => ({ ...selected, first: true, add: true, ...codes }));
  });
  const known = beats.length;
  beats.push(...Array.from({ length: RANDOM_BEATS }, (_, i) => randomBeat(info, random, i)));
  if (known === 0) throw new Error('a unit without pairs of types');
  const { terms, sum, products } = dotStages(info.blocks ? blockStages(pipeline).unit : pipeline);
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

const typeOf = (info: DotInfo, letter: 'a' | 'w', index: number): NumericType =>
  decoded(info, info.ports[letter].types[index] as string);

/** Of blocks, something else tells what codes are besides numbers. */
const decoded = ({ blocks }: DotInfo, name: string): NumericType =>
  blocks === null ? numericType(name) : withoutSpecials(numericType(name));

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
function expectedSums(info: DotInfo, beats: readonly Beat[]): BigInt64Array {
  const { ports } = info;
  const { bits } = sumsOf(info);
  const tables = (letter: 'a' | 'w') => {
    const types = ports[letter].types.map((name) => decoded(info, name));
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
      sum = BigInt.asIntN(bits, (first ? 0n : sum) + beat);
    }
    sums[i] = sum;
  }
  return sums;
}
