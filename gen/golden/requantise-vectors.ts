import { type Level, levels } from '../numerics/codec.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import { type RequantiseInput, type Rounding, requantiser } from './requantise.js';
import type { RandomSource } from './vectors.js';

/** What a requantiser takes. A width of 0: it has no such input. */
export interface RequantiserShape {
  readonly types: readonly NumericType[];
  readonly lanes: number;
  readonly rounding: Rounding;
  readonly clip: 'none' | 'relu' | 'bounds';
  readonly sumBits: number;
  readonly biasBits: number;
  readonly multiplierBits: number;
  readonly addendBits: number;
  readonly shiftBits: number;
  /** Of the least and the greatest value that `bounds` allows. */
  readonly boundBits: number;
  readonly codeBits: number;
}

/** A beat: values of its fields, one of each lane or one for all, and the codes that must leave. */
export interface RequantiseBeat {
  readonly last: boolean;
  readonly fields: Readonly<Record<string, readonly bigint[]>>;
  readonly codes: readonly number[];
}

/** Beats of random tiles. Every third one holds extremes; in the others most values lie in the range of the type. */
export function randomBeats(random: RandomSource, shape: RequantiserShape, count: number): RequantiseBeat[] {
  const encoders = shape.types.map((type) => requantiser(type, shape.rounding));
  return Array.from({ length: count }, (_, i) => {
    const typeIndex = i < shape.types.length ? i : random.below(shape.types.length);
    const type = shape.types[typeIndex] as NumericType;
    const draw = i % 3 === 2 ? extremeLane : likelyLane;
    const common = commonFields(random, shape, type);
    const lanes = Array.from({ length: shape.lanes }, () => draw(random, shape, common));
    const encode = encoders[typeIndex] as (input: RequantiseInput) => number;
    const { shift, addendMultiplier, relu, low, high } = common;
    const of = (pick: (lane: Lane) => bigint): bigint[] => lanes.map(pick);
    return {
      last: i === count - 1 || random.below(5) === 0,
      fields: {
        sum: of((lane) => lane.sum),
        bias: of((lane) => lane.bias),
        multiplier: of((lane) => lane.multiplier),
        addend: of((lane) => lane.addend),
        ...{ addend_multiplier: [addendMultiplier], shift: [BigInt(shift)], type: [BigInt(typeIndex)] },
        ...{ relu: [relu ? 1n : 0n], low: [low], high: [high] },
      },
      codes: lanes.map((lane) => encode({ ...lane, shift, addendMultiplier, ...bounds(shape, common) })),
    };
  });
}

type Lane = Pick<RequantiseInput, 'sum' | 'bias' | 'multiplier'> & { readonly addend: bigint };

/** What holds for all lanes of a beat. */
interface Common {
  readonly type: NumericType;
  readonly shift: number;
  readonly addendMultiplier: bigint;
  readonly relu: boolean;
  readonly low: bigint;
  readonly high: bigint;
}

function bounds({ clip }: RequantiserShape, { relu, low, high }: Common): Pick<RequantiseInput, 'low' | 'high'> {
  if (clip === 'bounds') return { low, high };
  return clip === 'relu' && relu ? { low: 0n } : {};
}

function commonFields(random: RandomSource, shape: RequantiserShape, type: NumericType): Common {
  const { multiplierBits, addendBits, shiftBits, boundBits } = shape;
  const top = 2 ** shiftBits - 1;
  const shift = random.below(8) === 0 ? random.below(top + 1) : random.below(Math.min(top, multiplierBits + 8) + 1);
  const [x, y] = [signed(random, boundBits), signed(random, boundBits)];
  const wide = random.below(2) === 0;
  const range = { low: -(1n << BigInt(boundBits - 1)), high: (1n << BigInt(boundBits - 1)) - 1n };
  return {
    ...{ type, shift, relu: random.below(2) === 0 },
    addendMultiplier: addendBits === 0 ? 0n : unsigned(random, 1 + random.below(multiplierBits)),
    low: wide ? range.low : x < y ? x : y,
    high: wide ? range.high : x < y ? y : x,
  };
}

/** A value near one that the type tells from its neighbours, as far as the widths allow. */
function likelyLane(random: RandomSource, shape: RequantiserShape, { type, shift, addendMultiplier }: Common): Lane {
  const { sumBits, biasBits, addendBits, multiplierBits } = shape;
  const table = levels(type);
  const bias = signed(random, 1 + random.below(biasBits));
  const multiplier = 1n + unsigned(random, 1 + random.below(multiplierBits - 1));
  const addend = addendBits === 0 ? 0n : signed(random, 1 + random.below(addendBits));
  const place = random.below(table.length);
  const other = Math.min(Math.max(place + random.below(3) - 1, 0), table.length - 1);
  const [lower, upper] = [table[place] as Level, table[other] as Level];
  const aim = (((lower.value + upper.value) << BigInt(shift)) / 2n - addend * addendMultiplier) / multiplier;
  const sum = saturate(aim - bias + BigInt(random.below(5) - 2), sumBits);
  return { sum, bias, multiplier, addend };
}

/** Ends of all ranges, 0 and values next to it. */
function extremeLane(random: RandomSource, shape: RequantiserShape): Lane {
  const { sumBits, biasBits, addendBits, multiplierBits } = shape;
  const end = (bits: number): bigint => {
    if (bits === 0) return 0n;
    const most = 1n << BigInt(bits - 1);
    return [-most, most - 1n, 0n, -1n, bits > 1 ? 1n : 0n][random.below(5)] as bigint;
  };
  const multiplier = [0n, 1n, (1n << BigInt(multiplierBits)) - 1n][random.below(3)] as bigint;
  return { sum: end(sumBits), bias: end(biasBits), multiplier, addend: end(addendBits) };
}

function unsigned(random: RandomSource, bits: number): bigint {
  const wide = (BigInt(random.bits32()) << 32n) | BigInt(random.bits32());
  return BigInt.asUintN(bits, wide);
}

const signed = (random: RandomSource, bits: number): bigint => BigInt.asIntN(bits, unsigned(random, 64));

function saturate(value: bigint, bits: number): bigint {
  const most = 1n << BigInt(bits - 1);
  return value < -most ? -most : value >= most ? most - 1n : value;
}
