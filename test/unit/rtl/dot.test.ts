import { describe, expect, it } from 'vitest';
import { reproduceCommand } from '../../../gen/config/identity.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { tiledArrayOf } from '../../../gen/design/array-info.js';
import { renderAll } from '../../../gen/design/generate.js';
import { buildManifest } from '../../../gen/design/manifest.js';
import { planTiling, tileAt } from '../../../gen/golden/tiling.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { adderTree, sumBits, sumColumns } from '../../../gen/rtl/arch/dot/tree.js';
import { type Design, elaborate } from '../../../gen/rtl/design.js';
import { dotVectors } from '../../../scripts/verify/vectors/dot-vectors.js';

const design = (raw: RawConfiguration = {}): Design => elaborate(validateConfiguration({ arch: 'dot', ...raw }));

describe('the configuration of dot-product units', () => {
  it('is one unit of 16 lanes unless told otherwise, with a name of its own', () => {
    const { config } = design();
    expect(config).toMatchObject({ rows: 1, cols: 1, lanes: 16, name: 'ant_dot_1x1x16' });
    expect(design({ rows: 2 }).config).toMatchObject({ rows: 2, cols: 1, name: 'ant_dot_2x1x16' });
    expect(reproduceCommand(config).split(' -- ')[1]).toBe('--arch dot --rows 1 --cols 1');
  });

  it.each<[RawConfiguration, RegExp]>([
    [{ busSegment: 2 }, /busSegment: given 2; .*arch dot.*: auto/],
    [{ lanes: 257 }, /lanes: given 257; .*: 256/],
    [{ arch: 'array', tree: 'adders' }, /tree: given adders; .*: columns/],
    [{ arch: 'array', pipeline: 4 }, /pipeline: given 4; .*\b3\b.*: 3/],
    [{ activations: ['int4'], weights: ['int4'], pipeline: 5 }, /pipeline: given 5; .*shifter.*: 4/],
    [{ maxK: 15 }, /maxK: given 15; .*\b16\b.*: 16/],
    [{ rows: 1024, cols: 5 }, /rows: given 1024; .*4096.*: 819/],
    [{ rows: 64, cols: 65, lanes: 256 }, /rows: given 64; .*: 63/],
    [{ rows: 64, cols: 64, lanes: 256, maxK: 256 }, /^$/],
  ])('%j is judged', (raw, message) => {
    let text = '';
    try {
      design(raw);
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text).toMatch(message);
  });

  it('names all problems at once', () => {
    expect(() => design({ busSegment: 2, maxK: 1, accumulatorBits: 2 })).toThrow(
      /3 problems[\s\S]*busSegment[\s\S]*maxK[\s\S]*accumulatorBits/,
    );
  });
});

describe('timing and ports', () => {
  it.each([1, 2, 3, 4, 5])('pipeline %d: a beat per cycle, results PIPELINE + 2 cycles later', (pipeline) => {
    const { timing } = design({ pipeline, rows: 2, cols: 3 });
    expect(timing.latency).toEqual({ formula: 'PIPELINE + 2', cycles: pipeline + 2, to: 'first row', minimumK: 1 });
    expect(timing.macsPerCycle).toBe(96);
  });

  it('widths follow rows, columns and lanes', () => {
    const { top } = design({ rows: 2, cols: 3, lanes: 5 });
    const widths = Object.fromEntries(top.ports.map(({ name, width }) => [name, width]));
    expect(widths).toMatchObject({ a_data_i: 40, w_data_i: 60, a_type_i: 3, w_type_i: 2, out_data_o: 6 * 24 });
    expect(top.name).toBe('ant_dot_2x3x5_dot');
  });
});

