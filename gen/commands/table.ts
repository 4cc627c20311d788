import { type Field, field } from './field.js';

/**
 * The commands and registers of the engine: the one table from which encoder, decoder, Verilog
 * constants, C header and docs/engine-commands.md derive.
 */

/** Bytes of a command; commands lie at multiples of it. */
export const COMMAND_BYTES = 64;
export const COMMAND_WORDS = COMMAND_BYTES / 4;

/** What the identification register reads: the letters ANTE, the first in the lowest byte. */
export const IDENTIFICATION = 0x4554_4e41;
/** Of this table: the upper half changes where programs of before no longer run. */
export const TABLE_VERSION = 0x0002_0001;

/** A thing with a number and a name. */
export interface Numbered {
  readonly name: string;
  readonly number: number;
  readonly meaning: string;
}

/** Numbers of numeric types. Bit 3 tells that codes have 8 bits. A design has some of them at each of its ports. */
export const TYPE_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['int4', 0],
  ['uint4', 1],
  ['flint4', 2],
  ['uflint4', 3],
  ['pot4', 4],
  ['upot4', 5],
  ['int8', 8],
  ['uint8', 9],
]);

/** The buffers. The unit of an address in a buffer is its word. */
export const BUFFERS = [
  { name: 'activation', number: 0, meaning: 'first operands; a word is rows x lanes x 4 bits' },
  { name: 'weight', number: 1, meaning: 'weights; a word is cols x lanes x 4 bits' },
  { name: 'constant', number: 2, meaning: 'biases and multipliers; a word is requantiseLanes x 64 bits' },
  { name: 'table', number: 3, meaning: 'the look-up table; 32 words of 64 bits' },
  { name: 'output', number: 4, meaning: 'results and second operands; a word is as wide as one of activations' },
] as const satisfies readonly Numbered[];
export type BufferName = (typeof BUFFERS)[number]['name'];

/** The units that run at the same time. */
export const UNITS = ['load', 'compute', 'store'] as const;
export type UnitName = (typeof UNITS)[number];

/** Most tokens that a channel between two units holds. */
export const MOST_TOKENS = 15;

/** The tokens, in word 0 of every command. */
const TOKENS = [
  ...UNITS.map((unit, i) =>
    field(
      `wait_${unit}` as const,
      `0[${4 + i}]`,
      `before it begins, the command takes a token of the ${unit} unit's to its own`,
    ),
  ),
  ...UNITS.map((unit, i) =>
    field(
      `signal_${unit}` as const,
      `0[${7 + i}]`,
      `when it is complete, the command gives a token to the ${unit} unit`,
    ),
  ),
];

const OPCODE = field('opcode', '0[3:0]', 'which command');
const TAG = field('tag', '0[31:16]', 'any number; the register `error_tag` shows that of a command that failed');
/** The most commands that a command tells to lie behind it. */
export const MOST_AHEAD = 63;
const AHEAD = field(
  'ahead',
  '0[15:10]',
  'at least so many commands lie behind it, up to `end`; they may be read before it is complete',
);
const HEAD = [OPCODE, ...TOKENS, AHEAD, TAG];

/** Fields of load and store. */
const TRANSFER = [
  ...HEAD,
  field('offset', '1[31:0]', 'address in memory, from the base register', { unit: 'bytes' }),
  field('address', '2[15:0]', 'address in the buffer', { unit: 'words' }),
  field('buffer', '2[18:16]', 'which buffer; a store takes `output` only', { most: BUFFERS.length - 1 }),
  field('base', '2[25:24]', 'which base register'),
  field('run', '3[23:0]', 'bytes that lie one behind the other in memory; each run begins with a buffer word', {
    unit: 'bytes',
    least: 1,
  }),
  field('count1', '4[15:0]', 'runs', { least: 1 }),
  field('count2', '4[31:16]', 'times that all runs are repeated', { least: 1 }),
  field('memory_step1', '5[31:0]', 'in memory from the beginning of a run to that of the next', {
    unit: 'bytes',
    signed: true,
  }),
  field('memory_step2', '6[31:0]', 'in memory from the beginning of a repetition to that of the next', {
    unit: 'bytes',
    signed: true,
  }),
  field('buffer_step1', '7[15:0]', 'in the buffer from the beginning of a run to that of the next, modulo 65536', {
    unit: 'words',
  }),
  field(
    'buffer_step2',
    '7[31:16]',
    'in the buffer from the beginning of a repetition to that of the next, modulo 65536',
    {
      unit: 'words',
    },
  ),
];

