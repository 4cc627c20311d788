import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { requireTool, runTool } from '../../tools/find.js';
import type { PublishedCircuit } from './source.js';

const BENCHES = fileURLToPath(new URL('./benches/', import.meta.url));
const RESULT = /^checked (\d+) wrong (\d+)$/m;
const LONGEST_MS = 600_000;

/**
 * Simulates a circuit with its test bench, in Icarus.
 *
 * @param verilog Its file.
 * @param scratch A folder of its own.
 * @returns How many results were compared with integer arithmetic.
 * @throws UserError (exit code 1) where one is wrong, or none was compared.
 */
export async function simulated(
  { name, bench }: Pick<PublishedCircuit, 'name' | 'bench'>,
  verilog: string,
  scratch: string,
): Promise<number> {
  const compiler = await requireTool('iverilog');
  const program = join(scratch, 'bench');
  const parameters = Object.entries(bench.parameters).map(([key, value]) => `-Pbench.${key}=${value}`);
  await runTool(compiler, ['-g2005', '-s', 'bench', ...parameters, '-o', program, join(BENCHES, bench.file), verilog]);
  const { stdout } = await runTool({ name: bench.file, path: program }, [], { timeout: LONGEST_MS });
  const [, checked, wrong] = RESULT.exec(stdout)?.map(Number) ?? [];
  if (checked === undefined || checked === 0 || wrong !== 0) {
    throw new UserError(`${name}: ${bench.file}: ${stdout.trim()}`, EXIT.checkFailed);
  }
  return checked;
}
