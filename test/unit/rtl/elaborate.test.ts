import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { halfTypes } from '../../../gen/numerics/types/int.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { rangeOf, signedBits } from '../../../gen/rtl/accumulator.js';
import { type Design, elaborate } from '../../../gen/rtl/design.js';
import { tilePeriod } from '../../../gen/rtl/timing.js';
import { problemsOf } from '../../support/text.js';

const design = (raw: RawConfiguration): Design => elaborate(validateConfiguration(raw));

describe('signedBits', () => {
  it.each([
    [0n, 0n, 1],
    [-1n, 0n, 1],
    [0n, 1n, 2],
    [-2n, 1n, 2],
    [-3n, 1n, 3],
    [-128n, 127n, 8],
    [-128n, 128n, 9],
    [0n, 4194304n, 24],
  ])('%d to %d takes %d bits', (least, greatest, bits) => {
    expect(signedBits({ least, greatest })).toBe(bits);
  });
});

describe('accumulators', () => {
  it('hold maxK of the largest products, and not one more than provenK', () => {
    for (const maxK of [1, 7, 1024, 4096]) {
      const { bits, provenK, product } = design({ maxK }).accumulator;
      const fits = (k: number): boolean =>
        BigInt.asIntN(bits, product.greatest * BigInt(k)) === product.greatest * BigInt(k) &&
        BigInt.asIntN(bits, product.least * BigInt(k)) === product.least * BigInt(k);
      expect(provenK).toBeGreaterThanOrEqual(maxK);
      expect(fits(provenK)).toBe(true);
      expect(fits(provenK + 1)).toBe(false);
    }
  });

  it('take the larger product of int4, which is -8 times -8', () => {
    const { product, sum } = design({ activations: ['int4'], weights: ['int4'], maxK: 10 }).accumulator;
    expect(product).toEqual({ least: -56n, greatest: 64n });
    expect(sum).toEqual({ least: -560n, greatest: 640n });
  });

  it('are one bit for nothing but sums of unsigned products never below zero', () => {
    expect(design({ activations: ['uint4'], weights: ['uint4'], maxK: 1 }).accumulator.bits).toBe(9);
  });

  it('tell what each type costs: upot4 widens by 8 bits', () => {
    const withPot = design({ activations: ['int4', 'uflint4', 'upot4'] });
    const cost = withPot.accumulator.contributions.find(({ type }) => type === 'upot4');
    expect(cost?.bitsSaved).toBe(8);
    expect(withPot.accumulator.bits - design({ activations: ['int4', 'uflint4'] }).accumulator.bits).toBe(8);
  });

  it('may be wider than the bound, or wrap where asked to', () => {
    expect(design({ accumulatorBits: 32 }).accumulator).toMatchObject({ bits: 32, boundBits: 24, wraps: false });
    expect(design({ accumulatorBits: 16, overflow: 'wrap' }).accumulator).toMatchObject({ bits: 16, wraps: true });
  });

  it('that would be too wide are blamed on the type with the largest values, on either port', () => {
    const wide = { activations: ['int2'], weights: ['ue6m0'], maxK: 20424 };
    expect(() => design(wide)).toThrow(/weights: given ue6m0; .*\bue6m0\b.*\b4611686018427387904\b/);
    const many = { activations: ['upot3', 'uflint6'], weights: ['int3', 'ue7m0', 'pot4'], maxK: 1423805 };
    expect(() => design(many)).toThrow(/; .*\bue7m0\b/);
    expect(() => design({ activations: ['upot7'], weights: ['int4'] })).toThrow(/activations: given .*; .*\bupot7\b/);
  });

  it('know the range of a list of types', () => {
    expect(rangeOf([numericType('int4'), numericType('uflint4')])).toEqual({ least: -8n, greatest: 64n });
  });
});

describe('timing', () => {
  it('gives periods of output-stationary tiles: a beat a cycle, and no fewer than rows and registers of the bus', () => {
    const periods = (raw: Record<string, unknown>) =>
      [5, 20].map((k) => tilePeriod(design({ rows: 8, cols: 3, ...raw }).timing, k));
    expect(periods({})).toEqual([8, 20]);
    expect(periods({ busSegment: 2 })).toEqual([11, 20]);
    expect(periods({ clusterRows: 2 })).toEqual([5, 20]);
  });
});

