import type { Filter, Filters } from './filters.js';
import { titleOf, valueText } from './format.js';
import { type PageColumn, type PageStudy, type Point, STATUS, wordOf } from './points.js';

interface Props {
  readonly study: PageStudy;
  readonly filters: Filters;
  readonly onFilter: (column: PageColumn, filter: Filter | undefined) => void;
}

/** A filter for each column that has several values. */
export function FilterPanel({ study, filters, onFilter }: Props) {
  const columns = study.columns.filter(({ words }) => words.length > 1);
  return (
    <div class="filters">
      {columns.map((column) => {
        const filter = filters.get(column.name);
        const Kind = column.isChoice ? Choice : Range;
        return (
          <fieldset key={column.name} class={filter === undefined ? '' : 'filtered'} data-filter={column.name}>
            <legend>{titleOf(column)}</legend>
            <Kind column={column} points={study.points} filter={filter} onFilter={(next) => onFilter(column, next)} />
          </fieldset>
        );
      })}
    </div>
  );
}

interface FilterProps {
  readonly column: PageColumn;
  readonly points: readonly Point[];
  readonly filter: Filter | undefined;
  readonly onFilter: (filter: Filter | undefined) => void;
}

function Choice({ column, points, filter, onFilter }: FilterProps) {
  const chosen = filter !== undefined && 'words' in filter ? filter.words : column.words;
  const count = (word: string): number => points.filter(({ cells }) => wordOf(cells[column.index]) === word).length;
  const toggle = (word: string): void => {
    const has = chosen.includes(word);
    onFilter({ words: column.words.filter((each) => (each === word ? !has : chosen.includes(each))) });
  };
  return (
    <div class="choices">
      {column.words.map((word) => (
        <label key={word}>
          <input type="checkbox" checked={chosen.includes(word)} onChange={() => toggle(word)} />
          <span>{word}</span>
          {column.name === STATUS && <span class="faint">{count(word)}</span>}
        </label>
      ))}
    </div>
  );
}

function Range({ column, filter, onFilter }: FilterProps) {
  const { from, to } = filter !== undefined && 'from' in filter ? filter : { from: undefined, to: undefined };
  const [least, most] = column.extent ?? [0, 0];
  const parsed = (event: Event): number | undefined => {
    const { value } = event.currentTarget as HTMLInputElement;
    return value === '' || !Number.isFinite(Number(value)) ? undefined : Number(value);
  };
  return (
    <div class="range">
      <label>
        <span class="faint">from</span>
        <input
          type="number"
          step="any"
          placeholder={valueText(least)}
          value={from ?? ''}
          onChange={(event) => onFilter({ from: parsed(event), to })}
        />
      </label>
      <label>
        <span class="faint">to</span>
        <input
          type="number"
          step="any"
          placeholder={valueText(most)}
          value={to ?? ''}
          onChange={(event) => onFilter({ from, to: parsed(event) })}
        />
      </label>
    </div>
  );
}
