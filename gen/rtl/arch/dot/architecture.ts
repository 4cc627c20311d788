import type { Configuration } from '../../../config/parameters.js';
import type { DesignCore } from '../../design-core.js';
import { laneModule } from '../../lane.js';
import type { ModuleView } from '../../module.js';
import { outputModule } from '../../output-buffer.js';
import type { OperandPort } from '../../port.js';
import { counted } from '../../render/counted.js';
import { inputStream, portFields, resultStream, type StreamField, type Streams } from '../../streams.js';
import type { TileMode } from '../../tile-modes.js';
import type { Timing } from '../../timing.js';
import type { Architecture, BlockDiagram, Hardware } from '../architecture.js';
import type { Facts } from '../facts.js';
import { dotControlModule } from './control.js';
import { dotInputModule } from './input.js';
import { operandDelayModule, operandLines } from './operands.js';
import { dotStages } from './stages.js';
import { dotModule } from './top.js';
import { columnModule, unitModule } from './unit.js';

/** Dot-product units: each multiplies as many pairs of operands in a cycle as it has lanes, and adds them to one accumulator. */
export const DOT_PRODUCT: Architecture = {
  facts,
  timing,
  tileModes: (config) => [tileMode(config)],
  streams,
  hardware,
  diagram,
};

function facts({ rows, cols, lanes, maxK, pipeline, tree }: Configuration): Facts {
  const size = `${rows} x ${cols}`;
  return {
    tile: {
      ...{ stepsPerBeat: lanes, weightsStay: false, rowsPerBeat: rows, resultsTogether: true },
      ...{ longest: Math.floor(maxK / lanes), beats: 'B', beatLabel: 'beat ' },
    },
    sums: { terms: maxK, termsName: 'maxK', passRows: false, encoding: 'twosComplement' },
    computing: { module: 'unit', bench: 'unit', adds: 'accumulates', lanes },
    names: {
      title: `${size} dot-product unit${rows * cols === 1 ? '' : 's'} of ${counted(lanes, 'lane')}`,
      kind: 'dot-product units',
      summary: `${size} dot-product units of ${lanes} lanes, ${tree}`,
      ...{ whole: 'design', size: `${size} units of ${lanes} lanes`, one: 'dot-product unit', short: 'unit' },
      ...{ all: 'units', multipliers: 'lanes of all units' },
      registers: registersOf(pipeline, ['sums of a tile (accumulators)']),
      suspects: 'input register, control and the wiring of the lanes',
    },
    // Full adders one by one are much of the work.
    cost: { ownCells: {}, clockPeriod: 20, simulation: tree === 'columns' ? 16 : 1 },
  };
}

/** Where a unit has registers, in the order of its data path. */
export function registersOf(pipeline: number, accumulators: readonly string[]): string[] {
  const { operands, products, terms, sum } = dotStages(pipeline);
  return [
    'codes (input register)',
    ...(operands ? ['operands (behind the decoders)'] : []),
    ...(products ? ['products of significands (behind the multipliers)'] : []),
    ...(terms ? ['products (behind the lanes)'] : []),
    ...(sum ? ['sums of a beat (behind the adders)'] : []),
    ...accumulators,
  ];
}

/**
 * Where the latency comes from: 1 cycle in the input register, PIPELINE to the accumulator, 1 into the output buffer. A
 * unit takes a beat in every cycle, whatever tile it belongs to.
 */
function timing({ rows, cols, lanes, pipeline }: Configuration): Timing {
  return {
    latency: { formula: 'PIPELINE + 2', cycles: pipeline + 2, to: 'first row', minimumK: 1 },
    tilePeriod: { formula: 'B', bubble: 0, minimum: 0 },
    drain: { formula: '0', cycles: 0, segment: null },
    fill: null,
    macsPerCycle: rows * cols * lanes,
  };
}

export function tileMode({ rows, cols, lanes }: Configuration): TileMode {
  return {
    ...{ aWide: false, wWide: false, aCodes: rows * lanes, wCodes: cols * lanes },
    ...{ resultRows: 1, resultCols: rows * cols, rowCycles: 1 },
    ...{ terms: null, weightRepeats: 1, macsPerCycle: rows * cols * lanes },
  };
}

