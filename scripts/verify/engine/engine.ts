import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandOf } from '../../../gen/commands/encode.js';
import { type Machine, stepsPerWord, tilePixels, typeBits, typeNumber } from '../../../gen/commands/machine.js';
import { outputPixels } from '../../../gen/commands/walk.js';
import { ERRORS, IDENTIFICATION, TABLE_VERSION } from '../../../gen/commands/table.js';
import { busOf, type EngineManifest } from '../../../gen/design/engine/manifest.js';
import { Memory } from '../../../gen/golden/engine/memory.js';
import { type JobResult, simulate } from '../../../gen/golden/engine/simulate.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { instance } from '../../../gen/rtl/instance.js';
import { type ModulePort, output } from '../../../gen/rtl/module.js';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';
import { buildBench, ONE_RUN_TUNING, scratchFolder, type Tuning } from '../../tools/verilator.js';
import type { CheckOutcome } from '../outcome.js';
import { rulesInstance } from './dma-harness.js';
import { MEMORY_BYTES, type Program } from './programs.js';
import {
  type BusManners,
  memoryBase,
  promptBus,
  READ_REGISTERS,
  type Registers,
  type SimulatedEnd,
  type SimulatedJob,
  simulateJobs,
  writtenRegisters,
} from './simulation.js';

const RULES = fileURLToPath(new URL('../../../tb/axi_rules.v', import.meta.url));

/** A program on an engine: what it runs on, and what interferes. */
export interface EngineJob extends Omit<SimulatedJob, 'start' | 'bases' | 'put' | 'get'> {
  readonly program: Program;
}

/** An engine's simulation, and what it is of. */
export interface BuiltEngine {
  readonly manifest: EngineManifest;
  readonly executable: string;
}

interface EngineBuild {
  readonly trace?: boolean;
  readonly tuning?: Tuning;
  /** Folder for the build, instead of the one in which builds are kept. */
  readonly builds?: string | undefined;
}

