import type { Configuration } from '../config/parameters.js';

/** How tiles pass the streams of a design. */
export interface StreamShape {
  /** Reduction steps of an input beat: 1 in an array, the lanes of a dot-product unit. */
  readonly stepsPerBeat: number;
  /** Output beats of a tile. */
  readonly resultRows: number;
  /** Results of an output beat. The tile's rows x cols results pass in row-major order. */
  readonly resultCols: number;
}

export function streamShape({
  arch,
  rows,
  cols,
  lanes,
}: Pick<Configuration, 'arch' | 'rows' | 'cols' | 'lanes'>): StreamShape {
  return arch === 'dot'
    ? { stepsPerBeat: lanes, resultRows: 1, resultCols: rows * cols }
    : { stepsPerBeat: 1, resultRows: rows, resultCols: cols };
}
