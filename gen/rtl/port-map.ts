import type { ModulePort } from './module.js';
import { slice } from './verilog.js';

/** A signal of a stream in a port: its name, and the bits of the port that it has, from `low` on. */
export interface PortPart {
  readonly signal: string;
  readonly low: number;
  readonly width: number;
}

/** A port's bits and the signals in them, from the low bits up; bits that are no signal's are padding. */
export interface PackedBits {
  readonly width: number;
  readonly parts: readonly PortPart[];
}

/** A port of a design's streams. */
export type MappedPort = PackedBits & Pick<ModulePort, 'name' | 'direction'>;

/** The ports of a design's streams, with every signal of these in one of them. */
export type PortMap = readonly MappedPort[];

/** The same with what it means. */
export type DescribedPort = MappedPort & Pick<ModulePort, 'meaning'>;

/** Every signal at a port of its own, of the same name. */
export const ownPorts = (ports: readonly ModulePort[]): PortMap =>
  ports.map((port) => {
    const width = Number(port.width);
    return { name: port.name, direction: port.direction, width, parts: [{ signal: port.name, low: 0, width }] };
  });

/** Bits of a port that are no signal's. */
export interface Padding {
  readonly low: number;
  readonly width: number;
}

/** The padding of a port, from its low bits up. */
export function paddingOf({ width, parts }: PackedBits): Padding[] {
  const ends = [0, ...parts.map((part) => part.low + part.width)];
  const starts = [...parts.map(({ low }) => low), width];
  return starts.flatMap((start, i) => {
    const low = ends[i] as number;
    return start > low ? [{ low, width: start - low }] : [];
  });
}

/**
 * What a port is connected to, in Verilog: its signals and its padding side by side.
 *
 * @param wireOf The wire of a signal.
 * @param fill What is at padding of so many bits.
 */
export function joined(port: PackedBits, wireOf: (signal: string) => string, fill: (width: number) => string): string {
  const pieces = [
    ...port.parts.map(({ low, signal }) => ({ low, text: wireOf(signal) })),
    ...paddingOf(port).map(({ low, width }) => ({ low, text: fill(width) })),
  ].sort((x, y) => y.low - x.low);
  return pieces.length === 1 ? (pieces[0]?.text ?? '') : `{${pieces.map(({ text }) => text).join(', ')}}`;
}

/** Where a signal is found: the port, or those of its bits that are the signal's. */
export function placeOf(ports: PortMap): (signal: string) => string | undefined {
  const places = new Map(
    ports.flatMap(({ name, width: bits, parts }) =>
      parts.map(({ signal, low, width }) => [signal, slice(name, bits, low + width - 1, low)] as const),
    ),
  );
  return (signal) => places.get(signal);
}

/** Text that speaks of signals, such as `a_data_i[7:0]`, in which the ports and their bits are named instead. */
export function inPorts(ports: PortMap, text: string): string {
  const places = new Map(ports.flatMap((port) => port.parts.map((part) => [part.signal, { port, part }] as const)));
  return text.replace(/\b([a-z]\w*_[io])\b(?:\[(\d+)(?::(\d+))?\])?/g, (whole, signal: string, high, low) => {
    const place = places.get(signal);
    if (place === undefined) return whole;
    const { port, part } = place;
    const [top, bottom] = high === undefined ? [part.width - 1, 0] : [Number(high), Number(low ?? high)];
    return slice(port.name, port.width, part.low + top, part.low + bottom);
  });
}
