import { clustersOf, LATER } from '../../cluster.js';
import type { ClusterGrid } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, output } from '../../module.js';
import { operandLayout } from '../../operand-text.js';

/** What a PE in a cluster takes a swap from. */
interface Swap {
  readonly port: string;
  readonly signal: string;
}

/** The cluster of PEs of an array, or none where each PE stands alone. */
export const clusterModules = (core: DesignCore) =>
  clustersOf(core, (grid) => ({
    template: 'rtl/arch/output-stationary/cluster.v',
    ports: ports(core, grid),
    leastSumBits: core.accumulator.bits,
    ...swapsOf(core),
  }));

function swapsOf({ lateFrom }: DesignCore): { swaps: Swap[]; swapNotes: string[] } {
  if (lateFrom === undefined) return { swaps: [{ port: 'swap_i', signal: 'swap_q' }], swapNotes: [] };
  return {
    swaps: [
      { port: 'swap_i', signal: 'swap_i' },
      { port: 'late_swap_i', signal: 'swap_q' },
    ],
    swapNotes: ['Lower parts of sums take the swap as it comes, late ones take it from its register.'],
  };
}

function ports({ config, format, accumulator }: DesignCore, { clusterRows, clusterCols }: ClusterGrid): ModulePort[] {
  const { lanes } = config;
  const [aBits, wBits] = [clusterRows * lanes * format.a.bits, clusterCols * lanes * format.w.bits];
  const each = lanes > 1 ? `, ${lanes} each` : '';
  const bits = clusterRows * clusterCols * accumulator.bits;
  return [
    input('a_i', aBits, `activations ${operandLayout(format.a)}${each}, top row lowest, from the left`),
    output('a_o', aBits, `${LATER} the right`),
    input('w_i', wBits, `weights ${operandLayout(format.w)}${each}, left column lowest, from above`),
    output('w_o', wBits, `${LATER} below`),
    input('swap_i', 1, '1: put the sums on the buses and start anew, from the left'),
    output('swap_o', 1, `${LATER} the right`),
    input('bus_i', bits, 'sums of a cluster below, or 0: top row lowest, of it the left column'),
    output('bus_o', bits, 'the same, or the sums of this cluster'),
  ];
}
