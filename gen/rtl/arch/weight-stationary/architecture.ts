import type { Configuration } from '../../../config/parameters.js';
import { delays, deskewLines, skewLines } from '../../delay.js';
import type { DesignCore } from '../../design-core.js';
import { laneModule } from '../../lane.js';
import { outputModule } from '../../output-buffer.js';
import { pairModules } from '../../pair.js';
import { HALF_THE_COLUMNS, inputStream, lanesOfArray, portFields, type Streams } from '../../streams.js';
import { allTileModes, type TileMode } from '../../tile-modes.js';
import type { Architecture, BlockDiagram, Hardware } from '../architecture.js';
import { ARRAY_TILE, arrayComputing, arrayDiagram, arrayNames } from '../array.js';
import { rowStream } from '../array-top.js';
import type { Facts } from '../facts.js';
import { arrayPeriod } from '../period.js';
import { weightStationaryArray } from './array.js';
import { clusterModules } from './cluster.js';
import { weightStationaryControl } from './control.js';
import { coreModule } from './core.js';
import { correctModules } from './correct.js';
import { streamInput } from './input.js';
import { weightStationaryPe } from './pe.js';
import { partialSums } from './sums.js';
import { weightStationaryTiming } from './timing.js';

/** A systolic array whose weights stay in the PEs, the next tile's behind them; sums pass down, and leave as rows of activations come. */
export const WEIGHT_STATIONARY: Architecture = {
  facts,
  timing: weightStationaryTiming,
  tileModes: (config) => allTileModes(config, (aWide, wWide) => tileMode(config, aWide, wWide)),
  streams,
  hardware,
  diagram,
};

function facts(config: Configuration): Facts {
  const { rows, cols, lanes } = config;
  const size = `${rows} x ${cols}`;
  return {
    tile: {
      ...ARRAY_TILE,
      stepsPerBeat: lanes,
      weightsStay: true,
      longest: Number.POSITIVE_INFINITY,
      beats: 'M',
      beatLabel: 'm=',
    },
    sums: {
      terms: rows * lanes,
      termsName: lanes > 1 ? 'ROWS*LANES' : 'ROWS',
      passRows: true,
      encoding: 'twosComplement',
    },
    computing: { ...arrayComputing(config), adds: 'passes' },
    names: {
      ...arrayNames(config),
      title: `${size} weight-stationary array${lanes > 1 ? `, ${lanes} lanes a PE` : ''}`,
      kind: 'weight stationary',
      summary: `${size} PEs${lanes > 1 ? ` of ${lanes} lanes` : ''}, weight stationary`,
      suspects: 'skew, loading and swapping of weights and the type pipeline',
      misplaced: 'the row pipeline and de-skew',
    },
    // A stream is ready when its input register is and the array runs.
    cost: { ownCells: { $and: 2 }, clockPeriod: arrayPeriod(config, 'passes'), simulation: 1 },
  };
}

function tileMode({ rows, cols, lanes }: Configuration, aWide: boolean, wWide: boolean): TileMode {
  const [terms, resultCols] = [(aWide ? rows / 2 : rows) * lanes, wWide ? cols / 2 : cols];
  return {
    ...{ aWide, wWide, aCodes: terms, wCodes: resultCols * lanes, resultRows: null, resultCols, rowCycles: 1 },
    ...{ terms, weightRepeats: aWide ? 2 : 1, macsPerCycle: terms * resultCols },
  };
}

function streams(core: DesignCore): Streams {
  const { a, w, config } = core;
  const each = config.lanes > 1 ? `${config.lanes} steps` : 'one row';
  const twice = a.wideTypes.length > 0 ? ', for 8-bit activations each row twice' : '';
  const ready = 'an offered beat is accepted';
  const weights = inputStream(
    'w',
    'weights',
    {
      valid: `a beat of weights is offered: ${each} of a tile, ${config.lanes > 1 ? 'the first of all' : 'row 0'} first${twice}`,
      ready,
      last: `the beat is the last of its tile: beat ${config.rows} of ${config.rows}`,
    },
    portFields(w, lanesOfArray(w, config.lanes), HALF_THE_COLUMNS),
  );
  const activations = inputStream(
    'a',
    'activations',
    {
      valid:
        "a beat of activations is offered: a code for each step of the tile's weights, which give one row of results",
      ready,
      last: 'the beat is the last of its tile',
    },
    portFields(a, lanesOfArray(a, config.lanes), ', for two rows of weights'),
  );
  return { inputs: [weights, activations], results: rowStream(core, "in the order of the tile's activations") };
}

function hardware(core: DesignCore, streams: Streams): Hardware {
  const { lanes: several, pipeline } = core.config;
  const lanes = several > 1 ? [laneModule(core, { product: pipeline >= 3, term: pipeline >= 2 })] : [];
  const pe = weightStationaryPe(core, lanes[0]);
  const corrections = correctModules(core);
  const clusters = clusterModules(core);
  const [inputA, inputW] = [streamInput(core, 'a'), streamInput(core, 'w')];
  const control = weightStationaryControl(core);
  const output = outputModule(core, streams.results, { whole: 'array', rows: true });
  const parts = { inputA, inputW, corrections, control, core: coreModule(core, clusters[0] ?? pe), output };
  const modules = [
    ...pairModules(core, { together: 1, rows: false }),
    ...corrections,
    ...lanes,
    ...[pe, ...clusters, parts.core, inputA, inputW, control, output],
    weightStationaryArray(core, streams, parts),
  ];
  return { ...delays(core, [...skewLines(core), deskewLines(core, 1)]), modules, partialSums: partialSums(core) };
}

function diagram(core: DesignCore): BlockDiagram {
  return arrayDiagram(core, {
    controls: 'load, swap',
    inputs: 'hold one beat each',
    inputTitle: 'input registers',
    streams: 'a_*, w_* streams',
    flows: [
      'activations flow right,',
      'weights stay, with the',
      'next tile behind them,',
      `sums flow down: ${core.accumulator.bits}-bit`,
    ],
    results: 'results leave as rows of activations come',
    firstRow: 'lowest',
  });
}
