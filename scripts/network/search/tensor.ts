import { UserError } from '../../../gen/base/errors.js';
import type { Matrix } from '../../../gen/base/matrix.js';
import type { ScaledMatrix } from '../../../gen/golden/code-matrix.js';
import { quantise } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { type Channel, prepareChannel } from './channel.js';
import { type Channels, type TypeCost, typeChooser } from './choose.js';
import type { CandidateOptions } from './scale.js';

export type { TypeCost } from './choose.js';

/** A matrix in codes, with what its type was chosen by. */
export interface QuantisedMatrix extends ScaledMatrix {
  /** Within a millionth of the sum over elements. */
  readonly squaredError: number;
  /** All types that were considered, in the order of the list. */
  readonly considered: readonly TypeCost[];
}

export interface ActivationOptions extends CandidateOptions {
  /** Clips refer to this percentile of the magnitudes (above 0, at most 100) instead of the largest one. */
  readonly percentile?: number;
}

export interface WeightOptions extends ActivationOptions {
  /** Rows that share a scale in each column; all K unless given. Divides K. */
  readonly groupSize?: number;
}

/**
 * Activations: one type and one scale for the matrix.
 *
 * @throws UserError on wrong options, magnitudes out of range, and negative values where all types are unsigned.
 */
export function quantiseActivations(
  matrix: Matrix,
  types: readonly NumericType[],
  name = 'activations',
  options: ActivationOptions = {},
): QuantisedMatrix {
  const { rows, cols, data } = matrix;
  const channel = prepareChannel(data, name, options.percentile);
  const chosen = choose(() => [channel], eligible(matrix, types, name), options);
  const scale = chosen.scales[0] as number;
  return { rows, cols, groups: 1, ...chosen, codes: quantise(chosen.type, data, { scale, tensor: name }) };
}

/**
 * Weights, K x N: one type for the matrix, one scale per output channel (column) or, asked for, per group of rows and
 * column.
 *
 * @throws UserError as for activations, and when the group size does not divide K.
 */
export function quantiseWeights(
  matrix: Matrix,
  types: readonly NumericType[],
  name = 'weights',
  options: WeightOptions = {},
): QuantisedMatrix {
  const { rows, cols } = matrix;
  const { groupSize = rows, percentile } = options;
  requireDivisor(groupSize, rows, name);
  const groups = rows / groupSize;
  const strips = stripsOf(matrix, groupSize, name);
  const channels: Channels = function* (): Generator<Channel> {
    for (const { title, values } of strips()) yield prepareChannel(values, title, percentile);
  };
  const chosen = choose(channels, eligible(matrix, types, name), options);
  const codes = new Uint8Array(rows * cols);
  for (const { title, values, group, col } of strips()) {
    const scale = chosen.scales[group * cols + col] as number;
    const stripCodes = quantise(chosen.type, values, { scale, tensor: title });
    const start = group * groupSize * cols + col;
    for (let r = 0; r < groupSize; r++) codes[start + r * cols] = stripCodes[r] as number;
  }
  return { rows, cols, groups, ...chosen, codes };
}

/** What shares a scale: part of a column. */
interface Strip {
  readonly title: string;
  /** groupSize elements, overwritten when the next strip is asked for. */
  readonly values: Float64Array;
  readonly group: number;
  readonly col: number;
}

/** The strips of a matrix, in the order of their scales. */
function stripsOf({ rows, cols, data }: Matrix, groupSize: number, name: string): () => Generator<Strip> {
  return function* () {
    const values = new Float64Array(groupSize);
    for (let group = 0; group * groupSize < rows; group++) {
      const first = group * groupSize;
      const where = groupSize === rows ? '' : `, rows ${first} to ${first + groupSize - 1}`;
      for (let col = 0; col < cols; col++) {
        for (let r = 0; r < groupSize; r++) values[r] = data[(first + r) * cols + col] as number;
        yield { title: `${name}, column ${col}${where}`, values, group, col };
      }
    }
  };
}

function requireDivisor(groupSize: number, rows: number, name: string): void {
  if (Number.isInteger(groupSize) && groupSize > 0 && rows % groupSize === 0) return;
  const divisors = Array.from({ length: rows }, (_, i) => i + 1).filter((size) => rows % size === 0);
  const below = divisors.findLast((size) => size < groupSize);
  const above = divisors.find((size) => size > groupSize);
  const nearby = [below, above].filter((size) => size !== undefined).join(' and ');
  throw new UserError(
    `${name}: a group size of ${groupSize} does not divide the ${rows} rows; nearby sizes: ${nearby}`,
  );
}

interface Eligible {
  readonly type: NumericType;
  readonly typeIndex: number;
}

/** The types that can stand for the data: unsigned ones only where nothing is negative. */
function eligible({ data }: Matrix, types: readonly NumericType[], name: string): readonly Eligible[] {
  const negative = data.some((value) => value < 0);
  const kept = types.map((type, typeIndex) => ({ type, typeIndex })).filter(({ type }) => type.signed || !negative);
  if (kept.length > 0) return kept;
  throw new UserError(
    `${name}: there are negative values, and the port has only unsigned types (${types.map((type) => type.name).join(', ')})`,
  );
}

type Choice = Pick<QuantisedMatrix, 'type' | 'typeIndex' | 'scales' | 'squaredError' | 'considered'>;

function choose(channels: Channels, kept: readonly Eligible[], { clips }: CandidateOptions): Choice {
  const types = kept.map(({ type }) => type);
  const { index, ...choice } = typeChooser(types, clips === undefined ? {} : { clips })(channels);
  return { ...choice, typeIndex: (kept[index] as Eligible).typeIndex };
}
