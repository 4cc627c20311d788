import { quantise } from '../codec.js';
import { UserError } from '../errors.js';
import type { Matrix } from '../matrix.js';
import type { NumericType } from '../types/numeric-type.js';
import { type Channel, prepareChannel } from './channel.js';
import { bestScale, candidate } from './scale.js';

/** What a type would cost a matrix. */
export interface TypeCost {
  readonly type: NumericType;
  /** Over all elements, each channel at its best scale. */
  readonly squaredError: number;
}

/** A matrix in codes. */
export interface QuantisedMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly type: NumericType;
  /** The type's index in the list it was chosen from. */
  readonly typeIndex: number;
  /** Real value of one unit of the type's least step: one for the matrix, or one per column. */
  readonly scales: Float64Array;
  /** rows x cols codes, row-major. */
  readonly codes: Uint8Array;
  readonly squaredError: number;
  /** All types that were considered, in the order of the list. */
  readonly considered: readonly TypeCost[];
}

/** Activations: one type and one scale for the matrix. */
export function quantiseActivations(
  matrix: Matrix,
  types: readonly NumericType[],
  name = 'activations',
): QuantisedMatrix {
  const { rows, cols, data } = matrix;
  const chosen = choose([prepareChannel(data.slice(), name)], eligible(matrix, types, name));
  const scale = chosen.scales[0] as number;
  return { rows, cols, ...chosen, codes: quantise(chosen.type, data, { scale, tensor: name }) };
}

/** Weights, K x N: one type for the matrix, one scale per output channel (column). */
export function quantiseWeights(matrix: Matrix, types: readonly NumericType[], name = 'weights'): QuantisedMatrix {
  const { rows, cols } = matrix;
  const title = (c: number): string => `${name}, column ${c}`;
  const chosen = choose(channels(matrix, title), eligible(matrix, types, name));
  const codes = new Uint8Array(rows * cols);
  for (let c = 0; c < cols; c++) {
    const scale = chosen.scales[c] as number;
    const columnCodes = quantise(chosen.type, column(matrix, c), { scale, tensor: title(c) });
    for (let r = 0; r < rows; r++) codes[r * cols + c] = columnCodes[r] as number;
  }
  return { rows, cols, ...chosen, codes };
}

function* channels(matrix: Matrix, title: (c: number) => string): Generator<Channel> {
  for (let c = 0; c < matrix.cols; c++) yield prepareChannel(column(matrix, c), title(c));
}

function column({ rows, cols, data }: Matrix, c: number): Float64Array {
  const values = new Float64Array(rows);
  for (let r = 0; r < rows; r++) values[r] = data[r * cols + c] as number;
  return values;
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

/** The type with the least sum of squared errors over the channels; of equals the first in the list. */
function choose(all: Iterable<Channel>, types: readonly Eligible[]): Choice {
  const trials = types.map((choice) => ({
    ...choice,
    search: candidate(choice.type),
    squaredError: 0,
    scales: [] as number[],
  }));
  for (const channel of all) {
    for (const trial of trials) {
      const { scale, squaredError } = bestScale(channel, trial.search);
      trial.scales.push(scale);
      trial.squaredError += squaredError;
    }
  }
  const best = trials.reduce((least, trial) => (trial.squaredError < least.squaredError ? trial : least));
  return {
    type: best.type,
    typeIndex: best.typeIndex,
    scales: Float64Array.from(best.scales),
    squaredError: best.squaredError,
    considered: trials.map(({ type, squaredError }) => ({ type, squaredError })),
  };
}
