import type { DesignCore } from '../../design-core.js';
import type { Streams } from '../../streams.js';
import { type ArrayView, arrayView } from '../array-top.js';

export function outputStationaryArray(core: DesignCore, streams: Streams): ArrayView {
  const { rows, cols } = core.config;
  return arrayView(core, streams, {
    template: 'rtl/arch/output-stationary/array',
    title: `Output-stationary ${rows} x ${cols} array: results[r][c] = sum over k of a[k][r] * w[k][c].`,
    result: 'acc_out',
    pairsRows: core.a.wideTypes.length > 0,
  });
}
