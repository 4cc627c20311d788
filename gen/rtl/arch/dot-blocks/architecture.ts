import type { Configuration } from '../../../config/parameters.js';
import { scaleFormat } from '../../../numerics/blocks/scale-format.js';
import type { BlockArithmetic } from '../../blocks/arithmetic.js';
import { scaleModule } from '../../blocks/scale.js';
import { scalerModule } from '../../blocks/scaler.js';
import { specialModules } from '../../blocks/special.js';
import { specialsModule } from '../../blocks/specials.js';
import { type DelayLine, delayModule } from '../../delay.js';
import type { DesignCore } from '../../design-core.js';
import { outputModule } from '../../output-buffer.js';
import { counted } from '../../render/counted.js';
import { portFields, type Streams, scaleField } from '../../streams.js';
import type { Timing } from '../../timing.js';
import type { Architecture, Hardware } from '../architecture.js';
import { lanesOfPort, registersOf, tileMode, unitDiagram, unitStreams, units } from '../dot/architecture.js';
import { dotInputModule } from '../dot/input.js';
import { operandLines } from '../dot/operands.js';
import type { Facts } from '../facts.js';
import { blockControlModule } from './control.js';
import { blockStages } from './stages.js';
import { blockTop } from './top.js';

/**
 * Dot-product units for blocks whose elements share a scale: the products of a block are added up exactly, and what comes of it, times
 * the scales of both operands, is added to an accumulator of binary32 with one rounding.
 */
export const BLOCK_DOT_PRODUCT: Architecture = {
  facts,
  timing,
  tileModes: (config) => [tileMode(config)],
  streams,
  hardware,
  diagram: (core) => unitDiagram(core, { first: 'block', second: 'and tile' }),
};

/** A tile of any length: accumulators of binary32 promise no exact sum, so no length is the longest. */
const ANY_LENGTH = Number.MAX_SAFE_INTEGER;

const elementsOf = ({ block }: Configuration): number => (block === 'none' ? 0 : block);

function facts(config: Configuration): Facts {
  const { rows, cols, lanes, pipeline, tree, scales } = config;
  const elements = elementsOf(config);
  const size = `${rows} x ${cols}`;
  const { scaled, unit } = blockStages(pipeline);
  return {
    tile: {
      ...{ stepsPerBeat: lanes, weightsStay: false, rowsPerBeat: rows, resultsTogether: true },
      ...{ longest: Math.floor(ANY_LENGTH / lanes), beats: 'B', beatLabel: 'beat ' },
    },
    sums: {
      ...{ terms: elements, termsName: 'BLOCK', passRows: false },
      ...{ encoding: 'binary32', blocks: { elements, scales: scaleFormat(scales) } },
    },
    computing: { module: 'unit', bench: 'blocks', adds: 'accumulates', lanes },
    names: {
      title: `${size} dot-product unit${rows * cols === 1 ? '' : 's'} of ${counted(lanes, 'lane')} for blocks of ${elements} with ${scales} scales`,
      kind: 'dot-product units for blocks',
      summary: `${size} dot-product units of ${lanes} lanes, ${tree}, for blocks of ${elements} with ${scales} scales`,
      ...{ whole: 'design', size: `${size} units of ${lanes} lanes`, one: 'dot-product unit', short: 'unit' },
      ...{ all: 'units', multipliers: 'lanes of all units' },
      registers: registersOf(unit, [
        'sums of a block',
        ...(scaled ? ['terms (scaled sums of a block)'] : []),
        'sums of a tile (accumulators)',
      ]),
      suspects: 'input register, control, the delay of the scales and the wiring of the lanes',
    },
    cost: { ownCells: {}, clockPeriod: 30, simulation: tree === 'columns' ? 16 : 1 },
  };
}

/** A block is scaled and added behind the sum of its products: a cycle more than without blocks, or two. */
function timing({ rows, cols, lanes, pipeline }: Configuration): Timing {
  return {
    latency: { formula: 'PIPELINE + 3', cycles: pipeline + 3, to: 'first row', minimumK: 1 },
    tilePeriod: { formula: 'B', bubble: 0, minimum: 0 },
    drain: { formula: '0', cycles: 0, segment: null },
    fill: null,
    macsPerCycle: rows * cols * lanes,
  };
}

function streams(core: DesignCore): Streams {
  const { a, w, config, accumulator } = core;
  const { rows, cols, lanes } = config;
  const { scales } = blocksOf(core);
  const fields = [
    ...portFields(a, lanesOfPort(a, lanes)),
    scaleField(a, scales, rows),
    ...portFields(w, lanesOfPort(w, lanes)),
    scaleField(w, scales, cols),
  ];
  return unitStreams(config, fields, { bits: accumulator.bits, what: 'binary32' });
}

function blocksOf({ blocks }: DesignCore): BlockArithmetic {
  if (blocks === undefined) throw new Error('a design for blocks without their arithmetic');
  return blocks;
}

function hardware(core: DesignCore, { inputs, results }: Streams): Hardware {
  const { config } = core;
  const blocks = blocksOf(core);
  const { scaled, unit: stages } = blockStages(config.pipeline);
  // The units are those of designs without blocks, with a tile for each block.
  const inner: DesignCore = { ...core, config: { ...config, pipeline: stages }, accumulator: blocks.sums };
  const { unit, modules } = units(inner);
  const scales = { a: scaleModule(core, core.a, blocks), w: scaleModule(core, core.w, blocks) };
  const special = specialModules(core, blocks);
  const specials = specialsModule(core, blocks, stages);
  const scaler = scalerModule(core, blocks, scaled);
  const [input, control] = [dotInputModule(core, inputs), blockControlModule(core, blocks.elements / config.lanes)];
  const output = outputModule(core, results, { whole: 'units', rows: false });
  const operands = operandLines(inner);
  const top = blockTop(
    core,
    blocks,
    { inputs, results },
    { input, control, unit, output, scales, special, specials, scaler },
  );
  return {
    delayLines: [...operands, ...scaleLines(core, blocks, stages)],
    delay: delayOf(core, operands),
    modules: [
      ...modules,
      ...Object.values(scales),
      ...special,
      ...(specials ? [specials] : []),
      ...[scaler, input, control, output, top],
    ],
    partialSums: [],
  };
}

/** Scales wait for the sums of their blocks. */
const scaleLines = ({ config }: DesignCore, { a, w }: BlockArithmetic, stages: number): DelayLine[] => [
  { use: 'scales of the activations', width: a.bits, stages: config.rows * stages },
  { use: 'scales of the weights', width: w.bits, stages: config.cols * stages },
];

function delayOf(core: DesignCore, operands: readonly DelayLine[]) {
  const { rows, cols } = core.config;
  const lines = delayModule(core, (rows + cols) * (operands.length > 0 ? 2 : 1));
  return { ...lines, title: 'Delay line: DEPTH registers of WIDTH bits, for scales and operands.' };
}
