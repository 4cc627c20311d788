import type { DesignCore } from '../../design-core.js';
import { streamOut } from '../../output-buffer.js';
import { type ArrayView, arrayView } from '../array-top.js';
import { streamIn } from './input.js';

export function outputStationaryArray(core: DesignCore): ArrayView {
  const { rows, cols } = core.config;
  const title = `Output-stationary ${rows} x ${cols} array: results[r][c] = sum over k of a[k][r] * w[k][c].`;
  return arrayView(core, 'rtl/arch/output-stationary/array', title, [...streamIn(core), ...streamOut(core)], 'acc_out');
}