describe('the columns of a sum', () => {
  /** Adds random bits as the columns say, in a model that knows names of bits only. */
  function evaluate(
    lanes: number,
    termBits: number,
    width: number,
    terms: readonly bigint[],
    signs: readonly bigint[],
  ) {
    const columns = sumColumns({ lanes, termBits, signed: true, width });
    const pick = (value: bigint, bit: number): bigint => (value >> BigInt(bit)) & 1n;
    const carries = new Map<string, bigint>();
    let sum = 0n;
    for (const { bit, bits, count, carries: out, carry } of columns) {
      const names = bits.replace(/[{}]/g, '').split(', ');
      const total = names.reduce((ones, name) => {
        if (name.startsWith('column_bits')) return ones + terms.reduce((n, term) => n + pick(term, bit), 0n);
        if (name === 'negative') return ones + signs.reduce((n, sign) => n + sign, 0n);
        if (name === '~negative') return ones + signs.reduce((n, sign) => n + 1n - sign, 0n);
        if (name === "1'b1") return ones + 1n;
        if (name === "1'b0") return ones;
        return ones + (carries.get(name) ?? 0n);
      }, 0n);
      sum += (total & 1n) << BigInt(bit);
      carries.set(carry, total >> 1n);
      expect(Number(total)).toBeLessThanOrEqual(count);
      expect(out).toBe(Math.floor(count / 2));
    }
    return BigInt.asIntN(width, sum);
  }

  it.each([
    [1, 4],
    [2, 3],
    [5, 7],
    [16, 13],
  ])('of %d lanes of %d bits make the signed sum', (lanes, termBits) => {
    const random = randomSource(lanes);
    const product = { least: -(1n << BigInt(termBits)) + 1n, greatest: (1n << BigInt(termBits)) - 1n };
    const width = sumBits(product, lanes, true, 64);
    for (let round = 0; round < 50; round++) {
      const magnitudes = Array.from({ length: lanes }, () => BigInt(random.below(2 ** termBits)));
      const signs = magnitudes.map(() => BigInt(random.below(2)));
      const terms = magnitudes.map((m, i) => (signs[i] ? BigInt.asUintN(termBits, ~m) : m));
      const expected = magnitudes.reduce((sum, m, i) => sum + (signs[i] ? -m : m), 0n);
      expect(evaluate(lanes, termBits, width, terms, signs)).toBe(expected);
    }
  });
});

