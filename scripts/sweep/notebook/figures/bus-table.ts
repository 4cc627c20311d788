import { decimal } from '../../../../gen/base/text-table.js';
import type { StaResult } from '../../../synth/sta/log.js';
import type { PeriodReport } from '../../../synth/timed/report.js';
import { areaOf, isFor, timingOfForm } from './drain-areas.js';
import { BUS_FORMS, type Form } from './drain-forms.js';
import { pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

interface BusRow {
  readonly form: Form;
  readonly report: PeriodReport;
}

/** Setup checks of a report. @throws Error where it has none. */
function checksOf({ design, sta }: PeriodReport): NonNullable<PeriodReport['sta']> {
  if (sta === undefined) throw new Error(`the report of ${design} has no setup checks`);
  return sta;
}

const nanoseconds = ({ minimumPs }: StaResult): string => decimal(minimumPs / 1000, 2);

/** Where the path that sets the least period of an array lies: that over a bus begins at a register of `swap`. */
function pathText({ whole }: NonNullable<PeriodReport['sta']>): string {
  const { from, to } = whole.minimumPath;
  if (to.includes('u_pe/')) return 'a PE';
  return from.includes('swap') ? 'the bus' : `${from} to ${to}`;
}

/** Least periods of arrays whose buses have registers every so many rows, a row per form. */
export function busTable(reports: readonly PeriodReport[]): string {
  return pageTable<BusRow>(
    [
      { title: 'stages', text: ({ form }) => String(form.pipeline) },
      { title: 'rows of a segment', text: ({ form }) => String(form.busSegment) },
      { title: 'least K without a bubble', text: ({ form }) => String(timingOfForm(form).tilePeriod.minimum) },
      {
        title: 'bus registers, GE per PE',
        text: ({ form, report }) => decimal(areaOf(report, form.lanes, isFor('registers of the buses')), 1),
      },
      { title: 'PE alone, ns', text: ({ report }) => nanoseconds(checksOf(report).pe) },
      { title: 'array, ns', text: ({ report }) => nanoseconds(checksOf(report).whole) },
      { title: 'the array is limited by', left: true, text: ({ report }) => pathText(checksOf(report)) },
    ],
    BUS_FORMS.map((form, i) => ({ form, report: reports[i] as PeriodReport })),
    netlistsLine(reports.map(({ proof }) => proof)),
  );
}
