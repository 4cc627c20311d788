import type { Configuration } from '../../config/parameters.js';
import { clusterGrid } from '../cluster-grid.js';
import type { DesignCore } from '../design-core.js';
import { counted } from '../render/counted.js';
import type { BlockDiagram } from './architecture.js';
import type { ComputingFacts, NameFacts, TileFacts } from './facts.js';

/** What all systolic arrays of PEs have in common. */
export const ARRAY_TILE: Pick<TileFacts, 'stepsPerBeat' | 'rowsPerBeat' | 'resultsTogether'> = {
  ...{ stepsPerBeat: 1, rowsPerBeat: 1, resultsTogether: false },
};

export function arrayComputing(config: Configuration): Pick<ComputingFacts, 'module' | 'bench' | 'lanes'> {
  return { module: clusterGrid(config).clustered ? 'cluster' : 'pe', bench: 'pe', lanes: config.lanes };
}

export function arrayNames({
  rows,
  cols,
}: Configuration): Pick<NameFacts, 'whole' | 'size' | 'one' | 'short' | 'all' | 'multipliers' | 'registers'> {
  return {
    ...{ whole: 'array', size: `${rows} x ${cols}`, one: 'PE', short: 'PE', all: 'array', multipliers: 'PEs' },
    registers: [],
  };
}

/** What the block diagrams of arrays differ in. */
export interface ArrayDiagramText {
  /** The signals of the control to the PEs. */
  readonly controls: string;
  readonly inputs: string;
  readonly inputTitle: string;
  readonly streams: string;
  /** How operands and sums move, a line each. */
  readonly flows: readonly string[];
  readonly results: string;
  /** Which row of PEs has row 0 of a tile. */
  readonly firstRow: 'top' | 'lowest';
}

export function arrayDiagram(
  { config, a, w, accumulator }: DesignCore,
  { flows, ...text }: ArrayDiagramText,
): BlockDiagram {
  const { rows, cols } = config;
  const { clustered, clusterRows, clusterCols } = clusterGrid(config);
  const lines = [...flows, ...(clustered ? [`in clusters of ${clusterRows} x ${clusterCols} PEs`] : [])];
  return {
    template: 'design/block-diagram.svg',
    view: {
      ...text,
      name: config.name,
      rows,
      cols,
      rowsText: counted(rows, 'row'),
      columnsText: counted(cols, 'column'),
      aCode: a.codeBits,
      wCode: w.codeBits,
      aOperand: a.fields.bits,
      wOperand: w.fields.bits,
      aBits: a.codeBits * a.lanes,
      wBits: w.codeBits * w.lanes,
      accBits: accumulator.bits,
      rowBits: cols * accumulator.bits,
      flows: lines.map((line, i) => ({ text: line, y: 175 + 17 * i })),
      gate: config.stall === 'gate',
    },
  };
}
