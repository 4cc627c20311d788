import type { Problem } from '../base/errors.js';
import { type Configuration, MOST_PE_LANES, MOST_UNIT_LANES } from './parameters.js';
import { blockProblems, busProblems, clusterProblems, laneProblems, unitProblems } from './size-rules.js';

/** The parameters that choose an architecture, perhaps not yet validated; left out, they have their defaults. */
export interface Selection {
  readonly arch?: unknown;
  readonly dataflow?: unknown;
  readonly block?: unknown;
}

export type ArchitectureName = 'output-stationary' | 'weight-stationary' | 'dot' | 'dot-blocks';

/** What parameters mean for an architecture, as far as it can be said without elaboration. */
export interface ArchitectureParameters {
  readonly selects: (selection: Required<Selection>) => boolean;
  /** What computes, and its stages at most. */
  readonly computes: string;
  readonly deepestPipeline: number;
  /** Products that it adds up in a cycle, at most. */
  readonly mostLanes: number;
  /** Defaults other than those of the declaration, and besides them those for an FPGA. */
  readonly defaults: Partial<Configuration>;
  readonly fpgaDefaults: Partial<Configuration>;
  /** Words of a name made from a configuration, and the parameters of the size behind them. */
  readonly words: readonly string[];
  readonly size: readonly ('rows' | 'cols' | 'lanes')[];
  /** What is wrong with sizes that are each legal alone. */
  readonly problems: (config: Configuration) => Problem[];
}

/** What dot-product units have in common: one stands alone unless rows or columns are given. */
const UNIT = {
  mostLanes: MOST_UNIT_LANES,
  defaults: { rows: 1, cols: 1, lanes: 16 },
  fpgaDefaults: { tree: 'adders' },
  words: ['dot'],
  size: ['rows', 'cols', 'lanes'],
} as const satisfies Partial<ArchitectureParameters>;

const PARAMETERS_OF: Readonly<Record<ArchitectureName, ArchitectureParameters>> = {
  'output-stationary': {
    selects: ({ arch, dataflow }) => arch === 'array' && dataflow === 'os',
    computes: 'PE',
    deepestPipeline: 3,
    mostLanes: MOST_PE_LANES,
    defaults: {},
    fpgaDefaults: {},
    words: [],
    size: ['rows', 'cols'],
    problems: busProblems,
  },
  'weight-stationary': {
    selects: ({ arch, dataflow }) => arch === 'array' && dataflow === 'ws',
    computes: 'PE',
    deepestPipeline: 3,
    mostLanes: MOST_PE_LANES,
    defaults: {},
    fpgaDefaults: {},
    words: ['ws'],
    size: ['rows', 'cols'],
    problems: (config) => [...clusterProblems(config), ...laneProblems(config)],
  },
  dot: {
    selects: ({ arch, block }) => arch === 'dot' && block === 'none',
    computes: 'dot-product unit',
    deepestPipeline: 5,
    ...UNIT,
    problems: unitProblems,
  },
  'dot-blocks': {
    selects: ({ arch, block }) => arch === 'dot' && block !== 'none',
    computes: 'dot-product unit for blocks',
    deepestPipeline: 6,
    ...UNIT,
    problems: blockProblems,
  },
};

/** The name of the architecture that a configuration chooses; of one that is not valid, the default one. */
export function architectureName({ arch = 'array', dataflow = 'os', block = 'none' }: Selection): ArchitectureName {
  const found = Object.entries(PARAMETERS_OF).find(([, { selects }]) => selects({ arch, dataflow, block }));
  return (found?.[0] ?? 'output-stationary') as ArchitectureName;
}

/** What parameters mean for the architecture that a configuration chooses. */
export const parametersOf = (selection: Selection): ArchitectureParameters =>
  PARAMETERS_OF[architectureName(selection)];
