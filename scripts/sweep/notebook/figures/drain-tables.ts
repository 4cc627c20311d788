import { decimal, type TextColumn } from '../../../../gen/base/text-table.js';
import { totalOf } from '../../../power/estimate.js';
import type { PowerReport } from '../../../power/report.js';
import type { AreaReport } from '../../../synth/report.js';
import {
  type BusAreas,
  type DrainAreas,
  type DrainEnergy,
  type DrainRecord,
  drainAreas,
  PERIODS,
  type Period,
  periodOf,
  recordedAreas,
} from './drain-areas.js';
import { AIMED_FORMS, CORE_FORMS, DRAIN_FORMS, ENERGY_FORMS, type Form, LARGEST } from './drain-forms.js';
import type { LibraryKey } from './figure.js';
import { pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** Lengths of the reduction for which the area of a MAC per cycle is given. */
const LENGTHS = [16, 64, 256, 576, 2304] as const;

/** How the tables call today's way out. */
const TODAY = '**bus**';

interface DrainRow {
  readonly size: string;
  readonly way: string;
  readonly areas: DrainAreas;
  /** Area of a MAC per cycle at each of the lengths. */
  readonly effective: readonly number[];
}

/** Area per MAC and cycle that is done, where tiles follow each other without waiting for the stream. */
const effective = ({ whole }: DrainAreas, period: Period): number[] => LENGTHS.map((k) => (whole * period(k)) / k);

const column = <Row>(title: string, figure: (row: Row) => number, digits = 0): TextColumn<Row> => ({
  title,
  text: (row) => decimal(figure(row), digits),
});

/** The old drains as recorded and the bus as measured, in one library; a row per size and drain. */
export function drainsTable(record: DrainRecord, reports: readonly AreaReport[], library: LibraryKey): string {
  const rows = DRAIN_FORMS.flatMap((form, i): DrainRow[] => {
    const size = `${form.rows} x ${form.cols}`;
    const old = record.areas
      .filter((row) => row.library === library && row.size === form.rows)
      .map(({ drain, areas }): DrainRow => {
        const way = `${drain} (${record.commit})`;
        return { size, way, areas, effective: effective(areas, PERIODS[drain](form.rows)) };
      });
    const areas = drainAreas(reports[i] as AreaReport, form.lanes);
    return [...old, { size, way: TODAY, areas, effective: effective(areas, periodOf(form)) }];
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
  /** The recorded ones have the registers of their buses in the de-skew, the output in the rest. */
  readonly areas: DrainAreas & Partial<BusAreas>;
}

const restOf = ({ pe, skew, deskew, buses = 0, output = 0, whole }: CoreRow['areas']): number =>
  whole - pe - skew - deskew - buses - output;

/** Forms of the array of the largest size beside the old drains, in one library. */
export function coreTable(record: DrainRecord, reports: readonly AreaReport[], library: LibraryKey): string {
  const double = recordedAreas(record, 'double', LARGEST, library);
  const rows: CoreRow[] = [
    ...(['single', 'double', 'bus'] as const).map((drain) => {
      const areas = recordedAreas(record, drain, LARGEST, library);
      return { way: `${drain} (${record.commit})`, lanes: '1', cluster: '1 x 1', areas };
    }),
    ...CORE_FORMS.map(({ lanes, clusterRows, clusterCols }, i) => ({
      ...{ way: TODAY, lanes: String(lanes), cluster: `${clusterRows} x ${clusterCols}` },
      areas: drainAreas(reports[i] as AreaReport, lanes),
    })),
  ];
  const measured = (title: string, key: 'buses' | 'output'): TextColumn<CoreRow> => ({
    title,
    text: ({ areas: { [key]: area } }) => (area === undefined ? '' : decimal(area, 1)),
  });
  return pageTable<CoreRow>(
    [
      { title: 'way out', left: true, text: ({ way }) => way },
      { title: 'lanes', text: ({ lanes }) => lanes },
      { title: 'cluster', text: ({ cluster }) => cluster },
      column('PE', ({ areas }) => areas.pe, 1),
      column('skew', ({ areas }) => areas.skew, 1),
      measured('buses', 'buses'),
      column('de-skew', ({ areas }) => areas.deskew, 1),
      measured('output', 'output'),
      column('rest', ({ areas }) => restOf(areas), 1),
      column('array', ({ areas }) => areas.whole, 1),
      column('of double', ({ areas }) => areas.whole / double.whole, 3),
      column('path, ps', ({ areas }) => areas.buffered),
      column('least area, ps', ({ areas }) => areas.leastArea),
    ],
    rows,
    netlistsLine(reports.map(({ proof }) => proof)),
  );
}

/** The most that a PE of one lane was to take with SkyWater's cells, in gate equivalents. */
const AIMED_PE = 525;

interface GoalRow {
  readonly what: string;
  readonly library: LibraryKey;
  readonly limit: number;
  readonly found: number;
  readonly digits: number;
  readonly unit: string;
}

/**
 * What today's array was to reach, and what it does.
 *
 * @param reports Of each library in turn, the forms that had something to reach.
 */
export function goalsTable(
  record: DrainRecord,
  reports: readonly AreaReport[],
  libraries: readonly LibraryKey[],
): string {
  const found = libraries.map((library, l) => ({
    library,
    double: recordedAreas(record, 'double', LARGEST, library),
    forms: AIMED_FORMS.map(({ form, share }, i) => ({
      ...{ title: titleOf(form), share },
      areas: drainAreas(reports[l * AIMED_FORMS.length + i] as AreaReport, form.lanes),
    })),
  }));
  const rows = found.flatMap(({ library, double, forms }): GoalRow[] => [
    ...forms.map(({ title, share, areas }) => ({
      ...{ what: `array, ${title}: ${share.toFixed(2)} of double drain`, library, unit: 'GE' },
      ...{ limit: share * double.whole, found: areas.whole, digits: 1 },
    })),
    ...forms.map(({ title, areas }) => ({
      ...{ what: `path of the PE, ${title}: that with double drain`, library, unit: 'ps' },
      ...{ limit: double.buffered, found: areas.buffered, digits: 0 },
    })),
    ...(library === 'sky130' && forms[0]
      ? [{ what: 'PE, 1 lane', library, limit: AIMED_PE, found: forms[0].areas.pe, digits: 1, unit: 'GE' }]
      : []),
  ]);
  return pageTable<GoalRow>(
    [
      { title: 'goal', left: true, text: ({ what }) => what },
      { title: 'library', left: true, text: ({ library }) => library },
      { title: 'at most', text: ({ limit, digits, unit }) => `${decimal(limit, digits)} ${unit}` },
      { title: 'measured', text: ({ found, digits, unit }) => `${decimal(found, digits)} ${unit}` },
      {
        title: 'reached',
        left: true,
        text: ({ limit, found }) => (found <= limit ? 'yes' : `no, ${missedBy(limit, found)} over`),
      },
    ],
    rows,
    netlistsLine(reports.map(({ proof }) => proof)),
  );
}

/** `4 lanes, clusters of 2 x 2` */
function titleOf({ lanes, clusterRows, clusterCols }: Form): string {
  const clusters = clusterRows * clusterCols > 1 ? `, clusters of ${clusterRows} x ${clusterCols}` : '';
  return `${lanes} ${lanes === 1 ? 'lane' : 'lanes'}${clusters}`;
}

const missedBy = (limit: number, found: number): string => `${decimal((found / limit - 1) * 100, 1)} %`;

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

/** Energy per MAC of the old drains as recorded and of the bus as measured, in one library. */
export function energyTable(record: DrainRecord, reports: readonly PowerReport[], library: LibraryKey): string {
  const old = record.energies.filter((row) => row.library === library);
  const wholeOf = (wanted: 'single' | 'double'): number => {
    const found = old.find(({ drain }) => drain === wanted);
    if (found === undefined) throw new Error(`the record has no ${wanted} drain in ${library}`);
    return found.energy.whole;
  };
  const [single, double] = [wholeOf('single'), wholeOf('double')];
  const rows: EnergyRow[] = [
    ...old.map(({ drain, energy }) => ({ way: `${drain} (${record.commit})`, lanes: '1', energy })),
    ...ENERGY_FORMS.map(({ lanes }, i) => ({
      ...{ way: TODAY, lanes: String(lanes) },
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
      column('of single', ({ energy }) => energy.whole / single, 2),
      column('of double', ({ energy }) => energy.whole / double, 2),
    ],
    rows,
  );
}
