import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Values } from '../../../../scripts/sweep/space/expression.js';
import { front } from '../../../../scripts/sweep/space/objective.js';
import { featuresOf } from '../../../../scripts/sweep/space/search/features.js';
import { type Found, FrontSearch } from '../../../../scripts/sweep/space/search/front-search.js';
import { anyResemblance, fitted, gaussianProcess } from '../../../../scripts/sweep/space/search/gaussian-process.js';

/** All points of examples/studies/area-against-rate.yaml as `npm run sweep` measured them: columns of its `--csv`. */
const TABLE = readFileSync('test/data/sweep/area-against-rate.csv', 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [dataflow = '', ...numbers] = line.split(',');
    const [rows, cols, lanes, gateEquivalents, rate] = numbers.map(Number) as [number, number, number, number, number];
    return {
      known: new Map<string, string | number>(
        Object.entries({ dataflow, rows, cols, lanes, macsPerCycle: rows * cols * lanes }),
      ),
      values: { gateEquivalents, rate },
    };
  });

type Judged = (values: Values) => readonly number[] | undefined;

const numberOf = (values: Values, name: string): number => values.get(name) as number;
const areaAndRate: Judged = (values) => [numberOf(values, 'gateEquivalents'), -numberOf(values, 'rate')];
const areaAtRate =
  (least: number): Judged =>
  (values) =>
    numberOf(values, 'rate') >= least ? [numberOf(values, 'gateEquivalents')] : undefined;

/** The best points of the whole table. */
function bestOf(judged: Judged): number[] {
  const all = TABLE.flatMap(({ known, values }, point) => {
    const scores = judged(new Map([...known, ...Object.entries(values)]));
    return scores === undefined ? [] : [{ point, scores }];
  });
  return [...front(all.map(({ scores }) => scores))].map((i) => all[i]?.point as number);
}

interface Asking {
  readonly seed: number;
  readonly round?: number;
  readonly failing?: readonly number[];
  /** Of the table's first points. */
  readonly count?: number;
}

/** The points that a search asks for, in order. */
function askedFor(judged: Judged, { seed, round = 2, failing = [], count = TABLE.length }: Asking): number[] {
  const points = TABLE.slice(0, count).map(({ known }) => known);
  const search = new FrontSearch({ points, measures: ['gateEquivalents', 'rate'], judged }, seed, round);
  const found = new Map<number, Found>();
  for (let { points: next } = search.next(found); next.length > 0; next = search.next(found).points) {
    for (const point of next) {
      expect(found.has(point)).toBe(false);
      const values = TABLE[point]?.values ?? {};
      found.set(point, failing.includes(point) ? { state: 'failed', values: {} } : { state: 'measured', values });
    }
  }
  return [...found.keys()];
}

describe('a search for the front', () => {
  it('finds all of it with a third of the measurements, on a study that was measured whole', () => {
    const best = bestOf(areaAndRate);
    expect([TABLE.length, best.length]).toEqual([216, 48]);
    const asked = askedFor(areaAndRate, { seed: 1 });
    expect(best.filter((point) => !asked.includes(point))).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(216 / 3);
  });

  it('finds the best point of one goal under a condition with a tenth of the measurements', () => {
    for (const rate of [13, 50, 200]) {
      const asked = askedFor(areaAtRate(rate), { seed: 1 });
      expect(asked).toEqual(expect.arrayContaining(bestOf(areaAtRate(rate))));
      expect(asked.length).toBeLessThanOrEqual(26);
    }
  });

  it('asks for the same points with the same seed, and for others with another one', () => {
    const asked = askedFor(areaAtRate(50), { seed: 1 });
    expect(askedFor(areaAtRate(50), { seed: 1 })).toEqual(asked);
    expect(askedFor(areaAtRate(50), { seed: 2 })).not.toEqual(asked);
  });

  it('goes on past points that fail, and through all where none meets the conditions', () => {
    const [best = -1] = bestOf(areaAtRate(50));
    const asked = askedFor(areaAtRate(50), { seed: 1, failing: [best] });
    expect(asked.filter((point) => point === best)).toHaveLength(1);
    expect(askedFor(() => undefined, { seed: 1, round: 64, count: 72 })).toHaveLength(72);
  });
});

describe('the features of points', () => {
  it('are parameters that differ: numbers by their logarithm, a number for each word, of two words one', () => {
    const point = (rows: number, dataflow: string, weights: string[]) =>
      new Map<string, string | number | string[]>(Object.entries({ rows, dataflow, weights, cols: 4 }));
    const features = featuresOf([
      point(4, 'os', ['int4']),
      point(8, 'ws', ['int4', 'pot4']),
      point(16, 'ws', ['int4']),
    ]);
    expect(features.map((each) => [...each].map((value) => Number(value.toFixed(6))))).toEqual([
      [0, 0, 0],
      [0.5, 1, 1],
      [1, 1, 0],
    ]);
  });
});

describe('a Gaussian process', () => {
  it('passes through what is known, and knows less farther away', () => {
    const points = [0, 0.2, 0.5, 0.9, 1].map((x) => Float64Array.of(x));
    const values = Float64Array.from(points, ([x = 0]) => Math.sin(5 * x));
    const process = gaussianProcess(points, values, fitted(points, values, [anyResemblance(1)]));
    for (const [i, point] of points.entries()) {
      const { mean, deviation } = process.at(point);
      expect(mean).toBeCloseTo(values[i] as number, 2);
      expect(deviation).toBeLessThan(0.02);
    }
    const between = process.at(Float64Array.of(0.7));
    expect(Math.abs(between.mean - Math.sin(3.5))).toBeLessThan(3 * between.deviation);
    expect(process.at(Float64Array.of(3)).deviation).toBeGreaterThan(2 * between.deviation);
  });
});
