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

function ports({ format, accumulator }: DesignCore, { clusterRows, clusterCols }: ClusterGrid): ModulePort[] {
  const bits = clusterRows * clusterCols * accumulator.bits;
  return [
    input('a_i', clusterRows * format.a.bits, `activations ${operandLayout(format.a)}, top row lowest, from the left`),
    output('a_o', clusterRows * format.a.bits, `${LATER} the right`),
    input('w_i', clusterCols * format.w.bits, `weights ${operandLayout(format.w)}, left column lowest, from above`),
    output('w_o', clusterCols * format.w.bits, `${LATER} below`),
    input('swap_i', 1, '1: put the sums on the buses and start anew, from the left'),
    output('swap_o', 1, `${LATER} the right`),
    input('bus_i', bits, 'sums of a cluster below, or 0: top row lowest, of it the left column'),
    output('bus_o', bits, 'the same, or the sums of this cluster'),
  ];
}
