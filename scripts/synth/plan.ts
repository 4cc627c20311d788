import { UserError } from '../../gen/base/errors.js';
import type { Manifest } from '../../gen/design/manifest.js';
import { factsOf } from '../../gen/rtl/arch/table.js';

/**
 * What a module is for, as the area report groups it. A dot-product unit, or a cluster of PEs with its operand registers,
 * counts as a PE; what is in it, such as a lane, is a part.
 */
export type AreaRole =
  | 'pe'
  | 'decoder'
  | 'delay'
  | 'periphery'
  | 'type decoder'
  | 'unit part'
  | 'pe of a cluster'
  | 'memory';

/** A piece of the array that is synthesised on its own and multiplied by the number of its instances. */
export interface AreaItem {
  /** How the report calls it. */
  readonly label: string;
  readonly module: string;
  /** Verilog files the module needs, in compile order. */
  readonly files: readonly string[];
  /** Modules in it that are black boxes and count nothing. */
  readonly boxes?: readonly { readonly module: string; readonly file: string }[];
  readonly parameters: Readonly<Record<string, number>>;
  readonly role: AreaRole;
  readonly instances: number;
  /** Shown, but not added: its area is part of another item's. */
  readonly partOfOther: boolean;
}

/** What reports say of an item. */
export type ReportedItem = Pick<AreaItem, 'label' | 'module' | 'parameters' | 'role' | 'instances'>;

export const reportedItem = ({ label, module, parameters, role, instances }: AreaItem): ReportedItem => ({
  ...{ label, module, parameters, role, instances },
});

/** @throws UserError for a design whose clock gate is a primitive of FPGAs: no library of cells has that. */
export function requireCellGate({ configuration }: Manifest): void {
  if (configuration.clockGate !== 'bufgce') return;
  throw new UserError(
    `the clock gate of ${configuration.name} is a BUFGCE, a primitive of AMD's FPGAs that is no cell; measure it with --fpga xilinx, or generate the design with --clock-gate latch`,
  );
}

/** Whether a module only holds others, which count by themselves: the array and its core. */
export const isOpen = ({ modules }: Pick<Manifest, 'modules'>, module: string): boolean =>
  modules.some(({ name, instances }) => name === module && instances === undefined);

/** The pieces of a design in compile order; a delay line counts as its registers, one stage each. */
export function areaItems(manifest: Manifest): AreaItem[] {
  const { name: design } = manifest.configuration;
  const { clusterRows, clusterCols } = manifest.configuration;
  const clustered = clusterRows * clusterCols > 1;
  const computing = `${design}_${factsOf(manifest.configuration).computing.module}`;
  const partsOf = new Map(manifest.modules.map(({ name, parts = [] }) => [name, parts]));
  const unitParts = partsOf.get(computing) ?? [];
  const nested = new Set([...partsOf.values()].flat().filter((part) => !unitParts.includes(part)));
  const files = (names: readonly string[]): string[] =>
    manifest.modules.filter(({ name }) => names.includes(name)).map(({ file }) => file);
  const roleOf = (name: string): AreaRole => {
    if (nested.has(name)) return 'type decoder';
    if (unitParts.includes(name)) return clustered && name === `${design}_pe` ? 'pe of a cluster' : 'unit part';
    if (name === computing) return 'pe';
    return (partsOf.get(name) ?? []).length > 0 ? 'decoder' : 'periphery';
  };
  return (
    manifest.modules
      // A column of a unit has as many bits as it needs: no size stands for all.
      .filter(({ name }) => !isOpen(manifest, name) && name !== `${design}_column`)
      .flatMap(({ name, instances = 1 }): AreaItem[] => {
        const common = { module: name, files: files([...(partsOf.get(name) ?? []), name]) };
        if (name === `${design}_delay`) {
          return manifest.delayLines.map(({ use, width, stages }) => ({
            ...common,
            label: `${name} (${use}, ${width} bit)`,
            parameters: { WIDTH: width, DEPTH: 1 },
            role: 'delay',
            instances: stages,
            partOfOther: false,
          }));
        }
        const role = roleOf(name);
        const partOfOther = role === 'type decoder' || role === 'unit part' || role === 'pe of a cluster';
        const item: AreaItem = { ...common, label: name, parameters: {}, role, instances, partOfOther };
        const computes = name === computing || role === 'pe of a cluster';
        return computes ? bySumWidth(item, manifest, name === computing ? clusterRows * clusterCols : 1) : [item];
      })
  );
}

/** A PE, or a cluster of `pes` PEs, once per width of its partial sums where there are such. */
function bySumWidth(item: AreaItem, { partialSums }: Manifest, pes: number): AreaItem[] {
  if (partialSums.length === 0) return [item];
  return partialSums.map(({ bits, pes: all }) => ({
    ...item,
    label: `${item.label} (${bits} bit partial sums)`,
    parameters: { SUM_BITS: bits },
    instances: all / pes,
  }));
}

/** Items with the same key are the same piece of hardware and are synthesised once. */
export function itemKey({ module, parameters }: Pick<AreaItem, 'module' | 'parameters'>): string {
  return JSON.stringify([module, parameters]);
}

/** Items that are synthesised, each once: those of the same module and parameters are one. */
export const distinctItems = (items: readonly AreaItem[]): AreaItem[] => [
  ...new Map(items.map((item) => [itemKey(item), item])).values(),
];
