import { UserError } from '../../../gen/base/errors.js';
import { type BlockCodec, blockCodec, tensorScaleOf } from '../../../gen/numerics/blocks/block-codec.js';
import type { ScaleFormat } from '../../../gen/numerics/blocks/scale-format.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { type BlockGrid, eachBlock } from '../onnx/block-grid.js';
import { unitOf } from '../onnx/block-rounding.js';
import type { StreamedResult } from './stream.js';
import { RangePass, type StreamRange } from './stream-range.js';

/** How a tensor lies in blocks: all of a grid but what its numbers say. */
export interface StreamedBlocks {
  readonly name: string;
  readonly typesFor: (hasNegative: boolean) => readonly NumericType[];
  readonly scales: ScaleFormat;
  readonly grid: Pick<BlockGrid, 'axis' | 'length' | 'parts' | 'size'>;
}

interface Trial {
  readonly type: NumericType;
  readonly codec: BlockCodec;
  readonly values: readonly number[];
  readonly tensorScale: number;
  squaredError: number;
}

const BINS = 120;

/**
 * The type of a tensor that passes by twice, whose blocks take their scales from their numbers: the one with the least squared
 * error, of equals the first. The scale of the whole tensor, where the format has one, is that of the largest magnitude
 * seen.
 */
export class BlockChoice {
  readonly #options: StreamedBlocks;
  readonly #range: RangePass;
  #found: StreamRange | undefined;
  #trials: Trial[] = [];
  #squares = 0;
  readonly #counts = new Array<number>(BINS).fill(0);
  #result: StreamedResult | undefined;

  constructor(options: StreamedBlocks) {
    this.#options = options;
    this.#range = new RangePass(options.name, 100);
  }

  /** @throws UserError on a value that is not finite, and where the dimension of the blocks has another length. */
  observe(values: Float32Array, shape: readonly number[]): void {
    const { name, grid } = this.#options;
    if (shape[grid.axis] !== grid.length) {
      throw new UserError(
        `${name}: the reduction has ${grid.length} steps in the first sample and ${shape[grid.axis]} in another; blocks need the same in all`,
      );
    }
    if (!this.#found) {
      this.#range.observe(values);
      return;
    }
    this.#count(values, this.#found);
    for (const trial of this.#trials) {
      eachBlock(values, shape, grid, (block) => {
        trial.squaredError += errorOf(block, trial);
      });
    }
  }

  #count(values: Float32Array, { least, greatest }: StreamRange): void {
    const width = (greatest - least) / BINS || 1;
    for (const value of values) {
      this.#squares += value * value;
      const bin = Math.min(Math.floor((value - least) / width), BINS - 1);
      this.#counts[bin] = (this.#counts[bin] as number) + 1;
    }
  }

  /** @throws UserError when the pass had no values, or there is no type. */
  endPass(): void {
    if (this.#found) this.#finish(this.#found);
    else this.#begin(this.#range.end());
  }

  #begin(range: StreamRange): void {
    const { name, typesFor, scales } = this.#options;
    this.#found = range;
    const magnitude = Math.max(range.greatest, -range.least);
    this.#trials = typesFor(range.least < 0).map((type) => {
      const tensorScale = tensorScaleOf({ type, scales }, magnitude);
      const codec = blockCodec({ type, scales }, tensorScale);
      return { type, codec, values: codeValues(type).map(Number), tensorScale, squaredError: 0 };
    });
    if (this.#trials.length === 0) throw new UserError(`${name}: there is no type to choose`);
  }

  #finish({ count, least, greatest }: StreamRange): void {
    const { scales, grid } = this.#options;
    const best = this.#trials.reduce((one, other) => (other.squaredError < one.squaredError ? other : one));
    const costs = this.#trials.map(({ type, tensorScale, squaredError }) => ({
      type,
      scale: unitOf(type, tensorScale),
      squaredError,
    }));
    const typeIndex = this.#trials.indexOf(best);
    this.#result = {
      ...(costs[typeIndex] as (typeof costs)[number]),
      blocks: { ...grid, scales, tensorScale: best.tensorScale },
      ...{ typeIndex, squares: this.#squares, count, least, greatest, considered: costs },
      histogram: { low: least, high: greatest, counts: this.#counts },
    };
  }

  get done(): boolean {
    return this.#result !== undefined;
  }

  /** @throws Error before it is there. */
  get result(): StreamedResult {
    if (!this.#result) throw new Error(`${this.#options.name}: the choice is not made yet`);
    return this.#result;
  }
}

function errorOf(block: Float64Array, { codec, values }: Trial): number {
  const scaleCode = codec.scaleCode(block);
  const step = codec.step(scaleCode);
  const codes = codec.encode(block, scaleCode);
  let sum = 0;
  for (let i = 0; i < block.length; i++)
    sum += ((block[i] as number) - (values[codes[i] as number] as number) * step) ** 2;
  return sum;
}
