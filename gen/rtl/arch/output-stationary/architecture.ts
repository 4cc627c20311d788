import type { Configuration } from '../../../config/parameters.js';
import { clusterGrid } from '../../cluster-grid.js';
import { delays, deskewLines, skewLines } from '../../delay.js';
import type { DesignCore } from '../../design-core.js';
import { floatProcessingElement } from '../../float/pe.js';
import { laneModule } from '../../lane.js';
import { outputModule } from '../../output-buffer.js';
import { pairModules } from '../../pair.js';
import { HALF_THE_COLUMNS, inputStream, lanesOfArray, portFields, type Streams } from '../../streams.js';
import type { TileMode } from '../../tile-modes.js';
import { allTileModes } from '../../tile-modes.js';
import type { Architecture, BlockDiagram, Hardware } from '../architecture.js';
import { ARRAY_TILE, arrayComputing, arrayDiagram, arrayNames } from '../array.js';
import { rowStream } from '../array-top.js';
import type { Facts } from '../facts.js';
import { arrayPeriod, periodOf } from '../period.js';
import { outputStationaryArray } from './array.js';
import { correctModules } from './bias.js';
import { busOf, busPath } from './bus.js';
import { clusterModules } from './cluster.js';
import { controlModule } from './control.js';
import { coreModule } from './core.js';
import { inputModule } from './input.js';
import { lateFromOf } from './late.js';
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

function facts(config: Configuration): Facts {
  const { rows, cols, lanes, maxK } = config;
  const size = `${rows} x ${cols}`;
  const several = lanes > 1;
  return {
    tile: {
      ...ARRAY_TILE,
      rowsPerBeat: busOf(config).rowsTogether,
      stepsPerBeat: lanes,
      weightsStay: false,
      longest: Math.floor(maxK / lanes),
      ...(several ? { beats: 'B', beatLabel: 'beat ' } : { beats: 'K', beatLabel: 'k=' }),
    },
    sums: {
      terms: maxK,
      termsName: 'maxK',
      passRows: false,
      encoding: config.pe === 'float' ? 'binary32' : 'twosComplement',
    },
    computing: { ...arrayComputing(config), adds: 'reads', lateFrom: lateFromOf(config) },
    names: {
      ...arrayNames(config),
      title: `${size} output-stationary array${several ? `, ${lanes} lanes a PE` : ''}`,
      kind: 'output stationary',
      summary: `${size} PEs${several ? ` of ${lanes} lanes` : ''}, output stationary`,
      suspects: 'skew, swap and the type pipeline',
      misplaced: 'bus and de-skew',
    },
    // The input stream is ready when the input register is and the array runs.
    cost: { ownCells: { $and: 1 }, clockPeriod: clockPeriod(config), simulation: 1 },
  };
}

/** Every row of a segment adds its gates to a bus, a path of its own beside those of a PE. */
function clockPeriod(config: Configuration): number {
  const pe = config.pe === 'float' ? 25 : arrayPeriod(config, 'reads');
  return Math.max(pe, periodOf(busPath(busOf(config))));
}

function tileMode(config: Configuration, aWide: boolean, wWide: boolean): TileMode {
  const { rows, cols, lanes } = config;
  const [resultRows, resultCols] = [aWide ? rows / 2 : rows, wWide ? cols / 2 : cols];
  return {
    ...{ aWide, wWide, aCodes: resultRows * lanes, wCodes: resultCols * lanes, resultRows, resultCols },
    // Of two rows that follow each other and are added, one leaves; the other one's cycle is free.
    rowCycles: aWide && busOf(config).holdsRows ? 2 : 1,
    ...{ terms: null, weightRepeats: 1, macsPerCycle: resultRows * resultCols * lanes },
  };
}

function streams(core: DesignCore): Streams {
  const { a, w, config } = core;
  const text = {
    valid: `a beat is offered: ${config.lanes > 1 ? `${config.lanes} reduction steps` : 'one reduction step'} for all rows and columns`,
    ready: 'an offered beat is accepted',
    last: 'the beat is the last of its tile',
  };
  const fields = [
    ...portFields(a, lanesOfArray(a, config.lanes), ': half as many rows of results'),
    ...portFields(w, lanesOfArray(w, config.lanes), HALF_THE_COLUMNS),
  ];
  return { inputs: [inputStream('in', 'operands', text, fields)], results: rowStream(core, 'row 0 of the tile first') };
}

function hardware(core: DesignCore, { inputs, results }: Streams): Hardware {
  const { config, accumulator } = core;
  const { rows, cols } = config;
  const { colClusters, clusterCols } = clusterGrid(config);
  const { segments, rowsTogether, holdsRows } = busOf(config);
  const lanes =
    config.lanes > 1 ? [laneModule(core, { product: config.pipeline >= 3, term: config.pipeline >= 2 })] : [];
  const pe = core.float
    ? floatProcessingElement(core, core.float, rows * cols)
    : processingElement(core, rows * cols, lanes[0]);
  const clusters = clusterModules(core);
  const corrections = correctModules(core);
  const parts = {
    input: inputModule(core, inputs),
    control: controlModule(core),
    core: coreModule(core, clusters[0] ?? pe),
    corrections,
    output: outputModule(core, results, { whole: 'array', rows: true }),
  };
  const modules = [
    ...corrections,
    ...pairModules(core, { together: rowsTogether, rows: core.a.wideTypes.length > 0 }),
    ...lanes,
    ...[pe, ...clusters, parts.core, parts.input, parts.control, parts.output],
    outputStationaryArray(core, { inputs, results }, parts),
  ];
  const { bits } = accumulator;
  const buses = {
    ...{ use: 'registers of the buses', width: rowsTogether * clusterCols * bits },
    ...{ stages: segments * colClusters, lines: segments * colClusters },
  };
  const waiting = {
    ...{ use: 'lower parts of sums', width: core.lateFrom ?? 0 },
    ...{ stages: core.lateFrom === undefined ? 0 : rowsTogether * cols, lines: rowsTogether * cols },
  };
  const held = { use: 'rows held for the next one', width: cols * bits, stages: holdsRows ? 1 : 0, lines: 1 };
  return {
    ...delays(core, [...skewLines(core), buses, waiting, deskewLines(core, rowsTogether), held]),
    modules,
    partialSums: [],
  };
}

function diagram(core: DesignCore): BlockDiagram {
  return arrayDiagram(core, {
    controls: 'swap',
    inputs: 'holds one beat',
    inputTitle: 'input register',
    streams: 'in_* stream',
    flows: ['activations flow right,', 'weights flow down,', `sums stay: ${core.accumulator.bits}-bit`, 'accumulators'],
    results: 'results leave over a bus per column, row 0 first',
    firstRow: 'top',
  });
}
