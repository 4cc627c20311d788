import { gridView } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, type ModuleView, output } from '../../module.js';
import { type ArrayCoreView, arrayCore, bitOfRow, ofClusters } from '../array-core.js';
import { busOf } from './bus.js';

interface CoreView extends ArrayCoreView {
  readonly delay: string;
  readonly cut: boolean;
  readonly segment: number;
  readonly rowsText: string;
  /** Bits of what enters a PE, or a cluster, over the bus. */
  readonly busBits: string;
  readonly swapIn: string;
  /** Rows above which the bus has a register. */
  readonly registered: string;
  /** What the buses drive: the sums, or where their upper parts are late, those before the lower parts have waited. */
  readonly busSums: string;
  readonly lateParts: readonly { readonly from: number; readonly lanes: string }[];
}

/** The core: decoders, PEs and buses. */
export function coreModule(core: DesignCore, computing: ModuleView): CoreView {
  const { config, accumulator } = core;
  const grid = gridView(config);
  const { clustered, tall, rowClusters, clusterRows } = grid;
  const bus = busOf(config);
  const what = ofClusters(grid);
  return {
    ...arrayCore(core, computing, {
      template: 'rtl/arch/output-stationary/core',
      title: 'Core: decoders, PEs and the buses over which their sums leave.',
      tileRow: 'p',
      ports: [
        input(
          'swap_i',
          rowClusters,
          `per row ${tall ? 'of PE clusters ' : ''}from the top: put the sums on the bus and start anew`,
        ),
        output(
          'sum_o',
          clusterRows * config.cols * accumulator.bits,
          `results, ${tall ? `of row t of a cluster from [t*${config.cols * accumulator.bits}] on, ` : ''}column c at [c*${accumulator.bits} +: ${accumulator.bits}], each column${what} a cycle behind the one before`,
        ),
      ],
    }),
    delay: `${config.name}_delay`,
    cut: bus.registers > 0,
    segment: bus.segment,
    rowsText: clustered ? 'clusters of PEs' : 'PEs',
    busBits: clustered ? 'BUS_BITS' : 'ACC_BITS',
    swapIn: bitOfRow('swap_i', grid),
    registered: bus.registers > 0 ? 'p % SEGMENT == 0' : 'p == 0',
    busSums: core.lateFrom === undefined ? 'sum_o' : 'bus_sum',
    lateParts: core.lateFrom === undefined ? [] : [{ from: core.lateFrom, lanes: tall ? 'CLUSTER_ROWS*COLS' : 'COLS' }],
  };
}
