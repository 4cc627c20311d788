import type { Machine } from '../../../../gen/commands/machine.js';

/** A small machine of most types, with parts that differ by the given ones. */
export const smallMachine = (parts: Partial<Machine> = {}): Machine => ({
  rows: 4,
  cols: 4,
  lanes: 1,
  requantiseLanes: 2,
  words: { activation: 2048, weight: 2048, constant: 64, output: 1024 },
  activationTypes: ['int4', 'uint4', 'flint4', 'uflint4', 'pot4', 'int8', 'uint8'],
  weightTypes: ['int4', 'flint4', 'pot4', 'int8'],
  resultTypes: ['int4', 'uint4', 'flint4', 'uflint4', 'pot4', 'int8', 'uint8'],
  accumulatorBits: 32,
  rounding: 'up',
  ...parts,
});
