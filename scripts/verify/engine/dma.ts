import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../../gen/base/folder.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import type { EngineBus } from '../../../gen/rtl/engine/bus.js';
import { runTool } from '../../tools/find.js';
import { buildBench, ONE_RUN_TUNING, scratchFolder } from '../../tools/verilator.js';
import type { CheckOutcome } from '../outcome.js';
import { VectorWriter } from '../vector-file.js';
import { dmaHarness } from './dma-harness.js';
import {
  type Burst,
  burstsOf,
  type ReadWord,
  type Region,
  randomTransfer,
  runsOf,
  type Transfer,
  wordsOfRead,
} from './transfers.js';

const RULES = fileURLToPath(new URL('../../../tb/axi_rules.v', import.meta.url));

/** Chances of 256 that a channel waits in a cycle; the most cycles of an answer and of a grant; when write addresses are taken. */
interface Stalls {
  readonly ar: number;
  readonly r: number;
  readonly aw: number;
  readonly w: number;
  readonly b: number;
  readonly latency: number;
  readonly grant: number;
  readonly order: 0 | 1 | 2;
}

/** Bytes that are answered with an error. */
interface Fault extends Region {
  /** 2: SLVERR, 3: DECERR. */
  readonly response: 2 | 3;
  readonly writes: boolean;
}

interface Segment {
  readonly title: string;
  readonly seed: number;
  readonly stalls: Stalls;
  readonly idle: number;
  readonly busy: number;
  /** The cycle in which the next reset cuts it off; 0: none. */
  readonly abort: number;
  readonly faults: readonly Fault[];
  readonly reads: readonly Transfer[];
  readonly writes: readonly Transfer[];
  /** Bytes that the writes write, run by run. */
  readonly data: readonly Uint8Array[];
  readonly memory: Uint8Array;
  /** Most cycles that it may take; 0: as many as it likes. */
  readonly most: number;
}

interface Report {
  readonly done: number;
  readonly reads: number;
  readonly cycles: number;
  readonly errors: readonly { readonly writes: boolean; readonly decode: boolean; readonly address: string }[];
}

interface Run {
  readonly cycles: number;
  readonly words?: number;
  readonly segments?: readonly Report[];
  readonly failure?: {
    readonly rule: string;
    readonly number: number;
    readonly segment: number;
    readonly reads: number;
    readonly writes: number;
    readonly words: number;
  };
}

const NO_STALLS: Stalls = { ar: 0, r: 0, aw: 0, w: 0, b: 0, latency: 1, grant: 0, order: 0 };
const MEMORY_BYTES = 1 << 16;
/** What is read and what is written do not meet. */
const READ: Region = { first: 0, bytes: MEMORY_BYTES / 2 };
const WRITTEN: Region = { first: MEMORY_BYTES / 2, bytes: MEMORY_BYTES / 2 };

/** Changes of the Verilog of a test that breaks it. */
export type Breakage = (file: string, text: string) => string;

