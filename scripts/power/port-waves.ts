import type { PortWaves } from './replay.js';

/** A record of one instance: `words` 32-bit words per cycle, all ports of the module, the first in the lowest bits. */
export type PortRecord = Int32Array;

export interface RecordedPort {
  readonly name: string;
  readonly width: number;
}

export const recordWords = (ports: readonly RecordedPort[]): number =>
  Math.ceil(ports.reduce((sum, { width }) => sum + width, 0) / 32);

/** The records of all instances of a module side by side. */
export function portWaves(ports: readonly RecordedPort[], records: readonly PortRecord[]): PortWaves {
  const perCycle = recordWords(ports);
  const instances = records.length;
  const stride = Math.ceil(instances / 32);
  const cycles = (records[0]?.length ?? 0) / perCycle;
  let place = 0;
  const rowOf = (bit: number): Int32Array => {
    const row = new Int32Array(cycles * stride);
    for (const [lane, record] of records.entries()) {
      for (let cycle = 0; cycle < cycles; cycle++) {
        const value = ((record[cycle * perCycle + (bit >> 5)] as number) >>> (bit & 31)) & 1;
        const at = cycle * stride + (lane >> 5);
        row[at] = (row[at] as number) | (value << (lane & 31));
      }
    }
    return row;
  };
  const named = ports.map(({ name, width }): [string, Int32Array[]] => {
    place += width;
    return [name, Array.from({ length: width }, (_, i) => rowOf(place - width + i))];
  });
  return { cycles, instances, stride, ports: new Map(named) };
}

/**
 * The single registers of a delay line of `depth` registers in terms of the line's record: register s sees its input s cycles
 * later, and gives it a cycle after that; the last one gives the line's own output.
 *
 * @returns A record per register, with ports as the line's: `clk_i`, `d_i` and `q_o`.
 */
export function delayStages(ports: readonly RecordedPort[], record: PortRecord, depth: number): PortRecord[] {
  const perCycle = recordWords(ports);
  const [clock, data] = [ports[0]?.width ?? 0, ports[1]?.width ?? 0];
  const cycles = record.length / perCycle;
  const bit = (cycle: number, place: number): number =>
    cycle < 0 ? 0 : ((record[cycle * perCycle + (place >> 5)] as number) >>> (place & 31)) & 1;
  return Array.from({ length: depth }, (_, s) => {
    const stage = new Int32Array(record.length);
    const set = (cycle: number, place: number, value: number): void => {
      const at = cycle * perCycle + (place >> 5);
      stage[at] = (stage[at] as number) | (value << (place & 31));
    };
    for (let cycle = 0; cycle < cycles; cycle++) {
      for (let i = 0; i < data; i++) {
        set(cycle, clock + i, bit(cycle - s, clock + i));
        const last = s === depth - 1;
        set(cycle, clock + data + i, last ? bit(cycle, clock + data + i) : bit(cycle - s - 1, clock + i));
      }
    }
    return stage;
  });
}
