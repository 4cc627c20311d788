import { beforeAll, expect, test } from 'vitest';
import { compareFigures, meanBars, relativeBars } from '../../../scripts/perf/comparison.js';
import { ARGUED, CORRECTIONS, PUBLISHED } from '../../../scripts/perf/corrections.js';
import { bitLists, comparedAccelerators, publishedFigures } from '../../../scripts/perf/data.js';
import { publishedSearchEnergy } from '../../../scripts/perf/energy.js';
import { Evaluator, type NetworkResult } from '../../../scripts/perf/evaluate.js';
import { machineOf } from '../../../scripts/perf/machine.js';
import { NETWORKS } from '../../../scripts/perf/networks/index.js';
import { plainSearch } from '../../../scripts/perf/plain-search.js';
import type { Problem } from '../../../scripts/perf/problem.js';
import { bestSchedule } from '../../../scripts/perf/search.js';
import { scaledStats } from '../../../scripts/perf/stats.js';

const published = publishedFigures();
const accelerators = comparedAccelerators();
const evaluator = new Evaluator(PUBLISHED);
let results: NetworkResult[];

beforeAll(() => {
  const lists = bitLists();
  results = [...NETWORKS.values()].flatMap((network) =>
    accelerators.map((accelerator) => evaluator.evaluate(network(), accelerator, { lists })),
  );
}, 60_000);

function figures(of: readonly NetworkResult[]) {
  const bars = relativeBars(of);
  return compareFigures([...bars, ...meanBars(bars, PUBLISHED, published)], published);
}

test('all 240 published figures come out as printed', () => {
  const compared = figures(results);
  expect(compared).toHaveLength(240);
  expect(compared.filter((figure) => figure.computed !== figure.published)).toEqual([]);
});

test('the comparison sees a network that differs', () => {
  const slower = results.map((result) =>
    result.network === 'VGG16' && result.accelerator === 'ANT-OS'
      ? { ...result, stats: scaledStats(result.stats, 1.05) }
      : result,
  );
  const different = figures(slower).filter((figure) => figure.computed !== figure.published);
  expect(different).toContainEqual({
    row: 'Time',
    network: 'VGG16',
    accelerator: 'ANT-OS',
    published: '0.20',
    computed: '0.21',
  });
});

test('2743 layers are 560 different problems', () => {
  expect(results.reduce((sum, { layers }) => sum + layers.length, 0)).toBe(2743);
  expect(evaluator.searched).toBe(560);
});

/** Problems small enough for the plain search, of each kind: 1 x 1, 3 x 3 and wide kernels, odd sizes, vectors. */
const SMALL: readonly Pick<Problem, 'batch' | 'kernel' | 'output' | 'inChannels' | 'outChannels'>[] = [
  { batch: 3, kernel: { height: 3, width: 3 }, output: { height: 7, width: 7 }, inChannels: 512, outChannels: 48 },
  { batch: 4, kernel: { height: 1, width: 1 }, output: { height: 14, width: 14 }, inChannels: 96, outChannels: 40 },
  { batch: 197, kernel: { height: 1, width: 1 }, output: { height: 1, width: 1 }, inChannels: 768, outChannels: 1000 },
  { batch: 2, kernel: { height: 7, width: 7 }, output: { height: 112, width: 112 }, inChannels: 3, outChannels: 64 },
];

test.each(accelerators)('the search finds what looking at everything finds: $name', (accelerator) => {
  const machine = machineOf(accelerator);
  for (const [i, shape] of SMALL.entries()) {
    const bits = Math.min(accelerator.array.maxBits, i % 2 === 0 ? 4 : 8);
    const problem = { ...shape, count: 1, input: shape.output, stride: 1, bits, resultBits: 16 };
    const plain = plainSearch(problem, machine);
    const found = bestSchedule(problem, machine, PUBLISHED);
    expect(plain.candidates).toBeGreaterThan(9_000);
    expect(found?.stats.cycles).toBe(plain.cycles);
    expect(found && publishedSearchEnergy(found.stats, machine)).toBe(plain.energy);
  }
});

test('every flaw of 18 has a correction or an argument', () => {
  const numbers = [...Object.values(CORRECTIONS), ...ARGUED].map(({ flaw }) => flaw).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
});
