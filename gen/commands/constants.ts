import { type Field, placeOf } from './field.js';
import {
  BASE_REGISTERS,
  BUFFERS,
  COMMAND_BYTES,
  COMMANDS,
  ERRORS,
  IDENTIFICATION,
  MOST_TOKENS,
  REDUCE,
  REGISTER_BYTES,
  REGISTERS,
  SECOND,
  TABLE_VERSION,
  TYPE_NUMBERS,
} from './table.js';

/** A number with a name in capitals. */
export interface Constant {
  readonly name: string;
  readonly value: number;
  /** Bits of a constant in Verilog. */
  readonly bits: number;
  readonly comment: string;
}

const upper = (...parts: readonly string[]): string => parts.join('_').toUpperCase();

const numbers = (
  prefix: string,
  bits: number,
  rows: readonly { readonly name: string; readonly number: number; readonly meaning?: string }[],
): Constant[] =>
  rows.map(({ name, number, meaning = '' }) => ({ name: upper(prefix, name), value: number, bits, comment: meaning }));

/** Lowest bit of a field in its command or register, and its width. */
const places = (prefix: string, fields: readonly Field[]): Constant[] =>
  fields.flatMap((field) => [
    { name: upper(prefix, field.name, 'lsb'), value: 32 * field.word + field.low, bits: 32, comment: placeOf(field) },
    { name: upper(prefix, field.name, 'bits'), value: field.bits, bits: 32, comment: '' },
  ]);

/** The fields of a command that it shares with no other kind have its name in front; others are called after what has them. */
function fieldConstants(): Constant[] {
  const users = new Map<Field, string[]>();
  for (const { name, fields } of COMMANDS) {
    for (const field of fields) users.set(field, [...(users.get(field) ?? []), name]);
  }
  const prefixOf = (names: readonly string[]): string => {
    if (names.length === 1) return names[0] as string;
    if (names.length > 2) return 'command';
    return names.includes('load') ? 'transfer' : 'compute';
  };
  return [...users].flatMap(([field, names]) => places(prefixOf(names), [field]));
}

/** All numbers of the table. */
export function tableConstants(): Constant[] {
  return [
    { name: 'IDENTIFICATION', value: IDENTIFICATION, bits: 32, comment: 'the letters ANTE' },
    { name: 'TABLE_VERSION', value: TABLE_VERSION, bits: 32, comment: '' },
    { name: 'COMMAND_BYTES', value: COMMAND_BYTES, bits: 32, comment: '' },
    { name: 'MOST_TOKENS', value: MOST_TOKENS, bits: 32, comment: '' },
    { name: 'BASE_REGISTERS', value: BASE_REGISTERS, bits: 32, comment: '' },
    { name: 'REGISTER_BYTES', value: REGISTER_BYTES, bits: 32, comment: '' },
    ...numbers('opcode', 4, COMMANDS),
    ...numbers('buffer', 3, BUFFERS),
    ...numbers(
      'type',
      4,
      [...TYPE_NUMBERS].map(([name, number]) => ({ name, number })),
    ),
    ...numbers('error', 4, ERRORS),
    ...Object.entries(SECOND).map(([name, value]) => ({ name: upper('second', name), value, bits: 2, comment: '' })),
    ...Object.entries(REDUCE).map(([name, value]) => ({ name: upper('reduce', name), value, bits: 1, comment: '' })),
    ...fieldConstants(),
    ...REGISTERS.map(({ name, offset, meaning }) => ({
      name: upper('reg', name),
      value: offset,
      bits: 8,
      comment: meaning,
    })),
    ...REGISTERS.flatMap(({ name, fields }) => places(`reg_${name}`, fields)),
  ];
}

/** Those of some names as Verilog: `  localparam [3:0] OPCODE_LOAD = 4'd2;`; numbers of 32 bits without a range. */
export function localparams(wanted: (name: string) => boolean = () => true): string[] {
  return tableConstants()
    .filter(({ name }) => wanted(name))
    .map(({ name, value, bits }) =>
      bits === 32
        ? `  localparam ${name} = 32'd${value};`
        : `  localparam [${bits - 1}:0] ${name} = ${bits}'d${value};`,
    );
}

/** All numbers as C99 macros, each with `ANT_` in front. */
export const cMacros = (): string[] =>
  tableConstants().map(({ name, value, comment }) => {
    const text = `#define ANT_${name} ${value}u`;
    return comment === '' ? text : `${text.padEnd(56)} /* ${comment.replaceAll('*/', '* /')} */`;
  });
