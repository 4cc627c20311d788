import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Column } from '../data.js';
import { looksOf } from './colours.js';
import { CommandLine, Details } from './details.js';
import { FilterPanel } from './filter-panel.js';
import { type Filter, filtered, withFilter } from './filters.js';
import { titleOf, valueText } from './format.js';
import { Parallel } from './parallel.js';
import { type PageColumn, type PageStudy, type Point, STATUS } from './points.js';
import { Scatter } from './scatter.js';
import { PointTable } from './table.js';
import { canBeLog, hashOf, plotColumns, type View, viewOf } from './view.js';

/** The whole page of a study. */
export function App({ study }: { readonly study: PageStudy }) {
  const [{ view, unknown }, setState] = useState(() => viewOf(study, location.hash));
  const details = useRef<HTMLElement>(null);
  const change = (part: Partial<View>): void => setState({ view: { ...view, ...part }, unknown: [] });
  useEffect(() => {
    const followed = (): void => setState(viewOf(study, location.hash));
    addEventListener('hashchange', followed);
    return () => removeEventListener('hashchange', followed);
  }, [study]);
  useEffect(() => {
    const hash = hashOf(study, view);
    // An address that names what this study has not stays, until something is chosen.
    if (unknown.length === 0)
      history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
  }, [study, view, unknown]);
  const shown = useMemo(() => filtered(study, view.filters), [study, view.filters]);
  const looks = useMemo(() => looksOf(study.byName.get(view.colour)), [study, view.colour]);
  const point = view.point === undefined ? undefined : study.byId.get(view.point);
  const other = view.other === undefined ? undefined : study.byId.get(view.other);
  const onSelect = ({ id }: Point): void => {
    change({ point: id, other: view.other === id ? undefined : view.other });
    // On a narrow page the details lie below: they come into sight.
    requestAnimationFrame(() => details.current?.scrollIntoView({ block: 'nearest' }));
  };
  const onCompare = ({ id }: Point): void => {
    if (view.point === undefined || view.point === id) change({ point: id });
    else change({ other: id });
  };
  const onFilter = (column: PageColumn, filter: Filter | undefined): void =>
    change({ filters: withFilter(view.filters, column, filter) });
  const onSort = (name: string): void => {
    if (view.sort !== name) change({ sort: name, isDescending: false });
    else change(view.isDescending ? { sort: '', isDescending: false } : { isDescending: true });
  };
  const selection = { point: view.point, other: view.other };
  return (
    <>
      <Header study={study} />
      {unknown.length > 0 && (
        <p class="notice" role="alert">
          {`The link names what this study has not: ${unknown.join(', ')}.`}
        </p>
      )}
      <main>
        <section class="card" aria-labelledby="plot">
          <h2 id="plot">Trade-off</h2>
          <Controls study={study} view={view} change={change} />
          <Key study={study} view={view} looks={looks} />
          <Scatter {...{ study, view, shown, looks, onSelect, onCompare }} />
        </section>
        <section class="card details" aria-labelledby="details" ref={details}>
          <h2 id="details">{other === undefined ? 'Point' : 'Two points'}</h2>
          <Details
            {...{ study, point, other }}
            onClose={() => change({ point: undefined, other: undefined })}
            onUncompare={() => change({ other: undefined })}
            onSwap={() => change({ point: view.other, other: view.point })}
          />
        </section>
        <section class="card wide" aria-labelledby="filter">
          <details open={innerWidth > 700}>
            <summary>
              <h2 id="filter">Filters</h2>
              <span class="faint" data-shown={shown.length}>{`${shown.length} of ${study.points.length} points`}</span>
            </summary>
            <FilterPanel study={study} filters={view.filters} onFilter={onFilter} />
          </details>
          {view.filters.size > 0 && (
            <p>
              <button type="button" onClick={() => change({ filters: new Map() })}>
                Clear filters
              </button>
            </p>
          )}
        </section>
        <section class="card wide" aria-labelledby="parallel">
          <h2 id="parallel">Parallel coordinates</h2>
          <p class="faint">
            Draw along an axis to filter, click on it to end that; click on a line to choose the point.
          </p>
          <Parallel {...{ study, shown, looks, onFilter, onSelect, ...selection }} filters={view.filters} />
        </section>
        <section class="card wide" aria-labelledby="table">
          <h2 id="table">Table</h2>
          <PointTable
            {...{ study, shown, onSort, onSelect, onCompare, ...selection }}
            sort={view.sort}
            isDescending={view.isDescending}
          />
        </section>
      </main>
      <Footer study={study} />
    </>
  );
}

const STATUSES = [
  ['meets', 'meet the conditions'],
  ['misses', 'do not'],
  ['measured', 'measured'],
  ['failed', 'failed'],
  ['left', 'not measured yet'],
  ['impossible', 'impossible'],
] as const;

