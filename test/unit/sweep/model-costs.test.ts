import { expect, it } from 'vitest';
import type { Costs } from '../../../scripts/perf/own.js';
import { withKept } from '../../../scripts/sweep/model-costs.js';

const cost = (gateEquivalents: number): Costs['designs'][string] => ({
  ...{ configurationSha256: 'a', rows: 1, cols: 1, lanes: 1, gateEquivalents },
});

const costs = (designs: Costs['designs'], tool = 'Yosys 0.23'): Costs => ({
  ...{ command: 'c', generator: 'g', tool, library: 'l', designs },
});

it('measured costs take the places of those before, in the order of the designs; others stay', () => {
  const kept = costs({ THREE: cost(3), ONE: cost(1), GONE: cost(9) });
  const measured = costs({ TWO: cost(2), ONE: cost(10) });
  const both = withKept(measured, kept, ['ONE', 'TWO', 'THREE', 'FOUR']);
  expect(Object.entries(both.designs).map(([name, { gateEquivalents }]) => [name, gateEquivalents])).toEqual([
    ['ONE', 10],
    ['TWO', 2],
    ['THREE', 3],
  ]);
  expect(withKept(measured, undefined, ['ONE'])).toBe(measured);
});

it('measured costs are not put beside those of another tool', () => {
  expect(() => withKept(costs({}), costs({ ONE: cost(1) }, 'Yosys 0.55'), ['ONE'])).toThrow(/--only\b.*0\.55.*0\.23/);
});