/** Places of the second operand in the arithmetic. */
export const SECOND = { none: 0, add: 1, multiply: 2 } as const;
/** What a vector command makes of the taps of a window. */
export const REDUCE = { sum: 0, maximum: 1 } as const;

/** Fields of product and vector: a window walks over the first operand, and each result is requantised. */
const WALK = [
  field('a_type', '1[3:0]', 'type of the first operand'),
  field('out_type', '1[11:8]', 'type of the results'),
  field('second_type', '1[15:12]', 'type of the second operand; counts where there is one'),
  field('copy_type', '1[19:16]', 'type of the copy; counts where there is one'),
  field('second', '1[21:20]', '0: no second operand; 1: it is added; 2: it is multiplied with (vector only)', {
    most: 2,
  }),
  field('copy', '1[22]', '1: results are written a second time, in another type'),
  field('copy_relu', '1[23]', '1: what is below zero becomes 0 in the copy'),
  field('lookup', '1[24]', '1: the table makes another code of each code of the results; not of the copy'),
  field('per_channel', '1[25]', '1: every channel has constants of its own; 0: all have those of the first word'),
  field('a_start', '2[15:0]', 'address of the first tap of the first output pixel; modulo 65536 where it is padding', {
    unit: 'words',
  }),
  field('a_step_x', '3[15:0]', 'from an output pixel to the next of its row', { unit: 'words' }),
  field('a_step_y', '3[31:16]', 'from the last output pixel of a row to the first of the next', { unit: 'words' }),
  field('a_tap_x', '4[15:0]', 'from the last word of a tap to the first word of the next of its row', {
    unit: 'words',
  }),
  field('a_tap_y', '4[31:16]', 'from the last word of the last tap of a row to the first of the next row', {
    unit: 'words',
  }),
  field('in_height', '5[15:0]', 'rows of pixels that are there; a tap above or below them is padding', {
    unit: 'pixels',
    least: 1,
  }),
  field('in_width', '5[31:16]', 'pixels of a row that are there; a tap left or right of them is padding', {
    unit: 'pixels',
    least: 1,
  }),
  field('out_height', '6[15:0]', 'rows of output pixels', { unit: 'pixels', least: 1 }),
  field('out_width', '6[31:16]', 'output pixels of a row', { unit: 'pixels', least: 1 }),
  field('kernel_height', '7[7:0]', 'rows of taps of the window', { unit: 'taps', least: 1 }),
  field('kernel_width', '7[15:8]', 'taps of a row of the window', { unit: 'taps', least: 1 }),
  field('pad_top', '7[23:16]', 'rows of padding above the first row of pixels', { unit: 'pixels' }),
  field('pad_left', '7[31:24]', 'padding left of the first pixel of a row', { unit: 'pixels' }),
  field('stride_y', '8[5:0]', 'rows of pixels from an output row to the next', { unit: 'pixels', least: 1 }),
  field('stride_x', '8[11:6]', 'pixels from an output pixel to the next', { unit: 'pixels', least: 1 }),
  field('dilation_y', '8[17:12]', 'rows of pixels from a row of taps to the next', { unit: 'pixels', least: 1 }),
  field('dilation_x', '8[23:18]', 'pixels from a tap to the next', { unit: 'pixels', least: 1 }),
  field('depth_words', '9[11:0]', 'words of channels: of each tap (product), of a pixel (vector)', {
    unit: 'words',
    least: 1,
  }),
  field('copy_pixel_words', '9[23:12]', 'from a pixel of the copy to the next', { unit: 'words' }),
  field('copy_shift', '9[29:24]', 'shift of the copy'),
  field('more_images', '10[31:24]', 'images that lie below the first one; the window walks over one after the other', {
    unit: 'images',
  }),
  field('constant_start', '11[31:16]', 'address of the first word of constants', { unit: 'words' }),
  field('out_start', '12[15:0]', 'address of the first result', { unit: 'words' }),
  field('second_start', '12[31:16]', 'address of the second operand of the first pixel', { unit: 'words' }),
  field('low', '13[15:0]', 'least value of a result, in steps of its type; 0 is ReLU', { signed: true }),
  field('high', '13[31:16]', 'greatest value of a result, in steps of its type', { signed: true }),
  field('out_pixel_words', '14[11:0]', 'from a pixel of the results to the next', { unit: 'words' }),
  field('second_pixel_words', '14[23:12]', 'from a pixel of the second operand to the next; 0: one for all', {
    unit: 'words',
  }),
  field('shift', '14[29:24]', 'shift of the results'),
  field('second_multiplier', '15[15:0]', 'multiplier of a second operand that is added'),
  field('copy_start', '15[31:16]', 'address of the first result of the copy', { unit: 'words' }),
];