/** Checks the units that read and write memory, with random transfers on a random bus. */
export async function verifyDma(
  bus: EngineBus,
  random: RandomSource,
  { rounds, broken = (_, text) => text }: { readonly rounds: number; readonly broken?: Breakage },
): Promise<CheckOutcome> {
  const scratch = scratchFolder(`${bus.name}-dma`);
  try {
    const { top, files } = dmaHarness(bus);
    makeFolder(join(scratch, 'rtl'));
    const verilog = [...files].map(([path, text]) => {
      writeFileSync(join(scratch, path), broken(basename(path), text));
      return join(scratch, path);
    });
    const executable = await buildBench({
      ...{
        name: top,
        top,
        bench: 'dma_tb',
        trace: false,
        tuning: ONE_RUN_TUNING,
        allow: ['UNUSEDSIGNAL', 'SYNCASYNCNET'],
      },
      verilog: [RULES, ...verilog],
    });
    const segments = segmentsOf(bus, random, rounds);
    const base = baseOf(bus);
    const [vectors, output] = [join(scratch, 'vectors.bin'), join(scratch, 'output.bin')];
    writeFileSync(vectors, vectorsOf(bus, base, segments));
    const tool = { name: 'the simulation of the units at the bus', path: executable };
    const { stdout } = await runTool(tool, [vectors, output], { okCodes: [0, 1] });
    const run = JSON.parse(stdout) as Run;
    const failure = run.failure
      ? `${segments[run.failure.segment]?.title}: ${run.failure.rule}${run.failure.number > 0 ? ` (${run.failure.number} in axi_rules.v)` : ''}, after ${run.failure.reads} reads and ${run.failure.writes} writes`
      : firstDifference(bus, base, segments, run.segments ?? [], readFileSync(output));
    return { vectors: run.words ?? 0, cycles: run.cycles, ...(failure === undefined ? {} : { failure }) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Memory ends with the last address, so that addresses carry through all bits. */
const baseOf = ({ addressBits }: EngineBus): bigint => 2n ** BigInt(addressBits) - BigInt(MEMORY_BYTES);

function segmentsOf(bus: EngineBus, random: RandomSource, rounds: number): Segment[] {
  const beatBytes = bus.busBits / 8;
  const transfers = (region: Region, count: number): Transfer[] =>
    Array.from({ length: count }, () => randomTransfer(random, region, beatBytes));
  const segment = (title: string, more: Partial<Segment>): Segment => {
    const writes = more.writes ?? transfers(WRITTEN, 1 + random.below(8));
    const common = { title, seed: 1 + random.below(2 ** 31), stalls: NO_STALLS, idle: 0, busy: 0, abort: 0, most: 0 };
    return {
      ...common,
      ...{ faults: [], reads: transfers(READ, 1 + random.below(8)), writes, memory: randomBytes(random, MEMORY_BYTES) },
      data: writes.flatMap((write) => runsOf(write).map(() => randomBytes(random, write.bytes))),
      ...more,
    };
  };
  const chance = (): number => [0, 30, 128, 220][random.below(4)] as number;
  const stalls = (): Stalls => ({
    ...{ ar: chance(), r: chance(), aw: chance(), w: chance(), b: chance() },
    ...{ latency: [1, 3, 40, 300][random.below(4)] as number, grant: [0, 0, 5, 80][random.below(4)] as number },
    order: random.below(3) as 0 | 1 | 2,
  });
  const waits = (): Pick<Segment, 'idle' | 'busy'> => ({ idle: chance(), busy: chance() });
  const whole = (first: number, bytes: number): Transfer => ({
    ...{ address: first, bytes, count1: 1, count2: 1, step1: 0, step2: 0, tag: 0 },
  });
  const fault = (): Fault => {
    const writes = random.below(2) === 1;
    const { first, bytes } = writes ? WRITTEN : READ;
    const size = 1 + random.below(2000);
    return { first: first + random.below(bytes - size), bytes: size, response: random.below(2) ? 2 : 3, writes };
  };
  const beats = 8192 / beatBytes;
  const quick = segment('without stalls', {
    ...{ reads: [whole(0, 8192)], writes: [whole(WRITTEN.first, 8192)], most: beats + 24 },
  });
  return [
    quick,
    ...Array.from({ length: rounds }, (_, i) => {
      switch (i % 4) {
        case 0:
          return segment('random stalls', { stalls: stalls(), ...waits() });
        case 1:
          return segment('random stalls after a reset among bursts', {
            ...{ stalls: stalls(), ...waits(), abort: 1 + random.below(900) },
          });
        case 2:
          return segment('an error', { stalls: stalls(), ...waits(), faults: [fault()] });
        default:
          return segment('without stalls', { most: 0 });
      }
    }),
  ];
}

const randomBytes = (random: RandomSource, bytes: number): Uint8Array => {
  const words = Uint32Array.from({ length: Math.ceil(bytes / 4) }, () => random.bits32());
  return new Uint8Array(words.buffer, 0, bytes);
};

function vectorsOf({ busBits }: EngineBus, base: bigint, segments: readonly Segment[]): Buffer {
  const beatBytes = busBits / 8;
  const file = new VectorWriter();
  const halves = (address: number): [number, number] => {
    const all = base + BigInt(address);
    return [Number(all & 0xffff_ffffn), Number(all >> 32n)];
  };
  const transfer = ({ address, bytes, count1, count2, step1, step2, tag }: Transfer): void => {
    file.words(...halves(address), bytes, count1, count2, step1 >>> 0, step2 >>> 0, tag);
  };
  file.words(busBits, ...halves(0), MEMORY_BYTES, segments.length);
  for (const { seed, stalls, idle, busy, abort, faults, reads, writes, data, memory } of segments) {
    const { ar, r, aw, w, b, latency, grant, order } = stalls;
    file.words(seed, ar, r, aw, w, b, latency, grant, order, idle, busy, abort, faults.length);
    for (const each of faults) file.words(...halves(each.first), each.bytes, each.response, each.writes ? 1 : 0);
    file.words(reads.length);
    for (const each of reads) transfer(each);
    file.words(writes.length);
    let run = 0;
    for (const each of writes) {
      transfer(each);
      const runs = each.count1 * each.count2;
      const words = Math.ceil(each.bytes / beatBytes);
      file.words(runs * words);
      for (let i = 0; i < runs; i++, run++) {
        const padded = new Uint8Array(words * beatBytes).fill(0xa5);
        padded.set(data[run] as Uint8Array);
        file.bytes(padded);
      }
    }
    file.bytes(memory);
  }
  return file.content();
}

function firstDifference(
  bus: EngineBus,
  base: bigint,
  segments: readonly Segment[],
  reports: readonly Report[],
  output: Buffer,
): string | undefined {
  const beatBytes = bus.busBits / 8;
  let at = 0;
  for (const [i, segment] of segments.entries()) {
    const count = output.readUInt32LE(at);
    at += 4;
    const words = Array.from({ length: count }, (): ReadWord => {
      const [tag, bytes, marks] = [0, 4, 8].map((place) => output.readUInt32LE(at + place)) as [number, number, number];
      const data = output.subarray(at + 12, at + 12 + beatBytes);
      at += 12 + beatBytes;
      return { tag, bytes, runLast: (marks & 1) === 1, last: marks > 1, data };
    });
    const memory = output.subarray(at, at + MEMORY_BYTES);
    at += MEMORY_BYTES;
    const report = reports[i];
    if (report === undefined) return 'the simulation tells too little';
    const wrong =
      wrongErrors(segment, report, base, beatBytes) ??
      wrongWords(segment, report, words, beatBytes) ??
      wrongMemory(segment, report, memory) ??
      (segment.most > 0 && report.cycles > segment.most
        ? `takes ${report.cycles} cycles, not ${segment.most} at most`
        : undefined);
    if (wrong !== undefined) return `${segment.title} (segment ${i}): ${wrong}`;
  }
  return at === output.length ? undefined : 'the simulation tells too much';
}

/** Whether a segment ran to its end. */
const isWhole = ({ abort }: Segment, { errors }: Report): boolean => abort === 0 && errors.length === 0;

const meets = (a: Region | Burst, b: Region): boolean => a.first < b.first + b.bytes && b.first < a.first + a.bytes;

function wrongErrors(
  { faults, reads, writes, abort }: Segment,
  { errors }: Report,
  base: bigint,
  beatBytes: number,
): string | undefined {
  const [fault] = faults;
  const transfers = fault?.writes ? writes : reads;
  const hit = fault && transfers.flatMap((each) => burstsOf(each, beatBytes)).find((burst) => meets(burst, fault));
  const [error, ...others] = errors;
  if (hit === undefined || fault === undefined) return error === undefined ? undefined : 'reports an error without one';
  if (error === undefined) return abort > 0 ? undefined : 'reports no error';
  if (others.length > 0) return 'reports several errors';
  const expected = { writes: fault.writes, decode: fault.response === 3, address: String(base + BigInt(hit.first)) };
  const [want, got] = [JSON.stringify(expected), JSON.stringify(error)];
  return want === got ? undefined : `reports the error ${got} instead of ${want}`;
}

function wrongWords(
  segment: Segment,
  report: Report,
  words: readonly ReadWord[],
  beatBytes: number,
): string | undefined {
  const expected = segment.reads.flatMap((read) => wordsOfRead(read, segment.memory, beatBytes));
  const show = ({ tag, bytes, runLast, last, data }: ReadWord): string =>
    `tag ${tag}, ${bytes} bytes${runLast ? ', last of a run' : ''}${last ? ', last' : ''}, ${Buffer.from(data).toString('hex')}`;
  for (const [i, word] of words.entries()) {
    const want = expected[i];
    if (want === undefined) return `reads more than ${expected.length} words`;
    if (show(want) !== show(word)) return `word ${i}: expected ${show(want)}; got ${show(word)}`;
  }
  if (isWhole(segment, report) && words.length < expected.length)
    return `reads ${words.length} words instead of ${expected.length}`;
  return undefined;
}

/** Memory is as written; where a segment was cut off, each byte has its old value or one that is written. */
function wrongMemory(segment: Segment, report: Report, memory: Buffer): string | undefined {
  const expected = Uint8Array.from(segment.memory);
  const values = new Map<number, number[]>();
  let run = 0;
  for (const write of segment.writes) {
    for (const start of runsOf(write)) {
      const data = segment.data[run++] as Uint8Array;
      expected.set(data, start);
      data.forEach((value, i) => {
        values.set(start + i, [...(values.get(start + i) ?? []), value]);
      });
    }
  }
  const whole = isWhole(segment, report);
  const wrong = expected.findIndex((value, i) => {
    const got = memory[i] as number;
    if (whole) return got !== value;
    return got !== segment.memory[i] && !values.get(i)?.includes(got);
  });
  if (wrong >= 0) return `byte ${wrong} of memory is ${memory[wrong]}, not ${expected[wrong]}`;
  if (whole && report.done !== segment.writes.length)
    return `${report.done} of ${segment.writes.length} writes are done`;
  return undefined;
}
