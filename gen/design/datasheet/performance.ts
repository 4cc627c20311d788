import { lengthPerBeat, skipsRows } from '../../golden/streams.js';
import type { Design } from '../../rtl/design.js';
import { counted } from '../../rtl/render/counted.js';
import { tilePeriod } from '../../rtl/timing.js';
import { markdownTable } from './markdown.js';
import { hasModes } from './modes.js';

/** Cycle counts and utilisation. */
export function performance(design: Design) {
  const { facts, timing } = design;
  const { stepsPerBeat, resultsTogether, beats } = facts.tile;
  return {
    counts: markdownTable([['what', 'formula', 'here'], ...counts(design)]),
    utilisation: markdownTable([
      resultsTogether
        ? ['K, reduction steps', 'B, beats and cycles per tile', 'utilisation']
        : [lengthPerBeat(facts) > 1 ? 'K, reduction steps' : beats, 'cycles per tile', 'utilisation'],
      ...utilisation(design),
    ]),
    lost:
      timing.tilePeriod.bubble + timing.tilePeriod.minimum === 0 && stepsPerBeat > 1
        ? ['A beat may enter in every cycle. Only the part of a last beat that code 0 fills is lost.']
        : [],
  };
}

function counts(design: Design): string[][] {
  const { config, facts, timing } = design;
  const { latency, drain, fill, macsPerCycle } = timing;
  const { beats, resultsTogether } = facts.tile;
  const paired = config.wideActivations.length > 0 && skipsRows(facts.tile, true);
  const firstToLast = drain.cycles === null ? 'M - 1 cycles' : counted(drain.cycles, 'cycle');
  return [
    [
      `last beat in to ${resultsTogether ? 'results' : latency.to} out, tiles of ${beats} >= ${latency.minimumK}`,
      latency.formula,
      counted(latency.cycles, 'cycle'),
    ],
    ...(resultsTogether ? [] : [['first row of a tile out to its last', drain.formula, firstToLast]]),
    ...(paired ? [['the same, 8-bit activations', 'one less', counted((drain.cycles ?? 0) - 1, 'cycle')]] : []),
    ...(fill ? [['first weights in to first row out, after reset', fill.formula, counted(fill.cycles, 'cycle')]] : []),
    ['one tile to the next', timing.tilePeriod.formula, 'see below'],
    [
      `multiply-accumulates${hasModes(design) ? ', operands of 4 bits' : ''}`,
      `ROWS * COLS${facts.computing.lanes > 1 || resultsTogether ? ' * LANES' : ''}`,
      `${macsPerCycle} per cycle`,
    ],
  ];
}

/** For tiles of some lengths: K reduction steps, at most maxK; M rows of activations where weights stay. */
function utilisation({ config, facts, timing }: Design): string[][] {
  const { rows, maxK } = config;
  const { weightsStay } = facts.tile;
  const length = lengthPerBeat(facts);
  const lengths = weightsStay ? [rows, 64, 576, 4096] : [64, 576, maxK].filter((k) => k <= maxK);
  return [...new Set(lengths)]
    .sort((x, y) => x - y)
    .map((k) => {
      const cycles = tilePeriod(timing, Math.ceil(k / length));
      return [String(k), String(cycles), `${((100 * k) / (cycles * length)).toFixed(1)} %`];
    });
}
