import { describe, expect, it } from 'vitest';
import { CORRECTED, type Corrections, PUBLISHED } from '../../../scripts/perf/corrections.js';
import { layersCsv } from '../../../scripts/perf/csv.js';
import { comparedAccelerators } from '../../../scripts/perf/data.js';
import { modelHtml } from '../../../scripts/perf/html.js';
import { type Layer, macsOf, weightsOf } from '../../../scripts/perf/layer.js';
import { problemOf } from '../../../scripts/perf/problem.js';
import { energyPerSample, modelReport } from '../../../scripts/perf/report.js';
import { modelText } from '../../../scripts/perf/text.js';

const LINEAR = { kind: 'linear', name: 'fc', rows: 1, inFeatures: 30, outFeatures: 10 } as const;

const report = () => {
  const accelerators = comparedAccelerators().filter(({ name }) => name === 'ANT-OS');
  return modelReport({
    networks: [
      {
        network: {
          name: 'net',
          layers: [LINEAR],
          leftOut: [
            { title: 'decoder/LSTM', op: 'LSTM', reason: 'lengths, given', macs: 700 },
            { title: 'inner', op: 'MatMul', reason: 'inside of If', macs: null },
          ],
        },
        bits: new Map([['fc', 4]]),
      },
    ],
    accelerators,
    corrections: PUBLISHED,
    samples: 1,
    baseline: 'ANT-OS',
    lists: {},
    asPublished: false,
  });
};

describe('products that the model leaves out', () => {
  it('are listed with their share of the multiply-accumulates, in report, text, CSV and HTML', async () => {
    const made = report();
    expect(made.leftOut).toEqual([
      { network: 'net', title: 'decoder/LSTM', op: 'LSTM', reason: 'lengths, given', macs: 700, share: 0.7 },
      { network: 'net', title: 'inner', op: 'MatMul', reason: 'inside of If', macs: null, share: null },
    ]);
    const text = modelText(made, 'title');
    expect(text).toMatch(/^net +decoder\/LSTM +LSTM +700 +70\.0 % +lengths, given$/m);
    expect(text).toMatch(/^net +inner +MatMul +not known +inside of If$/m);
    const lines = layersCsv(made).trimEnd().split('\r\n');
    const columns = lines[0]?.split(',') ?? [];
    expect(columns.slice(-3)).toEqual(['leftOutMacs', 'leftOutShare', 'leftOutReason']);
    expect(lines[2]).toMatch(/^net,,decoder\/LSTM,,.*,700,0\.7,"lengths, given"$/);
    expect(lines[2]?.replace(/"[^"]*"/, '').split(',')).toHaveLength(columns.length);
    expect(lines[3]?.split(',')).toHaveLength(columns.length);
    const html = await modelHtml(made, 'title');
    for (const part of ['decoder/LSTM', '70.0 %', 'inside of If']) expect(html).toContain(part);
  });
});

describe('products of two activations', () => {
  const attention = { kind: 'attention', name: 'scores', count: 2, m: 5, k: 10, n: 3 } as const;
  const made = (corrections: Corrections, layers: readonly Layer[] = [LINEAR, attention]) =>
    modelReport({
      networks: [{ network: { name: 'net', layers }, bits: new Map([['fc', 4]]) }],
      accelerators: comparedAccelerators().filter(({ name }) => name === 'ANT-OS'),
      ...{ corrections, samples: 1, baseline: 'ANT-OS', lists: {}, asPublished: false },
    });

  it('are listed where the model as published leaves them out, and counted by the corrected one', () => {
    expect(made(PUBLISHED).leftOut).toEqual([
      expect.objectContaining({ network: 'net', title: 'scores', macs: 300, share: 0.5 }),
    ]);
    expect(made(PUBLISHED).results[0]?.layers.map(({ name }) => name)).toEqual(['fc']);
    expect(made(CORRECTED).leftOut).toEqual([]);
    expect(made(CORRECTED).results[0]?.layers.map(({ name }) => name)).toEqual(['fc', 'scores']);
  });

  it('alone are refused by the model as published, with the way out', () => {
    expect(() => made(PUBLISHED, [attention])).toThrow(/^net .*--corrected\b/);
    expect(made(CORRECTED, [attention]).results).toHaveLength(1);
  });
});

describe('a small network', () => {
  it('has figures that are not rounded to nothing, in text and HTML', async () => {
    const made = report();
    const [row] = made.results;
    const text = modelText(made, 'title');
    const line = text.split('\n').find((each) => each.includes('ANT-OS') && each.includes('%')) as string;
    // Four figures of a sample, and the utilisation.
    const figures = line.trim().split(/ {2,}/).slice(2);
    const numbers = figures.map((figure) => Number(figure.replace(/ %$/, '').replaceAll(',', '')));
    const { cycles, dramReads, dramWrites } = (row as NonNullable<typeof row>).stats;
    const wanted = [
      cycles / 1000,
      1000 * (row as NonNullable<typeof row>).seconds,
      energyPerSample(row as NonNullable<typeof row>, 1),
      (dramReads + dramWrites) / 8e6,
      100 * (row as NonNullable<typeof row>).utilisation,
    ];
    expect(numbers).toHaveLength(wanted.length);
    for (const [i, value] of wanted.entries()) {
      expect(value).toBeGreaterThan(0);
      expect(Math.abs((numbers[i] as number) / value - 1), figures[i]).toBeLessThan(0.05);
    }
    const html = await modelHtml(made, 'title');
    for (const figure of figures.slice(1)) expect(html).toContain(figure);
  });
});

describe('a linear layer with weights for each of a batch', () => {
  it('is so many products', () => {
    const layer = { ...LINEAR, count: 3 };
    expect([macsOf(layer), weightsOf(layer)]).toEqual([900, 900]);
    expect(problemOf(layer, { operands: 4, results: 16 }, 2, PUBLISHED)).toMatchObject({ count: 3, batch: 2 });
  });
});
