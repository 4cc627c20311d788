import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Machine, typeNumber } from '../../../gen/commands/machine.js';
import { requireTool, runTool } from '../../tools/find.js';
import { inScratch } from '../../tools/scratch.js';
import type { CheckOutcome } from '../outcome.js';
import type { BuiltEngine } from './engine.js';

const TB = fileURLToPath(new URL('../../../tb/', import.meta.url));
const C99 = ['-std=c99', '-O1', '-Wall', '-Wextra', '-pedantic', '-Werror', '-fPIC'];
const MEMORY_BYTES = 1 << 16;

/** Builds the driver of a design's folder as C99 without a warning, and runs it on the Verilated engine. */
export async function verifyDriver(folder: string, built: BuiltEngine): Promise<CheckOutcome> {
  return inScratch('driver', async (scratch) => {
    const library = join(scratch, 'driver.so');
    const driver = join(folder, 'driver');
    const sources = ['ant_engine.c', 'example/bring_up.c'].map((path) => join(driver, path));
    const defines = expectedSizes(built.manifest.machine);
    await compileC([...defines, `-I${join(driver, 'example')}`, ...sources, join(TB, 'driver_check.c')], library);
    await compileC(['-c', join(driver, 'example/main.c')], join(scratch, 'main.o'));
    return runDriver(built, library, { bytes: MEMORY_BYTES });
  });
}

/** What the bench prints. */
interface Driven {
  readonly cycles: number;
  /** The check that failed; 0: none. */
  readonly failed: number;
  readonly rule: string;
  readonly number: number;
}

/** Compiles C99 with all warnings as errors. @throws UserError with the compiler's messages. */
export async function compileC(what: readonly string[], to: string): Promise<void> {
  const compiler = await requireTool('cc');
  await runTool(compiler, [...C99, ...(what.includes('-c') ? [] : ['-shared']), ...what, '-o', to]);
}

/** Runs a library with a function `drive` on an engine, whose memory begins with the bytes of a file. */
export async function runDriver(
  { executable, manifest }: BuiltEngine,
  library: string,
  { bytes, file }: { readonly bytes: number; readonly file?: string },
): Promise<CheckOutcome> {
  const tool = { name: 'the simulation of the engine', path: executable };
  const words = [
    '--drive',
    library,
    String(manifest.configuration.busBits),
    String(bytes),
    ...(file === undefined ? [] : [file]),
  ];
  const { stdout } = await runTool(tool, words, { okCodes: [0, 1] });
  const { cycles, failed, rule, number } = JSON.parse(stdout) as Driven;
  const broken = rule === '' ? undefined : `${rule}${number > 0 ? ` (${number} in axi_rules.v)` : ''}`;
  const failure = broken ?? (failed === 0 ? undefined : `check ${failed} of tb/driver_check.c failed`);
  return { vectors: 1, cycles, ...(failure === undefined ? {} : { failure: `driver: ${failure}` }) };
}

/** What the registers have to tell the driver. */
function expectedSizes(machine: Machine): string[] {
  const { rows, cols, lanes, requantiseLanes, accumulatorBits, rounding, words } = machine;
  const mask = (names: readonly string[]): number => names.reduce((all, name) => all + 2 ** typeNumber(name), 0);
  const sizes = {
    ...{ ROWS: rows, COLS: cols, LANES: lanes, REQUANTISE_LANES: requantiseLanes },
    ...{ EVEN: rounding === 'even' ? 1 : 0, ACCUMULATOR_BITS: accumulatorBits },
    ...{ ACTIVATION_WORDS: words.activation, WEIGHT_WORDS: words.weight },
    ...{ CONSTANT_WORDS: words.constant, OUTPUT_WORDS: words.output },
    ...{ ACTIVATION_TYPES: mask(machine.activationTypes), WEIGHT_TYPES: mask(machine.weightTypes) },
    RESULT_TYPES: mask(machine.resultTypes),
  };
  return Object.entries(sizes).map(([name, value]) => `-DEXPECTED_${name}=${value}u`);
}
