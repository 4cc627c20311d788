import { type ClusterView, clustersOf, LATER } from '../../cluster.js';
import type { ClusterGrid } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, output } from '../../module.js';
import { operandLayout } from '../../operand-text.js';

/** The cluster of PEs of an array, or none where each PE stands alone. */
export const clusterModules = (core: DesignCore): ClusterView[] =>
  clustersOf(core, (grid) => ({
    template: 'rtl/arch/output-stationary/cluster.v',
    ports: ports(core, grid),
    leastSumBits: core.accumulator.bits,
  }));

function ports({ config, format, accumulator }: DesignCore, grid: ClusterGrid): ModulePort[] {
  const { clusterRows, clusterCols } = grid;
  const set = config.drain === 'double' ? 'shadow' : 'accumulator';
  return [
    input('a_i', clusterRows * format.a.bits, `activations ${operandLayout(format.a)}, top row lowest, from the left`),
    output('a_o', clusterRows * format.a.bits, `${LATER} the right`),
    input('w_i', clusterCols * format.w.bits, `weights ${operandLayout(format.w)}, left column lowest, from above`),
    output('w_o', clusterCols * format.w.bits, `${LATER} below`),
    ...(config.drain === 'double'
      ? [
          input('swap_i', 1, '1: copy the accumulators to the shadows and start anew, from the left'),
          output('swap_o', 1, `${LATER} the right`),
        ]
      : []),
    input('drain_i', clusterRows, `per row from the top: take the ${set}s of the row above, from the left`),
    output('drain_o', clusterRows, `${LATER} the right`),
    input('acc_i', clusterCols * accumulator.bits, `${set}s of the lowest row of the cluster above`),
    output('acc_o', clusterCols * accumulator.bits, `${set}s of this cluster's lowest row`),
  ];
}
