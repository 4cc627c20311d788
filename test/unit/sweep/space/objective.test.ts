import { describe, expect, it } from 'vitest';
import { type Names, parseExpression } from '../../../../scripts/sweep/space/expression.js';
import {
  contradiction,
  dominates,
  front,
  meets,
  parseObjective,
  scores,
} from '../../../../scripts/sweep/space/objective.js';

const POSITIVE = { least: 0, most: Number.POSITIVE_INFINITY };
const names: Names = new Map([
  ['area', { kind: 'number', range: POSITIVE }],
  ['rate', { kind: 'number', range: POSITIVE }],
  ['accuracy', { kind: 'number', range: { least: 0, most: 100 } }],
  ['rows', { kind: 'number', range: { least: 1, most: 1024 } }],
]);

describe('an objective', () => {
  it('is a goal with conditions', () => {
    const objective = parseObjective('minimise area per rate subject to accuracy >= 90 and rate > 1', names);
    const point = (area: number, rate: number, accuracy: number) => new Map(Object.entries({ area, rate, accuracy }));
    expect(scores(objective, point(8, 2, 91))).toEqual([4]);
    expect(meets(objective, point(8, 2, 91))).toBe(true);
    expect(meets(objective, point(8, 1, 91))).toBe(false);
    expect(scores(parseObjective('maximize rate', names), point(8, 2, 91))).toEqual([-2]);
  });

  it('is refused where it says nothing', () => {
    expect(() => parseObjective('area', names)).toThrow(/begins with/);
    expect(() => parseObjective('minimise', names)).toThrow(/begins with/);
    expect(() => parseObjective('minimise area subject to', names)).toThrow();
    expect(() => parseObjective('minimise area subject to rate', names)).toThrow(/not a condition/);
  });
});

describe('conditions', () => {
  const against = (...texts: string[]): string | undefined =>
    contradiction(
      texts.map((text) => parseExpression(text, 'condition', names)),
      new Map([['rows', { least: 2, most: 16 }]]),
    );

  it('contradict each other, or what can be', () => {
    expect(against('rate >= 100 and rate <= 50')).toMatch(/rate.*at least 100.*at most 50/);
    expect(against('rate > 5', '5 > rate')).toMatch(/never/);
    expect(against('accuracy >= 101')).toMatch(/accuracy/);
    expect(against('rows > 16')).toMatch(/never|rows/);
    expect(against('rate < 10 and 2 * rate >= 100')).toMatch(/never/);
    expect(against('area * rate < 0')).toMatch(/never/);
  });

  it('do not where some values meet them', () => {
    expect(against('rate >= 50 and rate <= 50')).toBeUndefined();
    expect(against('rate < 10 or rate > 20', 'accuracy >= 100')).toBeUndefined();
    expect(against('rate < 10 and 2 * rate >= 19', 'rows == 16')).toBeUndefined();
  });
});

describe('the Pareto front', () => {
  it('is what no other point dominates', () => {
    const points = [
      [1, 9],
      [2, 4],
      [3, 5],
      [2, 4],
      [9, 1],
      [Number.NaN, 0],
    ];
    expect([...front(points)]).toEqual([0, 1, 3, 4]);
    expect(dominates([1, 1], [1, 1])).toBe(false);
    expect(dominates([1, 1], [1, 2])).toBe(true);
  });
});
