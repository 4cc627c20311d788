import type { Column } from '../data.js';
import type { Filter, Filters } from './filters.js';
import { type PageColumn, type PageStudy, STATUS } from './points.js';

/** What the page shows of a study: all of it is in the address, so that a link shows the same. */
export interface View {
  /** Names of columns; no name for no colour. */
  readonly x: string;
  readonly y: string;
  readonly colour: string;
  readonly betterX: Column['better'];
  readonly betterY: Column['better'];
  readonly logX: boolean;
  readonly logY: boolean;
  /** The column of the table's order; no name for the study's own. */
  readonly sort: string;
  readonly isDescending: boolean;
  readonly filters: Filters;
  /** The points that are looked at, and compared with it. */
  readonly point: string | undefined;
  readonly other: string | undefined;
}

/** Columns that a plot can have as an axis. */
export const plotColumns = ({ columns }: PageStudy): PageColumn[] =>
  columns.filter(({ extent }) => extent !== undefined);

/** What is shown first: what is to be low against what is to be high. */
export function firstView(study: PageStudy): View {
  const plotted = plotColumns(study);
  const values = plotted.filter(({ of }) => of === 'value');
  const varied = values.filter(({ extent: [least, most] = [0, 0] }) => least !== most);
  const asked = varied.filter(({ isAsked }) => isAsked);
  const candidates = [...asked, ...varied, ...values, ...plotted];
  const x = candidates.find(({ better }) => better === 'low') ?? candidates[0];
  const others = candidates.filter((column) => column !== x);
  const y = others.find(({ better }) => better === 'high') ?? others[0] ?? x;
  const words = study.columns.filter(
    ({ kind, words: all, name }) => kind === 'word' && all.length > 1 && name !== STATUS,
  );
  return {
    ...{ x: x?.name ?? '', y: y?.name ?? '', colour: words[0]?.name ?? '' },
    ...{ betterX: x?.better ?? 'low', betterY: y?.better ?? 'low', logX: false, logY: false },
    ...{ sort: '', isDescending: false, filters: new Map(), point: undefined, other: undefined },
  };
}

/** Whether an axis can have a logarithmic scale. */
export const canBeLog = (column: PageColumn | undefined): boolean => (column?.extent?.[0] ?? 0) > 0;

/** The address of a view, without what is so anyway. */
export function hashOf(study: PageStudy, view: View): string {
  const first = firstView(study);
  const better = (name: string): Column['better'] => study.byName.get(name)?.better ?? 'low';
  const parts: [string, string][] = [
    ...(view.x === first.x ? [] : [['x', encodeURIComponent(view.x)] as [string, string]]),
    ...(view.y === first.y ? [] : [['y', encodeURIComponent(view.y)] as [string, string]]),
    ...(view.colour === first.colour ? [] : [['colour', encodeURIComponent(view.colour)] as [string, string]]),
    ...(view.betterX === better(view.x) ? [] : [['better-x', view.betterX] as [string, string]]),
    ...(view.betterY === better(view.y) ? [] : [['better-y', view.betterY] as [string, string]]),
    ...(view.logX ? [['log-x', '1'] as [string, string]] : []),
    ...(view.logY ? [['log-y', '1'] as [string, string]] : []),
    ...(view.sort === ''
      ? []
      : [['sort', (view.isDescending ? '-' : '+') + encodeURIComponent(view.sort)] as [string, string]]),
    ...[...view.filters].map(([name, filter]): [string, string] => [
      `f.${encodeURIComponent(name)}`,
      filterText(filter),
    ]),
    ...(view.point === undefined ? [] : [['point', view.point] as [string, string]]),
    ...(view.other === undefined ? [] : [['with', view.other] as [string, string]]),
  ];
  return parts.map((part) => part.join('=')).join('&');
}

const filterText = (filter: Filter): string =>
  'words' in filter ? filter.words.map(encodeURIComponent).join(',') : `${filter.from ?? ''}..${filter.to ?? ''}`;

/** The view of an address, and what of it this study does not have. */
export function viewOf(study: PageStudy, hash: string): { readonly view: View; readonly unknown: readonly string[] } {
  const first = firstView(study);
  const unknown: string[] = [];
  const given = new Map<string, string>();
  for (const part of hash
    .replace(/^#/, '')
    .split('&')
    .filter((each) => each !== '')) {
    const at = part.indexOf('=');
    given.set(decoded(part.slice(0, Math.max(at, 0))), part.slice(at + 1));
  }
  const column = (key: string, fallback: string): string => {
    const text = given.get(key);
    given.delete(key);
    if (text === undefined) return fallback;
    const name = decoded(text);
    if (name === '' && key === 'colour') return '';
    if (study.byName.has(name)) return name;
    unknown.push(name);
    return fallback;
  };
  const point = (key: string): string | undefined => {
    const text = given.get(key);
    given.delete(key);
    if (text === undefined) return undefined;
    if (study.byId.has(text)) return text;
    unknown.push(decoded(text));
    return undefined;
  };
  const word = (key: string): string | undefined => {
    const text = given.get(key);
    given.delete(key);
    return text;
  };
  const axis = (key: string, fallback: string): string => {
    const name = column(key, fallback);
    if (study.byName.get(name)?.extent !== undefined) return name;
    unknown.push(name);
    return fallback;
  };
  const [x, y, colour] = [axis('x', first.x), axis('y', first.y), column('colour', first.colour)];
  const better = (key: string, name: string): Column['better'] => {
    const text = word(key);
    return text === 'low' || text === 'high' ? text : (study.byName.get(name)?.better ?? 'low');
  };
  const isDescending = given.get('sort')?.startsWith('-') ?? false;
  const order = given.get('sort');
  if (order !== undefined) given.set('sort', order.slice(1));
  const filters = new Map<string, Filter>();
  const view: View = {
    ...{ x, y, colour, betterX: better('better-x', x), betterY: better('better-y', y) },
    logX: word('log-x') === '1' && canBeLog(study.byName.get(x)),
    logY: word('log-y') === '1' && canBeLog(study.byName.get(y)),
    ...{ sort: column('sort', ''), isDescending, filters, point: point('point'), other: point('with') },
  };
  for (const [key, text] of given) {
    const filteredColumn = key.startsWith('f.') ? study.byName.get(key.slice(2)) : undefined;
    const filter = filteredColumn && parsedFilter(filteredColumn, text);
    if (filteredColumn === undefined || filter === undefined) unknown.push(key);
    else filters.set(filteredColumn.name, filter);
  }
  return { view, unknown };
}

function parsedFilter({ isChoice, words }: PageColumn, text: string): Filter | undefined {
  if (isChoice) {
    const chosen = text === '' ? [] : text.split(',').map(decoded);
    return chosen.every((word) => words.includes(word)) ? { words: chosen } : undefined;
  }
  const at = text.indexOf('..');
  if (at < 0) return undefined;
  const [from, to] = [text.slice(0, at), text.slice(at + 2)].map((end) => (end === '' ? undefined : Number(end)));
  return Number.isNaN(from) || Number.isNaN(to) ? undefined : { from, to };
}

/** Text of an address; as it stands where it is damaged. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
