import type { DesignCore } from '../../design-core.js';
import { type InstanceView, selectorWires, type WireView } from '../../instance.js';
import type { ModuleView } from '../../module.js';
import { portView } from '../../periphery.js';
import type { Streams } from '../../streams.js';
import { type ArrayParts, type ArrayView, arrayView, inputInstance } from '../array-top.js';

interface OutputStationaryArrayView extends ArrayView {
  readonly throughShadows: string;
  readonly selectors: readonly WireView[];
  readonly input: InstanceView;
}

export function outputStationaryArray(
  core: DesignCore,
  streams: Streams,
  { input, ...parts }: ArrayParts & { readonly input: ModuleView },
): OutputStationaryArrayView {
  const { rows, cols, drain } = core.config;
  const double = drain === 'double';
  const view = arrayView(core, streams, parts, {
    template: 'rtl/arch/output-stationary/array',
    title: `Output-stationary ${rows} x ${cols} array: results[r][c] = sum over k of a[k][r] * w[k][c].`,
    result: 'acc_out',
    pairsRows: core.a.wideTypes.length > 0,
    signals: [...(double ? [{ name: 'swap', each: 'cluster' } as const] : []), { name: 'drain', each: 'row' }],
  });
  return {
    ...view,
    throughShadows: double ? ' and drain through a shadow set' : '',
    selectors: selectorWires([portView(core.a), portView(core.w)]),
    input: inputInstance(input, view),
  };
}
