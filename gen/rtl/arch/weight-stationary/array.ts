import type { DesignCore } from '../../design-core.js';
import type { Streams } from '../../streams.js';
import { type ArrayView, arrayView } from '../array-top.js';
import { tileSumBits } from './sums.js';

export interface WeightStationaryArrayView extends ArrayView {
  /** Verilog: bits of the sums that leave the PE or tile with top row p, and of those that come to it: p products. */
  readonly sumBits: string;
  readonly aboveBits: string;
  /** Whether partial sums widen at all. */
  readonly widens: boolean;
  /** The sum from above with its sign in front. */
  readonly extended: string;
}

export function weightStationaryArray(core: DesignCore, streams: Streams): WeightStationaryArrayView {
  const { rows, cols, tileRows } = core.config;
  const title = `Weight-stationary ${rows} x ${cols} array: results[m][c] = sum over r of a[m][r] * w[r][c].`;
  const bits = tileSumBits(core);
  return {
    ...arrayView(core, streams, {
      template: 'rtl/arch/weight-stationary/array',
      title,
      result: 'sum_out',
      pairsRows: false,
    }),
    sumBits: byRow(bits, tileRows, 0),
    aboveBits: byRow(bits, tileRows, 1),
    widens: new Set(bits).size > 1,
    extended: '{{(SUM_BITS-ABOVE_BITS){sign}}, g_row[p-1].g_col[c].sum_out}',
  };
}

/** A Verilog expression in the row p for the entry of its tile, or of the one `shift` tiles above. */
function byRow(bits: readonly number[], tileRows: number, shift: number): string {
  const steps = bits.flatMap((width, p) => (width === bits[p + 1] || p === bits.length - 1 ? [] : [{ width, p }]));
  return [...steps.map(({ width, p }) => `p < ${(p + 1 + shift) * tileRows} ? ${width} :`), String(bits.at(-1))].join(
    ' ',
  );
}