describe('a read-out bus', () => {
  it('gives a latency without the rows', () => {
    const { timing } = design({ rows: 8, cols: 6, pipeline: 3 });
    expect(timing.latency).toMatchObject({ formula: 'COLS + PIPELINE + 4', cycles: 6 + 3 + 4, minimumK: 8 });
    expect(timing.drain).toEqual({ formula: 'ROWS - 1', cycles: 7, segment: null });
  });

  it('has registers where it would be a longer path than a PE, by default', () => {
    const registers = (raw: Record<string, unknown>) => design({ cols: 2, ...raw }).timing.tilePeriod.minimum;
    expect([16, 17, 32, 64, 65].map((rows) => registers({ rows }) - rows)).toEqual([0, 1, 1, 3, 4]);
    expect(registers({ rows: 32, pipeline: 2 })).toBe(32 + 1);
    expect(registers({ rows: 64, pe: 'float' })).toBe(64);
    expect(registers({ rows: 64, clusterRows: 2 })).toBe(32 + 1);
    const { timing } = design({ rows: 64, cols: 2 });
    expect(timing).toMatchObject({
      tilePeriod: { formula: 'max(K, ROWS + 3)' },
      drain: { formula: 'ROWS + 2', cycles: 66 },
    });
  });

  it('has a period for its constraints that grows with the rows of a segment', () => {
    const period = (busSegment: number | string): number =>
      design({ rows: 128, cols: 2, busSegment }).facts.cost.clockPeriod;
    expect([period('auto'), period(16), period(64), period(128)]).toEqual([6, 6, 11, 21]);
  });

  it('has one that follows the lanes of a PE, its stages, and the adders in a cluster', () => {
    const period = (raw: Record<string, unknown>): number =>
      design({ rows: 8, cols: 2, ...raw }).facts.cost.clockPeriod;
    const lanes = (raw: Record<string, unknown>): number[] => [1, 2, 3, 4, 8].map((n) => period({ ...raw, lanes: n }));
    expect(lanes({})).toEqual([6, 7, 7, 7, 8]);
    expect(lanes({ pipeline: 2 })).toEqual([5, 5, 6, 6, 7]);
    expect(lanes({ dataflow: 'ws' })).toEqual([7, 8, 9, 9, 10]);
    expect(lanes({ dataflow: 'ws', pipeline: 3 })).toEqual([5, 7, 8, 8, 9]);
    expect([1, 2, 4].map((clusterRows) => period({ dataflow: 'ws', clusterRows }))).toEqual([7, 8, 9]);
    expect(period({ clusterRows: 4 })).toBe(6);
  });

  it('has a register per column and segment', () => {
    const stages = (raw: Record<string, unknown>): number | undefined =>
      design({ rows: 8, cols: 6, ...raw }).delayLines.find(({ use }) => /buses/.test(use))?.stages;
    expect([stages({}), stages({ busSegment: 3 }), stages({ clusterRows: 2, clusterCols: 3 })]).toEqual([6, 18, 2]);
  });

  it('keeps pairs of rows together, or refuses not to', () => {
    const wide = { rows: 36, cols: 2, wideActivations: ['int8'] };
    expect(design(wide).timing).toMatchObject({ latency: { cycles: 2 + 1 + 5 }, tilePeriod: { minimum: 38 } });
    expect(design({ ...wide, clusterRows: 2 }).timing.latency.cycles).toBe(2 + 1 + 4);
    expect(problemsOf(() => design({ ...wide, busSegment: 5 }))).toMatchObject([{ key: 'busSegment', nearest: '6' }]);
    expect(problemsOf(() => design({ ...wide, clusterRows: 9 }))).toMatchObject([{ key: 'clusterRows', nearest: '6' }]);
  });
});

