import { type ClusterGrid, clusterGrid } from './cluster-grid.js';
import type { DesignCore } from './design-core.js';
import type { ModulePort, ModuleView } from './module.js';
import { clock, enablePorts } from './ports.js';

/** A cluster of PEs: their operand registers at its edges, and the PEs between which operands go without registers. */
export interface ClusterView extends ModuleView, ClusterGrid {
  readonly pe: string;
  readonly enable: boolean;
  readonly aBits: number;
  readonly wBits: number;
  readonly accBits: number;
  /** What operands a PE takes from the left and from above. */
  readonly operandsText: Readonly<Record<'a' | 'w', string>>;
  /** The narrowest sums that leave a cluster. */
  readonly leastSumBits: number;
  /** Verilog: a weight of column c as it enters and leaves. */
  readonly weightIn: string;
  readonly weightOut: string;
}

/** What clusters of PEs differ in. */
interface ClusterParts {
  readonly template: string;
  readonly ports: readonly ModulePort[];
  readonly leastSumBits: number;
}

/** What a port of a cluster passes on. */
export const LATER = 'the same, one cycle later, to';

/** The cluster of PEs of an array, or none where each PE stands alone. */
export function clustersOf<Parts extends ClusterParts>(
  core: DesignCore,
  partsOf: (grid: ClusterGrid) => Parts,
): (ClusterView & Parts)[] {
  const { config, format, accumulator } = core;
  const grid = clusterGrid(config);
  if (!grid.clustered) return [];
  const parts = partsOf(grid);
  const name = `${config.name}_cluster`;
  const many = grid.clusterCols * config.lanes * format.w.bits > 1;
  return [
    {
      name,
      file: `rtl/${name}.v`,
      title: `Cluster of ${grid.clusterRows} x ${grid.clusterCols} PEs with operand registers at its edges only.`,
      ...parts,
      ports: [clock, ...enablePorts(config), ...parts.ports],
      instances: grid.rowClusters * grid.colClusters,
      parts: [...(config.lanes > 1 ? [`${config.name}_lane`] : []), `${config.name}_pe`],
      ...grid,
      pe: `${config.name}_pe`,
      enable: config.stall === 'enable',
      aBits: config.lanes * format.a.bits,
      wBits: config.lanes * format.w.bits,
      accBits: accumulator.bits,
      operandsText:
        config.lanes > 1 ? { a: 'activations of a row', w: 'weights of a column' } : { a: 'activation', w: 'weight' },
      weightIn: many ? 'w_i[c*W_OP_BITS +: W_OP_BITS]' : 'w_i',
      weightOut: many ? 'w_o[c*W_OP_BITS +: W_OP_BITS]' : 'w_o',
    },
  ];
}
