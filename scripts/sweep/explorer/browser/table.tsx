import { memo } from 'preact/compat';
import { useState } from 'preact/hooks';
import type { Cell } from '../data.js';
import { titleOf, valueText } from './format.js';
import { type PageColumn, type PageStudy, type Point, STATUS } from './points.js';
import { Scroll } from './scroll.js';

interface Props {
  readonly study: PageStudy;
  readonly shown: readonly Point[];
  readonly sort: string;
  readonly isDescending: boolean;
  readonly point: string | undefined;
  readonly other: string | undefined;
  readonly onSort: (name: string) => void;
  readonly onSelect: (point: Point) => void;
  readonly onCompare: (point: Point) => void;
}

/** Rows that come at a time. */
const PAGE = 50;

/** All points that filters let through; those that are no design or failed, too, with the reason. */
export const PointTable = memo(
  (props: Props) => {
    const { study, shown, sort, isDescending } = props;
    const [rows, setRows] = useState(PAGE);
    const column = study.byName.get(sort);
    const order = ordered(shown, column, isDescending);
    return (
      <>
        <Scroll class="tall" label="Table of points">
          <table>
            <thead>
              <tr>
                <th scope="col">point</th>
                {study.columns.map((each) => (
                  <Head key={each.name} {...props} column={each} />
                ))}
              </tr>
            </thead>
            <tbody>
              {order.slice(0, rows).map((each) => (
                <Row key={each.id} {...props} row={each} />
              ))}
            </tbody>
          </table>
        </Scroll>
        {order.length > rows && (
          <p>
            <button
              type="button"
              onClick={() => setRows(rows + PAGE)}
            >{`Show ${Math.min(PAGE, order.length - rows)} more`}</button>{' '}
            <button type="button" onClick={() => setRows(order.length)}>{`Show all ${order.length}`}</button>
          </p>
        )}
        {order.length === 0 && <p>The filters let no point through.</p>}
      </>
    );
  },
  (before, after) =>
    (['shown', 'sort', 'isDescending', 'point', 'other'] as const).every((name) => before[name] === after[name]),
);

function Head({ column, sort, isDescending, onSort }: Props & { readonly column: PageColumn }) {
  const isSorted = sort === column.name;
  const order = isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" class={column.kind} aria-sort={isSorted ? order : 'none'}>
      <button type="button" onClick={() => onSort(column.name)}>
        {titleOf(column)}
        <span aria-hidden="true" class="arrow">
          {isSorted ? (isDescending ? ' ▼' : ' ▲') : ''}
        </span>
      </button>
    </th>
  );
}

function Row({ study, row, point, other, onSelect, onCompare }: Props & { readonly row: Point }) {
  const mark = row.id === point ? 'A' : row.id === other ? 'B' : '';
  return (
    <tr class={mark === '' ? row.state : `${row.state} chosen`} data-point={row.id}>
      <th scope="row">
        {row.rank !== undefined && (
          <span class="rank" title="rank">
            {row.rank}
          </span>
        )}
        <button type="button" class="pick" aria-pressed={row.id === point} onClick={() => onSelect(row)}>
          {mark || 'Show'}
        </button>
        <button
          type="button"
          class="pick"
          disabled={point === undefined || row.id === point}
          aria-pressed={row.id === other}
          aria-label="compare with the chosen point"
          title="compare with the chosen point"
          onClick={() => onCompare(row)}
        >
          ⇄
        </button>
      </th>
      {study.columns.map(({ name, index, kind }) => (
        <td key={name} class={kind}>
          {name === STATUS ? <StatusText row={row} /> : valueText(row.cells[index])}
        </td>
      ))}
    </tr>
  );
}

const StatusText = ({ row }: { readonly row: Point }) => (
  <>
    <span class={`state ${row.status}`}>{row.status}</span>
    {row.reason !== undefined && <span class="reason">{row.reason.split('\n')[0]}</span>}
  </>
);

/** Points by a column, what has no value last; without a column by rank, then as the study has them. */
export function ordered(points: readonly Point[], column: PageColumn | undefined, isDescending: boolean): Point[] {
  const key = (point: Point): Cell =>
    column === undefined ? (point.rank ?? null) : (point.cells[column.index] ?? null);
  const direction = isDescending ? -1 : 1;
  return [...points].sort((x, y) => {
    const [one, two] = [key(x), key(y)];
    if (one === two) return x.index - y.index;
    if (one === null || two === null) return one === null ? 1 : -1;
    const order =
      typeof one === 'number' && typeof two === 'number' ? one - two : String(one).localeCompare(String(two));
    return order * direction || x.index - y.index;
  });
}