/** Where the codes of a row or column lie on a port. */
export function lanesOfPort({ letter, codeBits }: OperandPort, lanes: number): string {
  const [side, index] = letter === 'a' ? ['row', 'r'] : ['column', 'c'];
  return `${side} ${index}, lane l at [(${index}*${lanes}+l)*${codeBits} +: ${codeBits}]`;
}

function streams({ a, w, config, accumulator }: DesignCore): Streams {
  const { lanes } = config;
  const fields = [...portFields(a, lanesOfPort(a, lanes)), ...portFields(w, lanesOfPort(w, lanes))];
  return unitStreams(config, fields, { bits: accumulator.bits, what: 'signed' });
}

/** The streams of a grid of units: one of operands, and one of the results of a tile. */
export function unitStreams(
  { rows, cols, lanes }: Configuration,
  fields: readonly StreamField[],
  { bits, what }: { readonly bits: number; readonly what: string },
): Streams {
  const text = {
    valid: `a beat is offered: ${lanes} reduction steps for all rows and columns`,
    ready: 'an offered beat is accepted',
    last: 'the beat is the last of its tile',
  };
  return {
    inputs: [inputStream('in', 'operands', text, fields)],
    results: resultStream(
      {
        valid: 'the results of a tile are offered',
        ready: 'offered results are accepted',
        last: '1: a tile has a single beat of results',
      },
      {
        lanes: rows * cols,
        laneBits: bits,
        meaning: `${what} results, unit r, c at [(r*${cols}+c)*${bits} +: ${bits}]`,
      },
    ),
  };
}

/** The module of the units, and all modules that make it up, itself the last. */
export function units(core: DesignCore): { readonly unit: ModuleView; readonly modules: readonly ModuleView[] } {
  const { products, terms } = dotStages(core.config.pipeline);
  const lane = laneModule(core, { product: products, term: terms });
  const unit = unitModule(core, lane);
  const column = unit.columns.some(({ adders }) => adders) ? [columnModule(core, unit)] : [];
  const parts = [lane, ...column];
  return { unit, modules: [...parts, { ...unit, parts: parts.map(({ name }) => name) }] };
}

function hardware(core: DesignCore, { inputs, results }: Streams): Hardware {
  const { unit, modules } = units(core);
  const delayLines = operandLines(core);
  const [input, control] = [dotInputModule(core, inputs), dotControlModule(core)];
  const output = outputModule(core, results, { whole: 'units', rows: false });
  return {
    delayLines,
    delay: delayLines.length > 0 ? operandDelayModule(core) : undefined,
    modules: [
      ...modules,
      ...[input, control, output],
      dotModule(core, { inputs, results }, { input, control, unit, output }),
    ],
    partialSums: [],
  };
}

function diagram(core: DesignCore): BlockDiagram {
  return unitDiagram(core, { first: 'accumu-', second: 'lator' });
}

/** @param behind What stands in the box behind the adders, in two lines. */
export function unitDiagram(
  { config, a, w, accumulator }: DesignCore,
  behind: { readonly first: string; readonly second: string },
): BlockDiagram {
  const { rows, cols, lanes } = config;
  return {
    template: 'design/dot-block-diagram.svg',
    view: {
      name: config.name,
      rows,
      cols,
      lanes,
      lastLane: lanes - 1,
      manyLanes: lanes > 2,
      aCode: a.codeBits,
      wCode: w.codeBits,
      aOperand: a.fields.bits,
      wOperand: w.fields.bits,
      aBits: a.codeBits * a.lanes,
      wBits: w.codeBits * w.lanes,
      accBits: accumulator.bits,
      resultBits: rows * cols * accumulator.bits,
      adders: config.tree === 'columns' ? 'columns of full adders' : 'tree of adders',
      stages: dotStages(config.pipeline),
      gate: config.stall === 'gate',
      behind,
    },
  };
}