describe('clusters of PEs', () => {
  it.each([
    [{ clusterRows: 2, clusterCols: 2 }, 'COLS/CLUSTER_COLS + PIPELINE + 4', 3 + 1 + 4],
    [{ clusterRows: 4 }, 'COLS + PIPELINE + 4', 6 + 1 + 4],
    [{ clusterCols: 6, pipeline: 3 }, 'COLS/CLUSTER_COLS + PIPELINE + 4', 1 + 3 + 4],
    [
      { clusterRows: 8, clusterCols: 6, dataflow: 'ws' },
      'ROWS/CLUSTER_ROWS + COLS/CLUSTER_COLS + PIPELINE + 1',
      1 + 1 + 1 + 1,
    ],
  ])('%j shorten the latency, by %s', (raw, formula, cycles) => {
    const { timing } = design({ rows: 8, cols: 6, ...raw });
    expect(timing.latency).toMatchObject({ formula, cycles });
    expect(tilePeriod(timing, 20)).toBe(
      tilePeriod(design({ rows: 8, cols: 6, ...raw, clusterRows: 1, clusterCols: 1 }).timing, 20),
    );
  });

  it('load weights a row a beat all the same', () => {
    const fill = (raw: RawConfiguration) => design({ rows: 8, cols: 6, dataflow: 'ws', ...raw }).timing.fill;
    expect(fill({})).toEqual({ formula: '2 * ROWS + COLS + PIPELINE + 1', cycles: 24 });
    expect(fill({ clusterCols: 3 })).toEqual({ formula: '2 * ROWS + COLS/CLUSTER_COLS + PIPELINE + 1', cycles: 20 });
    expect(fill({ clusterRows: 2 })).toEqual({ formula: 'ROWS + ROWS/CLUSTER_ROWS + COLS + PIPELINE + 1', cycles: 20 });
  });

  it('are modules where they have several PEs, and only there', () => {
    const names = (raw: RawConfiguration) => design({ ...raw, name: 'd' }).modules.map(({ name }) => name);
    expect(names({})).not.toContain('d_cluster');
    expect(names({ clusterCols: 2 })).toContain('d_cluster');
    const instances = (raw: RawConfiguration) =>
      design(raw)
        .modules.filter(({ name }) => /_(pe|cluster|delay)$/.test(name))
        .map((module) => module.instances);
    expect(instances({ rows: 4, cols: 6, clusterRows: 2, clusterCols: 3 })).toEqual([3 + 4 + 2 + 12 + 6, 24, 4]);
  });

  it('must fill the array: all that do not are named with the nearest that would', () => {
    const problems = (raw: RawConfiguration) => problemsOf(() => design(raw));
    expect(problems({ rows: 12, cols: 14, clusterRows: 5, clusterCols: 9 })).toEqual([
      { key: 'clusterRows', given: '5', rule: expect.stringMatching(/\brows\b.*\b12\b/), nearest: '4' },
      { key: 'clusterCols', given: '9', rule: expect.stringMatching(/\bcols\b.*\b14\b/), nearest: '7' },
    ]);
    expect(problems({ rows: 64, clusterRows: 15 })).toMatchObject([{ key: 'clusterRows', nearest: '16' }]);
    expect(problems({ rows: 64, clusterRows: 17 })).toEqual([
      { key: 'clusterRows', given: '17', rule: expect.stringMatching(/\b1 to 16\b/), nearest: '16' },
    ]);
  });
});

describe('modules', () => {
  it('a single-type design has no type port and no decoder it does not use', () => {
    const { modules, top } = design({ activations: ['flint4'], weights: ['flint4'], name: 'd' });
    expect(top.ports.map(({ name }) => name)).not.toContain('a_type_i');
    expect(modules.filter(({ name }) => name.includes('decode')).map(({ name }) => name)).toEqual([
      'd_decode_flint4',
      'd_decode_a',
      'd_decode_w',
    ]);
  });

  it('a clock gate stands where stalls are gated, and nowhere else', () => {
    const names = (stall: string) => design({ stall }).modules.map(({ name }) => name);
    expect(names('gate')).toContain('ant_clock_gate');
    expect(names('enable')).not.toContain('ant_clock_gate');
  });

  it('port widths of the top follow the types and the accumulators', () => {
    const { top } = design({ rows: 3, cols: 5, activations: ['int8', 'flint4'], weights: ['int4'] });
    const widths = Object.fromEntries(top.ports.map(({ name, width }) => [name, width]));
    expect(widths).toMatchObject({ a_data_i: 24, w_data_i: 20, a_type_i: 1, out_data_o: 5 * 22 });
    expect(widths.w_type_i).toBeUndefined();
  });
});

