import { commandKind } from '../../commands/encode.js';
import type { Field } from '../../commands/field.js';
import { COMMAND_BYTES, type CommandName } from '../../commands/table.js';
import { input, type ModulePort } from '../module.js';
import { literal } from '../verilog.js';

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

/** A beat of a command, and what a unit keeps of it. */
interface CommandBeat {
  /** Whether it is that beat; empty where there is one only. */
  readonly here: string;
  readonly loads: readonly { readonly name: string; readonly bits: string }[];
}

/** How a unit takes a command: beat by beat. */
export interface CommandBeats {
  readonly single: boolean;
  readonly bits: number;
  readonly first: string;
  readonly one: string;
  readonly last: string;
  readonly beats: readonly CommandBeat[];
}

/**
 * How a unit takes some fields of a command, its place and tag (`head`), and its tokens (`wait`, `signal`). A field lies in a word of
 * 32 bits, and so in one beat.
 */
export function commandBeats(command: CommandName, names: readonly string[], busBits: number): CommandBeats {
  const count = (8 * COMMAND_BYTES) / busBits;
  const width = Math.max(1, Math.log2(count));
  const found = names.map((name) => {
    const { word, low, bits } = fieldOf(command, name);
    const first = ((32 * word) % busBits) + low;
    const range = bits === 1 ? `[${first}]` : `[${first + bits - 1}:${first}]`;
    return { name, index: Math.floor((32 * word) / busBits), bits: `beat_i${range}` };
  });
  const head = [
    { name: 'head', index: 0, bits: '{place_i, beat_i[31:16]}' },
    { name: 'wait', index: 0, bits: tokensIn('wait', 'beat_i') },
    { name: 'signal', index: 0, bits: tokensIn('signal', 'beat_i') },
  ];
  const all = [...head, ...found];
  const indices = [...new Set(all.map(({ index }) => index))].sort((a, b) => a - b);
  return {
    ...{ single: count === 1, bits: width, first: literal(width, 0), one: literal(width, 1) },
    last: literal(width, count - 1),
    beats: indices.map((index) => ({
      here: count === 1 ? '' : `beat_q == ${literal(width, index)}`,
      loads: all.filter((each) => each.index === index).map(({ name, bits }) => ({ name, bits })),
    })),
  };
}
