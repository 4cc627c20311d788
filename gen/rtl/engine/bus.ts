/** The engine's port to memory, and what follows from its widths. */
export interface EngineBus {
  /** Name of the design, in front of all modules. */
  readonly name: string;
  /** Width of a beat: a power of two from 32 to 512. */
  readonly busBits: number;
  /** Width of an address: 32 to 64. */
  readonly addressBits: number;
  /** Bursts under way in each direction: a power of two from 2. */
  readonly outstanding: number;
  readonly reset: 'sync' | 'async';
}

/** Widths that the modules at the bus share. */
export interface BusWidths {
  readonly beatBytes: number;
  /** Bits of an address that tell a byte from the others of its beat. */
  readonly laneBits: number;
  /** Bits of an address within a window: an aligned piece of memory that no burst leaves. */
  readonly windowBits: number;
}

/** No burst crosses a multiple of it. */
const PAGE_BYTES = 4096;
/** Of a burst. */
const MOST_BEATS = 256;
/** Widths of a transfer's fields: bytes of a run, number of runs and repetitions, and from one to the next. */
export const RUN_BITS = 24;
export const COUNT_BITS = 16;
export const STEP_BITS = 32;

export function busWidths({ busBits }: Pick<EngineBus, 'busBits'>): BusWidths {
  const beatBytes = busBits / 8;
  const laneBits = Math.log2(beatBytes);
  return { beatBytes, laneBits, windowBits: Math.log2(Math.min(PAGE_BYTES, MOST_BEATS * beatBytes)) };
}
