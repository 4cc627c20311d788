import type { NumericType } from '../numerics/types/numeric-type.js';

/** A matrix in codes of one type. */
export interface CodeMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly type: NumericType;
  /** rows x cols codes, row-major. */
  readonly codes: Uint8Array;
}

/** Which rows of a matrix have scales of their own. */
export interface RowGroups {
  /** Rows of each group; the last one of a tap has the rest. */
  readonly groupRows: number;
  /** The places of a filter, by turns those of the rows: a group has rows of one of them. 1 without it. */
  readonly taps?: number;
}

/** The group of a row. */
export const groupOfRow = (row: number, { groupRows, taps = 1 }: RowGroups): number =>
  Math.floor(Math.floor(row / taps) / groupRows) * taps + (row % taps);

/** The number of groups. */
export const groupCount = (rows: number, { groupRows, taps = 1 }: RowGroups): number =>
  rows === 0 ? 0 : Math.ceil(rows / taps / groupRows) * taps;

/** The rows of a group, in ascending order. */
export function rowsOfGroup(group: number, rows: number, { groupRows, taps = 1 }: RowGroups): number[] {
  const first = Math.floor(group / taps) * groupRows;
  const count = Math.min(groupRows, rows / taps - first);
  return Array.from({ length: count }, (_, i) => (first + i) * taps + (group % taps));
}

/** A matrix in codes with the scales that make them real values. */
export interface ScaledMatrix extends CodeMatrix, RowGroups {
  /** The type's index in the list it was chosen from. */
  readonly typeIndex: number;
  /** Groups of rows that have scales of their own; 1 unless asked for. */
  readonly groups: number;
  /**
   * Real value of one unit of the type's least step: one for the matrix, or groups x cols, row-major, one per group of
   * rows and column.
   */
  readonly scales: Float64Array;
}
