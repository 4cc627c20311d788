import { bufferWords, type Machine, wordBytes } from '../../commands/machine.js';
import { BUFFERS, type BufferName } from '../../commands/table.js';
import type { EngineBus } from './bus.js';
import { PLACE_BITS } from './registers.js';

/** A buffer on the chip. */
export interface EngineBuffer {
  readonly name: BufferName;
  readonly number: number;
  readonly words: number;
  readonly wordBits: number;
  readonly addressBits: number;
  /** Parts of a word that are written alone: as many as it takes beats, and of the output buffer those that a column tile fills. */
  readonly lanes: number;
}

/** An engine's bus, and what programs depend on. */
export interface EngineShape {
  readonly bus: EngineBus;
  readonly machine: Machine;
}

/** Bits of the place, the tag and the opcode of a command. */
export const HEAD_BITS = PLACE_BITS + 16 + 4;
/** Of its place and its tag: what units keep, which know the opcode. */
export const OWN_HEAD_BITS = PLACE_BITS + 16;

export const addressBitsFor = (words: number): number => Math.max(1, Math.ceil(Math.log2(words)));

/** Bits of the smallest tile of channels in the output buffer: that of a product with 8-bit weights, or of a vector of 8 bits. */
export const leastTileBits = ({ cols, rows, lanes }: Machine): number => 2 * Math.min(cols, rows * lanes);

export function engineBuffers({ bus, machine }: EngineShape): EngineBuffer[] {
  return BUFFERS.map(({ name, number }) => {
    const words = bufferWords(machine, name);
    const wordBits = 8 * wordBytes(machine, name);
    const beats = Math.max(1, wordBits / bus.busBits);
    const parts = name === 'output' ? wordBits / leastTileBits(machine) : 1;
    return { name, number, words, wordBits, addressBits: addressBitsFor(words), lanes: Math.max(beats, parts) };
  });
}

export const bufferOf = (shape: EngineShape, name: EngineBuffer['name']): EngineBuffer => {
  const found = engineBuffers(shape).find((buffer) => buffer.name === name);
  if (found === undefined) throw new Error(`there is no buffer ${name}`);
  return found;
};

/** Whether an address of 16 bits is beyond the last word. */
export const beyond = (address: string, { words }: Pick<EngineBuffer, 'words'>): string =>
  words >= 65536 ? "1'b0" : `${address} >= 16'd${words}`;