describe('accumulators as narrow as a product', () => {
  const narrow = { activations: ['ue2m0'], weights: ['int2'], rows: 3, cols: 2 };
  const suffixes = ({ modules }: Design): string[] => modules.map(({ name }) => name.replace(/.*_/, ''));

  it.each([
    { lanes: 1, dataflow: 'os' },
    { lanes: 3, dataflow: 'os' },
    { lanes: 1, dataflow: 'ws' },
    { lanes: 3, dataflow: 'ws' },
  ])('have no bias to take off and no late part, $dataflow, $lanes lanes', (kind) => {
    const made = design({ ...narrow, ...kind, accumulatorBits: 4, overflow: 'wrap' });
    expect([made.accumulator.product.least, made.magnitudeBits]).toEqual([-8n, made.accumulator.bits]);
    expect([made.productBias, made.lateFrom]).toEqual([0n, undefined]);
    expect(suffixes(made)).not.toContain('correct');
  });

  it('give their results as early as those without a late part', () => {
    const latency = (raw: RawConfiguration): number => design({ ...narrow, ...raw }).timing.latency.cycles;
    const four = { accumulatorBits: 4, overflow: 'wrap' };
    expect(latency({ lanes: 3, ...four })).toBe(latency(four));
    expect(latency({ lanes: 3, ...four, accumulatorBits: 5 })).toBe(latency(four) + 1);
  });

  it('have none to take off either where that of a cycle is a multiple of what they hold', () => {
    const wider = (lanes: number): Design => design({ ...narrow, lanes, accumulatorBits: 5, overflow: 'wrap' });
    expect(suffixes(wider(3))).toContain('correct');
    expect(suffixes(wider(2))).not.toContain('correct');
    const control = wider(2).modules.find(({ name }) => name.endsWith('_control'));
    expect(control?.ports.map(({ name }) => name)).not.toContain('row_bias_o');
  });

  it('are so without being asked for where a result is one product', () => {
    const one = design({ ...narrow, maxK: 1 });
    expect([one.accumulator.bits, one.productBias]).toEqual([4, 0n]);
    const two = design({ ...narrow, maxK: 2 });
    expect([two.accumulator.bits, two.productBias]).toEqual([5, 16n]);
    expect(suffixes(two)).toContain('correct');
  });
});