/** Fields of product alone. */
const PRODUCT = [
  field('w_type', '1[7:4]', 'type of the weights'),
  field('hold', '1[26]', '1: the sums stay, and the next product adds to them; needs one tile of pixels and columns'),
  field('w_start', '2[31:16]', 'address of the first word of weights', { unit: 'words' }),
  field('depth_tail', '8[31:24]', 'steps of the reduction in the last word of a tap, at most those of a word', {
    unit: 'steps',
    least: 1,
  }),
  field('groups', '10[11:0]', 'groups of channels', { least: 1 }),
  field('column_tiles', '10[23:12]', 'column tiles of a group', { unit: 'tiles', least: 1 }),
  field('group_step', '11[15:0]', 'from the first word of a group to that of the next, in the first operand', {
    unit: 'words',
  }),
];

/** Fields of vector alone. */
const VECTOR = [
  field('reduce', '1[26]', '0: the values of the taps are added; 1: the greatest counts, padding does not'),
];

const inOrder = <Name extends string>(fields: readonly Field<Name>[]): readonly Field<Name>[] =>
  [...fields].sort((a, b) => a.word - b.word || a.low - b.low);

/** A command: its number, which unit runs it, what it does, its fields. */
export interface CommandKind extends Numbered {
  /** None: the fetch unit itself. */
  readonly unit: UnitName | undefined;
  readonly fields: readonly Field[];
}

export const COMMANDS = [
  {
    name: 'end',
    number: 1,
    unit: undefined,
    meaning: 'waits until all commands before are complete, then ends the job and raises the interrupt',
    fields: inOrder([OPCODE, TAG]),
  },
  { name: 'load', number: 2, unit: 'load', meaning: 'from memory to a buffer', fields: inOrder(TRANSFER) },
  { name: 'store', number: 3, unit: 'store', meaning: 'from the output buffer to memory', fields: inOrder(TRANSFER) },
  {
    name: 'product',
    number: 4,
    unit: 'compute',
    meaning: 'matrix product or convolution on the array, and requantisation',
    fields: inOrder([...HEAD, ...WALK, ...PRODUCT]),
  },
  {
    name: 'vector',
    number: 5,
    unit: 'compute',
    meaning: 'pooling, element-wise sums and products, conversion and look-up, and requantisation',
    fields: inOrder([...HEAD, ...WALK, ...VECTOR]),
  },
] as const satisfies readonly CommandKind[];
export type CommandName = (typeof COMMANDS)[number]['name'];
/** The names of a command's fields, but for its opcode. */
export type FieldName<Name extends CommandName> = Exclude<
  Extract<(typeof COMMANDS)[number], { name: Name }>['fields'][number]['name'],
  'opcode'
>;

/** Why a job ended with an error. */
export const ERRORS = [
  { name: 'none', number: 0, meaning: 'no error' },
  { name: 'opcode', number: 1, meaning: 'no command has this opcode' },
  { name: 'field', number: 2, meaning: 'a field is illegal, or a type that the design does not have at that port' },
  { name: 'range', number: 3, meaning: 'an address in a buffer is beyond its last word' },
  { name: 'read', number: 4, meaning: 'a read from memory was answered SLVERR or DECERR' },
  { name: 'write', number: 5, meaning: 'a write to memory was answered SLVERR or DECERR' },
  { name: 'stopped', number: 6, meaning: 'stopped by the register `control`' },
] as const satisfies readonly Numbered[];
export type ErrorName = (typeof ERRORS)[number]['name'];

/** A register of 32 bits. */
export interface Register {
  readonly name: string;
  /** Byte offset. */
  readonly offset: number;
  /** `ro`: read only; `rw`: read and write; `wo`: reads 0; `w1c`: writing 1 clears. */
  readonly access: 'ro' | 'rw' | 'wo' | 'w1c';
  readonly meaning: string;
  /** Where it is not one number. */
  readonly fields: readonly Field[];
}

const register = (
  offset: number,
  name: string,
  access: Register['access'],
  meaning: string,
  fields: readonly Field[] = [],
): Register => ({ name, offset, access, meaning, fields });

