import type { SpacePlan } from '../space/plan.js';
import type { SpaceReport, SpaceRow } from '../space/report.js';
import { searchText } from '../space/table.js';
import type { Cell, Column, ExplorerData, ExplorerPoint } from './data.js';

/** How columns of a report are found in a point. */
interface Source {
  readonly column: Column;
  readonly cell: (row: Pick<SpaceRow, 'at'> & Partial<SpaceRow>) => Cell;
}

/** The points of a report as the page has them. @param documents Of each point that is a design, in their order. */
export function explorerData(
  { values, objective }: Pick<SpacePlan, 'values' | 'objective'>,
  report: SpaceReport,
  documents: readonly (readonly number[])[],
): ExplorerData {
  const { goals, conditions } = objective;
  const asked = [...goals.map(({ expression }) => expression), ...conditions].flatMap(({ names }) => [...names]);
  const sources = [...axisSources(report), ...valueSources(values, report, new Set(asked))];
  const pointOf = (row: Pick<SpaceRow, 'at'> & Partial<SpaceRow>) => ({
    id: pointId(report.axes, row.at),
    cells: sources.map(({ cell }) => cell(row)),
  });
  return {
    ...{ study: report.study, about: report.about ?? '', command: report.command, generator: report.generator },
    provenance: Object.entries(report.provenance),
    objective: objectiveOf(report),
    columns: sources.map(({ column }) => column),
    points: [
      ...report.points.map((row, i): ExplorerPoint => {
        const { state, command, meets, rank, failures } = row;
        return {
          ...{ ...pointOf(row), state, command, documents: documents[i] ?? [] },
          ...(failures.length > 0 && { reason: failures.map((each) => `${each.metric}: ${each.reason}`).join('\n') }),
          ...(meets !== undefined && report.conditions.length > 0 && { meets }),
          ...(rank !== undefined && { rank }),
        };
      }),
      ...report.impossible.map(
        ({ at, reason }): ExplorerPoint => ({ ...pointOf({ at }), state: 'impossible', reason, documents: [] }),
      ),
    ],
  };
}

/** The place of a point on the axes: `ant/ws/6/4`, a dash for an axis that is not there. */
const pointId = (axes: readonly string[], at: SpaceRow['at']): string =>
  axes.map((axis) => (at[axis] === undefined ? '-' : encodeURIComponent(at[axis]))).join('/');

function axisSources({ axes, points, impossible }: SpaceReport): Source[] {
  const places = [...points, ...impossible].map(({ at }) => at);
  return axes.map((name) => {
    const labels = places.flatMap((at) => at[name] ?? []);
    const isNumber = labels.every((label) => label.trim() !== '' && Number.isFinite(Number(label)));
    return {
      column: { name, unit: '', kind: isNumber ? 'number' : 'word', of: 'axis', better: 'low', isAsked: false },
      cell: ({ at }) => {
        const label = at[name];
        if (label === undefined) return null;
        return isNumber ? Number(label) : label;
      },
    };
  });
}

/** Values of metrics, those that follow from them, and goals that are none of these. */
function valueSources(
  values: SpacePlan['values'],
  { units, derived, goals }: SpaceReport,
  asked: ReadonlySet<string>,
): Source[] {
  const named = [...Object.keys(units), ...Object.keys(derived)];
  const column = (name: string): Column => {
    const goal = goals.find(({ of }) => of === name);
    const isHigh = goal === undefined ? values.get(name)?.rises : goal.sense === 'maximise';
    return {
      ...{ name, unit: units[name] ?? '', kind: 'number', of: 'value' },
      ...{ better: isHigh ? 'high' : 'low', isAsked: goal !== undefined || asked.has(name) },
    };
  };
  return [
    ...named.map((name): Source => ({ column: column(name), cell: ({ values: own }) => own?.[name] ?? null })),
    ...goals.flatMap(({ of }, i): Source[] =>
      named.includes(of) ? [] : [{ column: column(of), cell: ({ goals: own }) => own?.[i] ?? null }],
    ),
  ];
}

const objectiveOf = ({ goals, conditions, search }: SpaceReport): string[] => {
  const wanted = goals.map(({ sense, of }) => `${sense} ${of}`).join(', ');
  const condition = conditions.length === 0 ? [] : [`subject to ${conditions.join(' and ')}`];
  const sentence = [...(wanted === '' ? [] : [wanted]), ...condition].join(' ');
  return [...(sentence === '' ? [] : [sentence]), ...(search === undefined ? [] : [searchText(search)])];
};
