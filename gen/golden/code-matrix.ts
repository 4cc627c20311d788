import type { NumericType } from '../numerics/types/numeric-type.js';

/** A matrix in codes of one type. */
export interface CodeMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly type: NumericType;
  /** rows x cols codes, row-major. */
  readonly codes: Uint8Array;
}

/** A matrix in codes with the scales that make them real values. */
export interface ScaledMatrix extends CodeMatrix {
  /** The type's index in the list it was chosen from. */
  readonly typeIndex: number;
  /** Groups of rows that have scales of their own; 1 unless asked for. */
  readonly groups: number;
  /** Rows of each group; the last one has the rest. */
  readonly groupRows: number;
  /**
   * Real value of one unit of the type's least step: one for the matrix, or groups x cols, row-major, one per group of
   * rows and column.
   */
  readonly scales: Float64Array;
}
