import { type BufferName, TYPE_NUMBERS } from './table.js';

/** What programs depend on of an engine. Rows, columns and lanes are powers of two. */
export interface Machine {
  readonly rows: number;
  readonly cols: number;
  /** Products that a PE adds up in a cycle. */
  readonly lanes: number;
  readonly requantiseLanes: number;
  /** Words of the buffers whose size is a parameter. */
  readonly words: Readonly<Record<Exclude<BufferName, 'table'>, number>>;
  /** Names of the types at each port. */
  readonly activationTypes: readonly string[];
  readonly weightTypes: readonly string[];
  readonly resultTypes: readonly string[];
  readonly accumulatorBits: number;
  /** What is done with a value halfway between two integers. */
  readonly rounding: 'up' | 'even';
}

/** Bytes of the look-up table, and of a word of it. */
export const TABLE_BYTES = 256;
const TABLE_WORD_BYTES = 8;

/** Bytes of the constants of a channel. */
export const RECORD_BYTES = 8;

/** Bits of a sum that a vector command multiplies with a second operand: more are lost. */
export const MULTIPLIED_SUM_BITS = 17;

/** Bits of a bias: as many as a sum has, and no more than a record of constants. */
export const biasBits = ({ accumulatorBits }: Pick<Machine, 'accumulatorBits'>): number =>
  Math.min(32, accumulatorBits);

/** Bytes of a word of a buffer. */
export function wordBytes(
  { rows, cols, lanes, requantiseLanes }: Pick<Machine, 'rows' | 'cols' | 'lanes' | 'requantiseLanes'>,
  buffer: BufferName,
): number {
  switch (buffer) {
    case 'activation':
    case 'output':
      return (rows * lanes) / 2;
    case 'weight':
      return (cols * lanes) / 2;
    case 'constant':
      return requantiseLanes * RECORD_BYTES;
    case 'table':
      return TABLE_WORD_BYTES;
  }
}

/** Words of a buffer. */
export const bufferWords = ({ words }: Machine, buffer: BufferName): number =>
  buffer === 'table' ? TABLE_BYTES / TABLE_WORD_BYTES : words[buffer];

/** Codes of a number of bits in a word of activations or results. */
export const codesPerWord = (machine: Machine, bits: number): number => (8 * wordBytes(machine, 'activation')) / bits;

/** Steps of the reduction in a word of activations of a number of bits. */
export const stepsPerWord = (machine: Machine, bits: number): number => codesPerWord(machine, bits) / machine.lanes;

/** Output channels of a column tile with weights of a number of bits. */
export const tileChannels = ({ cols }: Machine, bits: number): number => (cols * 4) / bits;

/** Output pixels of a tile with activations of a number of bits. */
export const tilePixels = ({ rows }: Machine, bits: number): number => (rows * 4) / bits;

/** Words of constants of a tile of n channels. */
export const constantWords = ({ requantiseLanes }: Machine, channels: number): number =>
  Math.max(1, channels / requantiseLanes);

/** The name of the type of a number; undefined for a number without one. */
export const typeName = (number: number): string | undefined =>
  [...TYPE_NUMBERS].find(([, each]) => each === number)?.[0];

/** The number of a type's name. @throws for a type without one. */
export function typeNumber(name: string): number {
  const number = TYPE_NUMBERS.get(name);
  if (number === undefined) throw new Error(`the engine has no type ${name}`);
  return number;
}

/** Bits of the codes of a type's number. */
export const typeBits = (number: number): number => (number >= 8 ? 8 : 4);
