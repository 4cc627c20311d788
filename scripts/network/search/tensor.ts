import { UserError } from '../../../gen/base/errors.js';
import type { Matrix } from '../../../gen/base/matrix.js';
import { groupCount, type RowGroups, rowsOfGroup, type ScaledMatrix } from '../../../gen/golden/code-matrix.js';
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
  /** Rows that share a scale in each column; all K unless given. The last group has the rest. */
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
  return {
    rows,
    cols,
    groups: 1,
    groupRows: rows,
    ...chosen,
    codes: quantise(chosen.type, data, { scale, tensor: name }),
  };
}

/**
 * Weights, K x N: one type for the matrix, one scale per output channel (column) or, asked for, per group of rows and
 * column.
 *
 * @throws UserError as for activations, and when the group size is no whole number from 1.
 */
export function quantiseWeights(
  matrix: Matrix,
  types: readonly NumericType[],
  name = 'weights',
  options: WeightOptions = {},
): QuantisedMatrix {
  const { rows, cols } = matrix;
  const { groupSize = rows, percentile } = options;
  requireWhole(groupSize, rows, name);
  const groupRows = Math.min(groupSize, rows);
  const groups = Math.ceil(rows / groupRows);
  const strips = stripsOf(matrix, { groupRows }, name);
  const channels: Channels = function* (): Generator<Channel> {
    for (const { title, values } of strips()) yield prepareChannel(values, title, percentile);
  };
  const chosen = choose(channels, eligible(matrix, types, name), options);
  const codes = new Uint8Array(rows * cols);
  for (const { title, values, rows: own, group, col } of strips()) {
    const scale = chosen.scales[group * cols + col] as number;
    const stripCodes = quantise(chosen.type, values, { scale, tensor: title });
    for (let i = 0; i < own.length; i++) codes[(own[i] as number) * cols + col] = stripCodes[i] as number;
  }
  return { rows, cols, groups, groupRows, ...chosen, codes };
}

/** What shares a scale: part of a column. */
interface Strip {
  readonly title: string;
  /** Elements, overwritten when the next strip is asked for. */
  readonly values: Float64Array;
  readonly rows: readonly number[];
  readonly group: number;
  readonly col: number;
}

/** The strips of a matrix, in the order of their scales. */
export function stripsOf({ rows, cols, data }: Matrix, groups: RowGroups, name: string): () => Generator<Strip> {
  const count = groupCount(rows, groups);
  return function* () {
    for (let group = 0; group < count; group++) {
      const own = rowsOfGroup(group, rows, groups);
      const values = new Float64Array(own.length);
      const where = count === 1 ? '' : `, rows ${own[0]} to ${own.at(-1)}`;
      for (let col = 0; col < cols; col++) {
        for (let i = 0; i < own.length; i++) values[i] = data[(own[i] as number) * cols + col] as number;
        yield { title: `${name}, column ${col}${where}`, values, rows: own, group, col };
      }
    }
  };
}

function requireWhole(groupSize: number, rows: number, name: string): void {
  if (Number.isInteger(groupSize) && groupSize > 0) return;
  const sizes = [Math.floor(groupSize), Math.ceil(groupSize)].filter((size) => size > 0);
  const nearby = sizes.length > 0 ? sizes.join(' and ') : '1';
  throw new UserError(
    `${name}: a group size of ${groupSize} for the ${rows} rows is no whole number from 1; nearby sizes: ${nearby}`,
  );
}

interface Eligible {
  readonly type: NumericType;
  readonly typeIndex: number;
}

/** The types that can stand for the data: unsigned ones only where nothing is negative. */
export function eligible({ data }: Matrix, types: readonly NumericType[], name: string): readonly Eligible[] {
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
