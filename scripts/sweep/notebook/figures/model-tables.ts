import { EXIT, UserError } from '../../../../gen/base/errors.js';
import { decimal } from '../../../../gen/base/text-table.js';
import { type Costs, nameWithLanes } from '../../../perf/own.js';
import type { ModelReport } from '../../../perf/report.js';
import { pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** The accelerator that all others are rivals of. */
export const REFERENCE = 'ANT-OS';

/** A rival of the published comparison, and what of this project's own designs stands in its place. */
export interface Rival {
  readonly title: string;
  /** Its name in the published models; without, it is not in them. */
  readonly published?: string;
  /** Own designs by name, each with what it is; a text where there is none. */
  readonly own: string | readonly { readonly name: string; readonly what?: string }[];
}

/** The model's reports of own designs whose PEs have so many lanes. */
export interface LanesReport {
  readonly lanes: number;
  readonly report: ModelReport;
  /** Of the reference beside itself with one lane; absent where that is itself. */
  readonly oneLane?: ModelReport;
}

/** How many times as fast and with how many times less energy the reference works: `2.82 / 2.49`. */
function ratioText({ ratios }: ModelReport, rival: string): string {
  const found = ratios.find((ratio) => ratio.rival === rival);
  if (found === undefined) throw new UserError(`npm run model reported no ${rival}`, EXIT.toolBroken);
  return `${found.speed.toFixed(2)} / ${found.energy.toFixed(2)}`;
}

/** The published comparison beside the corrected one and this project's own designs, a column for each number of lanes. */
export function survivesTable(
  rivals: readonly Rival[],
  {
    published,
    corrected,
    own,
  }: Readonly<Record<'published' | 'corrected', ModelReport>> & { readonly own: readonly LanesReport[] },
): string {
  const ofPublished = (report: ModelReport, { published: name }: Rival): string =>
    name === undefined ? '' : ratioText(report, name);
  const ofOwn = ({ own: designs }: Rival, { lanes, report }: LanesReport): string => {
    if (typeof designs === 'string') return designs;
    const named = designs.map(({ name, what }) => ({ name: nameWithLanes(name, lanes), what }));
    // Some designs are there with one lane alone.
    const known = lanes === 1 ? named : named.filter(({ name }) => report.ratios.some(({ rival }) => rival === name));
    if (known.length === 0) return '-';
    const what = (text: string | undefined): string => (text && lanes === own[0]?.lanes ? ` (${text})` : '');
    return known.map(({ name, what: text }) => `${ratioText(report, name)}${what(text)}`).join('; ');
  };
  const rows = rivals.map((rival) => ({
    title: rival.title,
    published: ofPublished(published, rival),
    corrected: ofPublished(corrected, rival),
    own: (each: LanesReport): string => ofOwn(rival, each),
  }));
  const oneLane = {
    title: `${REFERENCE} with one lane`,
    published: '',
    corrected: '',
    own: ({ oneLane: report }: LanesReport): string => (report === undefined ? '' : ratioText(report, REFERENCE)),
  };
  return pageTable<typeof oneLane>(
    [
      { title: `${REFERENCE} against`, left: true, text: ({ title }) => title },
      { title: 'published', text: (row) => row.published },
      { title: 'corrected', text: (row) => row.corrected },
      ...own.map((each) => ({
        title: `own designs, corrected, N = ${each.lanes}`,
        left: true,
        text: (row: typeof oneLane) => row.own(each),
      })),
    ],
    [...rows, oneLane],
  );
}

/** Areas and energies of this project's own designs per MAC, a row each, a column for each number of lanes. */
export function costsTable({ designs }: Costs): string {
  type Design = Costs['designs'][string];
  const lanes = [...new Set(Object.values(designs).map((design) => design.lanes))];
  const columns = (what: string, text: (design: Design) => string) =>
    lanes.map((number) => ({
      title: `${what}, N = ${number}`,
      text: (name: string) => {
        const design = designs[nameWithLanes(name, number)];
        return design === undefined ? '' : text(design);
      },
    }));
  return pageTable<string>(
    [
      { title: '', left: true, text: (name) => name },
      ...columns('GE per MAC', ({ gateEquivalents, rows, cols, lanes: number }) =>
        decimal(gateEquivalents / (rows * cols * number), 1),
      ),
      ...columns('pJ per MAC', ({ picojoulesPerMac }) => picojoulesPerMac?.toFixed(2) ?? ''),
    ],
    Object.keys(designs).filter((name) => designs[name]?.lanes === 1),
    netlistsLine(
      Object.values(designs).map(({ netlists }) => netlists),
      'Netlists of the areas',
    ),
  );
}
