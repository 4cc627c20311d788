import type { RawConfiguration } from '../../../../gen/config/raw.js';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { timingOf } from '../../../../gen/rtl/arch/table.js';
import { type Timing, tilePeriod } from '../../../../gen/rtl/timing.js';
import type { AreaReport, AreaRow } from '../../../synth/report.js';
import { COMMON, type Form } from './drain-forms.js';
import type { LibraryKey } from './figure.js';

/** Areas of an array per MAC and cycle, in gate equivalents, and the paths of its PE in ps. */
export interface DrainAreas {
  /** Multipliers of a PE. */
  readonly pe: number;
  readonly skew: number;
  readonly deskew: number;
  readonly whole: number;
  /** Critical path of the PE's netlist as it is in the area, and with buffers and sized gates. */
  readonly leastArea: number;
  readonly buffered: number;
}

/** Areas of what else an array with buses has, per MAC and cycle. */
export interface BusAreas extends DrainAreas {
  /** Registers of the buses, and those in which the lower parts of sums wait for their upper parts. */
  readonly buses: number;
  readonly output: number;
}

/** An array with one of the drains that are no more, as it was measured. */
export interface RecordedDrain {
  readonly drain: 'single' | 'double' | 'bus';
  /** Rows, and columns. */
  readonly size: number;
  readonly library: LibraryKey;
  readonly areas: DrainAreas;
}

/** Energy of an array on real operands, in picojoules per MAC. */
export interface DrainEnergy {
  readonly pe: number;
  /** Of `pe`, what the clock of the PEs' registers takes. */
  readonly clock: number;
  readonly whole: number;
}

/** `docs/drains.json`. */
export interface DrainRecord {
  readonly commit: string;
  readonly areas: readonly RecordedDrain[];
  /** Arrays of 16 x 16. */
  readonly energies: readonly (Pick<RecordedDrain, 'drain' | 'library'> & { readonly energy: DrainEnergy })[];
}

/** What was recorded of a drain in a size and a library. @throws Error where there is none. */
export function recordedAreas(
  { areas }: DrainRecord,
  drain: RecordedDrain['drain'],
  size: number,
  library: LibraryKey,
): DrainAreas {
  const found = areas.find((row) => row.drain === drain && row.size === size && row.library === library);
  if (found === undefined) throw new Error(`the record has no ${drain} drain of ${size} x ${size} in ${library}`);
  return found.areas;
}

/** Cycles between tiles of `k` beats. */
export type Period = (k: number) => number;

/** Of the drains that are no more, by the size of the array. */
export const PERIODS = {
  single:
    (size: number): Period =>
    (k) =>
      k + size,
  double:
    (size: number): Period =>
    (k) =>
      Math.max(k, size),
  bus:
    (size: number): Period =>
    (k) =>
      Math.max(k, size),
} as const;

export function timingOfForm(form: Form): Timing {
  const raw: RawConfiguration = { ...form, ...COMMON };
  return timingOf(validateConfiguration(raw));
}

export function periodOf(form: Form): Period {
  const timing = timingOfForm(form);
  return (k) => tilePeriod(timing, k);
}

/** The area of some modules of a report per MAC and cycle, parts of others not counted twice. */
export const areaOf = (
  {
    modules,
    rows,
    cols,
  }: Pick<AreaReport, 'rows' | 'cols'> & {
    readonly modules: readonly (Pick<AreaRow, 'label' | 'module' | 'role' | 'total'> & { partOfOther?: boolean })[];
  },
  lanes: number,
  of: (row: Pick<AreaRow, 'label' | 'module' | 'role'>) => boolean,
): number =>
  modules.filter((row) => !row.partOfOther && of(row)).reduce((sum, { total }) => sum + total.gateEquivalents, 0) /
  (rows * cols * lanes);

/** Whether a row is of the delay lines for a use. */
export const isFor =
  (...uses: readonly string[]) =>
  ({ label }: Pick<AreaRow, 'label'>): boolean =>
    uses.some((use) => label.includes(`(${use}`));

/** Areas and paths of a report, per MAC and cycle. */
export function drainAreas(report: AreaReport, lanes: number): BusAreas {
  const { modules, rows, cols, whole, design } = report;
  const of = (which: Parameters<typeof areaOf>[2]): number => areaOf(report, lanes, which);
  const pe = modules.find(({ role }) => role === 'pe')?.path;
  return {
    pe: of(({ role }) => role === 'pe'),
    skew: of(isFor('skew')),
    buses: of(isFor('registers of the buses', 'lower parts of sums')),
    deskew: of(isFor('de-skew')),
    output: of(({ module }) => module === `${design}_output`),
    whole: whole.gateEquivalents / (rows * cols * lanes),
    leastArea: pe?.kind === 'delay' ? pe.leastArea.ps : Number.NaN,
    buffered: pe?.kind === 'delay' ? pe.buffered.ps : Number.NaN,
  };
}