describe('weight-stationary arrays', () => {
  it.each([1, 3])('widen partial sums only as far as so many products with their bias need, %d lanes', (lanes) => {
    const { partialSums, accumulator, productBias, largestProduct } = design({
      dataflow: 'ws',
      rows: 9,
      cols: 2,
      lanes,
    });
    const widest = accumulator.product.greatest;
    expect(productBias).toBeGreaterThan(largestProduct);
    const bitsOf = (row: number): number =>
      row === 9
        ? signedBits({ least: -widest * BigInt(9 * lanes), greatest: widest * BigInt(9 * lanes) })
        : (BigInt(row * lanes) * (widest + productBias)).toString(2).length;
    const expected = new Map<number, number>();
    for (let row = 1; row <= 9; row++) {
      const bits = Math.min(bitsOf(row), accumulator.bits);
      expected.set(bits, (expected.get(bits) ?? 0) + 2);
    }
    expect(new Map(partialSums.map(({ bits, pes }) => [bits, pes]))).toEqual(expected);
    expect(expected.size).toBeGreaterThan(2);
  });

  it('have as many decoders, delays and multiply-accumulates a cycle as their PEs have lanes', () => {
    const { modules, delayLines, timing, a, w, top } = design({ dataflow: 'ws', rows: 3, cols: 2, lanes: 4 });
    const instancesOf = (suffix: string) => modules.find(({ name }) => name.endsWith(suffix))?.instances;
    expect([a.lanes, w.lanes, timing.macsPerCycle]).toEqual([12, 8, 24]);
    expect(['_decode_a', '_decode_w', '_lane', '_pe'].map(instancesOf)).toEqual([12, 8, 24, 6]);
    const widthOf = (port: string) => top.ports.find(({ name }) => name === port)?.width;
    expect([widthOf('a_data_i'), widthOf('w_data_i')]).toEqual([48, 32]);
    expect(delayLines.map(({ width, stages }) => [width, stages]).slice(0, 1)).toEqual([[16, 3]]);
  });

  it('sum as many products as the rows have lanes', () => {
    const { accumulator, facts } = design({ dataflow: 'ws', rows: 4, cols: 2, lanes: 5, wideActivations: ['int8'] });
    expect(accumulator.terms).toBe(20);
    expect(accumulator.cases.map(({ terms }) => terms)).toEqual([20, 10]);
    expect(facts.tile.stepsPerBeat).toBe(5);
  });

  it('take no bias where no product is negative', () => {
    const { productBias, modules } = design({
      ...{ dataflow: 'ws', rows: 3, cols: 2, lanes: 2 },
      ...{ activations: ['uint4'], weights: ['uint4'] },
    });
    expect(productBias).toBe(0n);
    expect(modules.map(({ name }) => name).filter((name) => name.endsWith('_correct'))).toEqual([]);
  });

  it('give the width asked for to the results alone', () => {
    const wide = design({ dataflow: 'ws', rows: 4, cols: 3, accumulatorBits: 32 });
    expect(wide.accumulator.bits).toBe(32);
    expect(wide.partialSums.map(({ bits }) => bits).filter((bits) => bits > 20)).toEqual([32]);
    const narrow = design({ dataflow: 'ws', rows: 64, cols: 3, accumulatorBits: 15, overflow: 'wrap' });
    expect(Math.max(...narrow.partialSums.map(({ bits }) => bits))).toBe(15);
  });

  it('follow each other without a bubble from as many rows of activations as the array has', () => {
    const { timing } = design({ dataflow: 'ws', rows: 8, cols: 5 });
    expect([1, 7, 8, 9, 100].map((m) => tilePeriod(timing, m))).toEqual([8, 8, 8, 9, 100]);
  });

  it('refuse what only output-stationary arrays have, and say so', () => {
    expect(problemsOf(() => design({ dataflow: 'ws', busSegment: 2, maxK: 99 }))).toMatchObject([
      { key: 'maxK', given: '99', rule: expect.stringMatching(/\bdataflow ws\b/) },
      { key: 'busSegment', given: '2', rule: expect.stringMatching(/\bdataflow ws\b/) },
    ]);
  });
});

describe('8-bit integers on 4-bit PEs', () => {
  it('are two halves whose values add up, of every code', () => {
    for (const name of ['int8', 'uint8']) {
      const type = numericType(name);
      const { low, high } = halfTypes(type);
      for (let code = 0; code < 256; code++) {
        const sum = (low.decode(code & 15) as bigint) + (high.decode(code >> 4) as bigint);
        expect(sum).toBe(type.decode(code));
      }
    }
  });

  it('size the results for 8-bit products, and partial sums for their halves', () => {
    const wide = { wideActivations: ['uint8'], wideWeights: ['int8'] };
    expect(design({ ...wide, maxK: 1000 }).accumulator.product).toEqual({ least: -255n * 128n, greatest: 255n * 127n });
    const stays = design({ ...wide, dataflow: 'ws', rows: 4, cols: 2 });
    // The upper row of an activation has its high half: up to 240 times a high half of -128.
    expect(stays.accumulator.partialSumBits[0]).toBe(signedBits({ least: -240n * 128n, greatest: 240n * 112n }));
    expect(stays.accumulator.sum.least).toBe(-2n * 255n * 128n);
  });

  it('refuse odd sizes and lanes that are not 4 bits wide, with the reason', () => {
    const problems = (raw: RawConfiguration) => problemsOf(() => design(raw));
    expect(problems({ rows: 3, cols: 5, wideActivations: ['int8'], wideWeights: ['int8'] })).toMatchObject([
      { key: 'rows', given: '3', nearest: '4' },
      { key: 'cols', given: '5', nearest: '6' },
    ]);
    expect(problems({ activations: ['int4', 'int6'], wideActivations: ['int8'] })).toMatchObject([
      { key: 'wideActivations', given: 'int8', rule: expect.stringMatching(/\b6 bits\b.*\b4 bits\b/) },
    ]);
    for (const wideWeights of [['int8', 'int8'], ['int7']]) {
      expect(problems({ wideWeights })).toMatchObject([
        { key: 'wideWeights', given: wideWeights.join(), rule: expect.stringContaining('int8') },
      ]);
    }
  });
});
