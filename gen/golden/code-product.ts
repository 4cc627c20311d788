import type { NumericType } from '../numerics/types/numeric-type.js';

/** A matrix product of codes: `a` is k x rows, `w` is k x cols, both row-major. */
export interface CodeProduct {
  readonly rows: number;
  readonly cols: number;
  readonly k: number;
  readonly aType: NumericType;
  readonly wType: NumericType;
  readonly a: Uint8Array;
  readonly w: Uint8Array;
}
