import type { Design } from '../elaborate/design.js';
import { streamShape } from '../elaborate/streams.js';
import { tilePeriod } from '../elaborate/timing.js';
import { renderTemplate } from './engine.js';
import type { RenderedFile } from './files.js';
import { type Identity, identityComment } from './identity.js';
import { buildStimulus, type StimulusLayout } from './stimulus.js';

/** The stand-alone, self-checking test bench of a design, with its stimulus and expected results. */
export function renderTestBench(design: Design, identity: Identity): RenderedFile[] {
  const { config, timing, accumulator } = design;
  const stimulus = buildStimulus(design, identity);
  const { layout, tiles } = stimulus;
  const { stepsPerBeat, resultRows, resultCols } = streamShape(config);
  const fields = beatFields(design, layout);
  const beatBits = layout.lastBits + layout.aTypeBits + layout.wTypeBits + layout.aBits + layout.wBits;
  const unstalled = tiles.reduce((sum, { k }) => sum + tilePeriod(timing, k / stepsPerBeat), timing.latency.cycles);
  const name = `${config.name}_tb`;
  const view = {
    header: identityComment('//', `Self-checking test bench of ${design.top.name}.`, identity),
    name,
    design: config.name,
    top: design.top.name,
    dot: config.arch === 'dot',
    rows: resultRows,
    cols: resultCols,
    beats: stimulus.beats,
    resultRows: tiles.length * resultRows,
    cutBeat: stimulus.cutBeat,
    idleCycles: 2 * (config.rows + config.cols) + 8,
    beatBits,
    beatDigits: beatBits / 4,
    rowDigits: (resultCols * layout.laneBits) / 4,
    accBits: accumulator.bits,
    laneBits: layout.laneBits,
    quietCycles: 2 * (config.rows + config.cols) + 16,
    watchdogCycles: 1000 + 16 * unstalled,
    fields,
  };
  return [
    { path: `tb/${name}.v`, text: renderTemplate('testbench.v', view) },
    { path: 'tb/stimulus.hex', text: stimulus.stimulusText },
    { path: 'tb/expected.hex', text: stimulus.expectedText },
  ];
}

/** Where each port of the array finds its bits in a word of stimulus: `last, a_type, w_type, a_data, w_data`. */
function beatFields({ a, w }: Design, layout: StimulusLayout): { port: string; high: number; low: number }[] {
  const fields: [port: string, width: number, room: number][] = [
    ['w_data_i', w.codeBits * w.lanes, layout.wBits],
    ['a_data_i', a.codeBits * a.lanes, layout.aBits],
    ['w_type_i', w.typeBits, layout.wTypeBits],
    ['a_type_i', a.typeBits, layout.aTypeBits],
    ['in_last_i', 1, layout.lastBits],
  ];
  let low = 0;
  return fields.flatMap(([port, width, room]) => {
    const start = low;
    low += room;
    return width > 0 ? [{ port, high: start + width - 1, low: start }] : [];
  });
}
