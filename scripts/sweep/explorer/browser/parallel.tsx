import { memo } from 'preact/compat';
import { useMemo, useState } from 'preact/hooks';
import type { looksOf } from './colours.js';
import type { Filter, Filters } from './filters.js';
import { type PageColumn, type PageStudy, type Point, STATUS } from './points.js';
import { type AxisScale, scaleOf } from './scales.js';
import { Scroll } from './scroll.js';
import { useWidth } from './width.js';

interface Props {
  readonly study: PageStudy;
  readonly shown: readonly Point[];
  readonly filters: Filters;
  readonly looks: ReturnType<typeof looksOf>;
  readonly point: string | undefined;
  readonly other: string | undefined;
  readonly onFilter: (column: PageColumn, filter: Filter | undefined) => void;
  readonly onSelect: (point: Point) => void;
}

interface Axis {
  readonly column: PageColumn;
  readonly scale: AxisScale;
  readonly x: number;
}

const HEIGHT = 330;
const TOP = 52;
const BOTTOM = 14;
/** Between two axes, at least. */
const STEP = 104;
const SIDE = 56;

/** A line for each point through its values, one axis for each column that has several. */
export function Parallel({ study, shown, filters, looks, point, other, onFilter, onSelect }: Props) {
  const { element, width: room } = useWidth(640);
  const [brush, setBrush] = useState<{ readonly name: string; readonly from: number; readonly to: number }>();
  const columns = useMemo(
    () => study.columns.filter(({ words, name }) => words.length > 1 && name !== STATUS),
    [study],
  );
  const width = Math.max(room, SIDE * 2 + STEP * Math.max(columns.length - 1, 1));
  const axes = useMemo(() => {
    const step = (width - 2 * SIDE) / Math.max(columns.length - 1, 1);
    return columns.map(
      (column, i): Axis => ({ column, x: SIDE + i * step, scale: scaleOf(column, [HEIGHT - BOTTOM, TOP]) }),
    );
  }, [columns, width]);
  if (axes.length < 2) return <p class="faint">All points have the same values.</p>;
  const passed = new Set(shown.map(({ id }) => id));
  const marked = study.points.filter(({ id }) => id === point || id === other);
  const place = (event: PointerEvent): number => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return TOP + Math.min(Math.max(event.clientY - box.top, 0), HEIGHT - BOTTOM - TOP);
  };
  const onDown = ({ column }: Axis, event: PointerEvent): void => {
    if (event.pointerType === 'touch') return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    setBrush({ name: column.name, from: place(event), to: place(event) });
  };
  const onUp = ({ column, scale }: Axis): void => {
    if (brush === undefined) return;
    setBrush(undefined);
    if (Math.abs(brush.from - brush.to) < 4) onFilter(column, undefined);
    else onFilter(column, brushed(column, scale, brush));
  };
  return (
    <div class="plot" ref={element}>
      <Scroll label="Parallel coordinates; filters and table have the same">
        <svg class="parallel" width={width} height={HEIGHT} role="img" aria-label={`Values of ${shown.length} points`}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the table selects by keyboard */}
          <g
            onClick={(event) => {
              const found = study.points[Number((event.target as SVGElement).dataset.index)];
              if (found !== undefined) onSelect(found);
            }}
          >
            <Lines points={study.points} axes={axes} passed={passed} shown={shown} looks={looks} />
          </g>
          {marked.map((each) => (
            <path key={each.id} class={each.id === point ? 'marked' : 'marked other'} d={pathOf(each, axes)} />
          ))}
          {axes.map((axis, i) => {
            const { column, scale, x } = axis;
            return (
              <g key={column.name} transform={`translate(${x},0)`}>
                <text
                  class={filters.has(column.name) ? 'name filtered' : 'name'}
                  y={i % 2 === 0 ? 14 : 30}
                  text-anchor="middle"
                >
                  {column.name}
                </text>
                <line class="rod" y1={TOP} y2={HEIGHT - BOTTOM} />
                {scale.ticks.map(({ at, text }) => (
                  <text key={text} class="tick" x={-6} y={at} dy="0.32em" text-anchor="end">
                    {text}
                  </text>
                ))}
                {brush?.name === column.name && (
                  <rect
                    class="brush"
                    x={-10}
                    width={20}
                    y={Math.min(brush.from, brush.to)}
                    height={Math.abs(brush.from - brush.to)}
                  />
                )}
                <rect
                  class="handle"
                  x={-14}
                  width={28}
                  y={TOP}
                  height={HEIGHT - BOTTOM - TOP}
                  onPointerDown={(event) => onDown(axis, event)}
                  onPointerMove={(event) => brush?.name === column.name && setBrush({ ...brush, to: place(event) })}
                  onPointerUp={() => onUp(axis)}
                />
              </g>
            );
          })}
        </svg>
      </Scroll>
    </div>
  );
}

/** The values that a pointer went along, as a filter. */
function brushed(
  { isChoice }: PageColumn,
  scale: AxisScale,
  { from, to }: { readonly from: number; readonly to: number },
): Filter | undefined {
  const { numbers, words } = scale.between(from, to);
  if (isChoice) return words.length === 0 ? undefined : { words };
  const rounded = numbers.map((value) => Number(value.toPrecision(4)));
  return { from: rounded[0], to: rounded[1] };
}

/** A line through the values that a point has. */
function pathOf(point: Point, axes: readonly Axis[]): string {
  let isOpen = false;
  return axes
    .map(({ scale, x }) => {
      const y = scale.at(point);
      const command = isOpen ? 'L' : 'M';
      isOpen = y !== undefined;
      return y === undefined ? '' : `${command}${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join('');
}

interface LinesProps {
  readonly points: readonly Point[];
  readonly axes: readonly Axis[];
  readonly passed: ReadonlySet<string>;
  readonly shown: readonly Point[];
  readonly looks: Props['looks'];
}

/** All lines, those of the points that filters let through on top. */
const Lines = memo(
  ({ points, axes, passed, looks }: LinesProps) => (
    <>
      {[false, true].map((isShown) => (
        <g key={String(isShown)} class={isShown ? 'lines' : 'lines faded'}>
          {points
            .filter(({ id }) => passed.has(id) === isShown)
            .map((point) => (
              <path
                key={point.id}
                data-index={point.index}
                d={pathOf(point, axes)}
                style={isShown ? { color: looks.look(point).colour } : {}}
              />
            ))}
        </g>
      ))}
    </>
  ),
  (before, after) => before.axes === after.axes && before.shown === after.shown && before.looks === after.looks,
);
