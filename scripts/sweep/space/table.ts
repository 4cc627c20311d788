import { csvText } from '../../../gen/base/csv.js';
import { decimal, plural, type TextColumn } from '../../../gen/base/text-table.js';
import { type Layout, section } from '../layout.js';
import { placeText } from './plan.js';
import type { SpaceReport, SpaceRow } from './report.js';
import type { SearchEnd } from './search/search.js';

/** Rows of a table in a terminal; `--json` and `--csv` have all. */
const MOST_ROWS = 40;

/** A value with four significant digits, or all of a large one. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return 'unknown';
  return Math.abs(value) >= 1000 || Number.isInteger(value)
    ? decimal(value)
    : value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

/** Names of the values of a report, in the order of its columns. */
export const valueNames = ({ units, derived }: SpaceReport): string[] => [
  ...Object.keys(units),
  ...Object.keys(derived),
];

/** Goals that are no value by name, and so have a column of their own. */
const ownGoals = (report: SpaceReport) =>
  report.goals.map((goal, index) => ({ ...goal, index })).filter(({ of }) => !valueNames(report).includes(of));

function columns(report: SpaceReport): TextColumn<SpaceRow>[] {
  const { axes, goals, conditions, units } = report;
  return [
    ...(goals.length === 1
      ? [{ title: '', text: ({ rank }: SpaceRow) => (rank === undefined ? '' : String(rank)) }]
      : []),
    ...(goals.length > 1 ? [{ title: '', text: ({ best }: SpaceRow) => (best ? '*' : '') }] : []),
    ...axes.map((axis) => ({ title: axis, left: true, text: ({ at }: SpaceRow) => at[axis] ?? '' })),
    ...valueNames(report).map((name) => {
      const unit = units[name] ?? '';
      return { title: unit === '' ? name : `${name}, ${unit}`, text: ({ values }: SpaceRow) => figure(values[name]) };
    }),
    ...ownGoals(report).map(({ of, index }) => ({
      title: of,
      text: ({ goals: own }: SpaceRow) => figure(own?.[index]),
    })),
    ...(conditions.length > 0
      ? [{ title: 'meets', left: true, text: ({ meets }: SpaceRow) => (meets ? 'yes' : 'no') }]
      : []),
  ];
}

/** Points by the first goal, those that meet the conditions before others; without a goal in the order of the study. */
export function sorted({ points, goals }: Pick<SpaceReport, 'points' | 'goals'>): SpaceRow[] {
  const measured = points.filter(({ state }) => state === 'measured');
  const [first] = goals;
  if (first === undefined) return measured;
  const score = ({ goals: own }: SpaceRow): number => {
    const value = own?.[0];
    if (value === null || value === undefined) return Number.MAX_VALUE;
    return first.sense === 'minimise' ? value : -value;
  };
  return measured.sort((x, y) => Number(y.meets) - Number(x.meets) || score(x) - score(y));
}

const FAILED: readonly TextColumn<SpaceRow>[] = [
  { title: 'failed', left: true, text: ({ at }) => placeText(at) },
  {
    title: 'reason',
    left: true,
    text: ({ failures }) => failures.map(({ metric, reason }) => `${metric}: ${reason.split('\n')[0]}`).join('; '),
  },
];

/** The tables of a report: points, the best first; then failures. */
export function spaceLayout(report: SpaceReport): Layout {
  const rows = sorted(report);
  const shown = rows.slice(0, MOST_ROWS);
  const failed = report.points.filter(({ state }) => state === 'failed');
  return {
    sections: [
      ...section(columns(report), shown, notes(report, rows.length - shown.length)),
      ...section(FAILED, failed.slice(0, MOST_ROWS)),
    ],
    provenance: [
      ...(report.about === undefined ? [] : [['study', report.about] as const]),
      ['command', report.command],
      ...Object.entries(report.provenance),
      ['generator', report.generator],
      ['results', report.results],
      ['points', pointsText(report)],
      ['measured', measurementsText(report.measurements)],
    ],
  };
}

function notes(report: SpaceReport, hidden: number): string[] {
  const { goals, conditions, derived, search } = report;
  const best = sorted(report)[0];
  return [
    ...(hidden > 0 ? [`${hidden} more are in --json and --csv.`] : []),
    ...Object.entries(derived).map(([name, text]) => `${name}: ${text}.`),
    ...goals.map(
      ({ sense, of }) => `${sense} ${of}${conditions.length === 0 ? '' : `, subject to ${conditions.join(' and ')}`}.`,
    ),
    ...(search === undefined ? [] : [searchText(search)]),
    ...(goals.length > 1 ? ['*: no other point is as good in all and better in one.'] : []),
    ...(goals.length > 0 && best?.meets ? [`Best${goals.length > 1 ? ' by the first' : ''}: ${best.command}`] : []),
    ...(conditions.length > 0 && best?.meets === false ? ['No point that was measured meets the conditions.'] : []),
  ];
}

/** What a search can say: never that no better point is left. */
export function searchText({ seed, asked, of, expected, complete }: SearchEnd): string {
  const missed = `by its estimate ${figure(Number(expected.toFixed(2)))} of the best points were not measured`;
  return `Search${complete ? '' : ', ended by the budget'}: ${asked} of ${of} points (seed ${seed}); the best ones are an estimate: ${missed}.`;
}

function pointsText({ points, impossible }: SpaceReport): string {
  const count = (state: SpaceRow['state']): number => points.filter((row) => row.state === state).length;
  return [
    plural(points.length, 'point'),
    `${count('measured')} measured`,
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('left') > 0 ? [`${count('left')} left`] : []),
    ...(impossible.length > 0 ? [`${impossible.length} impossible ones left out`] : []),
  ].join(', ');
}

export const measurementsText = ({ kept, new: made, failed, left }: SpaceReport['measurements']): string =>
  [
    `${made} now`,
    `${kept} kept from before`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0 ? [`${left} left`] : []),
  ].join(', ');

/** All points as CSV, impossible ones, too. */
export function spaceCsv(report: SpaceReport): string {
  const names = valueNames(report);
  const own = ownGoals(report);
  const head = [
    ...report.axes,
    'state',
    ...names,
    ...own.map(({ of }) => of),
    'meets',
    'rank',
    'best',
    'reason',
    'command',
  ];
  const rows = report.points.map((row) => [
    ...report.axes.map((axis) => row.at[axis]),
    row.state,
    ...names.map((name) => row.values[name]),
    ...own.map(({ index }) => row.goals?.[index]),
    ...[row.meets, row.rank, row.best],
    row.failures.map(({ metric, reason }) => `${metric}: ${reason}`).join('; '),
    row.command,
  ]);
  const impossible = report.impossible.map(({ at, reason }) => [
    ...report.axes.map((axis) => at[axis]),
    'impossible',
    ...[...names, ...own, 'meets', 'rank', 'best'].map(() => ''),
    ...[reason, ''],
  ]);
  return csvText([head, ...rows, ...impossible]);
}
