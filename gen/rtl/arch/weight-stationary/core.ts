import { gridView } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, type ModuleView, output } from '../../module.js';
import { type ArrayCoreView, arrayCore, bitOfRow, ofClusters } from '../array-core.js';
import { TILE_ROW } from './rows.js';
import { clusterSumBits } from './sums.js';

interface CoreView extends ArrayCoreView {
  /** Verilog: bits of the sums that leave row p of PEs or clusters, and of those that come to it; and what row p is. */
  readonly sumBits: string;
  readonly aboveBits: string;
  readonly overRows: string;
  readonly rowsAbove: string;
  /** Whether partial sums widen at all, and whether there are several of a cluster or one. */
  readonly widens: boolean;
  readonly widensWide: boolean;
  readonly widensNarrow: boolean;
  /** Bits of all sums that leave a PE or cluster, and of those of the lowest. */
  readonly sumsBits: string;
  readonly resultBits: string;
  readonly swapIn: string;
  readonly loadIn: string;
}

/** The core: decoders and PEs, in which sums pass down. */
export function coreModule(core: DesignCore, computing: ModuleView): CoreView {
  const { config, accumulator } = core;
  const grid = gridView(config);
  const { tall, wide, rowClusters } = grid;
  const bits = clusterSumBits(core);
  const widens = new Set(bits).size > 1;
  const perRow = `per row ${tall ? 'of PE clusters ' : ''}from the top`;
  return {
    ...arrayCore(core, computing, {
      template: 'rtl/arch/weight-stationary/core',
      title: 'Core: decoders and PEs, through which partial sums pass down.',
      tileRow: TILE_ROW,
      ports: [
        input('load_i', rowClusters, `${perRow}: take the weight from above for the next tile`),
        input('swap_i', rowClusters, `${perRow}: use the weight of the next tile from now on`),
        output(
          'sum_o',
          config.cols * accumulator.bits,
          `results, column c at [c*${accumulator.bits} +: ${accumulator.bits}], each column${ofClusters(grid)} a cycle behind the one before`,
        ),
      ],
      parameters: ['SUM_BITS'],
    }),
    sumBits: byRow(bits, 0),
    aboveBits: byRow(bits, 1),
    overRows: tall ? 'the rows of p + 1 clusters' : 'p + 1 rows',
    rowsAbove: tall ? 'those of p clusters' : 'p rows',
    ...{ widens, widensWide: widens && wide, widensNarrow: widens && !wide },
    sumsBits: wide ? 'CLUSTER_COLS*SUM_BITS' : 'SUM_BITS',
    resultBits: wide ? 'CLUSTER_COLS*ACC_BITS' : 'ACC_BITS',
    swapIn: bitOfRow('swap_i', grid),
    loadIn: bitOfRow('load_i', grid),
  };
}

/** A Verilog expression in the row p for its entry, or for the one `shift` rows above. */
function byRow(bits: readonly number[], shift: number): string {
  const steps = bits.flatMap((width, p) => (width === bits[p + 1] || p === bits.length - 1 ? [] : [{ width, p }]));
  return [...steps.map(({ width, p }) => `p < ${p + 1 + shift} ? ${width} :`), String(bits.at(-1))].join(' ');
}
