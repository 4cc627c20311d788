import { decimal, type TextColumn } from '../../../../gen/base/text-table.js';
import type { RawConfiguration } from '../../../../gen/config/raw.js';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { timingOf } from '../../../../gen/rtl/arch/table.js';
import { tilePeriod } from '../../../../gen/rtl/timing.js';
import { totalOf } from '../../../power/estimate.js';
import type { PowerReport } from '../../../power/report.js';
import type { AreaReport, AreaRow } from '../../../synth/report.js';
import { COMMON, CORE_FORMS, DRAIN_FORMS, ENERGY_FORMS, type Form, LARGEST } from './drain-forms.js';
import type { LibraryKey } from './figure.js';
import { pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

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

/** Lengths of the reduction for which the area of a MAC per cycle is given. */
const LENGTHS = [16, 64, 256, 576, 2304] as const;

/** Cycles between tiles of `k` beats. */
type Period = (k: number) => number;

const PERIODS = {
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

function periodOf({ size, lanes, clusterCols }: Form): Period {
  const raw: RawConfiguration = { rows: size, cols: size, ...COMMON, lanes, clusterCols };
  const timing = timingOf(validateConfiguration(raw));
  return (k) => tilePeriod(timing, k);
}

/** Areas and paths of a report, per MAC and cycle. */
export function drainAreas({ modules, rows, cols, whole }: AreaReport, lanes: number): DrainAreas {
  const macs = rows * cols * lanes;
  const counted = modules.filter(({ partOfOther }) => !partOfOther);
  const sum = (of: (row: AreaRow) => boolean): number =>
    counted.filter(of).reduce((total, { total: { gateEquivalents } }) => total + gateEquivalents, 0) / macs;
  const deskews = ({ label }: AreaRow): boolean => label.includes('de-skew');
  const pe = counted.find(({ role }) => role === 'pe')?.path;
  return {
    pe: sum(({ role }) => role === 'pe'),
    skew: sum((row) => row.label.includes('skew') && !deskews(row)),
    deskew: sum(deskews),
    whole: whole.gateEquivalents / macs,
    leastArea: pe?.kind === 'delay' ? pe.leastArea.ps : Number.NaN,
    buffered: pe?.kind === 'delay' ? pe.buffered.ps : Number.NaN,
  };
}

interface DrainRow {
  readonly size: string;
  readonly way: string;
  readonly areas: DrainAreas;
  /** Area of a MAC per cycle at each of the lengths. */
  readonly effective: readonly number[];
}

/** Area per MAC and cycle that is done, where tiles follow each other without waiting for the stream. */
const effective = ({ whole }: DrainAreas, period: Period, lanes = 1): number[] =>
  LENGTHS.map((k) => (whole * period(Math.ceil(k / lanes)) * lanes) / k);

const sizeText = (size: number): string => `${size} x ${size}`;

const column = <Row>(title: string, figure: (row: Row) => number, digits = 0): TextColumn<Row> => ({
  title,
  text: (row) => decimal(figure(row), digits),
});

/** The old drains as recorded and the read-out bus as measured, in one library; a row per size and drain. */
export function drainsTable(record: DrainRecord, reports: readonly AreaReport[], library: LibraryKey): string {
  const rows = DRAIN_FORMS.flatMap((each, i): DrainRow[] => {
    const size = sizeText(each.size);
    const old = record.areas
      .filter((row) => row.library === library && row.size === each.size)
      .map(({ drain, areas }): DrainRow => {
        const way = `${drain} (${record.commit})`;
        return { size, way, areas, effective: effective(areas, PERIODS[drain](each.size)) };
      });
    const areas = drainAreas(reports[i] as AreaReport, 1);
    return [...old, { size, way: '**read-out bus**', areas, effective: effective(areas, periodOf(each)) }];
  });
  return pageTable<DrainRow>(
    [
      { title: 'array', left: true, text: ({ size }) => size },
      { title: 'way out', left: true, text: ({ way }) => way },
      column('PE', ({ areas }) => areas.pe),
      column('skew', ({ areas }) => areas.skew),
      column('de-skew', ({ areas }) => areas.deskew),
      ...LENGTHS.map((k, i) => column<DrainRow>(`K = ${k}`, (row) => row.effective[i] ?? Number.NaN)),
    ],
    rows,
    netlistsLine(reports.map(({ proof }) => proof)),
  );
}

interface CoreRow {
  readonly way: string;
  readonly lanes: string;
  readonly cluster: string;
  readonly areas: DrainAreas;
}

/** Forms of the array of the largest size beside the old drains, in one library. */
export function coreTable(record: DrainRecord, reports: readonly AreaReport[], library: LibraryKey): string {
  const old = record.areas.filter((row) => row.library === library && row.size === LARGEST);
  const double = old.find(({ drain }) => drain === 'double')?.areas;
  if (double === undefined) throw new Error(`the record has no double drain in ${library}`);
  const rows: CoreRow[] = [
    ...old.map(({ drain, areas }) => ({ way: `${drain} (${record.commit})`, lanes: '1', cluster: '1 x 1', areas })),
    ...CORE_FORMS.map(({ lanes, clusterCols }, i) => ({
      ...{ way: 'read-out bus', lanes: String(lanes), cluster: `1 x ${clusterCols}` },
      areas: drainAreas(reports[i] as AreaReport, lanes),
    })),
  ];
  return pageTable<CoreRow>(
    [
      { title: 'way out', left: true, text: ({ way }) => way },
      { title: 'lanes', text: ({ lanes }) => lanes },
      { title: 'cluster', text: ({ cluster }) => cluster },
      column('PE', ({ areas }) => areas.pe),
      column('skew', ({ areas }) => areas.skew, 1),
      column('de-skew', ({ areas }) => areas.deskew, 1),
      column('array', ({ areas }) => areas.whole),
      column('of double', ({ areas }) => areas.whole / double.whole, 2),
      column('path, ps', ({ areas }) => areas.buffered),
      column('least area, ps', ({ areas }) => areas.leastArea),
    ],
    rows,
    netlistsLine(reports.map(({ proof }) => proof)),
  );
}

interface EnergyRow {
  readonly way: string;
  readonly lanes: string;
  readonly energy: DrainEnergy;
}

/** The energies of a report. */
export const drainEnergy = ({ pe, whole }: PowerReport): DrainEnergy => ({
  ...{ pe: totalOf(pe), whole: totalOf(whole) },
  clock: totalOf(pe, { group: 'clock' }),
});

/** Energy per MAC of the old drains as recorded and of the read-out bus as measured, in one library. */
export function energyTable(record: DrainRecord, reports: readonly PowerReport[], library: LibraryKey): string {
  const old = record.energies.filter((row) => row.library === library);
  const double = old.find(({ drain }) => drain === 'double')?.energy;
  if (double === undefined) throw new Error(`the record has no double drain in ${library}`);
  const rows: EnergyRow[] = [
    ...old.map(({ drain, energy }) => ({ way: `${drain} (${record.commit})`, lanes: '1', energy })),
    ...ENERGY_FORMS.map(({ lanes }, i) => ({
      ...{ way: 'read-out bus', lanes: String(lanes) },
      energy: drainEnergy(reports[i] as PowerReport),
    })),
  ];
  return pageTable<EnergyRow>(
    [
      { title: 'way out', left: true, text: ({ way }) => way },
      { title: 'lanes', text: ({ lanes }) => lanes },
      column('PE clock, pJ per MAC', ({ energy }) => energy.clock, 3),
      column('PE', ({ energy }) => energy.pe, 3),
      column('array', ({ energy }) => energy.whole, 3),
      column('of double', ({ energy }) => energy.whole / double.whole, 2),
    ],
    rows,
  );
}
