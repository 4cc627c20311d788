import type { CommandOf } from '../../../../gen/commands/encode.js';

/** AXI forbids a burst to pass a multiple of so many bytes, and to have more beats. */
const [PAGE, MOST_BEATS] = [4096, 256];

/** A burst of a transfer. */
export interface Burst {
  readonly beats: number;
  /** Cycles in which the words of its bytes go to or come from a buffer. */
  readonly wordCycles: number;
  /** One more cycle behind its last beat, in which the rest of its run follows. */
  readonly flush: boolean;
}

/** What a transfer moves. */
export interface Transfer {
  readonly offset: number;
  readonly run: number;
  readonly count1: number;
  readonly count2: number;
  readonly step1: number;
  readonly step2: number;
}

export const transferOf = (command: CommandOf<'load' | 'store'>): Transfer => ({
  ...{ offset: command.offset, run: command.run, count1: command.count1, count2: command.count2 },
  ...{ step1: signed(command.memory_step1), step2: signed(command.memory_step2) },
});

const signed = (step: number): number => step | 0;

/**
 * The bursts of a transfer. Base registers are taken to be multiples of 4096.
 *
 * @param wordBytes Of the buffer.
 */
export function* bursts({ offset, run, count1, count2, step1, step2 }: Transfer, busBytes: number, wordBytes: number) {
  const window = Math.min(PAGE, MOST_BEATS * busBytes);
  const modulo = (value: number, size: number): number => ((value % size) + size) % size;
  for (let repetition = 0; repetition < count2; repetition++) {
    for (let i = 0; i < count1; i++) {
      let at = modulo(offset + repetition * step2 + i * step1, PAGE);
      const shift = at % busBytes;
      const runBeats = Math.ceil((shift + run) / busBytes);
      for (let left = run; left > 0; ) {
        const bytes = Math.min(left, window - (at % window));
        left -= bytes;
        const beats = Math.ceil(((at % busBytes) + bytes) / busBytes);
        at += bytes;
        yield {
          beats,
          wordCycles: Math.ceil(bytes / Math.min(wordBytes, busBytes)),
          flush: left === 0 && shift > 0 && runBeats > 1 && runBeats === Math.ceil(run / busBytes),
        } satisfies Burst;
      }
    }
  }
}
