import type { Configuration } from '../../gen/config/parameters.js';
import type { NameFacts } from '../../gen/rtl/arch/facts.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import type { LibraryIdentity } from '../tools/liberty/identity.js';
import type { ToolIdentity } from '../tools/yosys/identity.js';
import type { ProofReport } from './equivalence/verdict.js';
import type { Flow } from './flow-names.js';
import type { CellCounts } from './gates.js';
import { type ArrayPath, type CriticalPath, criticalOf } from './path.js';
import { type AreaItem, type ReportedItem, reportedItem } from './plan.js';
import type { Structure } from './structure.js';

/** Size of a netlist. */
export interface Size {
  /** Gate equivalents: multiples of a 2-input NAND. */
  readonly gateEquivalents: number;
  /** In the library's units; absent without a library. */
  readonly area?: number;
  readonly flipFlopBits: number;
}

/** What one synthesis of an item gave. */
export interface Synthesis {
  readonly size: Size;
  readonly path: CriticalPath;
  readonly cells: CellCounts;
}

/** What all flows gave for an item; the first is Yosys' own, kept where they are equal. */
export type ItemResult = Readonly<Record<Flow, Synthesis>>;

/** A row of the report: an item, with the smaller of its syntheses. */
export interface AreaRow extends ReportedItem {
  /** In the totals only as a part of another row. */
  readonly partOfOther: boolean;
  readonly flow: Flow;
  /** Of one instance. */
  readonly size: Size;
  /** Of one instance, by the flow that was not kept. */
  readonly otherFlow: Size;
  /** Of one instance. */
  readonly path: CriticalPath;
  /** By the flow that was not kept. */
  readonly otherPath: CriticalPath;
  readonly cells: CellCounts;
  /** Of all instances. */
  readonly total: Size;
  /** Of the whole array, 0 to 1, by `total`. */
  readonly share: number;
}

/** How the sum over the modules was checked against the elaborated array. */
export type StructureCheck =
  | { readonly checked: true; readonly ownLogic: CellCounts }
  | { readonly checked: false; readonly reason: string };

export type ReportNames = Pick<NameFacts, 'size' | 'one' | 'multipliers'> & {
  readonly whole: NameFacts['whole'] | 'engine';
};

/** What reports call a design and its parts. */
export function reportNames(configuration: Configuration): ReportNames {
  const { whole, size, one, multipliers } = factsOf(configuration).names;
  return { whole, size, one, multipliers };
}

/** Which design was measured, with what. */
export interface Measurement {
  readonly generator: string;
  readonly design: string;
  readonly top: string;
  readonly configurationSha256: string;
  /** What the design and its parts are called. */
  readonly names: ReportNames;
  readonly rows: number;
  readonly cols: number;
  /** Multipliers of a dot-product unit; 1 in an array of PEs. */
  readonly lanes: number;
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
}

/** `area.json`. */
export interface AreaReport extends Measurement {
  /** What one gate equivalent is. */
  readonly gateEquivalent: string;
  readonly flows: Readonly<Record<Flow, string>>;
  readonly modules: readonly AreaRow[];
  readonly structure: StructureCheck;
  /** A PE, on average where their partial sums have several widths; or a dot-product unit. */
  readonly pe: Size;
  /** A dot-product unit divided by its lanes; absent for arrays. */
  readonly perLane?: Size;
  readonly whole: Size;
  /** The whole design divided by its number of multipliers. */
  readonly perMac: Size;
  readonly decoders: Size & { readonly share: number };
  /** The critical path of any module, between its registers and ports. */
  readonly criticalPath: ArrayPath;
  readonly warnings: readonly string[];
  /** Each netlist against its RTL, where that was asked for. */
  readonly proof?: ProofReport;
}

/** All that a report is made of. */
export interface AreaFindings extends Measurement {
  readonly flows: Readonly<Record<Flow, string>>;
  readonly items: readonly { readonly item: AreaItem; readonly result: ItemResult }[];
  /** Undefined where the array is too large to elaborate. */
  readonly structure: Structure | undefined;
  readonly warnings: readonly string[];
}

const GENERIC_GATE_EQUIVALENT = 'gate equivalents (generic gates, CMOS transistors / 4)';

/** What one gate equivalent is. */
export function gateEquivalentText(library: LibraryIdentity | null): string {
  return library === null ? GENERIC_GATE_EQUIVALENT : `gate equivalents (${library.nand2.cell} of ${library.file})`;
}

/** A library as reports name it. */
export const libraryText = (library: LibraryIdentity | null): string =>
  library === null ? "none: Yosys' generic gates" : `${library.file} (${library.name}), sha256 ${library.sha256}`;

/** Above this many PEs the array is not elaborated to check the sum. */
export const LARGEST_CHECKED = 4096;

/** What a report says of the elaborated array; undefined where it was too large to be elaborated. */
export const structureCheck = (structure: Structure | undefined): StructureCheck =>
  structure === undefined
    ? { checked: false, reason: `the array has more than ${LARGEST_CHECKED} PEs` }
    : { checked: true, ownLogic: structure.ownLogic };

