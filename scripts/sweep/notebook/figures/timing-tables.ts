import { decimal, markdownLines, type TextColumn } from '../../../../gen/base/text-table.js';
import { libraryText } from '../../../synth/report.js';
import type { StaResult } from '../../../synth/sta/log.js';
import type { CurvePoint, CurveReport, PeriodReport, StaReport } from '../../../synth/timed/report.js';
import { toolText } from '../../../tools/yosys/identity.js';
import { commandBlock, growth } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** The curves of a PE of one stage and of one of two, and both mapped for the period of the fastest netlist of its curve. */
export type TimingReports = readonly [curves: CurveReport, one: PeriodReport, two: PeriodReport];

/** The ends of the curve of a design. @throws Error where the report has no curve of so many stages. */
function endsOf(report: CurveReport | undefined, stages: number): { fastest: CurvePoint; smallest: CurvePoint } {
  const points = report?.curves.find(({ pipeline }) => pipeline === stages)?.points ?? [];
  const [fastest, smallest] = [points[0], points.at(-1)];
  if (!fastest || !smallest) throw new Error(`the report has no curve of a PE of ${stages} stages`);
  return { fastest, smallest };
}

/** The delay, in ns, that the fastest netlist of a curve was made for. @throws Error where there is no such curve. */
export const fastestAim = (report: CurveReport | undefined, stages: number): string =>
  String(endsOf(report, stages).fastest.aim / 1000);

interface EndsRow {
  readonly title: string;
  readonly one: CurvePoint;
  readonly two: CurvePoint;
}

const areaOf = ({ size }: Pick<CurvePoint, 'size'>): number => size.area ?? size.gateEquivalents;

const ENDS: readonly TextColumn<EndsRow>[] = [
  { title: "the PE's curve, ends", left: true, text: ({ title }) => title },
  { title: 'one stage, ps', text: ({ one }) => decimal(one.ps) },
  { title: 'area', text: ({ one }) => decimal(areaOf(one)) },
  { title: 'two stages, ps', text: ({ two }) => decimal(two.ps) },
  { title: 'area', text: ({ two }) => decimal(areaOf(two)) },
  { title: 'times as fast', text: ({ one, two }) => decimal(one.ps / two.ps, 2) },
  { title: 'area, more', text: ({ one, two }) => growth(areaOf(one), areaOf(two)) },
];

function endsRows(report: CurveReport): EndsRow[] {
  const [one, two] = [endsOf(report, 1), endsOf(report, 2)];
  return (['fastest', 'smallest'] as const).map((title) => ({ title, one: one[title], two: two[title] }));
}

interface CheckedRow {
  readonly title: string;
  readonly one: StaResult;
  readonly two: StaResult;
  /** Areas of one stage and two, where they are those of what is checked. */
  readonly areas?: readonly [number, number];
}

const checked = ({ minimumPs }: StaResult): string =>
  `${decimal(minimumPs / 1000, 3)} ns, ${decimal(1e6 / minimumPs, 1)} MHz`;
const setBy = ({ minimumPath: { from, to, cells } }: StaResult): string =>
  `\`${from}\` to ${endText(to)}, ${decimal(cells)} cells`;

/** An end of a path; pins of cells that Yosys has numbered say no more than whose register it is. */
function endText(to: string): string {
  const numbered = /^(?:(.*)\/)?_\d+_\/\w+$/.exec(to);
  if (numbered === null) return `\`${to}\``;
  return numbered[1] === undefined ? 'a register' : `a register of \`${numbered[1]}\``;
}

const CHECKED: readonly TextColumn<CheckedRow>[] = [
  { title: 'least period by OpenSTA', left: true, text: ({ title }) => title },
  { title: 'one stage', text: ({ one }) => checked(one) },
  { title: 'two stages', text: ({ two }) => checked(two) },
  { title: 'frequency, two against one', text: ({ one, two }) => decimal(one.minimumPs / two.minimumPs, 2) },
  { title: 'area, more', text: ({ areas }) => (areas ? growth(...areas) : '') },
];

const PATHS: readonly TextColumn<CheckedRow>[] = [
  { title: 'the path that sets it', left: true, text: ({ title }) => title },
  { title: 'one stage', left: true, text: ({ one }) => setBy(one) },
  { title: 'two stages', left: true, text: ({ two }) => setBy(two) },
];

function checkedRows(one: PeriodReport, two: PeriodReport): CheckedRow[] {
  const [first, second] = [staOf(one), staOf(two)];
  const area = ({ pe }: PeriodReport): number => pe.area ?? pe.gateEquivalents;
  return [
    { title: 'PE', one: first.pe, two: second.pe, areas: [area(one), area(two)] },
    { title: `whole ${one.rows} × ${one.cols} array`, one: first.whole, two: second.whole },
  ];
}

function staOf({ sta, design }: PeriodReport): StaReport {
  if (sta === undefined) throw new Error(`the report of ${design} has no setup checks`);
  return sta;
}

/** A library's part of docs/timing.md: the curves' ends, the plot, the setup checks, and the commands they are made by. */
export function renderTiming([curves, one, two]: TimingReports, commands: readonly string[], plot: string): string {
  const { tool } = staOf(one);
  const rows = checkedRows(one, two);
  return [
    ...commandBlock(commands.slice(0, 1)),
    ...markdownLines(ENDS, endsRows(curves)),
    '',
    `![area over delay of the PE, ${curves.library.name}](${plot})`,
    '',
    ...commandBlock(commands.slice(1)),
    ...markdownLines(CHECKED, rows),
    '',
    ...markdownLines(PATHS, rows),
    '',
    `${toolText(curves.tool)}, ${tool.name} ${tool.version}; ${libraryText(curves.library)}.`,
    '',
    netlistsLine([...curves.curves, one, two].map(({ proof }) => proof)),
  ].join('\n');
}
