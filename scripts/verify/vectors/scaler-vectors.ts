import type { Manifest } from '../../../gen/design/manifest.js';
import { addBlock } from '../../../gen/golden/blocks.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { binary32Bits } from '../../../gen/numerics/binary32.js';
import { elementStep } from '../../../gen/numerics/blocks/block-codec.js';
import { type ScaleFormat, scaleFormat } from '../../../gen/numerics/blocks/scale-format.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { blockStages } from '../../../gen/rtl/arch/dot-blocks/stages.js';

/** A block as it reaches a scaler, and the accumulator behind it. */
export interface ScaledBlock {
  readonly aCode: number;
  readonly aType: number;
  readonly wCode: number;
  readonly wType: number;
  readonly first: boolean;
  readonly take: boolean;
  /** Besides numbers, what its products are: 1 NaN, 2 +infinity, 4 -infinity. */
  readonly specials: number;
  readonly sum: bigint;
  readonly expected: bigint;
}

export interface ScalerVectors {
  /** Clock edges from the sum of a block to the accumulator. */
  readonly stages: number;
  readonly blocks: readonly ScaledBlock[];
}

/** What the vectors of a scaler depend on. */
interface ScalerInfo {
  readonly scales: ScaleFormat;
  /** Element steps by type. */
  readonly aSteps: readonly number[];
  readonly wSteps: readonly number[];
  /** Values that a selector of types has. */
  readonly aSelectors: number;
  readonly wSelectors: number;
  readonly least: bigint;
  readonly greatest: bigint;
  readonly nan: boolean;
  readonly infinity: boolean;
}

/** Sequences of blocks in which both scales are random, or one follows from what the last sum was. */
const RANDOM_BLOCKS = 40_000;

/**
 * Blocks for a scaler: every code of a scale on both sides with every type, and sums that meet the accumulator at every distance:
 * far from it, just beside it, and so that they cancel it, in the middle of binary32 and at its ends.
 */
export function scalerVectors(manifest: Manifest, random: RandomSource, most: number): ScalerVectors {
  const info = infoOf(manifest);
  const makers = [
    ...everyScale(info, random),
    ...Array.from({ length: Math.min(RANDOM_BLOCKS, most) }, () => drawBlock(info, random)),
  ];
  let sum = 0;
  const blocks = makers.map((make, i): ScaledBlock => {
    const block = make(sum);
    // Before the first block the accumulator is unknown.
    const [first, take] = i === 0 ? [true, true] : [block.first, block.take];
    if (take) sum = addBlock(first ? 0 : sum, sumOf(block), scaleOf(info, block));
    return { ...block, first, take, expected: binary32Bits(sum) };
  });
  return { stages: blockStages(manifest.configuration.pipeline).scaled ? 2 : 1, blocks };
}

type Block = Omit<ScaledBlock, 'expected'>;
/** A block, given the accumulator before it. */
type Maker = (sum: number) => Block;

function infoOf({ blocks, ports }: Manifest): ScalerInfo {
  if (blocks === null) throw new Error('a design without blocks has no scalers');
  const types = (letter: 'a' | 'w') => ports[letter].types.map(numericType);
  const has = (special: string): boolean =>
    [...types('a'), ...types('w')].some((type) =>
      Array.from({ length: 2 ** type.bits }, (_, code) => String(type.decode(code))).includes(special),
    );
  return {
    scales: scaleFormat(blocks.scales.format),
    aSteps: types('a').map(elementStep),
    wSteps: types('w').map(elementStep),
    aSelectors: 2 ** ports.a.typeBits,
    wSelectors: 2 ** ports.w.typeBits,
    least: BigInt(blocks.sums.sum.least),
    greatest: BigInt(blocks.sums.sum.greatest),
    nan: has('NaN'),
    infinity: has('+Infinity'),
  };
}

/** Selectors beyond the list mean its last type. */
const stepOf = (steps: readonly number[], type: number): number => steps[Math.min(type, steps.length - 1)] as number;

const scaleOf = ({ scales, aSteps, wSteps }: ScalerInfo, { aCode, wCode, aType, wType }: Block): number =>
  scales.decode(aCode) * scales.decode(wCode) * stepOf(aSteps, aType) * stepOf(wSteps, wType);

function sumOf({ specials, sum }: Block): bigint | number {
  const [nan, plus, minus] = [1, 2, 4].map((bit) => (specials & bit) !== 0);
  if (nan || (plus && minus)) return Number.NaN;
  if (plus || minus) return plus ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return sum;
}

