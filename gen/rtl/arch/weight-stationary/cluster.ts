import { type ClusterView, clustersOf, LATER } from '../../cluster.js';
import type { ClusterGrid } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, output } from '../../module.js';
import { operandLayout } from '../../operand-text.js';
import { clusterSumBits } from './sums.js';

/** The cluster of PEs of an array, or none where each PE stands alone. */
export const clusterModules = (core: DesignCore): ClusterView[] =>
  clustersOf(core, (grid) => ({
    template: 'rtl/arch/weight-stationary/cluster.v',
    ports: ports(core, grid),
    leastSumBits: Math.min(...clusterSumBits(core)),
  }));

function ports({ config: { lanes }, format }: DesignCore, { clusterRows, clusterCols }: ClusterGrid): ModulePort[] {
  const sums = clusterCols > 1 ? `${clusterCols}*SUM_BITS` : 'SUM_BITS';
  const [aBits, wBits] = [clusterRows * lanes * format.a.bits, clusterCols * lanes * format.w.bits];
  const each = lanes > 1 ? `, ${lanes} each` : '';
  return [
    input('a_i', aBits, `activations ${operandLayout(format.a)}${each}, top row lowest, from the left`),
    output('a_o', aBits, `${LATER} the right`),
    input('swap_i', 1, '1: the activations begin a tile: use its weights from now on, from the left'),
    output('swap_o', 1, `${LATER} the right`),
    input('load_i', 1, '1: take the weights from above for the next tile, from the left'),
    output('load_o', 1, `${LATER} the right`),
    input('w_i', wBits, `weights ${operandLayout(format.w)}${each}, left column lowest, from above`),
    output('w_o', wBits, 'the weights for the next tile, to below'),
    input('sum_i', sums, 'partial sums of the rows above'),
    output('sum_o', sums, "partial sums with this cluster's rows"),
  ];
}