describe('the tree of adders', () => {
  it.each([1, 2, 3, 16, 31])('of %d lanes has a sum less than lanes, each adding one sign', (lanes) => {
    const { levels, carry } = adderTree(
      { lanes, termBits: 6, signed: true, width: 20 },
      { least: -63n, greatest: 63n },
    );
    const sums = levels.flatMap(({ nodes }) => nodes);
    expect(sums).toHaveLength(lanes - 1);
    const signs = sums.map(({ expression }) => / \+ \{\d+'d0, (negative\S*)\}$/.exec(expression)?.[1]);
    expect(new Set([...signs, carry]).size).toBe(lanes);
    expect(levels).toHaveLength(Math.ceil(Math.log2(lanes)));
  });

  it.each([5, 7, 11, 23, 49])('of %d lanes carries in signs of its own lanes only', (lanes) => {
    const { levels } = adderTree({ lanes, termBits: 6, signed: true, width: 20 }, { least: -63n, greatest: 63n });
    const lanesOf = new Map<string, number[]>();
    const under = (name: string): number[] => {
      const term = /^\{.*negative\[(\d+)\].*term\[/.exec(name);
      return term ? [Number(term[1])] : (lanesOf.get(/sum_\d+_\d+/.exec(name)?.[0] ?? '') ?? []);
    };
    for (const { name, expression } of levels.flatMap(({ nodes }) => nodes)) {
      const parts = expression.split(' + ');
      const own = parts.slice(0, 2).flatMap(under);
      expect(own.length).toBeGreaterThan(1);
      expect(own).toContain(Number(/negative\[(\d+)\]/.exec(parts[2] as string)?.[1]));
      lanesOf.set(name, own);
    }
  });

  it('is as wide as its products need', () => {
    const { rootBits } = adderTree(
      { lanes: 16, termBits: 13, signed: true, width: 24 },
      { least: -4096n, greatest: 4096n },
    );
    expect(rootBits).toBe(18);
    expect(sumBits({ least: 0n, greatest: 225n }, 1, false, 30)).toBe(8);
  });
});

describe('tiles of several steps per beat', () => {
  it('give all results in one beat', () => {
    expect(design({ rows: 2, cols: 3 }).facts.tile).toMatchObject({
      resultsTogether: true,
      stepsPerBeat: 16,
      rowsPerBeat: 2,
    });
  });

  it('are whole beats, filled up with code 0', () => {
    const manifest = buildManifest(design({ lanes: 4, rows: 2 }), []);
    const type = numericType('int4');
    const matrix = (rows: number, cols: number) => ({
      rows,
      cols,
      type,
      typeIndex: 0,
      codes: new Uint8Array(rows * cols).fill(1),
    });
    const [a, w] = [matrix(2, 6), matrix(6, 1)];
    const tiling = planTiling({ a, w }, tiledArrayOf(manifest));
    const tile = tileAt(tiling, { a, w }, 0);
    expect(tile.k).toBe(8);
    expect([...tile.a]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
    expect([...tile.w]).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
  });

  it('are no longer than the accumulators hold', () => {
    const manifest = buildManifest(design({ lanes: 7, maxK: 30 }), []);
    const { partK } = planTiling({ a: { rows: 1, cols: 5000 }, w: { rows: 5000, cols: 1 } }, tiledArrayOf(manifest));
    expect(partK % 7).toBe(0);
    expect(partK).toBeLessThanOrEqual(manifest.accumulator.provenK);
    expect(partK + 7).toBeGreaterThan(manifest.accumulator.provenK);
  });
});

describe('vectors of a unit', () => {
  const manifest = buildManifest(design({ lanes: 3, activations: ['int4', 'pot4'], weights: ['flint4'] }), []);
  const vectors = dotVectors(manifest, randomSource(1), 100_000);

  it('have every pair of codes in every lane', () => {
    expect(vectors).toMatchObject({ lanes: 3, pairs: 512, exhaustive: true, stages: 1 });
    for (let lane = 0; lane < 3; lane++) {
      const seen = new Set<string>();
      for (let beat = 0; beat < vectors.beats; beat++) {
        const at = beat * 6;
        seen.add([vectors.controls[beat * 4], vectors.codes[at + lane], vectors.codes[at + 3 + lane]].join(' '));
      }
      expect(seen.size).toBeGreaterThanOrEqual(512);
    }
  });

  it('have beats that begin tiles, that go on and that have add_i low', () => {
    const kinds = new Set(
      Array.from({ length: vectors.beats }, (_, i) => vectors.controls.subarray(i * 4 + 2, i * 4 + 4).join('')),
    );
    expect(kinds).toEqual(new Set(['00', '01', '10', '11']));
  });
});

describe('the files of a design of units', () => {
  it.each<RawConfiguration>([
    {},
    { lanes: 1 },
    { rows: 2, cols: 3, lanes: 5, pipeline: 5, stall: 'enable', tree: 'adders' },
  ])('%j tell nothing of arrays of PEs', (raw) => {
    const files = renderAll(design(raw));
    for (const { path, text } of files) expect(text, path).not.toMatch(/\bPEs\b|undefined|NaN|systolic/);
    const sheet = files.find(({ path }) => path === 'datasheet.md')?.text ?? '';
    expect(sheet).toContain('| PIPELINE + 2 |');
    expect(sheet).not.toMatch(/\n\n\n/);
    const diagram = files.find(({ path }) => path === 'block-diagram.svg')?.text ?? '';
    expect(diagram).toContain(' units of ');
    for (const { path, text } of files.filter(({ path: name }) => name.endsWith('.v') && name.startsWith('rtl'))) {
      expect(text, path).not.toMatch(/\n\n\n|\(\n\n/);
    }
  });
});
