import { describe, expect, it } from 'vitest';
import type { Column, ExplorerData, ExplorerPoint } from '../../../../scripts/sweep/explorer/data.js';
import { filtered, withFilter } from '../../../../scripts/sweep/explorer/browser/filters.js';
import { paretoFront } from '../../../../scripts/sweep/explorer/browser/front.js';
import { pageStudy } from '../../../../scripts/sweep/explorer/browser/points.js';
import { firstView, hashOf, type View, viewOf } from '../../../../scripts/sweep/explorer/browser/view.js';
import { dominates, front } from '../../../../scripts/sweep/space/objective.js';

const column = (name: string, more: Partial<Column> = {}): Column => ({
  ...{ name, unit: '', kind: 'number', of: 'value', better: 'low', isAsked: false },
  ...more,
});

const point = (cells: ExplorerPoint['cells'], more: Partial<ExplorerPoint> = {}): ExplorerPoint => ({
  ...{
    id: cells
      .slice(0, 2)
      .map((cell) => encodeURIComponent(String(cell)))
      .join('/'),
    state: 'measured',
    cells,
    documents: [],
    meets: true,
  },
  ...more,
});

const DATA: ExplorerData = {
  ...{ study: 's', about: '', command: '', generator: '', provenance: [], objective: [] },
  columns: [
    column('types', { kind: 'word', of: 'axis' }),
    column('rows', { of: 'axis' }),
    column('area'),
    column('a,b=&.', { isAsked: true }),
    column('rate', { better: 'high', isAsked: true }),
  ],
  points: [
    point(['a&=,%/', 2, 10, 0.5, 1]),
    point(['a&=,%/', 4, 20, 1.5, 3]),
    point(['b', 2, 30, 2.5, 2], { meets: false }),
    point(['b', 4, null, null, null], { state: 'failed' }),
  ],
};
const study = pageStudy(DATA);
const named = (name: string) => study.byName.get(name) ?? study.columns[0];
const ids = (view: View) => filtered(study, view.filters).map(({ index }) => index);

describe('what a page shows first', () => {
  it('is what the study asks for, low against high', () => {
    expect(firstView(study)).toMatchObject({ x: 'a,b=&.', y: 'rate', betterY: 'high', colour: 'types' });
  });

  it('has nothing in its address', () => {
    expect(hashOf(study, firstView(study))).toBe('');
    expect(viewOf(study, '')).toEqual({ view: firstView(study), unknown: [] });
  });
});

describe('an address', () => {
  const choice = withFilter(new Map(), named('types') as never, { words: ['a&=,%/'] });
  const both = withFilter(choice, named('a,b=&.') as never, { from: 0.25, to: undefined });
  const view: View = {
    ...{ x: 'area', y: 'a,b=&.', colour: 'rows', betterX: 'high', betterY: 'low', logX: true, logY: true },
    ...{ sort: 'a,b=&.', isDescending: true, filters: both, point: 'b/2', other: study.points[0]?.id },
  };

  it('gives the view back, whatever stands in names and values', () => {
    expect(viewOf(study, `#${hashOf(study, view)}`)).toEqual({ view, unknown: [] });
    const upTo = withFilter(both, named('area') as never, { from: undefined, to: -1.5e-7 });
    expect(viewOf(study, `#${hashOf(study, { ...view, filters: upTo })}`).view.filters).toEqual(upTo);
  });

  it('says what the study has not, and keeps the rest', () => {
    const { view: found, unknown } = viewOf(
      study,
      '#x=volume&y=area&point=c%2F9&f.types=b,z&f.area=1..x&f.rate=2..&sort=-none&more=1&%zz=1',
    );
    expect([...unknown].sort()).toEqual(['%zz', 'c/9', 'f.area', 'f.types', 'more', 'none', 'volume']);
    expect(found).toMatchObject({ x: firstView(study).x, y: 'area', point: undefined, sort: '' });
    expect([...found.filters]).toEqual([['rate', { from: 2, to: undefined }]]);
  });

  it('has no logarithm of what may be 0', () => {
    const zero = pageStudy({ ...DATA, points: [...DATA.points, point(['c', 8, 0, 1, 1])] });
    expect(viewOf(zero, '#x=area&log-x=1').view.logX).toBe(false);
    expect(viewOf(study, '#x=area&log-x=1').view.logX).toBe(true);
  });
});

describe('filters', () => {
  const first = firstView(study);
  const by = (name: string, filter: Parameters<typeof withFilter>[2]): View => ({
    ...first,
    filters: withFilter(first.filters, named(name) as never, filter),
  });

  it('let points through by words, by numbers and by status', () => {
    expect(ids(first)).toEqual([0, 1, 2, 3]);
    expect(ids(by('types', { words: ['b'] }))).toEqual([2, 3]);
    expect(ids(by('rows', { words: ['4'] }))).toEqual([1, 3]);
    expect(ids(by('rate', { from: 2, to: undefined }))).toEqual([1, 2]);
    expect(ids(by('rate', { from: 1, to: 2 }))).toEqual([0, 2]);
    expect(ids(by('status', { words: ['failed', 'misses'] }))).toEqual([2, 3]);
  });

  it('are none where they let everything through', () => {
    expect(by('types', { words: ['b', 'a&=,%/'] }).filters.size).toBe(0);
    expect(by('rate', { from: undefined, to: undefined }).filters.size).toBe(0);
    expect(ids(by('types', { words: [] }))).toEqual([]);
  });
});

describe('the front', () => {
  it('is that of the search, for any spots', () => {
    // Few values, so that many spots are equal in one direction or both.
    let seed = 1;
    const next = (): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % 12;
    };
    const spots = Array.from({ length: 300 }, () => ({ x: next(), y: next() }));
    for (const better of [
      { x: 'low', y: 'low' },
      { x: 'low', y: 'high' },
      { x: 'high', y: 'low' },
      { x: 'high', y: 'high' },
    ] as const) {
      const scores = spots.map(({ x, y }) => [better.x === 'low' ? x : -x, better.y === 'low' ? y : -y]);
      const found = paretoFront(spots, better);
      expect(new Set(found)).toEqual(front(scores));
      expect(found.every((i) => !scores.some((other) => dominates(other, scores[i] ?? [])))).toBe(true);
      expect(found.map((i) => spots[i]?.x)).toEqual(found.map((i) => spots[i]?.x).sort((a = 0, b = 0) => a - b));
    }
  });
});