/** Builds the simulation of a design's folder, with what watches its bus. */
export async function buildEngine(
  folder: string,
  manifest: EngineManifest,
  { trace = false, tuning = ONE_RUN_TUNING, builds }: EngineBuild = {},
): Promise<BuiltEngine> {
  const { name } = manifest.configuration;
  const scratch = scratchFolder(`${name}-engine`);
  try {
    const top = { name: manifest.top, ports: topPorts(manifest) };
    const harness = {
      name: `${name}_bench`,
      title: 'An engine, and what watches its bus.',
      ports: [...top.ports, output('rule_o', 4, 'rule that is broken')],
      instances: [
        { ...instance(top, (port) => port), label: 'u_engine' },
        { ...rulesInstance(busOf(manifest)), label: 'u_rules' },
      ],
    };
    const file = join(scratch, `${harness.name}.v`);
    writeFileSync(file, renderTemplate('verify/engine/harness.v', harness));
    const executable = await buildBench({
      ...{ name: `${name}-engine`, top: harness.name, bench: 'engine_tb', trace, builds },
      // What is not reset begins with garbage, memories above all.
      tuning: { ...tuning, verilator: ['-O3', '--x-assign', 'unique', '--x-initial', 'unique', '--noassert'] },
      allow: ['UNUSEDSIGNAL', 'SYNCASYNCNET'],
      verilog: [RULES, ...manifest.compileOrder.map((path) => join(folder, path)), file],
    });
    return { manifest, executable };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const topPorts = ({ modules, top }: EngineManifest): ModulePort[] =>
  modules.find(({ name }) => name === top)?.ports ?? [];

/** Runs jobs one behind the other and compares every byte of memory, the status and the error with the reference simulator. */
export async function runJobs(
  { manifest, executable }: BuiltEngine,
  jobs: readonly EngineJob[],
  { trace }: { readonly trace?: string } = {},
): Promise<CheckOutcome & { readonly registers: readonly Registers[] }> {
  const memory = { ...busOf(manifest), bytes: MEMORY_BYTES, strict: true };
  const run = await simulateJobs(
    executable,
    memory,
    jobs.map(({ program, ...job }) => ({
      ...{ ...job, start: program.start, bases: program.bases },
      put: [{ at: 0, bytes: program.memory }],
      get: [{ at: 0, bytes: MEMORY_BYTES }],
    })),
    { trace },
  );
  if ('failure' in run) {
    const { job, message } = run.failure;
    return { vectors: 0, cycles: run.cycles, registers: [], failure: `${message}; ${jobs[job]?.program.title}` };
  }
  return { cycles: run.cycles, ...compare(manifest, Number(memoryBase(memory)), jobs, run.ends) };
}

function compare(
  manifest: EngineManifest,
  base: number,
  jobs: readonly EngineJob[],
  ends: readonly SimulatedEnd[],
): { vectors: number; registers: Registers[]; failure?: string } {
  let vectors = 0;
  const registers = ends.map((end) => end.registers);
  for (const [i, job] of jobs.entries()) {
    const end = ends[i] as SimulatedEnd;
    const { memory, result } = reference(manifest, base, job);
    const whole = job.abort === 0 && job.stop === 0 && result.error === 'none';
    const wrong =
      (job.abort === 0
        ? (wrongFacts(manifest, end.registers) ??
          wrongControl(BigInt(base), job, end.registers) ??
          wrongEnd(job, end, result, { whole, machine: manifest.machine }))
        : undefined) ?? wrongMemory(job, { memory, base }, end.got[0] as Uint8Array, whole);
    if (wrong !== undefined) return { vectors, registers, failure: `job ${i}: ${wrong}; ${job.program.title}` };
    vectors += whole ? result.bytesWritten : 0;
  }
  return { vectors, registers };
}

/** What the reference simulator makes of a job: how it ends, and memory as it would be had the bus refused nothing. */
function reference(
  manifest: EngineManifest,
  base: number,
  { program, refused }: EngineJob,
): { memory: Memory; result: JobResult } {
  const run = (refusals: EngineJob['refused']): { memory: Memory; result: JobResult } => {
    const memory = new Memory();
    memory.set(base, program.memory);
    for (const { writes, first, bytes } of refusals) memory.refuse(writes ? 'write' : 'read', base + first, bytes);
    const result = simulate(manifest.machine, memory, {
      start: base + program.start,
      bases: program.bases.map((each) => base + each),
    });
    return { memory, result };
  };
  const { memory, result } = run([]);
  return { memory, result: refused.length > 0 ? run(refused).result : result };
}

/** Whether the registers that never change tell of the machine. */
function wrongFacts({ machine }: EngineManifest, registers: Registers): string | undefined {
  const { rows, cols, lanes, requantiseLanes, accumulatorBits, rounding, words } = machine;
  const mask = (names: readonly string[]): number => names.reduce((all, name) => all + 2 ** typeNumber(name), 0);
  const expected: Partial<Registers> = {
    identification: IDENTIFICATION,
    version: TABLE_VERSION,
    array: rows + cols * 2 ** 12 + lanes * 2 ** 24,
    requantiser: requantiseLanes + (rounding === 'even' ? 256 : 0) + accumulatorBits * 2 ** 16,
    ...{ activation_words: words.activation, weight_words: words.weight },
    ...{ constant_words: words.constant, output_words: words.output },
    operand_types: mask(machine.activationTypes) + mask(machine.weightTypes) * 2 ** 16,
    result_types: mask(machine.resultTypes),
  };
  return wrongRegister(expected, registers);
}

/** The first register that is not as expected. */
function wrongRegister(expected: Partial<Registers>, registers: Registers): string | undefined {
  const wrong = READ_REGISTERS.find((name) => expected[name] !== undefined && expected[name] !== registers[name]);
  return wrong && `register ${wrong} is ${registers[wrong]}, not ${expected[wrong]}`;
}

/** Whether registers that were written hold what was written, and the others tell that the job has ended. */
function wrongControl(base: bigint, { program }: EngineJob, registers: Registers): string | undefined {
  const written: Partial<Registers> = Object.fromEntries(writtenRegisters(base, program));
  return wrongRegister({ ...written, control: 0, interrupt_status: registers.status >> 1 }, registers);
}

function wrongEnd(
  job: EngineJob,
  { registers, took }: SimulatedEnd,
  result: JobResult,
  { whole, machine }: { readonly whole: boolean; readonly machine: Machine },
): string | undefined {
  const { status, error } = registers;
  if (job.stop > 0 && status === 4 && error === ERRORS.find(({ name }) => name === 'stopped')?.number) return undefined;
  const expected = ERRORS.find(({ name }) => name === result.error)?.number;
  if (error !== expected || status !== (result.error === 'none' ? 2 : 4)) {
    return `status ${status}, error ${error} instead of ${expected} (${result.error}: ${result.message})`;
  }
  if (whole && registers.bytes_read !== result.bytesRead)
    return `read ${registers.bytes_read} bytes, not ${result.bytesRead}`;
  if (whole && registers.bytes_written !== result.bytesWritten)
    return `wrote ${registers.bytes_written} bytes, not ${result.bytesWritten}`;
  if (whole) return wrongCounters(job, registers, machine, took);
  // A stop that came too late: no error has a place.
  if (result.error === 'none') return undefined;
  const address = registers.error_address_low + registers.error_address_high * 2 ** 32;
  const told: readonly (readonly [what: string, is: number, expected: number])[] = [
    ['error_command', registers.error_command, result.command],
    ['error_tag', registers.error_tag, result.tag + result.opcode * 2 ** 16],
    ...(isBurstOf(result, address) ? [] : [['error_address', address, result.address] as const]),
  ];
  const wrong = told.find(([, is, expected]) => is !== expected);
  if (wrong) return `${wrong[0]} is ${wrong[1]}, not ${wrong[2]} (${result.error}: ${result.message})`;
  return undefined;
}

/** Most cycles between what the bench and the engine take for the begin and the end of a job. */
const REGISTER_CYCLES = 200;

/** Counters that follow from the program, and those that bound each other. */
function wrongCounters(
  { program }: EngineJob,
  registers: Registers,
  machine: Machine,
  took: number,
): string | undefined {
  const steps = program.commands.reduce((sum, each) => sum + (each.name === 'product' ? stepsOf(each, machine) : 0), 0);
  const { cycles, array_busy: busy, memory_waits: memory, requantiser_waits: requantiser } = registers;
  if (busy !== steps) return `array_busy is ${busy}, not ${steps}`;
  if (Math.abs(cycles - took) > REGISTER_CYCLES) return `cycles is ${cycles}, and the job took ${took}`;
  if (busy + memory + requantiser > cycles) return `${busy} + ${memory} + ${requantiser} cycles of ${cycles}`;
  return undefined;
}

/** Steps of the reductions of a product: of all groups, tiles of columns and of pixels. */
function stepsOf(product: CommandOf<'product'>, machine: Machine): number {
  const bits = typeBits(product.a_type);
  const pixelTiles = Math.ceil(outputPixels(product) / tilePixels(machine, bits));
  const taps = product.kernel_height * product.kernel_width;
  const steps = (product.depth_words - 1) * stepsPerWord(machine, bits) + product.depth_tail;
  return product.groups * product.column_tiles * pixelTiles * taps * steps;
}

/** Whether an address is that of the error; of errors of the bus, that of a burst that it may be in: it lies in the same 4 KiB. */
function isBurstOf({ error, address }: JobResult, told: number): boolean {
  if (error !== 'read' && error !== 'write') return told === address;
  return told <= address && Math.floor(told / 4096) === Math.floor(address / 4096);
}

/** Memory is that of the reference; of a job that was cut off each byte has its old or its new value. */
function wrongMemory(
  { program }: EngineJob,
  { memory, base }: { readonly memory: Memory; readonly base: number },
  found: Uint8Array,
  whole: boolean,
): string | undefined {
  const expected = memory.get(base, MEMORY_BYTES);
  const wrong = expected.findIndex((value, i) => found[i] !== value && (whole || found[i] !== program.memory[i]));
  if (wrong < 0) return undefined;
  const count = expected.filter((value, i) => found[i] !== value).length;
  const whose = writerText(program, memory.writerOf(base + wrong));
  return `byte ${wrong} of memory, ${whose}, is ${found[wrong]}, not ${expected[wrong]}, and so are ${count} bytes`;
}

/** Which commands a byte is of: the store that wrote it, and what computes before that. */
function writerText({ commands }: Program, store: number | undefined): string {
  if (store === undefined) return 'which no command writes';
  const computes = commands.slice(0, store).findLastIndex(({ name }) => name === 'product' || name === 'vector');
  const behind = commands[computes];
  return `which command ${store} stores${behind ? `, results of command ${computes}, a ${behind.name}` : ''}`;
}

/** A job on a bus that never waits. */
export const quickJob = (program: Program, seed = 1): EngineJob => ({
  ...{ program, seed, bus: promptBus(), reset: false, abort: 0, stop: 0, refused: [] },
});

/** A job on a bus that waits at random: each channel never or for any share of the time, answers of up to 300 cycles. */
export function slowJob(program: Program, random: RandomSource): EngineJob {
  const pick = <T>(values: readonly (() => T)[]): T => (values[random.below(values.length)] as () => T)();
  const chance = (): number => pick([() => 0, () => 30, () => 1 + random.below(239)]);
  const bus: BusManners = {
    waits: [chance(), chance(), chance(), chance(), chance()],
    least: 0,
    latency: pick([() => 1, () => 1 + random.below(40), () => 1 + random.below(300)]),
    grant: pick([() => 0, () => 0, () => 1 + random.below(8), () => 1 + random.below(120)]),
    order: random.below(3),
  };
  return {
    ...quickJob(program, 1 + random.below(2 ** 31)),
    bus,
    reset: random.below(4) === 0,
  };
}