/** A number of 64 bits: two registers. */
const pair = (offset: number, name: string, access: Register['access'], meaning: string): Register[] => [
  register(offset, `${name}_low`, access, `${meaning}, bits 31 to 0`),
  register(offset + 4, `${name}_high`, access, `${meaning}, bits 63 to 32`),
];

export const BASE_REGISTERS = 4;

/** Bytes of the register space. */
export const REGISTER_BYTES = 256;

export const REGISTERS: readonly Register[] = [
  register(0x00, 'identification', 'ro', `0x${IDENTIFICATION.toString(16)}, the letters ANTE`),
  register(0x04, 'version', 'ro', 'of the table of commands and registers', [
    field('minor', '0[15:0]', 'more than before, nothing else'),
    field('major', '0[31:16]', 'programs of another one do not run'),
  ]),
  register(0x08, 'array', 'ro', 'the array', [
    field('rows', '0[11:0]', 'rows of PEs'),
    field('cols', '0[23:12]', 'columns of PEs'),
    field('lanes', '0[27:24]', 'products that a PE adds up in a cycle'),
  ]),
  register(0x0c, 'requantiser', 'ro', 'the requantiser', [
    field('requantise_lanes', '0[7:0]', 'sums in a cycle'),
    field('even', '0[8]', '1: ties go to the even integer; 0: to the larger value'),
    field('accumulator_bits', '0[21:16]', 'width of the sums'),
  ]),
  register(0x10, 'activation_words', 'ro', 'words of the activation buffer'),
  register(0x14, 'weight_words', 'ro', 'words of the weight buffer'),
  register(0x18, 'constant_words', 'ro', 'words of the constant buffer'),
  register(0x1c, 'output_words', 'ro', 'words of the output buffer'),
  register(0x20, 'operand_types', 'ro', 'types of the operands: bit n stands for the type of number n', [
    field('activation_types', '0[15:0]', 'of the first operand'),
    field('weight_types', '0[31:16]', 'of the weights'),
  ]),
  register(0x24, 'result_types', 'ro', 'types of results, copies and second operands, likewise'),
  register(0x40, 'control', 'wo', 'starts and stops', [
    field('start', '0[0]', 'begins a job; has no effect while one runs'),
    field('stop', '0[1]', 'ends a job with the error `stopped`; has no effect while none runs'),
  ]),
  register(0x44, 'status', 'ro', 'of the last job', [
    field('busy', '0[0]', 'a job runs'),
    field('done', '0[1]', 'the last job ended by `end`'),
    field('failed', '0[2]', 'the last job ended with an error'),
  ]),
  register(0x48, 'interrupt_enable', 'rw', 'which events raise `irq_o`', [
    field('done', '0[0]', 'a job ended by `end`'),
    field('failed', '0[1]', 'a job ended with an error'),
  ]),
  register(0x4c, 'interrupt_status', 'w1c', 'which events were there, enabled or not', [
    field('done', '0[0]', 'a job ended by `end`'),
    field('failed', '0[1]', 'a job ended with an error'),
  ]),
  ...pair(0x50, 'start', 'rw', `address of the first command; its lowest 6 bits read 0`),
  ...Array.from({ length: BASE_REGISTERS }, (_, i) =>
    pair(0x60 + 8 * i, `base${i}`, 'rw', `address that offsets of base ${i} are added to`),
  ).flat(),
  register(0x80, 'error', 'ro', 'the first error of the last job', [field('error', '0[3:0]', 'its number')]),
  register(0x84, 'error_command', 'ro', 'place of the command that failed, the first of the job is 0'),
  register(0x88, 'error_tag', 'ro', 'of that command', [
    field('tag', '0[15:0]', 'its tag'),
    field('opcode', '0[19:16]', 'its opcode'),
  ]),
  ...pair(
    0x90,
    'error_address',
    'ro',
    'of `read` and `write` where the burst begins in memory, of `range` the word of the buffer; else 0',
  ),
  register(0xa0, 'cycles', 'ro', 'cycles of the last job'),
  register(0xa4, 'array_busy', 'ro', 'cycles in which the array took a step of a reduction'),
  register(0xa8, 'memory_waits', 'ro', 'cycles in which the compute unit waited for a token'),
  register(0xac, 'requantiser_waits', 'ro', 'cycles in which the array waited for the requantiser'),
  register(0xb0, 'bytes_read', 'ro', 'bytes that the job read from memory, commands included'),
  register(0xb4, 'bytes_written', 'ro', 'bytes that the job wrote to memory'),
];
