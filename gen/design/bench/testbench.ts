import { lengthPerBeat } from '../../golden/streams.js';
import type { Design } from '../../rtl/design.js';
import { type MappedPort, placeOf } from '../../rtl/port-map.js';
import { type Identity, identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import { tilePeriod } from '../../rtl/timing.js';
import { alignConnections, replicate } from '../../rtl/verilog.js';
import type { RenderedFile } from '../rendered-file.js';
import { type BenchedDesign, benchInstance } from './instance.js';
import { type BeatField, buildStimulus, type StimulusStream } from './stimulus.js';

/**
 * Whether Icarus Verilog takes a minute or more for the test bench: with 64 x 64 PEs it compiled for 21 s and ran for 63
 * (docs/verification.md), with 16 x 16 for 2 s in all.
 */
export const slowInIcarus = ({ timing }: Design): boolean => timing.macsPerCycle > 1024;

/** The stand-alone, self-checking test bench of a design, with its stimulus and expected results. */
export function renderTestBench(design: Design, identity: Identity): RenderedFile[] {
  const { config, timing, accumulator } = design;
  const { tiles, streams, cutBeat, cutResults, laneBits, resultBeats, expectedText } = buildStimulus(design, identity);
  const { tile } = design.facts;
  const lanes = tile.rowsPerBeat * config.cols;
  const unstalled = tiles.reduce(
    (sum, { k }) => sum + tilePeriod(timing, k / lengthPerBeat({ tile })),
    timing.latency.cycles + config.rows,
  );
  const name = `${config.name}_tb`;
  const beats = streams.map(streamView);
  const stimulus = streams.map(({ path }) => path);
  const view = {
    header: identityComment('//', `Self-checking test bench of ${design.top.name}.`, identity),
    name,
    design: config.name,
    float: design.facts.sums.encoding === 'binary32',
    reference: `the reference codec and ${referenceText(design)}`,
    slow: slowInIcarus(design),
    dut: streamInstance(
      { top: design.top.name, testEnable: design.clockGate?.testEnable, ports: design.ports },
      streams,
    ),
    what: design.facts.names.all,
    lanes,
    places: tile.rowsPerBeat > 1 ? { row: 'beat', column: 'lane' } : { row: 'row', column: 'column' },
    streams: beats,
    paced: beats.at(-1),
    stimulus: stimulus.join(' and '),
    files: [...stimulus, 'tb/expected.hex'].join(' or '),
    resultBeats,
    cutBeat,
    cutResults,
    idleCycles: 2 * (config.rows + config.cols) + 8,
    rowBits: 4 + lanes * laneBits,
    rowDigits: 1 + (lanes * laneBits) / 4,
    accBits: accumulator.bits,
    laneBits,
    quietCycles: 2 * (config.rows + config.cols) + 16,
    watchdogCycles: 1000 + 16 * unstalled,
  };
  return [
    { path: `tb/${name}.v`, text: alignConnections(renderTemplate('design/bench/testbench.v', view)) },
    ...streams.map(({ path, text }) => ({ path, text })),
    { path: 'tb/expected.hex', text: expectedText },
  ];
}

function referenceText({ facts }: Design): string {
  if (facts.sums.blocks) return 'exact sums of blocks, scaled and rounded to binary32 one by one';
  return facts.sums.encoding === 'binary32' ? 'sums rounded to binary32 one by one' : 'an integer matrix product';
}

export function streamView({ name, path, fields, beats }: StimulusStream) {
  const bits = fields.reduce((sum, { room }) => sum + room, 0);
  return { name, upper: name.toUpperCase(), path, beats, bits, digits: bits / 4, fields: places(fields) };
}

/** Where each port finds its bits in a word, from the right of the word to its left. */
function places(fields: readonly BeatField[]): { port: string; high: number; low: number }[] {
  let low = 0;
  return [...fields].reverse().map(({ port, width, room }) => {
    const start = low;
    low += room;
    return { port, high: start + width - 1, low: start };
  });
}

/** The design in the test bench, driven by the words of its input streams, and what messages call its results. */
export function streamInstance(design: BenchedDesign, streams: readonly StimulusStream[]) {
  const wires = new Map(
    streams.flatMap(({ name, fields }): [string, string][] => [
      [`${name}_valid_i`, `${name}_valid`],
      [`${name}_ready_o`, `${name}_ready`],
      ...places(fields).map(({ port, high, low }): [string, string] => [port, `${name}_bits[${high}:${low}]`]),
    ]),
  );
  const results = ['out_valid_o', 'out_ready_i', 'out_last_o', 'out_data_o'];
  for (const signal of results) wires.set(signal, signal.slice(0, -2));
  // Padding of inputs is no constant: a bit of the beat, many times.
  const fill = ({ parts }: MappedPort, width: number): string => {
    const word = wires.get(parts[0]?.signal ?? '')?.replace(/\[.*/, '[0]') ?? '';
    return replicate(width, word);
  };
  const place = placeOf(design.ports);
  const [valid, ready, last] = results.map(place);
  return { ...benchInstance(design, (signal) => wires.get(signal), fill), valid, ready, last };
}
