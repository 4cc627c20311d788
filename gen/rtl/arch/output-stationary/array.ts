import type { DesignCore } from '../../design-core.js';
import { type InstanceView, selectorWires, type WireView } from '../../instance.js';
import type { ModuleView } from '../../module.js';
import { portView } from '../../periphery.js';
import type { Streams } from '../../streams.js';
import { type ArrayParts, type ArrayView, arrayView, inputInstance } from '../array-top.js';

interface OutputStationaryArrayView extends ArrayView {
  /** How the sums leave, and which row of PEs has row 0 of a tile: the lines of the header. */
  readonly sumsText: string;
  readonly rowsText: string;
  /** What the chain of PEs in a column is called. */
  readonly chain: 'acc' | 'bus';
  readonly selectors: readonly WireView[];
  readonly input: InstanceView;
}

const LOWEST_FIRST = 'is the lowest row of PEs, which the wave of operands reaches last and which drains first.';

const FLOW = {
  single: { sumsText: 'stay. Rows are placed bottom up: row 0 of the tile', rowsText: LOWEST_FIRST },
  double: {
    sumsText: 'stay and drain through a shadow set. Rows are placed bottom up: row 0 of the tile',
    rowsText: LOWEST_FIRST,
  },
  bus: {
    sumsText: 'stay. Behind a tile a wave hands its sums to a',
    rowsText: 'bus per column, one row a cycle. Row 0 of the tile is the top row of PEs, which the wave reaches first.',
  },
} as const;

export function outputStationaryArray(
  core: DesignCore,
  streams: Streams,
  { input, ...parts }: ArrayParts & { readonly input: ModuleView },
): OutputStationaryArrayView {
  const { rows, cols, drain } = core.config;
  const bus = drain === 'bus';
  const chain = bus ? 'bus' : 'acc';
  const swap = { name: 'swap', each: 'cluster' } as const;
  const drains = { name: 'drain', each: 'row' } as const;
  const view = arrayView(core, streams, parts, {
    template: 'rtl/arch/output-stationary/array',
    title: `Output-stationary ${rows} x ${cols} array: results[r][c] = sum over k of a[k][r] * w[k][c].`,
    result: `${chain}_out`,
    pairsRows: core.a.wideTypes.length > 0,
    signals: { single: [drains], double: [swap, drains], bus: [swap] }[drain],
    topDown: bus,
    registersResults: bus,
  });
  return {
    ...view,
    ...FLOW[drain],
    chain,
    selectors: selectorWires([portView(core.a), portView(core.w)]),
    input: inputInstance(input, view),
  };
}
