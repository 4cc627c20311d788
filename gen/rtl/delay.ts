import { clusterGrid } from './cluster-grid.js';
import type { DesignCore } from './design-core.js';
import { input, type ModuleView, output } from './module.js';
import { modeBits, peripheryModule } from './periphery.js';
import type { OperandPort } from './port.js';
import { clock, enablePorts } from './ports.js';

/** A delay line: `DEPTH` registers of `WIDTH` bits, for skew and de-skew. */
export interface DelayLine {
  readonly use: string;
  readonly width: number;
  /** Registers of `width` bits in the whole array. */
  readonly stages: number;
}

/**
 * The delay lines of an array. Row p (from the top) waits p cycles, column c waits c, results of column c COLS-1-c; with
 * clusters of PEs, all rows or columns of a cluster as long as its place among the clusters says.
 *
 * @param registersResults Whether results of all columns wait a cycle more, in a register at the end of their column.
 */
export function delayLines({ config, a, w, accumulator }: DesignCore, registersResults: boolean): DelayLine[] {
  const { clusterRows, clusterCols, rowClusters, colClusters } = clusterGrid(config);
  const triangle = (n: number): number => (n * (n - 1)) / 2;
  return [
    { use: 'skew of the activations', width: a.codeBits, stages: clusterRows * triangle(rowClusters) },
    { use: 'skew of the activation types', width: modeBits(a), stages: rowClusters - 1 },
    { use: 'skew of the weights', width: w.codeBits, stages: clusterCols * triangle(colClusters) },
    { use: 'skew of the weight types', width: modeBits(w), stages: colClusters - 1 },
    {
      use: 'de-skew of the results',
      width: accumulator.bits,
      stages: clusterCols * triangle(registersResults ? colClusters + 1 : colClusters),
    },
  ].filter(({ width, stages }) => width > 0 && stages > 0);
}

export function delayModule(core: DesignCore, registersResults = false): ModuleView {
  const { clusterRows, clusterCols, rowClusters, colClusters } = clusterGrid(core.config);
  const ports = [
    clock,
    ...enablePorts(core.config),
    input('d_i', 'WIDTH', 'data'),
    output('q_o', 'WIDTH', 'data, DEPTH cycles later'),
  ];
  const skews = (port: OperandPort, lanes: number, clusters: number): number =>
    (clusters - 1) * (lanes + (modeBits(port) > 0 ? 1 : 0));
  const results = clusterCols * (registersResults ? colClusters : colClusters - 1);
  const instances = skews(core.a, clusterRows, rowClusters) + skews(core.w, clusterCols, colClusters) + results;
  const title = 'Delay line: DEPTH registers of WIDTH bits, for skew and de-skew.';
  return peripheryModule(core, { suffix: 'delay', title, ports, instances, template: 'rtl/delay' });
}
