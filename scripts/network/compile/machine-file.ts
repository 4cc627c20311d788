import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../../gen/base/errors.js';
import type { Machine } from '../../../gen/commands/machine.js';
import { TYPE_NUMBERS } from '../../../gen/commands/table.js';

/** The engine that networks are compiled for unless a file says otherwise. */
export const DEFAULT_MACHINE: Machine = {
  ...{ rows: 16, cols: 16, lanes: 1, requantiseLanes: 4, accumulatorBits: 32, rounding: 'up' },
  words: { activation: 4096, weight: 8192, constant: 512, output: 4096 },
  activationTypes: ['int4', 'uint4', 'flint4', 'uflint4', 'pot4', 'int8', 'uint8'],
  weightTypes: ['int4', 'flint4', 'pot4', 'int8'],
  resultTypes: ['int4', 'uint4', 'flint4', 'uflint4', 'pot4', 'int8', 'uint8'],
};

const power = (least: number, most: number) =>
  z
    .number()
    .int()
    .min(least)
    .max(most)
    .refine((value) => Number.isInteger(Math.log2(value)), 'must be a power of two');
const types = z.array(z.enum([...TYPE_NUMBERS.keys()] as [string, ...string[]])).nonempty();
const words = z.number().int().min(2).max(65536);

const MACHINE = z
  .strictObject({
    rows: power(2, 1024),
    cols: power(2, 1024),
    lanes: power(1, 8),
    requantiseLanes: power(1, 1024),
    words: z.strictObject({ activation: words, weight: words, constant: words, output: words }),
    activationTypes: types,
    weightTypes: types,
    resultTypes: types,
    accumulatorBits: z.number().int().min(8).max(36),
    rounding: z.enum(['up', 'even']),
  })
  .partial();

/** The engine of a JSON file; what the file leaves out is as in the default. @throws UserError naming all problems. */
export function readMachine(file: string): Machine {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`--machine: cannot read ${file}: ${(error as Error).message}`);
  }
  const parsed = MACHINE.safeParse(value);
  if (parsed.success) {
    return Object.assign({}, DEFAULT_MACHINE, parsed.data) as Machine;
  }
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'file'}: ${message}`);
  throw new UserError([`--machine: ${file} describes no engine:`, ...problems].join('\n'));
}
