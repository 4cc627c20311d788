import { curveStepAfter, curveStepBefore, line } from 'd3-shape';
import { memo } from 'preact/compat';
import { useMemo, useState } from 'preact/hooks';
import type { looksOf } from './colours.js';
import { titleOf, valueText } from './format.js';
import { paretoFront } from './front.js';
import { numberIn, type PageStudy, type Point, placeText } from './points.js';
import { numberScale } from './scales.js';
import type { View } from './view.js';
import { useWidth } from './width.js';

interface Dot {
  readonly point: Point;
  readonly x: number;
  readonly y: number;
}

interface Props {
  readonly study: PageStudy;
  readonly view: View;
  readonly shown: readonly Point[];
  readonly looks: ReturnType<typeof looksOf>;
  readonly onSelect: (point: Point) => void;
  readonly onCompare: (point: Point) => void;
}

/** How far from a point, in pixels, a pointer is still on it. */
const REACH = 28;

/** Points by two of their values, with the front. */
export function Scatter({ study, view, shown, looks, onSelect, onCompare }: Props) {
  const { element, width } = useWidth(640);
  const [cursor, setCursor] = useState<string>();
  const height = Math.round(Math.min(520, Math.max(300, width * 0.62)));
  const margin = { top: 14, right: 14, bottom: 46, left: 58 };
  const [columnX, columnY] = [study.byName.get(view.x), study.byName.get(view.y)];
  const count = Math.max(3, Math.min(8, Math.floor(width / 90)));
  const hasConditions = study.points.some(({ meets }) => meets !== undefined);
  const plot = useMemo(() => {
    if (columnX === undefined || columnY === undefined) return undefined;
    const x = numberScale(columnX, [margin.left, width - margin.right], view.logX, count);
    const y = numberScale(columnY, [height - margin.bottom, margin.top], view.logY, 6);
    const dots = shown.flatMap((point): Dot[] => {
      const [atX, atY] = [x.at(point), y.at(point)];
      return atX === undefined || atY === undefined ? [] : [{ point, x: atX, y: atY }];
    });
    const candidates = hasConditions ? dots.filter(({ point }) => point.status === 'meets') : dots;
    const spots = candidates.map(({ point }) => ({
      x: numberIn(point, columnX) ?? 0,
      y: numberIn(point, columnY) ?? 0,
    }));
    const front = paretoFront(spots, { x: view.betterX, y: view.betterY }).map((i) => candidates[i] as Dot);
    return { x, y, dots, front };
  }, [shown, columnX, columnY, width, height, view.logX, view.logY, view.betterX, view.betterY]);
  if (plot === undefined || columnX === undefined || columnY === undefined) {
    return <p>No point has a value that could be plotted.</p>;
  }
  const { x, y, dots, front } = plot;
  const onFront = new Set(front.map(({ point }) => point.id));
  const under = dots.find(({ point }) => point.id === cursor);
  const selected = dots.filter(({ point }) => point.id === view.point || point.id === view.other);
  const nearest = (event: MouseEvent): Dot | undefined => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return nearestDot(dots, event.clientX - box.left, event.clientY - box.top, REACH);
  };
  const choose = (dot: Dot | undefined, isOther: boolean): void => {
    if (dot === undefined) return;
    if (isOther) onCompare(dot.point);
    else onSelect(dot.point);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = under ?? selected[0] ?? front[0] ?? dots[0];
    if (from === undefined) return;
    const step = STEPS[event.key];
    if (step !== undefined) setCursor((under === undefined ? from : (nextDot(dots, from, step) ?? from)).point.id);
    else if (event.key === 'Enter' || event.key === ' ') choose(from, false);
    else if (event.key === 'c') choose(from, true);
    else return;
    event.preventDefault();
  };
  const hidden = shown.length - dots.length;
  return (
    <div class="plot" ref={element}>
      <svg
        class="scatter"
        width={width}
        height={height}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go through its points
        tabIndex={0}
        role="application"
        aria-label={`${dots.length} points, ${titleOf(columnX)} against ${titleOf(columnY)}. Arrow keys go from point to point, Enter selects, c compares.`}
        onPointerMove={(event) => setCursor(nearest(event)?.point.id)}
        onPointerLeave={() => setCursor(undefined)}
        onClick={(event) => choose(nearest(event), event.shiftKey)}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(undefined)}
      >
        <title>{`${titleOf(columnX)} against ${titleOf(columnY)}`}</title>
        <g class="axis">
          {x.ticks.map(({ at, text }) => (
            <g key={text} transform={`translate(${at},0)`}>
              <line y1={margin.top} y2={height - margin.bottom} />
              <text y={height - margin.bottom + 18} text-anchor="middle">
                {text}
              </text>
            </g>
          ))}
          {y.ticks.map(({ at, text }) => (
            <g key={text} transform={`translate(0,${at})`}>
              <line x1={margin.left} x2={width - margin.right} />
              <text x={margin.left - 8} dy="0.32em" text-anchor="end">
                {text}
              </text>
            </g>
          ))}
          <text class="name" x={width - margin.right} y={height - 6} text-anchor="end">
            {`${titleOf(columnX)} ${view.betterX === 'low' ? '← better' : 'better →'}`}
          </text>
          <text class="name" transform={`translate(13,${margin.top}) rotate(-90)`} text-anchor="end">
            {`${titleOf(columnY)} ${view.betterY === 'low' ? '← better' : 'better →'}`}
          </text>
        </g>
        <path class="front" d={frontPath(front, view.betterX)} />
        <Dots dots={dots} looks={looks} onFront={onFront} />
        {selected.map(({ point, x: cx, y: cy }) => (
          <g key={point.id} class="selected">
            <circle cx={cx} cy={cy} r={10} />
            <text x={cx} y={cy - 14} text-anchor="middle">
              {point.id === view.point ? 'A' : 'B'}
            </text>
          </g>
        ))}
        {under !== undefined && <circle class="cursor" cx={under.x} cy={under.y} r={8} />}
      </svg>
      {under !== undefined && (
        <div
          class="tip"
          style={{
            top: `${under.y > height / 2 ? under.y - 14 : under.y + 14}px`,
            left: `${Math.min(Math.max(under.x, 120), Math.max(width - 120, 120))}px`,
            transform: `translate(-50%, ${under.y > height / 2 ? '-100%' : '0'})`,
          }}
        >
          <strong>{placeText(study, under.point)}</strong>
          <br />
          {titleOf(columnX)}: {valueText(under.point.cells[columnX.index])}
          <br />
          {titleOf(columnY)}: {valueText(under.point.cells[columnY.index])}
        </div>
      )}
      <p class="faint" aria-live="polite">
        {`${dots.length} of ${study.points.length} points; ${front.length} on the Pareto front of those shown${hasConditions ? ' that meet the conditions' : ''}.`}
        {hidden > 0 && ` ${hidden} more have no value on these axes: they are in the table.`}
      </p>
    </div>
  );
}

