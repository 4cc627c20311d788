import { UserError } from '../../../../gen/base/errors.js';
import { decimal } from '../../../../gen/base/text-table.js';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { factsOf } from '../../../../gen/rtl/arch/table.js';
import type { AreaReport } from '../../../synth/report.js';
import { drainAreas } from './drain-areas.js';
import { LANE_FORMS, type LaneForm, laneFormParameters, WS_FORMS } from './lane-forms.js';
import { pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** The longest path of the PEs of a report, buffered and sized, in ps. @throws UserError where the library has no delays. */
export function pePath({ modules, design }: AreaReport): number {
  const paths = modules.flatMap(({ role, path }) => (role === 'pe' && path.kind === 'delay' ? [path.buffered.ps] : []));
  if (paths.length === 0) throw new UserError(`the PEs of ${design} have no paths`);
  return Math.max(...paths);
}

/** The default period of a form's constraints, in ns. */
const periodOf = (form: LaneForm): number => factsOf(validateConfiguration(laneFormParameters(form))).cost.clockPeriod;

/** Paths of PEs by lanes, what stays and stages in ns, each with the default period; reports as in `LANE_FORMS`. */
export function periodTable(reports: readonly AreaReport[]): string {
  const cells = LANE_FORMS.map((form, i) => ({
    form,
    text: `${decimal(pePath(reports[i] as AreaReport) / 1000, 2)} (${periodOf(form)})`,
  }));
  const cell = (lanes: number, stays: LaneForm['stays'], pipeline: number): string =>
    cells.find(({ form }) => form.lanes === lanes && form.stays === stays && form.pipeline === pipeline)?.text ?? '';
  return pageTable<number>(
    [
      { title: 'lanes', text: String },
      { title: 'sums stay, one stage', text: (lanes) => cell(lanes, 'sums', 1) },
      { title: 'two stages', text: (lanes) => cell(lanes, 'sums', 2) },
      { title: 'weights stay, one stage', text: (lanes) => cell(lanes, 'weights', 1) },
      { title: 'two stages', text: (lanes) => cell(lanes, 'weights', 2) },
    ],
    [...new Set(LANE_FORMS.map(({ lanes }) => lanes))],
    netlistsLine(reports.map(({ proof }) => proof)),
  );
}

/** What a MAC takes where weights stay, by lanes, in gate equivalents; reports as in `WS_FORMS`. */
export function wsLanesTable(reports: readonly AreaReport[]): string {
  const rows = WS_FORMS.map(({ lanes }, i) => {
    const report = reports[i] as AreaReport;
    return { lanes, ...drainAreas(report, lanes) };
  });
  type WsRow = (typeof rows)[number];
  const column = (title: string, figure: (row: WsRow) => number) => ({
    title,
    text: (row: WsRow) => decimal(figure(row), 1),
  });
  return pageTable<WsRow>(
    [
      { title: 'lanes', text: ({ lanes }) => String(lanes) },
      column('PE', ({ pe }) => pe),
      column('skew', ({ skew }) => skew),
      column('de-skew', ({ deskew }) => deskew),
      column('array', ({ whole }) => whole),
    ],
    rows,
    netlistsLine(reports.map(({ proof }) => proof)),
  );
}
