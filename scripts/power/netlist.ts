import { z } from 'zod';
import { UserError } from '../../gen/base/errors.js';

/** A bit of Yosys' `write_json`: the number of a net, or a constant. */
const BIT = z.union([z.int(), z.enum(['0', '1', 'x', 'z'])]);

/** The part of Yosys' `write_json` that describes mapped netlists. */
export const MAPPED_JSON = z.object({
  modules: z.record(
    z.string(),
    z.object({
      ports: z.record(z.string(), z.object({ direction: z.string(), bits: z.array(BIT) })),
      cells: z.record(z.string(), z.object({ type: z.string(), connections: z.record(z.string(), z.array(BIT)) })),
    }),
  ),
});

/** A net by its place among the netlist's nets, or a constant. */
export type Net = number | '0' | '1';

export interface MappedPort {
  readonly name: string;
  readonly direction: 'input' | 'output';
  /** Least significant first. */
  readonly bits: readonly Net[];
}

/** A gate of the library and the net on each of its pins; pins that nothing is connected to are left out. */
export interface MappedCell {
  readonly name: string;
  readonly type: string;
  readonly pins: Readonly<Record<string, Net>>;
}

/** A flat module of library cells. */
export interface FlatNetlist {
  readonly module: string;
  readonly ports: readonly MappedPort[];
  readonly cells: readonly MappedCell[];
  /** Nets, constants not counted. */
  readonly nets: number;
}

/** A module of Yosys' `write_json`. Undefined bits become 0, as Yosys' own simulation models have them after mapping. */
export function readNetlist(json: unknown, module: string): FlatNetlist {
  const found = MAPPED_JSON.parse(json).modules[module];
  if (!found) throw new UserError(`the netlist has no module ${module}`);
  const numbers = new Map<number, number>();
  const netOf = (bit: z.output<typeof BIT>): Net => {
    if (typeof bit === 'string') return bit === '1' ? '1' : '0';
    const known = numbers.get(bit);
    if (known !== undefined) return known;
    numbers.set(bit, numbers.size);
    return numbers.size - 1;
  };
  const ports = Object.entries(found.ports).map(([name, { direction, bits }]): MappedPort => {
    if (direction !== 'input' && direction !== 'output')
      throw new UserError(`port ${name} of ${module} is ${direction}`);
    return { name, direction, bits: bits.map(netOf) };
  });
  const cells = Object.entries(found.cells).map(([name, { type, connections }]) => ({
    name,
    type,
    pins: Object.fromEntries(
      Object.entries(connections).flatMap(([pin, [bit]]): [string, Net][] =>
        bit === undefined ? [] : [[pin, netOf(bit)]],
      ),
    ),
  }));
  return { module, ports, cells, nets: numbers.size };
}
