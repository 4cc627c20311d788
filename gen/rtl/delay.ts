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

/** Delay lines of one use, and how many there are. */
export interface DelayLines extends DelayLine {
  readonly lines: number;
}

const triangle = (n: number): number => (n * (n - 1)) / 2;

/**
 * The delay lines before an array. Row p (from the top) waits p cycles, column c waits c; with clusters of PEs, all rows or
 * columns of a cluster as long as its place among the clusters says. The types of a port wait once for all rows or columns of
 * a cluster.
 */
export function skewLines({ config, a, w }: DesignCore): DelayLines[] {
  const { clusterRows, clusterCols, rowClusters, colClusters } = clusterGrid(config);
  const skew = (port: OperandPort, side: number, clusters: number): DelayLines[] => [
    {
      ...{ use: `skew of the ${port.letter === 'a' ? 'activations' : 'weights'}`, width: config.lanes * port.codeBits },
      ...{ stages: side * triangle(clusters), lines: side * (clusters - 1) },
    },
    {
      ...{ use: `skew of the ${port.role} types`, width: modeBits(port) },
      ...{ stages: clusters - 1, lines: clusters - 1 },
    },
  ];
  return [...skew(a, clusterRows, rowClusters), ...skew(w, clusterCols, colClusters)];
}

/** The delay lines behind an array: results of column c wait COLS-1-c cycles, `rows` rows of them together. */
export function deskewLines({ config, accumulator }: DesignCore, rows: number): DelayLines {
  const { clusterCols, colClusters } = clusterGrid(config);
  return {
    ...{ use: 'de-skew of the results', width: accumulator.bits },
    ...{ stages: rows * clusterCols * triangle(colClusters), lines: rows * clusterCols * (colClusters - 1) },
  };
}

/** The registers of all delay lines, and their module, if there are any. */
export function delays(
  core: DesignCore,
  all: readonly DelayLines[],
): { readonly delayLines: readonly DelayLine[]; readonly delay: ModuleView | undefined } {
  const built = all.filter(({ width, stages }) => width > 0 && stages > 0);
  return {
    delayLines: built.map(({ use, width, stages }) => ({ use, width, stages })),
    delay:
      built.length > 0
        ? delayModule(
            core,
            built.reduce((sum, { lines }) => sum + lines, 0),
          )
        : undefined,
  };
}

/** The module of delay lines, all in all as many as given. */
export function delayModule(core: DesignCore, instances: number): ModuleView {
  const ports = [
    clock,
    ...enablePorts(core.config),
    input('d_i', 'WIDTH', 'data'),
    output('q_o', 'WIDTH', 'data, DEPTH cycles later'),
  ];
  const title = 'Delay line: DEPTH registers of WIDTH bits, for skew and de-skew.';
  return peripheryModule(core, { suffix: 'delay', title, ports, instances, template: 'rtl/delay' });
}
