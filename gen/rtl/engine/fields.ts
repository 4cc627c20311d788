import { commandKind } from '../../commands/encode.js';
import type { Field } from '../../commands/field.js';
import type { CommandName } from '../../commands/table.js';
import { input, type ModulePort } from '../module.js';

/** The bits of a field in a vector that holds a whole command, such as `command[47:32]`. */
const bitsOf = ({ word, low, bits }: Field, vector: string): string => {
  const first = 32 * word + low;
  return bits === 1 ? `${vector}[${first}]` : `${vector}[${first + bits - 1}:${first}]`;
};

/** A field of a command by its name. */
export function fieldOf(command: CommandName, name: string): Field {
  const found = commandKind(command).fields.find((field) => field.name === name);
  if (found === undefined) throw new Error(`${command} has no field ${name}`);
  return found;
}

/** Bits of a field of a command in a vector that holds a whole command. */
export const fieldBitsIn = (command: CommandName, name: string, vector: string): string =>
  bitsOf(fieldOf(command, name), vector);

/** Ports for fields of a command, `<field>_i` each. */
export const fieldPorts = (command: CommandName, names: readonly string[]): ModulePort[] =>
  names.map((name) => {
    const { bits, meaning } = fieldOf(command, name);
    return input(`${name}_i`, bits, meaning.split(/[;:]/)[0] as string);
  });

/** A vector of bits by the bits that are set in it, as `wait_` and `signal_` fields are: load, compute, store. */
export const tokensIn = (kind: 'wait' | 'signal', vector: string): string =>
  `{${['store', 'compute', 'load'].map((unit) => fieldBitsIn('load', `${kind}_${unit}`, vector)).join(', ')}}`;