function Header({ study: { data, points } }: { readonly study: PageStudy }) {
  const count = (status: string): number => points.filter((point) => point.status === status).length;
  const found = STATUSES.filter(([status]) => count(status) > 0);
  return (
    <header>
      <h1>{data.study}</h1>
      {data.about !== '' && <p class="lead">{data.about}</p>}
      {data.objective.map((sentence) => (
        <p key={sentence}>
          <code>{sentence}</code>
        </p>
      ))}
      <p>
        {points.length} points:{' '}
        {found.map(([status, words]) => (
          <span key={status} class={`state ${status}`}>{`${count(status)} ${words}`}</span>
        ))}
      </p>
    </header>
  );
}

interface ControlsProps {
  readonly study: PageStudy;
  readonly view: View;
  readonly change: (part: Partial<View>) => void;
}

function Controls({ study, view, change }: ControlsProps) {
  const columns = plotColumns(study);
  const better = (name: string): Column['better'] => study.byName.get(name)?.better ?? 'low';
  const coloured = study.columns.filter(({ words, name }) => words.length > 1 && name !== STATUS);
  return (
    <div class="controls">
      <AxisControls
        title="x axis"
        columns={columns}
        chosen={view.x}
        better={view.betterX}
        isLog={view.logX}
        onColumn={(x) => change({ x, betterX: better(x), logX: view.logX && canBeLog(study.byName.get(x)) })}
        onBetter={(betterX) => change({ betterX })}
        onLog={(logX) => change({ logX })}
      />
      <AxisControls
        title="y axis"
        columns={columns}
        chosen={view.y}
        better={view.betterY}
        isLog={view.logY}
        onColumn={(y) => change({ y, betterY: better(y), logY: view.logY && canBeLog(study.byName.get(y)) })}
        onBetter={(betterY) => change({ betterY })}
        onLog={(logY) => change({ logY })}
      />
      <label>
        Colour
        <select name="colour" value={view.colour} onChange={(event) => change({ colour: event.currentTarget.value })}>
          <option value="">none</option>
          {coloured.map((column) => (
            <option key={column.name} value={column.name}>
              {titleOf(column)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface AxisProps {
  readonly title: string;
  readonly columns: readonly PageColumn[];
  readonly chosen: string;
  readonly better: Column['better'];
  readonly isLog: boolean;
  readonly onColumn: (name: string) => void;
  readonly onBetter: (better: Column['better']) => void;
  readonly onLog: (isLog: boolean) => void;
}

function AxisControls({ title, columns, chosen, better, isLog, onColumn, onBetter, onLog }: AxisProps) {
  const column = columns.find(({ name }) => name === chosen);
  return (
    <fieldset class="axis-controls">
      <legend class="hidden">{title}</legend>
      <label>
        {title}
        <select name={title.slice(0, 1)} value={chosen} onChange={(event) => onColumn(event.currentTarget.value)}>
          {columns.map((each) => (
            <option key={each.name} value={each.name}>
              {titleOf(each)}
            </option>
          ))}
        </select>
      </label>
      <label class="inline">
        <input
          type="checkbox"
          checked={better === 'high'}
          onChange={(event) => onBetter(event.currentTarget.checked ? 'high' : 'low')}
        />
        more is better
      </label>
      <label class="inline">
        <input
          type="checkbox"
          checked={isLog}
          disabled={!canBeLog(column)}
          onChange={(event) => onLog(event.currentTarget.checked)}
        />
        log
      </label>
    </fieldset>
  );
}

/** What colours, shapes and lines stand for. */
function Key({ study, view, looks }: { study: PageStudy; view: View; looks: ReturnType<typeof looksOf> }) {
  const column = study.byName.get(view.colour);
  const [least, most] = column?.extent ?? [0, 0];
  return (
    <p class="key">
      {column !== undefined && <b>{titleOf(column)}</b>}
      {looks.key.map(({ word, look }) => (
        <span key={word}>
          <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
            <path d={look.shape} style={{ color: look.colour }} />
          </svg>
          {word}
        </span>
      ))}
      {looks.ramp !== undefined && (
        <span>
          {valueText(least)} <i class="ramp" style={{ background: looks.ramp }} /> {valueText(most)}
        </span>
      )}
      {study.points.some(({ status }) => status === 'misses') && (
        <span>
          <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
            <circle class="hollow" r="4" />
          </svg>
          misses the conditions
        </span>
      )}
      <span>
        <svg width="22" height="16" viewBox="0 -8 22 16" aria-hidden="true">
          <path class="front" d="M1,4L21,-4" />
        </svg>
        Pareto front
      </span>
    </p>
  );
}

function Footer({ study: { data } }: { readonly study: PageStudy }) {
  return (
    <footer>
      <h2>Where the figures come from</h2>
      <dl>
        {data.provenance.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        <div>
          <dt>generator</dt>
          <dd>{data.generator}</dd>
        </div>
      </dl>
      <CommandLine command={data.command} />
    </footer>
  );
}
