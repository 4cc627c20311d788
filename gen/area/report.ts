import type { CellCounts } from './gates.js';
import type { AreaRole, AreaUnit } from './plan.js';
import type { Recipe } from './recipe.js';
import type { Structure } from './structure.js';

/** Size of a netlist. */
export interface Size {
  /** Gate equivalents: multiples of a 2-input NAND. */
  readonly gateEquivalents: number;
  /** In the library's units; absent without a library. */
  readonly area?: number;
  readonly flipFlopBits: number;
}

/** What one synthesis of a unit gave. */
export interface Synthesis {
  readonly size: Size;
  readonly cells: CellCounts;
}

/** What all recipes gave for a unit; the first is Yosys' own, kept where they are equal. */
export type UnitResult = Readonly<Record<Recipe, Synthesis>>;

/** A row of the report: a unit, with the smaller of its syntheses. */
export interface AreaRow {
  readonly label: string;
  readonly module: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly role: AreaRole;
  readonly instances: number;
  /** In the totals only as a part of another row. */
  readonly partOfOther: boolean;
  readonly recipe: Recipe;
  /** Of one instance. */
  readonly size: Size;
  /** Of one instance, by the recipe that was not kept. */
  readonly otherRecipe: Size;
  readonly cells: CellCounts;
  /** Of all instances. */
  readonly total: Size;
  /** Of the whole array, 0 to 1, by `total`. */
  readonly share: number;
}

/** The Yosys that was used. */
export interface ToolIdentity {
  readonly name: 'Yosys';
  readonly version: string;
  readonly build: 'native' | 'WebAssembly';
  /** Package of the WebAssembly build. */
  readonly package?: string;
}

/** The cell library that was used. */
export interface LibraryIdentity {
  readonly file: string;
  readonly sha256: string;
  readonly name: string;
  /** The cell that is one gate equivalent. */
  readonly nand2: { readonly cell: string; readonly area: number };
}

/** How the sum over the modules was checked against the elaborated array. */
export type StructureCheck =
  | { readonly checked: true; readonly ownLogic: CellCounts }
  | { readonly checked: false; readonly reason: string };

/** `area.json`. */
export interface AreaReport {
  readonly generator: string;
  readonly design: string;
  readonly top: string;
  readonly configurationSha256: string;
  readonly rows: number;
  readonly cols: number;
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
  /** What one gate equivalent is. */
  readonly gateEquivalent: string;
  readonly recipes: Readonly<Record<Recipe, string>>;
  readonly modules: readonly AreaRow[];
  readonly structure: StructureCheck;
  readonly pe: Size;
  readonly whole: Size;
  /** The whole array divided by its number of PEs. */
  readonly perMac: Size;
  readonly decoders: Size & { readonly share: number };
  readonly warnings: readonly string[];
}

/** All that a report is made of. */
export interface AreaFindings {
  readonly generator: string;
  readonly design: string;
  readonly top: string;
  readonly configurationSha256: string;
  readonly rows: number;
  readonly cols: number;
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
  readonly recipes: Readonly<Record<Recipe, string>>;
  readonly units: readonly { readonly unit: AreaUnit; readonly result: UnitResult }[];
  /** Undefined where the array is too large to elaborate. */
  readonly structure: Structure | undefined;
  readonly warnings: readonly string[];
}

export const GENERIC_GATE_EQUIVALENT = 'gate equivalents (generic gates, CMOS transistors / 4)';

/** Above this many PEs the array is not elaborated to check the sum. */
export const LARGEST_CHECKED = 4096;

/** Chooses the smaller recipe of each unit and adds up the array. */
export function buildReport(findings: AreaFindings): AreaReport {
  const { units, structure, warnings, library, ...identity } = findings;
  const unshared = units.map(({ unit, result }) => row(unit, result));
  const counted = unshared.filter(({ partOfOther }) => !partOfOther);
  const whole = sum(counted.map(({ total }) => total));
  const decoders = sum(counted.filter(({ role }) => role === 'decoder').map(({ total }) => total));
  const pe = counted.find(({ role }) => role === 'pe');
  if (pe === undefined) throw new Error('the design has no PE');
  return {
    ...identity,
    library,
    gateEquivalent:
      library === null ? GENERIC_GATE_EQUIVALENT : `gate equivalents (${library.nand2.cell} of ${library.file})`,
    modules: unshared.map((entry) => ({ ...entry, share: share(entry.total, whole) })),
    structure:
      structure === undefined
        ? { checked: false, reason: `the array has more than ${LARGEST_CHECKED} PEs` }
        : { checked: true, ownLogic: structure.ownLogic },
    pe: pe.size,
    whole,
    perMac: scale(whole, 1 / (findings.rows * findings.cols)),
    decoders: { ...decoders, share: share(decoders, whole) },
    warnings,
  };
}

/** What is made smaller: the library's area, or gate equivalents without a library. */
export function cost({ area, gateEquivalents }: Size): number {
  return area ?? gateEquivalents;
}

function share(part: Size, whole: Size): number {
  return cost(whole) === 0 ? 0 : cost(part) / cost(whole);
}

function row(unit: AreaUnit, result: UnitResult): Omit<AreaRow, 'share'> {
  const { label, module, parameters, role, instances, partOfOther } = unit;
  const recipe: Recipe = cost(result.noalumacc.size) < cost(result.alumacc.size) ? 'noalumacc' : 'alumacc';
  const { size, cells } = result[recipe];
  const otherRecipe = result[recipe === 'alumacc' ? 'noalumacc' : 'alumacc'].size;
  const total = scale(size, instances);
  return { label, module, parameters, role, instances, partOfOther, recipe, size, otherRecipe, cells, total };
}

function scale(size: Size, factor: number): Size {
  return {
    gateEquivalents: exact(size.gateEquivalents * factor),
    ...(size.area === undefined ? {} : { area: exact(size.area * factor) }),
    flipFlopBits: exact(size.flipFlopBits * factor),
  };
}

function sum(sizes: readonly Size[]): Size {
  const add = (of: (size: Size) => number): number => exact(sizes.reduce((total, size) => total + of(size), 0));
  return {
    gateEquivalents: add((size) => size.gateEquivalents),
    ...(sizes.every(({ area }) => area !== undefined) ? { area: add(({ area }) => area ?? 0) } : {}),
    flipFlopBits: add((size) => size.flipFlopBits),
  };
}

/** Without the dust of binary fractions: areas have at most 6 decimals. */
export function exact(value: number): number {
  return Number(value.toFixed(6));
}
