import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { Grid } from './error.js';

/** A type, ready for the search of scales. */
export interface Candidate {
  readonly type: NumericType;
  readonly grid: Grid;
  /** The value that the clip maps to, in units of the least step. */
  readonly top: number;
  /** Clips to try, in hundredths of the channel's reference; rising, all different. */
  readonly clips: readonly number[];
}
