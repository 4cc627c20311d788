import { z } from 'zod';
import type { Manifest } from '../../gen/design/manifest.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import type { CellCounts } from './gates.js';
import { areaItems, isOpen } from './plan.js';

/** The part of Yosys' `write_json` that tells which module instantiates what. */
export const NETLIST = z.object({
  modules: z.record(
    z.string(),
    z.object({
      cells: z.record(z.string(), z.object({ type: z.string(), parameters: z.record(z.string(), z.unknown()) })),
    }),
  ),
});

export type Netlist = z.output<typeof NETLIST>;

export const STRUCTURE_FILE = 'structure.json';

/**
 * The Yosys script that elaborates the array around its modules, these being black boxes: what is left in the array is
 * its own logic. Port decoders, dot-product units and clusters of PEs stay open, to count their parts.
 */
export function structureScript(manifest: Manifest): string {
  const open = new Set([
    ...manifest.modules.map(({ name }) => name).filter((name) => isOpen(manifest, name)),
    ...areaItems(manifest)
      .filter(({ files }) => files.length > 1)
      .map(({ module }) => module),
  ]);
  const files = (isOpen: boolean): string =>
    manifest.modules
      .filter(({ name }) => open.has(name) === isOpen)
      .map(({ file }) => file)
      .join(' ');
  return [
    `read_verilog -lib ${files(false)}`,
    `read_verilog ${files(true)}`,
    `hierarchy -check -top ${manifest.top}`,
    'proc',
    'opt_clean -purge',
    `write_json ${STRUCTURE_FILE}`,
    '',
  ].join('\n');
}

/** What the elaborated array holds. */
export interface Structure {
  /** Instances of each module in the whole array. */
  readonly instances: CellCounts;
  /** Stages of all delay lines of a width, by width. */
  readonly delayStages: Readonly<Record<number, number>>;
  /** Cells of the array's own, which are in no module. */
  readonly ownLogic: CellCounts;
}

/** Counts what the array of a netlist holds. */
export function readStructure(netlist: Netlist, manifest: Manifest): Structure {
  const { top, configuration } = manifest;
  const instances: Record<string, number> = {};
  const delayStages: Record<number, number> = {};
  const ownLogic: Record<string, number> = {};
  const visit = (name: string): void => {
    for (const { type, parameters } of Object.values(netlist.modules[name]?.cells ?? {})) {
      const known = netlist.modules[type] !== undefined;
      if (known) {
        const module = sourceName(type);
        if (!isOpen(manifest, module)) instances[module] = (instances[module] ?? 0) + 1;
        visit(type);
      } else if (isOpen(manifest, sourceName(name))) ownLogic[type] = (ownLogic[type] ?? 0) + 1;
      if (type === `${configuration.name}_delay`) {
        const width = parameterValue(parameters.WIDTH);
        delayStages[width] = (delayStages[width] ?? 0) + parameterValue(parameters.DEPTH);
      }
    }
  };
  visit(top);
  return { instances, delayStages, ownLogic };
}

/** The source name of a module with parameters, which Yosys calls `$paramod\d_cluster\SUM_BITS=...`. */
const sourceName = (type: string): string => /^\$paramod(?:\$[^\\]*)?\\([^\\]+)/.exec(type)?.[1] ?? type;

/** Yosys writes parameters as binary text, or as numbers where asked to. */
function parameterValue(value: unknown): number {
  return typeof value === 'string' ? Number.parseInt(value, 2) : Number(value);
}

/** Where the elaborated array is not what the manifest says; empty where the sum of the modules is the whole array. */
export function structureProblems(structure: Structure, manifest: Manifest): string[] {
  const items = areaItems(manifest);
  const delay = `${manifest.configuration.name}_delay`;
  const expected: Record<string, number> = {};
  const stages: Record<string, number> = {};
  for (const { module, role, instances, parameters } of items) {
    if (role === 'delay') stages[String(parameters.WIDTH)] = (stages[String(parameters.WIDTH)] ?? 0) + instances;
    else expected[module] = (expected[module] ?? 0) + instances;
  }
  const { [delay]: _, [`${manifest.configuration.name}_column`]: __, ...instances } = structure.instances;
  return [
    ...differences(expected, instances, (name) => `instances of ${name}`),
    ...differences(stages, structure.delayStages, (width) => `stages of the ${width}-bit delay lines`),
    ...differences(
      factsOf(manifest.configuration).cost.ownCells,
      structure.ownLogic,
      (cell) => `${cell} cells of the array's own`,
    ),
  ];
}

function differences(expected: CellCounts, found: CellCounts, describe: (key: string) => string): string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap((key) => {
    const [want, have] = [expected[key] ?? 0, found[key] ?? 0];
    return want === have ? [] : [`${describe(key)}: ${want} by the manifest, ${have} in the elaborated array`];
  });
}
