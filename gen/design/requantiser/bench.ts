import { type RequantiseBeat, type RequantiserShape, randomBeats } from '../../golden/requantise-vectors.js';
import { randomSource } from '../../golden/vectors.js';
import { type Identity, identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import type { RequantiserDesign } from '../../rtl/requantise/design.js';
import { alignConnections } from '../../rtl/verilog.js';
import type { BeatField } from '../bench/stimulus.js';
import { streamInstance, streamView } from '../bench/testbench.js';
import type { CocotbBench } from '../package/cocotb-bench.js';
import type { RenderedFile } from '../rendered-file.js';
import { shapeOf } from './manifest.js';

const SEED = 0x616e74;
const STIMULUS = 'tb/stimulus.hex';
/** Text of the stimulus that a folder may hold, in characters: bounds the number of beats. */
const TEXT_BUDGET = 300_000;
const LEAST_BEATS = 40;
const MOST_BEATS = 600;

const wholeDigits = (bits: number): number => Math.ceil(bits / 4) * 4;
const digits = (value: bigint, bits: number): string => value.toString(16).padStart(bits / 4, '0');

/** Values of a field as one number, lane 0 in the lowest bits. */
export const packed = (values: readonly bigint[], bits: number): bigint =>
  values.reduceRight((all, value) => (all << BigInt(bits)) | BigInt.asUintN(bits, value), 0n);

/** The fields of a beat: the mark of a tile's end, then those of the lanes. */
const beatFields = ({ config, fields }: RequantiserDesign): BeatField[] => [
  { port: 'in_last_i', width: 1, room: 4 },
  ...fields.map(({ port, bits, perLane }) => {
    const width = perLane ? bits * config.lanes : bits;
    return { port, width, room: wholeDigits(width) };
  }),
];

/** What a bench in Python plays into a requantiser: the vectors of the Verilog bench. */
export function requantiserCocotb(design: RequantiserDesign): CocotbBench {
  const { config, ports, widths } = design;
  const stream = { name: 'in', path: STIMULUS, fields: beatFields(design), beats: 0, text: '' };
  return {
    ...{ kind: 'streams', ports, inputs: [stream] },
    results: { lanes: config.lanes, bits: widths.codeBits, fileBits: wholeDigits(widths.codeBits) },
  };
}

/** The stand-alone, self-checking test bench of a requantiser, with its stimulus and expected codes. */
export function renderRequantiserBench(design: RequantiserDesign, identity: Identity): RenderedFile[] {
  const { config, fields, latency, top, widths } = design;
  const { codeBits } = widths;
  const shape: RequantiserShape = shapeOf({ configuration: config, widths, codeBits });
  const streamFields = beatFields(design);
  const bits = streamFields.reduce((sum, { room }) => sum + room, 0);
  const count = Math.min(Math.max(Math.floor(TEXT_BUDGET / (bits / 4)), LEAST_BEATS), MOST_BEATS);
  const beats = randomBeats(randomSource(SEED), shape, count);
  const stream = { name: 'in', path: STIMULUS, fields: streamFields, beats: beats.length, text: '' };
  const inView = streamView(stream);
  const laneBits = wholeDigits(codeBits);
  const firstTile = beats.findIndex(({ last }) => last) + 1;
  const name = `${config.name}_tb`;
  const view = {
    header: identityComment('//', `Self-checking test bench of ${top.name}.`, identity),
    ...{ name, design: config.name, what: 'lanes', float: false, slow: false },
    dut: streamInstance({ top: top.name, testEnable: null, ports: design.ports }, [stream]),
    places: { row: 'beat', column: 'lane' },
    reference: 'exact fractions and the levels of the types',
    ...{ lanes: config.lanes, streams: [inView], paced: inView, accBits: codeBits, laneBits },
    ...{ stimulus: STIMULUS, files: `${STIMULUS} or tb/expected.hex` },
    ...{
      resultBeats: beats.length,
      cutBeat: firstTile + 1,
      cutResults: firstTile,
      idleCycles: 8,
      quietCycles: 16 + latency,
    },
    ...{ rowBits: 4 + config.lanes * laneBits, rowDigits: 1 + (config.lanes * laneBits) / 4 },
    watchdogCycles: 1000 + 16 * beats.length,
  };
  const fieldWords = (beat: RequantiseBeat): string =>
    [
      beat.last ? '1' : '0',
      ...fields.map(({ name: field, bits: each, perLane }) => {
        const width = perLane ? each * config.lanes : each;
        return digits(packed(beat.fields[field] ?? [], each), wholeDigits(width));
      }),
    ].join('_');
  const codeWords = ({ last, codes }: RequantiseBeat): string =>
    [last ? '1' : '0', ...[...codes].reverse().map((code) => digits(BigInt(code), laneBits))].join('_');
  const file = (path: string, title: string, lines: readonly string[], width: number): RenderedFile => ({
    path,
    text: `${[identityComment('//', title, identity), ...lines, '// end mark', 'a'.repeat(width / 4)].join('\n')}\n`,
  });
  const names = streamFields.map(({ port }) => port.replace(/_i$/, '')).join('_');
  return [
    { path: `tb/${name}.v`, text: alignConnections(renderTemplate('design/bench/testbench.v', view)) },
    file(STIMULUS, `Stimulus of the test bench, one beat a line: ${names}.`, beats.map(fieldWords), bits),
    file(
      'tb/expected.hex',
      'Expected codes, one beat a line: last, then the lanes, lane 0 on the right.',
      beats.map(codeWords),
      view.rowBits,
    ),
  ];
}
