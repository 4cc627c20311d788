import { EXIT, UserError } from '../../../gen/base/errors.js';
import type { EngineManifest } from '../../../gen/design/engine/manifest.js';
import type { AreaItem } from '../plan.js';
import type { Netlist } from '../structure.js';

/** What an engine consists of: logic, and the memories, which cells of a library do not make up. */
export interface EngineParts {
  readonly items: readonly AreaItem[];
  readonly memories: EngineManifest['memories'];
  /** Memories as pieces, for FPGAs, which have block RAM. */
  readonly memoryItems: readonly AreaItem[];
}

/** An instance in a netlist: a module with its parameters, and how often it is there. */
interface Placed {
  readonly module: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly count: number;
}

const numberOf = (value: unknown): number => (typeof value === 'string' ? Number.parseInt(value, 2) : Number(value));

/** The design's modules in a module, each with its parameters once. */
function childrenOf(netlist: Netlist, known: ReadonlySet<string>, module: string): Placed[] {
  const found = new Map<string, Placed>();
  for (const { type, parameters } of Object.values(netlist.modules[module]?.cells ?? {})) {
    if (!known.has(type)) continue;
    const own = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, numberOf(value)]));
    const key = JSON.stringify([type, Object.entries(own).sort()]);
    found.set(key, { module: type, parameters: own, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()];
}

/**
 * The pieces of an engine by its elaborated modules: the compute unit and the core of the array are opened, all others are
 * pieces as a whole.
 *
 * @throws UserError where the memories are not those of the manifest.
 */
export function engineParts(manifest: EngineManifest, netlist: Netlist): EngineParts {
  const { modules, top, memories, configuration } = manifest;
  const { name } = configuration;
  const known = new Set(modules.map((module) => module.name));
  const rams = new Set(memories.map(({ module }) => module));
  const open = [top, `${name}_compute`, `${name}_core`];
  const fileOf = (module: string): string => modules.find((each) => each.name === module)?.file as string;
  /** Modules below one, in compile order, memories left out. */
  const below = (module: string): string[] => {
    const all = new Set<string>();
    const visit = (each: string): void => {
      for (const child of childrenOf(netlist, known, each)) {
        if (rams.has(child.module)) continue;
        all.add(child.module);
        visit(child.module);
      }
    };
    visit(module);
    return modules.map((each) => each.name).filter((each) => all.has(each));
  };
  const boxOf = (module: string) => ({ module, file: fileOf(module) });
  const items = open.flatMap((module): AreaItem[] => {
    const children = childrenOf(netlist, known, module);
    const own: AreaItem = {
      ...{ label: `${module}, its own logic`, module, files: [fileOf(module)], parameters: {}, instances: 1 },
      boxes: [...new Set(children.map((child) => child.module))].map(boxOf),
      ...{ role: 'periphery', partOfOther: false },
    };
    const pieces = children
      .filter((child) => !open.includes(child.module) && !rams.has(child.module))
      .map(({ module: piece, parameters, count }): AreaItem => {
        const settings = Object.entries(parameters).map(([parameter, value]) => `${parameter} ${value}`);
        return {
          label: settings.length === 0 ? piece : `${piece} (${settings.join(', ').toLowerCase()}, in ${module})`,
          ...{ module: piece, parameters, instances: count, files: [...below(piece), piece].map(fileOf) },
          boxes: [...rams].map(boxOf),
          role: piece === `${name}_pe` ? 'pe' : 'periphery',
          partOfOther: false,
        };
      });
    return [own, ...pieces];
  });
  const placed = placedMemories(manifest, netlist, known);
  requireMemories(manifest, placed);
  const memoryItems = placed.map(({ module, parameters, count }): AreaItem => {
    const { WORDS = 0, WIDTH = 0, LANES = 1 } = parameters;
    const uses = memories
      .filter(({ words, bits, lanes }) => words === WORDS && bits === WIDTH && lanes === LANES)
      .map((each) => each.name);
    return {
      label: `memory of ${WORDS} x ${WIDTH} bits: ${[...new Set(uses)].join(', ')}`,
      ...{ module, parameters, instances: count, files: [fileOf(module)], role: 'memory', partOfOther: false },
    };
  });
  return { items, memories, memoryItems };
}

/** The memories in a design, each with its parameters once. */
function placedMemories({ memories, top }: EngineManifest, netlist: Netlist, known: ReadonlySet<string>): Placed[] {
  const rams = new Set(memories.map(({ module }) => module));
  const found = new Map<string, Placed>();
  const visit = (module: string, times: number): void => {
    for (const { module: child, parameters, count } of childrenOf(netlist, known, module)) {
      if (!rams.has(child)) visit(child, times * count);
      else {
        const key = JSON.stringify([child, Object.entries(parameters).sort()]);
        const before = found.get(key)?.count ?? 0;
        found.set(key, { module: child, parameters, count: before + times * count });
      }
    }
  };
  visit(top, 1);
  return [...found.values()];
}

/** @throws UserError where the design holds other memories than its manifest says. */
function requireMemories({ memories, top }: EngineManifest, placed: readonly Placed[]): void {
  const found = placed.flatMap(({ parameters, count }) =>
    Array<string>(count).fill(`${parameters.WORDS} x ${parameters.WIDTH}`),
  );
  const told = memories.flatMap(({ words, bits, instances }) => Array<string>(instances).fill(`${words} x ${bits}`));
  if (found.sort().join(', ') === told.sort().join(', ')) return;
  throw new UserError(
    `the memories of ${top} are not those of its manifest:\n  ${found.join(', ')} elaborated\n  ${told.join(', ')} by the manifest`,
    EXIT.checkFailed,
  );
}