const alone = { first: true, take: true, specials: 0 } as const;

/** Every code of each side, beside one of a few of the other's, of every pair of types. */
function everyScale(info: ScalerInfo, random: RandomSource): Maker[] {
  const codes = Array.from({ length: 2 ** info.scales.bits }, (_, code) => code);
  return info.aSteps.flatMap((_, aType) =>
    info.wSteps.flatMap((__, wType) =>
      codes.flatMap((code): Maker[] => {
        const other = random.below(codes.length);
        const types = { aType, wType };
        return [
          () => ({ ...alone, ...types, aCode: code, wCode: other, sum: drawSum(info, random) }),
          () => ({ ...alone, ...types, aCode: other, wCode: code, sum: drawSum(info, random) }),
        ];
      }),
    ),
  );
}

/** A sum of any length: random, a power of two, one beside that, or an end. */
function drawSum({ least, greatest }: ScalerInfo, random: RandomSource): bigint {
  const bits = greatest.toString(2).length;
  const length = BigInt(1 + random.below(bits));
  const wide = (BigInt(random.bits32()) << 32n) | BigInt(random.bits32());
  const power = 1n << (length - 1n);
  const magnitude = [wide % (1n << length), power, power + 1n, power - 1n, greatest][random.below(5)] as bigint;
  const value = random.below(2) === 0 ? magnitude : -magnitude;
  return value < least ? least : value > greatest ? greatest : value;
}

function drawBlock(info: ScalerInfo, random: RandomSource): Maker {
  const { scales, nan, infinity } = info;
  const finite = Array.from({ length: 2 ** scales.bits }, (_, code) => code).filter(
    (code) => !Number.isNaN(scales.decode(code)),
  );
  const codes = {
    aType: random.below(info.aSelectors),
    wType: random.below(info.wSelectors),
    aCode: random.below(finite.length),
  };
  const first = random.below(6) === 0;
  const take = random.below(8) > 0;
  // NaN, +infinity, -infinity, infinities of both signs.
  const kinds = [...(nan ? [1] : []), ...(infinity ? [2, 4, 6] : [])];
  const specials = kinds[random.below(64)] ?? 0;
  const sum = drawSum(info, random);
  const kind = random.below(4);
  const away = random.below(70) - 35;
  const small = BigInt(random.below(5) - 2);
  const isNan = random.below(512) === 0;
  return (before) => {
    // The other scale: any; or such that the term lies near the accumulator, or near one of the ends of binary32.
    const unit =
      Math.abs(scales.decode(codes.aCode)) * stepOf(info.aSteps, codes.aType) * stepOf(info.wSteps, codes.wType);
    const wanted = [Math.abs(before), Math.abs(before), 2 ** -140, 2 ** 120][kind] as number;
    const target = (wanted * 2 ** (kind === 0 ? 0 : away)) / (unit * Math.max(Number(sum < 0n ? -sum : sum), 1));
    const near = random.below(3) > 0 && Number.isFinite(target) && target > 0;
    const wCode = isNan
      ? scales.nan
      : near
        ? nearestCode(scales, finite, target)
        : (finite[random.below(finite.length)] as number);
    const scale = unit * scales.decode(wCode);
    // A sum that cancels the accumulator but for a few steps, where there is one.
    const cancelling = -Math.round(before / scale);
    const usable = kind === 0 && Number.isSafeInteger(cancelling) && cancelling !== 0;
    const exact = usable ? clamp(BigInt(cancelling) + small, info) : sum;
    return { ...codes, wCode, first: first && !usable, take, specials, sum: exact };
  };
}

const clamp = (value: bigint, { least, greatest }: ScalerInfo): bigint =>
  value < least ? least : value > greatest ? greatest : value;

const logs = new WeakMap<ScaleFormat, Float64Array>();

/** A code whose scale is a wanted one as nearly as can be. */
function nearestCode(scales: ScaleFormat, finite: readonly number[], wanted: number): number {
  const known = logs.get(scales) ?? Float64Array.from(finite, (code) => Math.log2(scales.decode(code)));
  logs.set(scales, known);
  const target = Math.log2(wanted);
  let [low, high] = [0, finite.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((known[middle] as number) < target) low = middle + 1;
    else high = middle;
  }
  return finite[low] as number;
}
