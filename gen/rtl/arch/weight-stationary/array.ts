import { gridView } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { type InstanceView, wire } from '../../instance.js';
import type { ModuleView } from '../../module.js';
import type { Streams } from '../../streams.js';
import { type ArrayParts, type ArrayTopView, arrayTop, inputInstance } from '../array-top.js';
import { TILE_ROW } from './rows.js';

interface ArrayView extends ArrayTopView {
  readonly inputA: InstanceView;
  readonly inputW: InstanceView;
}

/** The modules that the top instantiates. */
interface Parts extends ArrayParts {
  readonly inputA: ModuleView;
  readonly inputW: ModuleView;
}

/** The array: streams, control and delay lines around the core. */
export function weightStationaryArray(core: DesignCore, streams: Streams, parts: Parts): ArrayView {
  const { config, magnitudeBits } = core;
  const { rowCount } = gridView(config);
  const top = arrayTop(core, streams, parts, {
    template: 'rtl/arch/weight-stationary/array',
    title: `Weight-stationary ${config.rows} x ${config.cols} array: results[m][c] = sum over k of a[m][k] * w[k][c].`,
    tileRow: TILE_ROW,
    rowsTogether: false,
    signals: [wire('load', rowCount), wire('swap', rowCount)],
    biasText: `Every product of a column came with 2^${magnitudeBits} on top.`,
  });
  return {
    ...top,
    inputA: inputInstance(parts.inputA, top, 'a_'),
    inputW: inputInstance(parts.inputW, top, 'w_'),
  };
}
