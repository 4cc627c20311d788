import { EXIT, UserError } from '../../../../gen/base/errors.js';
import { decimal } from '../../../../gen/base/text-table.js';
import type { Costs } from '../../../perf/own.js';
import type { ModelReport } from '../../../perf/report.js';
import { pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** A rival of the published comparison, and what of this project's own designs stands in its place. */
export interface Rival {
  readonly title: string;
  /** Its name in the published models; without, it is not in them. */
  readonly published?: string;
  /** Own designs by name, each with what it is; a text where there is none. */
  readonly own: string | readonly { readonly name: string; readonly what?: string }[];
}

/** How many times as fast and with how many times less energy the reference works: `2.82 / 2.49`. */
function ratioText({ ratios }: ModelReport, rival: string): string {
  const found = ratios.find((ratio) => ratio.rival === rival);
  if (found === undefined) throw new UserError(`npm run model reported no ${rival}`, EXIT.toolBroken);
  return `${found.speed.toFixed(2)} / ${found.energy.toFixed(2)}`;
}

/** The published comparison beside the corrected one and this project's own designs. */
export function survivesTable(
  rivals: readonly Rival[],
  { published, corrected, own }: Readonly<Record<'published' | 'corrected' | 'own', ModelReport>>,
): string {
  const ofPublished = (report: ModelReport, { published: name }: Rival): string =>
    name === undefined ? '' : ratioText(report, name);
  const ofOwn = ({ own: designs }: Rival): string => {
    if (typeof designs === 'string') return designs;
    return designs.map(({ name, what }) => `${ratioText(own, name)}${what ? ` (${what})` : ''}`).join('; ');
  };
  return pageTable<Rival>(
    [
      { title: 'ANT-OS against', left: true, text: ({ title }) => title },
      { title: 'published', text: (rival) => ofPublished(published, rival) },
      { title: 'corrected', text: (rival) => ofPublished(corrected, rival) },
      { title: "this project's own designs, corrected", left: true, text: ofOwn },
    ],
    rivals,
  );
}

/** Areas and energies of this project's own designs, a column each. */
export function costsTable({ designs }: Costs): string {
  type Design = Costs['designs'][string];
  const rows: { readonly title: string; readonly text: (design: Design) => string }[] = [
    { title: 'GE per MAC', text: ({ gateEquivalents, rows: r, cols }) => decimal(gateEquivalents / (r * cols), 1) },
    { title: 'pJ per MAC', text: ({ picojoulesPerMac }) => picojoulesPerMac?.toFixed(2) ?? '' },
  ];
  return pageTable(
    [
      { title: '', left: true, text: ({ title }) => title },
      ...Object.entries(designs).map(([name, design]) => ({
        title: name,
        text: ({ text }: (typeof rows)[number]) => text(design),
      })),
    ],
    rows,
    netlistsLine(
      Object.values(designs).map(({ netlists }) => netlists),
      'Netlists of the areas',
    ),
  );
}
