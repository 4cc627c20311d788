import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { type RequantiserManifest, shapeOf } from '../../../gen/design/requantiser/manifest.js';
import { type RequantiseBeat, type RequantiserShape, randomBeats } from '../../../gen/golden/requantise-vectors.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { runTool } from '../../tools/find.js';
import { buildBench, scratchFolder } from '../../tools/verilator.js';
import type { TestBudget } from '../budget.js';
import type { CheckOutcome } from '../outcome.js';
import { portsSuspect, withOwnPorts } from '../own-ports.js';
import { VectorWriter } from '../vector-file.js';

/** Fields of a beat in the order in which `tb/requantise_tb.cpp` lists their ports. */
const FIELDS = [
  ...['sum', 'bias', 'multiplier', 'addend', 'addend_multiplier'],
  ...['shift', 'type', 'relu', 'low', 'high'],
] as const;

/** Beats after a reset. Chances are in 256ths. */
interface Segment {
  readonly title: string;
  readonly seed: number;
  readonly idle: number;
  readonly busy: number;
  /** The cycle in which the next reset cuts it off; 0: none. */
  readonly abort: number;
  readonly beats: readonly RequantiseBeat[];
}

interface Failure {
  readonly rule: string;
  readonly segment: number;
  readonly beat: number;
  readonly cycle: number;
  readonly got: readonly number[];
}

/** First beat in, first out and last out of a segment, in numbers of clock edges. */
type Events = readonly [firstIn: number, firstOut: number, lastOut: number];

