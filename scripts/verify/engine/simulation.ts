import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REGISTERS } from '../../../gen/commands/table.js';
import { runTool } from '../../tools/find.js';
import { scratchFolder } from '../../tools/verilator.js';
import { VectorWriter } from '../vector-file.js';

/** How the bus behaves: chances of 256 that a channel waits in a cycle, and cycles. */
export interface BusManners {
  /** Of the channels ar, r, aw, w, b. */
  readonly waits: readonly [number, number, number, number, number];
  /** Cycles that every answer takes, and the most on top of these; the latter from 1 on. */
  readonly least: number;
  readonly latency: number;
  /** The most cycles that a grant takes. */
  readonly grant: number;
  /** Write addresses are taken in any order (0), before their data (1), or behind them (2). */
  readonly order: number;
}

/** A bus that never waits, and answers after so many cycles. */
export const promptBus = (least = 0): BusManners => ({ waits: [0, 0, 0, 0, 0], least, latency: 1, grant: 0, order: 0 });

/** Bytes of memory, counted from its begin. */
export interface Stretch {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A job as the bench takes it. Memory stays as it is from one to the next. */
export interface SimulatedJob {
  readonly seed: number;
  readonly bus: BusManners;
  /** Whether the engine is reset before. */
  readonly reset: boolean;
  /** The cycle in which a reset cuts it off; 0: none. */
  readonly abort: number;
  /** The cycle in which it is stopped; 0: none. */
  readonly stop: number;
  /** Bytes of which reads or writes are answered with an error; counted from the begin of memory. */
  readonly refused: readonly { readonly writes: boolean; readonly first: number; readonly bytes: number }[];
  /** Where the first command lies, and the base registers; likewise. */
  readonly start: number;
  readonly bases: readonly number[];
  /** What is put into memory before, and what of it is wanted when the job has ended. */
  readonly put: readonly Stretch[];
  readonly get: readonly { readonly at: number; readonly bytes: number }[];
  /** The most cycles that it may take; MOST_CYCLES unless given. */
  readonly most?: number;
  /** Of which it is wanted when they were written last. */
  readonly watch?: readonly { readonly at: number; readonly bytes: number }[];
}

/** Memory as the bench has it. */
export interface SimulatedMemory {
  readonly busBits: number;
  readonly addressBits: number;
  /** Bytes: a power of two. */
  readonly bytes: number;
  /** Whether outputs of the bus are watched for what they do within a cycle; costs time. */
  readonly strict: boolean;
}

/** Registers that are read when a job has ended. */
const READ = [
  ...['array', 'requantiser', 'activation_words', 'weight_words', 'constant_words', 'output_words'],
  ...['operand_types', 'result_types', 'version'],
  ...['control', 'interrupt_enable', 'interrupt_status', 'start_low', 'start_high'],
  ...['base0_low', 'base0_high', 'base1_low', 'base1_high', 'base2_low', 'base2_high', 'base3_low', 'base3_high'],
  ...['identification', 'status', 'error', 'error_command', 'error_tag', 'error_address_low', 'error_address_high'],
  ...['cycles', 'array_busy', 'memory_waits', 'requantiser_waits', 'bytes_read', 'bytes_written'],
] as const;
export type Registers = Readonly<Record<(typeof READ)[number], number>>;
export const READ_REGISTERS: readonly (keyof Registers)[] = READ;

/** How a job ended. */
export interface SimulatedEnd {
  readonly registers: Registers;
  /** Cycles from the start to the interrupt, as the bench counts them. */
  readonly took: number;
  readonly got: readonly Uint8Array[];
  /** For each watched stretch the cycle of the job in which memory had its last burst; undefined for none. */
  readonly written: readonly (number | undefined)[];
}

/** Jobs that ran, or what the engine did wrong on its bus. */
export type SimulatedRun =
  | { readonly cycles: number; readonly ends: readonly SimulatedEnd[] }
  | { readonly cycles: number; readonly failure: { readonly job: number; readonly message: string } };

/** Most cycles of a job, unless it says otherwise. */
export const MOST_CYCLES = 4_000_000;

/** Cycles from the last one that a job counts to the interrupt. */
const TO_INTERRUPT = 2;
/** Instead of cycles, where nothing was written. */
const NEVER = 2 ** 32 - 1;

/** Runs jobs one behind the other. */
export async function simulateJobs(
  executable: string,
  memory: SimulatedMemory,
  jobs: readonly SimulatedJob[],
  { trace }: { readonly trace?: string | undefined } = {},
): Promise<SimulatedRun> {
  const scratch = scratchFolder('engine-jobs');
  try {
    const [vectors, outputs] = [join(scratch, 'vectors.bin'), join(scratch, 'output.bin')];
    writeFileSync(vectors, vectorsOf(memory, jobs));
    const tool = { name: 'the simulation of the engine', path: executable };
    const { stdout } = await runTool(tool, [vectors, outputs, ...(trace ? ['--trace', trace] : [])], {
      okCodes: [0, 1],
    });
    const run = JSON.parse(stdout) as {
      cycles: number;
      jobs: number[];
      failure?: { rule: string; number: number; job: number; cycle: number };
    };
    if (run.failure) {
      const { rule, number, job, cycle } = run.failure;
      const place = number > 0 ? ` (${number} in axi_rules.v)` : '';
      return { cycles: run.cycles, failure: { job, message: `job ${job}, cycle ${cycle}: ${rule}${place}` } };
    }
    return { cycles: run.cycles, ends: endsOf(jobs, run.jobs, readFileSync(outputs)) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Where memory begins: it ends with the last address but one of its own size, so that addresses carry through all bits. */
export const memoryBase = ({ addressBits, bytes }: SimulatedMemory): bigint =>
  2n ** BigInt(Math.min(addressBits, 48)) - BigInt(2 * bytes);

const halves = (address: bigint): [number, number] => [Number(address & 0xffff_ffffn), Number(address >> 32n)];

function registerAt(name: string): number {
  const found = REGISTERS.find((register) => register.name === name);
  if (found === undefined) throw new Error(`there is no register ${name}`);
  return found.offset;
}

/** What is written to a job's registers before it is started, in order: names and values. */
export function writtenRegisters(
  base: bigint,
  { start, bases }: Pick<SimulatedJob, 'start' | 'bases'>,
): [name: string, value: number][] {
  const address = (name: string, place: number): [name: string, value: number][] => {
    const [low, high] = halves(base + BigInt(place));
    return [
      [`${name}_low`, low],
      [`${name}_high`, high],
    ];
  };
  return [
    ...address('start', start),
    ...bases.flatMap((each, i) => address(`base${i}`, each)),
    ['interrupt_enable', 3],
  ];
}

function vectorsOf(memory: SimulatedMemory, jobs: readonly SimulatedJob[]): Buffer {
  const file = new VectorWriter();
  const base = memoryBase(memory);
  file.words(memory.busBits, ...halves(base), memory.bytes, memory.strict ? 1 : 0, jobs.length);
  for (const { seed, bus, reset, abort, stop, refused, start, bases, put, get, watch = [], most } of jobs) {
    file.words(seed, ...bus.waits, bus.least, bus.latency, bus.grant, bus.order);
    file.words(reset ? 1 : 0, abort, stop, most ?? MOST_CYCLES, refused.length);
    for (const { first, bytes, writes } of refused) {
      file.words(...halves(base + BigInt(first)), bytes, 2 + (first % 2), writes ? 1 : 0);
    }
    const writes: [number, number][] = [
      ...writtenRegisters(base, { start, bases }).map(([name, value]): [number, number] => [registerAt(name), value]),
      [registerAt('control'), 1],
    ];
    file.words(writes.length, ...writes.flat(), READ.length, ...READ.map(registerAt), put.length);
    for (const { at, bytes } of put) file.words(at, bytes.length).bytes(bytes);
    for (const stretches of [get, watch]) {
      file.words(stretches.length, ...stretches.flatMap(({ at, bytes }) => [at, bytes]));
    }
  }
  return file.content();
}

function endsOf(jobs: readonly SimulatedJob[], took: readonly number[], outputs: Buffer): SimulatedEnd[] {
  let at = 0;
  return jobs.map(({ get, watch = [] }, i) => {
    const registers = Object.fromEntries(READ.map((name, n) => [name, outputs.readUInt32LE(at + 4 * n)])) as Registers;
    at += 4 * READ.length;
    const got = get.map(({ bytes }) => {
      at += bytes;
      return outputs.subarray(at - bytes, at);
    });
    const written = watch.map((_, n) => {
      const since = outputs.readUInt32LE(at + 4 * n);
      return since === NEVER ? undefined : registers.cycles + TO_INTERRUPT - since;
    });
    at += 4 * watch.length;
    return { registers, took: took[i] as number, got, written };
  });
}
