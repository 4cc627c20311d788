import { z } from 'zod';

const bit = z.union([z.int(), z.string()]);
const bits = z.array(bit);

/** A module of Yosys' `write_json`, as far as a proof needs it; the rest is kept as it is. */
const MODULE = z.looseObject({
  ports: z.record(z.string(), z.looseObject({ direction: z.string(), bits })),
  cells: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      connections: z.record(z.string(), bits),
      port_directions: z.record(z.string(), z.string()).optional(),
    }),
  ),
  netnames: z.record(z.string(), z.looseObject({ hide_name: z.int(), bits })),
});

export const MODULES = z.looseObject({ modules: z.record(z.string(), MODULE) });

/** The module of a file of `write_json` that holds just one. */
export function readModule(json: string): Module {
  const modules = Object.values(MODULES.parse(JSON.parse(json)).modules);
  const [module] = modules;
  if (module === undefined || modules.length > 1) throw new Error(`${modules.length} modules where one is read`);
  return module;
}

export type Bit = z.output<typeof bit>;
export type Module = z.output<typeof MODULE>;

/** Two modules without registers, to be proved equal. */
export interface ModulePair {
  readonly gold: Module;
  readonly gate: Module;
}

/** A number that no net of the module has. */
export function firstFree({ ports, cells, netnames }: Module): number {
  const nets = [
    ...Object.values(ports).map(({ bits }) => bits),
    ...Object.values(cells).flatMap(({ connections }) => Object.values(connections)),
    ...Object.values(netnames).map(({ bits }) => bits),
  ];
  return 1 + nets.flat().reduce((most: number, net) => (typeof net === 'number' ? Math.max(most, net) : most), 1);
}

/** A record with each of its values changed. */
export function mapValues<T, R>(
  entries: Readonly<Record<string, T>>,
  change: (value: T, name: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value, name)]));
}