/** All items with the smaller of their syntheses, and their sum: what the reports of other kinds of designs begin with. */
export function measuredModules(items: AreaFindings['items']): {
  readonly modules: readonly AreaRow[];
  readonly whole: Size;
  readonly criticalPath: ArrayPath;
} {
  const chosen = items.map(({ item, result }) => choose(item, result));
  const counted = chosen.filter(({ item }) => !item.partOfOther);
  const whole = sumSizes(counted.map(({ total }) => total));
  return {
    modules: chosen.map((choice) => row(choice, whole)),
    whole: rounded(whole),
    criticalPath: criticalOf(counted.map(({ item, kept }) => ({ module: item.module, path: kept.path }))),
  };
}

/** Chooses the smaller flow of each item and adds up the array. */
export function buildReport(findings: AreaFindings): AreaReport {
  const { items, structure, warnings, library, ...identity } = findings;
  const chosen = items.map(({ item, result }) => choose(item, result));
  const counted = chosen.filter(({ item }) => !item.partOfOther);
  const whole = sumSizes(counted.map(({ total }) => total));
  const decoders = sumSizes(counted.filter(({ item }) => item.role === 'decoder').map(({ total }) => total));
  const pes = counted.filter(({ item }) => item.role === 'pe');
  if (pes.length === 0) throw new Error('the design has no PE');
  const pe = scaleSize(sumSizes(pes.map(({ total }) => total)), 1 / (findings.rows * findings.cols));
  return {
    ...identity,
    library,
    gateEquivalent: gateEquivalentText(library),
    modules: chosen.map((choice) => row(choice, whole)),
    structure: structureCheck(structure),
    pe: rounded(pe),
    ...(findings.lanes > 1 ? { perLane: rounded(scaleSize(pe, 1 / findings.lanes)) } : {}),
    whole: rounded(whole),
    perMac: rounded(scaleSize(whole, 1 / (findings.rows * findings.cols * findings.lanes))),
    decoders: { ...rounded(decoders), share: share(decoders, whole) },
    criticalPath: criticalOf(counted.map(({ item, kept }) => ({ module: item.module, path: kept.path }))),
    warnings,
  };
}

/** An item with the flow that is kept. */
interface Choice {
  readonly item: AreaItem;
  readonly flow: Flow;
  readonly kept: Synthesis;
  readonly other: Synthesis;
  readonly total: Size;
}

/** The flow of the smaller netlist, which is kept. */
export function keptFlow({ alumacc, noalumacc }: ItemResult): Flow {
  return cost(noalumacc.size) < cost(alumacc.size) ? 'noalumacc' : 'alumacc';
}

function choose(item: AreaItem, result: ItemResult): Choice {
  const flow = keptFlow(result);
  const kept = result[flow];
  const other = result[flow === 'alumacc' ? 'noalumacc' : 'alumacc'];
  return { item, flow, kept, other, total: scaleSize(kept.size, item.instances) };
}

/** What is made smaller: the library's area, or gate equivalents without a library. */
function cost({ area, gateEquivalents }: Size): number {
  return area ?? gateEquivalents;
}

function row({ item, flow, kept, other, total }: Choice, whole: Size): AreaRow {
  return {
    ...reportedItem(item),
    ...{ partOfOther: item.partOfOther, flow },
    size: rounded(kept.size),
    otherFlow: rounded(other.size),
    path: kept.path,
    otherPath: other.path,
    cells: kept.cells,
    total: rounded(total),
    share: share(total, whole),
  };
}

function share(part: Size, whole: Size): number {
  return cost(whole) === 0 ? 0 : withoutDust(cost(part) / cost(whole));
}

/** Applies a function to each figure of a size. */
function mapSize({ gateEquivalents, area, flipFlopBits }: Size, change: (figure: number) => number): Size {
  return {
    gateEquivalents: change(gateEquivalents),
    ...(area === undefined ? {} : { area: change(area) }),
    flipFlopBits: change(flipFlopBits),
  };
}

/** A size times a factor. */
export const scaleSize = (size: Size, factor: number): Size => mapSize(size, (figure) => figure * factor);

/** Rounded to 6 decimals, which is what Yosys prints: without the dust of binary fractions. */
export const withoutDust = (figure: number): number => Number(figure.toFixed(6));

export const rounded = (size: Size): Size => mapSize(size, withoutDust);

/** The size of several pieces of hardware together. */
export function sumSizes(sizes: readonly Size[]): Size {
  const add = (of: (size: Size) => number): number => sizes.reduce((total, size) => total + of(size), 0);
  return {
    gateEquivalents: add((size) => size.gateEquivalents),
    ...(sizes.some(({ area }) => area === undefined) ? {} : { area: add(({ area }) => area ?? 0) }),
    flipFlopBits: add((size) => size.flipFlopBits),
  };
}
