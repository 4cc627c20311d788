import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '../../../gen/commands/encode.js';
import { COMMAND_BYTES, REGISTERS } from '../../../gen/commands/table.js';
import { busOf, type EngineManifest } from '../../../gen/design/engine/manifest.js';
import { Memory } from '../../../gen/golden/engine/memory.js';
import { simulate } from '../../../gen/golden/engine/simulate.js';
import { findProgram, requireTool, runTool } from '../../tools/find.js';
import { inScratch } from '../../tools/scratch.js';
import type { CheckOutcome } from '../outcome.js';
import { MEMORY_BYTES, type Program } from './programs.js';
import { memoryBase } from './simulation.js';

const BENCH = fileURLToPath(new URL('../../../tb/four_state_tb.v', import.meta.url));
const TOP = 'four_state_tb';

const place = (name: string): number => {
  const found = REGISTERS.find((register) => register.name === name);
  if (found === undefined) throw new Error(`there is no register ${name}`);
  return found.offset;
};

const hex = (value: number | bigint, digits: number): string => value.toString(16).padStart(digits, '0');

/**
 * Runs a program on an engine in Icarus' four-state simulation, once from reset to interrupt. Whatever the job does not read is
 * x: memories, registers, inputs that do not count, bytes of memory beside its own. No output that counts may be x, and each byte
 * of memory must be that of the reference simulator, or x where neither knows it.
 */
export async function runFourState(
  folder: string,
  manifest: EngineManifest,
  program: Program,
  seed: number,
): Promise<CheckOutcome> {
  const bus = { ...busOf(manifest), bytes: MEMORY_BYTES, strict: true };
  const base = memoryBase(bus);
  const known = knownBytes(program);
  const reads = REGISTERS.filter(({ name }) => ['status', 'error', 'cycles', 'bytes_written'].includes(name));
  const writes = registersOf(program, base);
  return inScratch('four-state', async (scratch) => {
    const put = (name: string, lines: readonly string[]): void =>
      writeFileSync(join(scratch, name), `${lines.join('\n')}\n`);
    put(
      'memory.hex',
      Array.from(program.memory, (byte, i) => (known[i] === 1 ? hex(byte, 2) : 'xx')),
    );
    put(
      'registers.hex',
      writes.map(([offset, value]) => hex(offset, 2) + hex(value, 8)),
    );
    put(
      'offsets.hex',
      reads.map(({ offset }) => hex(offset, 2)),
    );
    const sizes = {
      ...{ BUS_BITS: bus.busBits, ADDRESS_BITS: bus.addressBits, BYTES: MEMORY_BYTES },
      ...{ WRITES: writes.length, READS: reads.length, SEED: seed },
    };
    const settings = Object.entries(sizes).map(([name, value]) => `-P${TOP}.${name}=${value}`);
    const files = [...manifest.compileOrder.map((path) => resolve(folder, path)), BENCH];
    await runTool(
      await requireTool('iverilog'),
      ['-g2005', `-DENGINE=${manifest.top}`, ...settings, '-s', TOP, '-o', 'sim', ...files],
      { cwd: scratch },
    );
    const vvp = findProgram('vvp');
    if (vvp === undefined) throw new Error('vvp is missing beside iverilog');
    const { stdout } = await runTool({ name: 'vvp', path: vvp }, ['-n', 'sim'], { cwd: scratch });
    const cycles = Number(/^done (\d+)$/m.exec(stdout)?.[1] ?? Number.NaN);
    if (Number.isNaN(cycles)) return { vectors: 0, cycles: 0, failure: stdout.trim() };
    const values = (/^registers (.+)$/m.exec(stdout)?.[1] ?? '').split(' ').map(Number);
    const [status, error] = values;
    if (status !== 2 || error !== 0)
      return { vectors: 0, cycles, failure: `the job ends with status ${status}, error ${error}` };
    return { cycles, ...compare(manifest, program, { base: Number(base), known, after: after(scratch) }) };
  });
}

/** Memory as the bench wrote it: a byte a line. */
const after = (scratch: string): string[] =>
  readFileSync(join(scratch, 'after.hex'), 'utf8')
    .split('\n')
    .filter((line) => /^[0-9a-fxX]{2}$/.test(line));

function compare(
  manifest: EngineManifest,
  program: Program,
  {
    base,
    known,
    after: found,
  }: { readonly base: number; readonly known: Uint8Array; readonly after: readonly string[] },
): { readonly vectors: number; readonly failure?: string } {
  const memory = new Memory();
  memory.set(base, program.memory);
  const { error, bytesWritten } = simulate(manifest.machine, memory, {
    start: base + program.start,
    bases: program.bases.map((each) => base + each),
  });
  if (error !== 'none') throw new Error(`the program ends with an error: ${error}`);
  const expected = memory.get(base, MEMORY_BYTES);
  let vectors = 0;
  for (const [at, value] of expected.entries()) {
    if (known[at] === 0 && value === program.memory[at] && found[at] === 'xx') continue;
    vectors++;
    if (found[at] !== hex(value, 2))
      return { vectors, failure: `byte ${at} of memory is ${found[at]}, not ${hex(value, 2)}` };
  }
  return vectors > bytesWritten ? { vectors } : { vectors, failure: 'the job wrote less than it should' };
}

/** Which bytes the program and its loads read. */
function knownBytes({ start, bases, commands }: Program): Uint8Array {
  const known = new Uint8Array(MEMORY_BYTES);
  // The end is no command of the list.
  known.fill(1, start, start + (commands.length + 1) * COMMAND_BYTES);
  for (const each of commands) if (each.name === 'load') fillRuns(known, bases, each);
  return known;
}

function fillRuns(known: Uint8Array, bases: readonly number[], each: Extract<Command, { name: 'load' }>): void {
  const from = (bases[each.base] as number) + each.offset;
  for (let i = 0; i < each.count1 * each.count2; i++) {
    const at = from + (i % each.count1) * each.memory_step1 + Math.floor(i / each.count1) * each.memory_step2;
    known.fill(1, at, at + each.run);
  }
}

/** Registers to write, the start of the job as the last. */
function registersOf({ start, bases }: Program, base: bigint): (readonly [offset: number, value: bigint])[] {
  const address = (name: string, at: number): (readonly [number, bigint])[] => [
    [place(`${name}_low`), (base + BigInt(at)) & 0xffff_ffffn],
    [place(`${name}_high`), (base + BigInt(at)) >> 32n],
  ];
  return [
    ...address('start', start),
    ...bases.flatMap((each, i) => address(`base${i}`, each)),
    [place('interrupt_enable'), 3n],
    [place('control'), 1n],
  ];
}
