import type { Configuration } from '../../../config/parameters.js';
import type { DesignCore } from '../../design-core.js';
import { floatProcessingElement } from '../../float/pe.js';
import { outputModule } from '../../output-buffer.js';
import { pairModules } from '../../pair.js';
import { HALF_THE_COLUMNS, inputStream, lanesOfArray, portFields, type Streams } from '../../streams.js';
import type { TileMode } from '../../tile-modes.js';
import { allTileModes } from '../../tile-modes.js';
import type { Architecture, BlockDiagram, Hardware } from '../architecture.js';
import { ARRAY_TILE, arrayComputing, arrayDelays, arrayDiagram, arrayNames, arrayPeriod } from '../array.js';
import { rowStream } from '../array-top.js';
import type { Facts } from '../facts.js';
import { outputStationaryArray } from './array.js';
import { busControl } from './bus-control.js';
import { busElement } from './bus-pe.js';
import { clusterModules } from './cluster.js';
import { controlModule } from './control.js';
import { inputModule } from './input.js';
import { processingElement } from './pe.js';
import { outputStationaryTiming } from './timing.js';

/** A systolic array whose sums stay in the PEs, and leave when the tile is complete. */
export const OUTPUT_STATIONARY: Architecture = {
  facts,
  timing: outputStationaryTiming,
  tileModes: (config) => allTileModes(config, (aWide, wWide) => tileMode(config, aWide, wWide)),
  streams,
  hardware,
  diagram,
};

/** The path over a bus in the library of 180 nm, in ns: before and behind it, and a row (docs/architecture.md). */
const BUS = { start: 1, row: 0.11 } as const;
/** The part of the period that constraints leave for setup and wires. */
const SPARE = 0.25;

const ADDS = { single: 'accumulates', double: 'swaps', bus: 'reads' } as const;

function facts(config: Configuration): Facts {
  const { rows, cols, maxK, drain } = config;
  return {
    tile: { ...ARRAY_TILE, weightsStay: false, longest: maxK, beats: 'K', beatLabel: 'k=' },
    sums: { terms: maxK, termsName: 'maxK', passRows: false },
    computing: { ...arrayComputing(config), adds: ADDS[drain] },
    names: {
      ...arrayNames(config),
      title: `${rows} x ${cols} output-stationary array`,
      kind: 'output stationary',
      summary: `${rows} x ${cols} PEs, output stationary, ${drain} drain`,
      suspects: `skew, ${drain === 'bus' ? 'swap' : 'clearing between tiles'} and the type pipeline`,
      misplaced: `${drain === 'bus' ? 'bus' : 'drain'} and de-skew`,
    },
    // The input stream is ready when the input register is and the array runs.
    cost: { ownCells: { $and: 1 }, clockPeriod: clockPeriod(config), simulation: 1 },
  };
}

/** Every row of PEs adds its gates to a bus, a path of its own beside those of a PE. */
function clockPeriod(config: Configuration): number {
  if (config.pe === 'float') return 25;
  const pe = arrayPeriod(config);
  return config.drain === 'bus' ? Math.max(pe, Math.ceil((BUS.start + BUS.row * config.rows) / (1 - SPARE))) : pe;
}

function tileMode({ rows, cols }: Configuration, aWide: boolean, wWide: boolean): TileMode {
  const [aCodes, wCodes] = [aWide ? rows / 2 : rows, wWide ? cols / 2 : cols];
  return {
    ...{ aWide, wWide, aCodes, wCodes, resultRows: aCodes, resultCols: wCodes },
    // Of two rows that are added on the way out the lower one leaves; the other one's cycle is free.
    rowCycles: aWide ? 2 : 1,
    ...{ terms: null, weightRepeats: 1, macsPerCycle: aCodes * wCodes },
  };
}

function streams(core: DesignCore): Streams {
  const { a, w } = core;
  const text = {
    valid: 'a beat is offered: one reduction step for all rows and columns',
    ready: 'an offered beat is accepted',
    last: 'the beat is the last of its tile',
  };
  const fields = [
    ...portFields(a, lanesOfArray(a), ': half as many rows of results'),
    ...portFields(w, lanesOfArray(w), HALF_THE_COLUMNS),
  ];
  return { inputs: [inputStream('in', 'operands', text, fields)], results: rowStream(core, 'row 0 of the tile first') };
}

function hardware(core: DesignCore, { inputs, results }: Streams): Hardware {
  const pes = core.config.rows * core.config.cols;
  const bus = core.config.drain === 'bus';
  const pe = core.float
    ? floatProcessingElement(core, core.float, pes)
    : (bus ? busElement : processingElement)(core, pes);
  const clusters = clusterModules(core);
  const [input, control] = [inputModule(core, inputs), (bus ? busControl : controlModule)(core)];
  const output = outputModule(core, results, { whole: 'array', rows: true });
  const parts = { input, control, output, computing: clusters[0] ?? pe };
  const modules = [
    ...pairModules(core, { rows: core.a.wideTypes.length > 0 }),
    ...[pe, ...clusters, input, control, output],
    outputStationaryArray(core, { inputs, results }, parts),
  ];
  return { ...arrayDelays(core, bus), modules, partialSums: [] };
}

function diagram(core: DesignCore): BlockDiagram {
  const { drain } = core.config;
  const bus = drain === 'bus';
  return arrayDiagram(core, {
    controls: { single: 'drain', double: 'swap, drain', bus: 'swap' }[drain],
    inputs: 'holds one beat',
    inputTitle: 'input register',
    streams: 'in_* stream',
    flows: [
      'activations flow right,',
      'weights flow down,',
      `sums stay: ${core.accumulator.bits}-bit`,
      `accumulators${drain === 'double' ? ' with shadows' : ''}`,
    ],
    results: bus ? 'results leave over a bus per column, row 0 first' : 'results shift down, row 0 first',
    firstRow: bus ? 'top' : 'lowest',
  });
}
