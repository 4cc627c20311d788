import type { RandomSource } from '../../../gen/golden/vectors.js';

/** A transfer between memory and a unit of the engine; the address counts from the begin of memory. */
export interface Transfer {
  readonly address: number;
  /** Bytes of a run. */
  readonly bytes: number;
  readonly count1: number;
  readonly count2: number;
  readonly step1: number;
  readonly step2: number;
  readonly tag: number;
}

/** Bytes of memory from `first` on. */
export interface Region {
  readonly first: number;
  readonly bytes: number;
}

/** Where the runs of a transfer begin, in order. */
export function runsOf({ address, count1, count2, step1, step2 }: Transfer): number[] {
  return Array.from({ length: count1 * count2 }, (_, i) => {
    return address + Math.floor(i / count1) * step2 + (i % count1) * step1;
  });
}

/** A word of a run, as it comes from a read. */
export interface ReadWord {
  readonly tag: number;
  readonly bytes: number;
  readonly runLast: boolean;
  readonly last: boolean;
  readonly data: Uint8Array;
}

/** The words that a read gives: those of each run, filled up with 0. */
export function wordsOfRead(transfer: Transfer, memory: Uint8Array, beatBytes: number): ReadWord[] {
  const runs = runsOf(transfer);
  return runs.flatMap((start, run) => {
    const words = Math.ceil(transfer.bytes / beatBytes);
    return Array.from({ length: words }, (_, i): ReadWord => {
      const from = start + i * beatBytes;
      const bytes = Math.min(beatBytes, start + transfer.bytes - from);
      const data = new Uint8Array(beatBytes);
      data.set(memory.subarray(from, from + bytes));
      const runLast = i === words - 1;
      return { tag: transfer.tag, bytes, runLast, last: runLast && run === runs.length - 1, data };
    });
  });
}

/** A burst: where it begins, without the bytes that lead to a whole beat, and its bytes of whole beats. */
export interface Burst {
  readonly first: number;
  readonly bytes: number;
}

/** The bursts of a transfer: a run is cut at multiples of 4 KiB, and of 256 beats. */
export function burstsOf(transfer: Transfer, beatBytes: number): Burst[] {
  const window = Math.min(4096, 256 * beatBytes);
  return runsOf(transfer).flatMap((start) => {
    const end = start + transfer.bytes;
    const bursts: Burst[] = [];
    for (let at = start; at < end; at = (Math.floor(at / window) + 1) * window) {
      const stop = Math.min(end, (Math.floor(at / window) + 1) * window);
      const first = Math.floor(at / beatBytes) * beatBytes;
      bursts.push({ first, bytes: Math.ceil(stop / beatBytes) * beatBytes - first });
    }
    return bursts;
  });
}

const PAGE = 4096;

/** A transfer within a region: one byte, odd lengths, ends at and next to page boundaries, strides of both signs. */
export function randomTransfer(random: RandomSource, region: Region, beatBytes: number): Transfer {
  const pick = <T>(values: readonly T[]): T => values[random.below(values.length)] as T;
  const most = Math.min(region.bytes >> 2, 3 * PAGE);
  const bytes = pick([
    () => 1,
    () => 1 + random.below(2 * beatBytes),
    () => beatBytes * (1 + random.below(20)),
    () => 1 + random.below(600),
    () => 1 + random.below(most),
  ])();
  const counts = bytes > 1000 ? 1 : pick([1, 1, 2, 3, 1 + random.below(12)]);
  const count2 = counts > 1 ? pick([1, 1, 2, 3]) : 1;
  const count1 = counts;
  const room = region.bytes - bytes;
  const span1 = count1 > 1 ? Math.floor(room / 4 / (count1 - 1)) : 0;
  const span2 = count2 > 1 ? Math.floor(room / 4 / (count2 - 1)) : 0;
  const sign = (): number => (random.below(4) === 0 ? -1 : 1);
  const step = (span: number): number =>
    sign() * Math.min(span, pick([bytes, random.below(64), random.below(span + 1)]));
  const [step1, step2] = [step(span1), step(span2)];
  const offsets = runsOf({ address: 0, bytes, count1, count2, step1, step2, tag: 0 });
  const [low, high] = [Math.min(...offsets), Math.max(...offsets) + bytes];
  const [from, to] = [region.first - low, region.first + region.bytes - high];
  const free = from + random.below(to - from + 1);
  const near = pick([free, nextTo(free, PAGE), nextTo(free + bytes, PAGE) - bytes, nextTo(free, beatBytes)]);
  const address = Math.min(to, Math.max(from, near + pick([0, 0, 1, -1])));
  return { address, bytes, count1, count2, step1, step2, tag: random.below(8) };
}

const nextTo = (address: number, unit: number): number => Math.round(address / unit) * unit;
