import { FieldError, fieldBits, fieldValue } from './field.js';
import {
  COMMAND_BYTES,
  COMMAND_WORDS,
  COMMANDS,
  type CommandKind,
  type CommandName,
  type FieldName,
  MOST_AHEAD,
} from './table.js';

/** The values of a command's fields, by their names. */
export type FieldValues<Name extends CommandName> = Readonly<Record<FieldName<Name>, number>>;

/** A command with all its fields. */
export type Command = { [Name in CommandName]: { readonly name: Name } & FieldValues<Name> }[CommandName];

/** A command of a name. */
export type CommandOf<Name extends CommandName> = Extract<Command, { name: Name }>;

/** The kind of a name. */
export const commandKind = (name: CommandName): CommandKind =>
  COMMANDS.find((kind) => kind.name === name) as CommandKind;

/** A command; fields that are not given are 0, or 1 where 0 is illegal. */
export function command<Name extends CommandName>(
  name: Name,
  fields: Partial<FieldValues<Name>> = {},
): CommandOf<Name> {
  const values = operandFields(name).map(({ name: each, least }) => [each, Math.max(0, least)] as const);
  return { name, ...Object.fromEntries(values), ...fields } as CommandOf<Name>;
}

const operandFields = (name: CommandName): CommandKind['fields'] =>
  commandKind(name).fields.filter((each) => each.name !== 'opcode');

/** Commands that each tell how many lie behind them, so that the engine may fetch them early. */
export function withAhead(commands: readonly Command[]): Command[] {
  return commands.map((each, index) =>
    each.name === 'end' ? each : { ...each, ahead: Math.min(MOST_AHEAD, commands.length - 1 - index) },
  );
}

/**
 * The bytes of commands, as they lie in memory: words of 32 bits, the lowest byte first.
 *
 * @throws FieldError naming every field that is out of its range.
 */
export function encodeCommands(commands: readonly Command[]): Uint8Array {
  const bytes = new Uint8Array(commands.length * COMMAND_BYTES);
  const view = new DataView(bytes.buffer);
  const problems: string[] = [];
  commands.forEach((each, index) => {
    const words = new Uint32Array(COMMAND_WORDS);
    words[0] = commandKind(each.name).number;
    for (const field of operandFields(each.name)) {
      try {
        const value = (each as Readonly<Record<string, unknown>>)[field.name] as number;
        words[field.word] = (words[field.word] as number) | (fieldBits(field, value) << field.low);
      } catch (error) {
        if (!(error instanceof FieldError)) throw error;
        problems.push(`command ${index}, ${each.name}: ${error.message}`);
      }
    }
    words.forEach((word, i) => {
      view.setUint32(index * COMMAND_BYTES + 4 * i, word, true);
    });
  });
  if (problems.length > 0) throw new FieldError(problems.join('\n'));
  return bytes;
}

/**
 * The command in the 64 bytes from an offset, its fields as they are, legal or not; undefined for an opcode without a
 * command. Bits of no field are ignored.
 */
export function decodeCommand(bytes: Uint8Array, offset = 0): Command | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, COMMAND_BYTES);
  const wordAt = (index: number): number => view.getUint32(4 * index, true);
  const kind = COMMANDS.find(({ number }) => number === (wordAt(0) & 15));
  if (!kind) return undefined;
  const values = operandFields(kind.name).map((field) => [field.name, fieldValue(field, wordAt(field.word))]);
  return { name: kind.name, ...Object.fromEntries(values) } as Command;
}