/** Checks a whole requantiser through its streams: values and extremes of all types, random stalls, resets, latency. */
export async function verifyStreams(
  folder: string,
  manifest: RequantiserManifest,
  random: RandomSource,
  { budget, trace }: { readonly budget: TestBudget; readonly trace?: string | undefined },
): Promise<CheckOutcome> {
  const { name } = manifest.configuration;
  const { tuning, builds } = budget;
  const verilog = manifest.compileOrder.map((file) => join(folder, file));
  const executable = await withOwnPorts(manifest, verilog, (source) =>
    buildBench({ ...source, name, bench: 'requantise_tb', trace: trace !== undefined, tuning, builds }),
  );
  const segments = segmentsOf(shapeOf(manifest), random);
  const scratch = scratchFolder(name);
  try {
    const vectors = join(scratch, 'vectors.bin');
    writeFileSync(vectors, vectorsOf(manifest, segments));
    const args = [vectors, ...(trace === undefined ? [] : ['--trace', trace])];
    const { stdout } = await runTool({ name: 'the simulation of the requantiser', path: executable }, args, {
      okCodes: [0, 1],
    });
    const run = JSON.parse(stdout) as { cycles: number; checked: number; segments?: Events[]; failure?: Failure };
    if (!run.failure && run.checked === 0) {
      throw new UserError('the simulation of the requantiser compared nothing', EXIT.checkFailed);
    }
    const failure = run.failure
      ? describe(manifest, segments, run.failure)
      : latencyFailure(manifest, segments, run.segments ?? []);
    const checked = run.checked * manifest.configuration.lanes;
    return { vectors: checked, cycles: run.cycles, ...(failure === undefined ? {} : { failure }) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function segmentsOf(shape: RequantiserShape, random: RandomSource): Segment[] {
  const beats = (count: number): RequantiseBeat[] => randomBeats(random, shape, count);
  const values = Math.max(Math.ceil(12_000 / shape.lanes), 40 * shape.types.length, 300);
  const stalls: [number, number][] = [
    [0, 128],
    [128, 0],
    [128, 128],
    [32, 230],
    [230, 16],
  ];
  return [
    { title: 'without stalls', seed: 1, idle: 0, busy: 0, abort: 0, beats: beats(values) },
    ...stalls.map(([idle, busy], i) => ({
      ...{ title: `random stalls (input idle ${idle}/256, output not ready ${busy}/256)`, idle, busy, abort: 0 },
      ...{ seed: 100 + i, beats: beats(200) },
    })),
    ...Array.from({ length: 8 }, (_, i) => {
      const abort = i % 2 === 0 ? 1 + random.below(24) : 0;
      const title = abort ? `reset in cycle ${abort}` : 'after a reset among beats';
      return { title, seed: 200 + i, idle: 64 * random.below(3), busy: 64 * random.below(4), abort, beats: beats(30) };
    }),
  ];
}

/** Words of a port: at least two. */
const wordsFor = (bits: number): number => (bits <= 64 ? 2 : Math.ceil(bits / 32));

/** Values side by side as words, the first in the lowest bits. */
function packedWords(values: readonly bigint[], bits: number): number[] {
  let all = values.reduceRight((sum, value) => (sum << BigInt(bits)) | BigInt.asUintN(bits, value), 0n);
  return Array.from({ length: wordsFor(bits * values.length) }, () => {
    const word = Number(all & 0xffffffffn);
    all >>= 32n;
    return word;
  });
}

function vectorsOf({ fields, codeBits, configuration: { lanes } }: RequantiserManifest, segments: readonly Segment[]) {
  const known = fields.map(({ name }) => name);
  if (known.some((name) => !(FIELDS as readonly string[]).includes(name))) throw new Error('a field is not driven');
  const present = FIELDS.flatMap((name) => fields.filter((field) => field.name === name));
  const file = new VectorWriter();
  const bitsOf = (name: string): number => {
    const field = fields.find((each) => each.name === name);
    return field === undefined ? 0 : field.bits * (field.perLane ? lanes : 1);
  };
  file.words(...FIELDS.map(bitsOf), codeBits * lanes, segments.length);
  for (const { seed, idle, busy, abort, beats } of segments) {
    file.words(seed, idle, busy, abort, beats.length);
    for (const beat of beats) {
      const inputs = present.flatMap(({ name, bits }) => packedWords(beat.fields[name] ?? [], bits));
      file.words(beat.last ? 1 : 0, ...inputs, ...packedWords(beat.codes.map(BigInt), codeBits));
    }
  }
  return file.content();
}

/** Beats follow each other in every cycle, and each leaves after the latency of the manifest. */
function latencyFailure(
  { latency }: RequantiserManifest,
  segments: readonly Segment[],
  events: readonly Events[],
): string | undefined {
  const [[firstIn, firstOut, lastOut] = [0, 0, 0]] = events;
  const count = segments[0]?.beats.length ?? 0;
  if (firstOut - firstIn !== latency)
    return `latency: ${latency} cycles by the manifest, simulated ${firstOut - firstIn}`;
  if (lastOut - firstOut !== count - 1)
    return `${count} beats leave in ${lastOut - firstOut + 1} cycles without stalls`;
  return undefined;
}

/** Says where the first wrong beat lies, with what its first wrong lane was given. */
function describe(manifest: RequantiserManifest, segments: readonly Segment[], failure: Failure): string {
  const { types, codeBits, fields, configuration } = manifest;
  const segment = segments[failure.segment] as Segment;
  const where = `requantiser, ${segment.title}, beat ${failure.beat}, cycle ${failure.cycle}`;
  const beat = segment.beats[failure.beat];
  const words = failure.got.reduceRight((all, word) => (all << 32n) | BigInt(word), 0n);
  const got = Array.from({ length: configuration.lanes }, (_, l) =>
    Number((words >> BigInt(l * codeBits)) & ((1n << BigInt(codeBits)) - 1n)),
  );
  const lane = beat?.codes.findIndex((code, l) => code !== got[l]) ?? -1;
  if (beat === undefined || lane < 0)
    return `${where}: ${failure.rule}; look at the output buffer and the marks of beats`;
  const given = fields
    .filter(({ name }) => name !== 'type')
    .map(({ name, perLane }) => `${name} ${beat.fields[name]?.[perLane ? lane : 0]}`);
  const type = types[Number(beat.fields.type?.[0] ?? 0n)];
  return `${where}, lane ${lane}: ${failure.rule}: ${type}, expected ${beat.codes[lane]}, got ${got[lane]}; ${given.join(', ')}; the encoder passed alone, so look at lane and at what is delayed with it${portsSuspect(manifest)}`;
}
