import { gridView } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { type InstanceView, type LocalParameter, wire } from '../../instance.js';
import type { ModuleView } from '../../module.js';
import { biasOf } from '../../product-bias.js';
import type { Streams } from '../../streams.js';
import { type ArrayParts, type ArrayTopView, arrayTop, inputInstance } from '../array-top.js';
import { busOf } from './bus.js';

interface ArrayView extends ArrayTopView {
  readonly biasParameters: readonly LocalParameter[];
  /** How results of 8-bit activations leave. */
  readonly wideText: string;
  readonly input: InstanceView;
}

/** The modules that the top instantiates. */
interface Parts extends ArrayParts {
  readonly input: ModuleView;
}

/** The array: streams, control and delay lines around the core. */
export function outputStationaryArray(core: DesignCore, streams: Streams, parts: Parts): ArrayView {
  const { config } = core;
  const { rowCount } = gridView(config);
  const { holdsRows } = busOf(config);
  const bias = biasOf(core);
  const top = arrayTop(core, streams, parts, {
    template: 'rtl/arch/output-stationary/array',
    title: `Output-stationary ${config.rows} x ${config.cols} array: results[r][c] = sum over k of a[k][r] * w[k][c].`,
    tileRow: 'p',
    rowsTogether: true,
    ...(core.a.wideTypes.length > 0 ? { pairsRows: holdsRows ? 'pair-rows-held' : 'pair-rows' } : {}),
    signals: [wire('swap', rowCount)],
    rowSignals: bias ? [wire('row_bias', 'BIAS_BITS')] : [],
    biasText: `Every product came with 2^${bias?.low ?? 0} on top, in each cycle since the tile before.`,
  });
  return {
    ...top,
    biasParameters: bias
      ? [{ name: 'BIAS_BITS', value: bias.bits, comment: '  // of a sum: those above the bias' }]
      : [],
    wideText: holdsRows
      ? 'results[r][c] has r below\n// ROWS/2, and a row leaves every second cycle, the last of them with out_last_o.'
      : 'results[r][c] has r below\n// ROWS/2, and of the rows of a beat every second one is 0.',
    input: inputInstance(parts.input, top),
  };
}
