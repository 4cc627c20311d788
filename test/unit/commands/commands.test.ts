import { describe, expect, it } from 'vitest';
import { cMacros, localparams, tableConstants } from '../../../gen/commands/constants.js';
import { type Command, command, decodeCommand, encodeCommands } from '../../../gen/commands/encode.js';
import { type Field, field, fieldValue } from '../../../gen/commands/field.js';
import {
  COMMAND_BYTES,
  COMMAND_WORDS,
  COMMANDS,
  REGISTER_BYTES,
  REGISTERS,
  TYPE_NUMBERS,
} from '../../../gen/commands/table.js';
import { numericType } from '../../../gen/numerics/types/table.js';

/** The bits of fields that two of them have, or that no word has. */
function clashes(fields: readonly Field[], words: number): string[] {
  const owners = new Map<number, string>();
  return fields.flatMap(({ name, word, low, bits }) => {
    if (word >= words || low + bits > 32) return [name];
    return Array.from({ length: bits }, (_, i) => 32 * word + low + i).flatMap((bit) => {
      const other = owners.get(bit);
      owners.set(bit, name);
      return other === undefined ? [] : [`${other} ${name} ${bit}`];
    });
  });
}

describe('the table', () => {
  it.each(COMMANDS)('$name has no two fields in one bit, and no two of one name', ({ fields }) => {
    expect(clashes(fields, COMMAND_WORDS)).toEqual([]);
    expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
  });

  it('has registers of their own offset, and fields that fit', () => {
    const offsets = REGISTERS.map(({ offset }) => offset);
    expect(new Set(offsets).size).toBe(offsets.length);
    expect(offsets.every((offset) => offset % 4 === 0 && offset < REGISTER_BYTES)).toBe(true);
    for (const { fields } of REGISTERS) expect(clashes(fields, 1)).toEqual([]);
  });

  it('finds fields that clash or do not fit', () => {
    expect(clashes([field('a', '1[7:4]', ''), field('b', '1[8:7]', '')], 2)).toEqual(['a b 39']);
    expect(clashes([field('a', '2[7:4]', '')], 2)).toEqual(['a']);
    expect(() => field('a', '2', '')).toThrow('2');
  });

  it('numbers types by their bits', () => {
    for (const [name, number] of TYPE_NUMBERS) expect(numericType(name).bits, name).toBe(number >= 8 ? 8 : 4);
  });
});

/** A command whose fields are far apart: the least, the most, or something between, by turns. */
function sample(kind: (typeof COMMANDS)[number], turn: number): Command {
  const values = kind.fields
    .filter(({ name }) => name !== 'opcode')
    .map(({ name, least, most }, i) => {
      const choice = [least, most, Math.floor((least + most) / 2) + 1];
      return [name, Math.min(most, choice[(turn + i) % 3] as number)];
    });
  return command(kind.name, Object.fromEntries(values)) as Command;
}

describe('encoder and decoder', () => {
  it.each(COMMANDS)('agree on all fields of $name', (kind) => {
    const commands = [0, 1, 2].map((turn) => sample(kind, turn));
    const bytes = encodeCommands(commands);
    expect(bytes).toHaveLength(3 * COMMAND_BYTES);
    expect([0, 1, 2].map((i) => decodeCommand(bytes, i * COMMAND_BYTES))).toEqual(commands);
  });

  it('put a field where the table says', () => {
    const bytes = encodeCommands([command('load', { tag: 0xbeef, run: 0x123456, memory_step1: -2 })]);
    expect([...bytes.slice(0, 4)]).toEqual([0x02, 0x00, 0xef, 0xbe]);
    expect([...bytes.slice(12, 16)]).toEqual([0x56, 0x34, 0x12, 0x00]);
    expect([...bytes.slice(20, 24)]).toEqual([0xfe, 0xff, 0xff, 0xff]);
  });

  it('fill in 0, or 1 where 0 is illegal', () => {
    expect(command('store', { buffer: 4 })).toMatchObject({ run: 1, count1: 1, offset: 0, buffer: 4 });
  });

  it('refuse all values out of range at once', () => {
    const wrong = [command('load', { run: 0, base: 4 }), command('end', { tag: 1.5 })];
    expect(() => encodeCommands(wrong)).toThrow(/0, load: base is 4.*0, load: run is 0.*1, end: tag is 1.5/s);
  });

  it('know no command of other opcodes, and keep illegal values', () => {
    const bytes = encodeCommands([command('load')]);
    bytes[12] = 0;
    expect(decodeCommand(bytes)).toMatchObject({ name: 'load', run: 0 });
    bytes[0] = 0;
    expect(decodeCommand(bytes)).toBeUndefined();
  });
});

describe('constants', () => {
  it('have names of their own', () => {
    const names = tableConstants().map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('tell where fields lie', () => {
    const value = (name: string): number | undefined => tableConstants().find((each) => each.name === name)?.value;
    const bytes = encodeCommands([command('product', { hold: 1, column_tiles: 0xabc })]);
    const bit = (lsb: number): number => ((bytes[lsb >> 3] as number) >> (lsb & 7)) & 1;
    expect(bit(value('PRODUCT_HOLD_LSB') as number)).toBe(1);
    const [lsb, bits] = [value('PRODUCT_COLUMN_TILES_LSB') as number, value('PRODUCT_COLUMN_TILES_BITS') as number];
    expect(Array.from({ length: bits }, (_, i) => bit(lsb + i) << i).reduce((a, b) => a | b)).toBe(0xabc);
    const start = REGISTERS.find(({ name }) => name === 'control')?.fields[0] as Field;
    expect(value('REG_CONTROL')).toBe(0x40);
    expect(fieldValue(start, 1 << (value('REG_CONTROL_START_LSB') as number))).toBe(1);
  });

  it('are written for Verilog and C', () => {
    expect(localparams((name) => name === 'OPCODE_LOAD')).toEqual(["  localparam [3:0] OPCODE_LOAD = 4'd2;"]);
    expect(cMacros().join('\n')).toMatch(/^#define ANT_REG_STATUS 68u /m);
    expect(localparams()).toHaveLength(tableConstants().length);
  });
});