/** The edge of what the front beats: a step at each of its points. */
const frontPath = (front: readonly Dot[], betterX: View['betterX']): string =>
  line<Dot>(
    (dot) => dot.x,
    (dot) => dot.y,
  ).curve(betterX === 'low' ? curveStepAfter : curveStepBefore)(front) ?? '';

/** All points: drawn anew only where they changed, and not as the pointer moves. */
const Dots = memo(
  ({ dots, looks, onFront }: { dots: readonly Dot[]; looks: Props['looks']; onFront: ReadonlySet<string> }) => (
    <g class="dots">
      {dots.map(({ point, x, y }) => {
        const { colour, shape } = looks.look(point);
        return (
          <path
            key={point.id}
            d={shape}
            transform={`translate(${x.toFixed(1)},${y.toFixed(1)})`}
            class={`${point.status === 'misses' ? 'hollow' : ''} ${onFront.has(point.id) ? 'best' : ''}`}
            style={{ color: colour }}
          />
        );
      })}
    </g>
  ),
  (before, after) => before.dots === after.dots && before.looks === after.looks,
);

function nearestDot(dots: readonly Dot[], x: number, y: number, reach: number): Dot | undefined {
  let [best, distance] = [undefined as Dot | undefined, reach];
  for (const dot of dots) {
    const own = Math.hypot(dot.x - x, dot.y - y);
    if (own < distance) [best, distance] = [dot, own];
  }
  return best;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The next point in a direction: the nearest one, what lies aside counts double. Points at one place come one by one. */
function nextDot(dots: readonly Dot[], from: Dot, [stepX, stepY]: readonly [number, number]): Dot | undefined {
  const same = dots.filter(({ x, y }) => x === from.x && y === from.y);
  const later = same[same.indexOf(from) + 1];
  if (later !== undefined && (stepX > 0 || stepY > 0)) return later;
  let [best, distance] = [undefined as Dot | undefined, Number.POSITIVE_INFINITY];
  for (const dot of dots) {
    const [dx, dy] = [dot.x - from.x, dot.y - from.y];
    const along = dx * stepX + dy * stepY;
    if (along <= 0) continue;
    const own = along + 2 * Math.abs(dx * stepY + dy * stepX);
    if (own < distance) [best, distance] = [dot, own];
  }
  return best;
}
