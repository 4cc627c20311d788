import { UserError } from '../../../gen/base/errors.js';
import type { Matrix } from '../../../gen/base/matrix.js';
import { groupCount } from '../../../gen/golden/code-matrix.js';
import { type BlockCodec, blockCodec, tensorScaleOf } from '../../../gen/numerics/blocks/block-codec.js';
import type { ScaleFormat } from '../../../gen/numerics/blocks/scale-format.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { type CandidateOptions, candidate } from './scale.js';
import { eligible, type QuantisedMatrix, stripsOf } from './tensor.js';

export const SCALE_RULES = ['largest', 'error'] as const;
/** What a block's scale is chosen by: its largest magnitude, as OCP and NVFP4 say, or the least squared error. */
export type ScaleRule = (typeof SCALE_RULES)[number];

/** Scales of a matrix' blocks as they are stored. */
export interface BlockScales {
  readonly format: ScaleFormat;
  /** groups x cols codes. */
  readonly codes: Uint32Array;
  /** What all of them are multiplied by; 1 in formats without it. */
  readonly tensorScale: number;
}

/** A matrix in blocks; `scales` are those of codes: block scale x element step x tensor scale, exactly. */
export interface BlockMatrix extends QuantisedMatrix {
  readonly blockScales: BlockScales;
}

export interface BlockOptions extends CandidateOptions {
  /** Rows of a block; the last one of a column has the rest. */
  readonly size: number;
  /** Places of a filter, by turns those of the rows: a block has rows of one of them. 1 without it. */
  readonly taps?: number;
  readonly scales: ScaleFormat;
  readonly rule: ScaleRule;
}

/**
 * Weights, K x N, in blocks of rows of each column, those of a convolution along its channels: one type for the matrix, that with the least squared error, of equals
 * the first.
 *
 * @throws UserError when an element is not finite, and for negative values where all types are unsigned.
 */
export function quantiseBlocks(
  matrix: Matrix,
  types: readonly NumericType[],
  name: string,
  options: BlockOptions,
): BlockMatrix {
  const { data } = matrix;
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new UserError(`${name}: element ${bad} is ${data[bad]}; blocks need finite numbers`);
  const trials = eligible(matrix, types, name).map(({ type, typeIndex }) => ({
    ...inType(matrix, type, options),
    typeIndex,
  }));
  const best = trials.reduce((least, trial) => (trial.squaredError < least.squaredError ? trial : least));
  return { ...best, considered: trials.map(({ type, squaredError }) => ({ type, squaredError })) };
}

function inType(
  matrix: Matrix,
  type: NumericType,
  options: BlockOptions,
): Omit<BlockMatrix, 'typeIndex' | 'considered'> {
  const { rows, cols, data } = matrix;
  const { taps = 1 } = options;
  const blocks = { groupRows: Math.min(options.size, rows / taps), taps };
  const groups = groupCount(rows, blocks);
  const magnitude = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const coding = { type, scales: options.scales };
  const tensorScale = tensorScaleOf(coding, magnitude);
  const codec = blockCodec(coding, tensorScale);
  const round = blockRounder(type, codec, options);
  const codes = new Uint8Array(rows * cols);
  const scaleCodes = new Uint32Array(groups * cols);
  let squaredError = 0;
  for (const { values, rows: own, group, col } of stripsOf(matrix, blocks, '')()) {
    const block = round(values);
    squaredError += block.squaredError;
    scaleCodes[group * cols + col] = block.scaleCode;
    for (let i = 0; i < own.length; i++) codes[(own[i] as number) * cols + col] = block.codes[i] as number;
  }
  return {
    rows,
    cols,
    groups,
    ...blocks,
    type,
    codes,
    scales: Float64Array.from(scaleCodes, (code) => codec.step(code)),
    squaredError,
    blockScales: { format: options.scales, codes: scaleCodes, tensorScale },
  };
}

interface RoundedBlock {
  readonly scaleCode: number;
  readonly codes: Uint8Array;
  readonly squaredError: number;
}

/** A function that gives a block the scale of the rule; by error, the first of equals among it and those of the clips. */
function blockRounder(
  type: NumericType,
  codec: BlockCodec,
  { rule, clips }: BlockOptions,
): (block: Float64Array) => RoundedBlock {
  const values = codeValues(type).map(Number);
  const shares = rule === 'error' ? candidate(type, clips ? { clips } : {}).clips.map((clip) => clip / 100) : [];
  const withScale = (block: Float64Array, scaleCode: number): RoundedBlock => {
    const codes = codec.encode(block, scaleCode);
    const step = codec.step(scaleCode);
    let squaredError = 0;
    for (let i = 0; i < block.length; i++) {
      squaredError += ((block[i] as number) - (values[codes[i] as number] as number) * step) ** 2;
    }
    return { scaleCode, codes, squaredError };
  };
  return (block) => {
    const magnitude = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const others = shares.map((share) => codec.scaleCode([share * magnitude]));
    const trials = [...new Set([codec.scaleCode(block), ...others])].map((code) => withScale(block, code));
    return trials.reduce((least, trial) => (trial.squaredError < least.squaredError ? trial : least));
  };
}
