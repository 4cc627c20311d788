import { describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import type { ArrayInfo } from '../../../gen/golden/reference.js';
import { PATTERNS, randomPattern, randomSource, randomTile } from '../../../gen/golden/vectors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { factsOf } from '../../../gen/rtl/arch/table.js';

const types = (...names: string[]) => names.map(numericType);

const narrow = (type: number) => ({ type, wide: false });

const ARRAY: ArrayInfo = {
  tile: factsOf(validateConfiguration({ rows: 3, cols: 5 })).tile,
  rows: 3,
  cols: 5,
  a: { types: types('int4', 'flint4', 'uint4'), wideTypes: [], codeBits: 4 },
  w: { types: types('int4', 'pot3'), wideTypes: [], codeBits: 4 },
  accBits: 32,
};

describe('randomSource', () => {
  it('gives the published numbers of mulberry32', () => {
    const random = randomSource(0);
    expect([random.bits32(), random.bits32(), random.bits32()]).toEqual([1144304738, 1416247, 958946056]);
  });

  it('depends on the seed and on nothing else', () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 8 },
        (
          (random) => () =>
            random.bits32()
        )(randomSource(seed)),
      );
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('draws every number below n and none else', () => {
    const random = randomSource(3);
    const drawn = new Set(Array.from({ length: 1000 }, () => random.below(7)));
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('randomTile', () => {
  const tile = (request: Partial<Parameters<typeof randomTile>[2]>, seed = 1) =>
    randomTile(randomSource(seed), ARRAY, { k: 64, ...request });

  it('has k beats for every row and column, in codes of the port', () => {
    const { k, a, w } = tile({ k: 7 });
    expect([k, a.length, w.length]).toEqual([7, 21, 35]);
    const long = tile({ k: 400 });
    expect(new Set(long.a).size).toBe(16);
    expect(new Set(long.w).size).toBe(16);
  });

  it('draws both types at random unless they are asked for', () => {
    const drawn = new Set(
      Array.from({ length: 60 }, (_, seed) => JSON.stringify([tile({}, seed).aType, tile({}, seed).wType])),
    );
    expect(drawn.size).toBe(6);
    expect(tile({ a: narrow(2), w: narrow(1) })).toMatchObject({ aType: 2, wType: 1 });
  });

  it.each([
    ['zeros', 0, [0]],
    ['greatest', 0, [7]],
    ['least', 0, [8]],
    ['extremes', 0, [7, 8]],
    ['negativeZeros', 0, [0]],
    // flint4 is sign and magnitude: -0 is code 8, +16 is code 4, -16 is code 12.
    ['negativeZeros', 1, [8]],
    ['greatest', 1, [4]],
    ['extremes', 1, [4, 12]],
    ['least', 2, [0]],
    ['greatest', 2, [15]],
  ] as const)('%s of type %d are codes %j', (aPattern, aType, codes) => {
    expect([...new Set(tile({ aPattern, a: narrow(aType) }).a)].sort((x, y) => x - y)).toEqual(codes);
  });

  it('alternates the extremes from beat to beat, alike in all lanes', () => {
    expect([...tile({ k: 3, aPattern: 'alternating', a: narrow(0) }).a]).toEqual([7, 7, 7, 8, 8, 8, 7, 7, 7]);
  });

  it('repeats one code, and leaves few codes of a sparse tile', () => {
    expect(new Set(tile({ aPattern: 'uniform' }).a).size).toBe(1);
    const zeros = tile({ aPattern: 'sparse', a: narrow(0) }).a.filter((code) => code === 0).length;
    expect(zeros).toBeGreaterThan(64 * 3 * 0.6);
    expect(zeros).toBeLessThan(64 * 3);
  });

  it('leaves the bits above a narrow type random', () => {
    const { w } = tile({ wPattern: 'greatest', w: narrow(1) });
    expect([...new Set(w.map((code) => code & 7))]).toEqual([3]);
    expect(new Set(w.map((code) => code >> 3)).size).toBe(2);
  });
});

it('randomPattern reaches every pattern', () => {
  const random = randomSource(5);
  expect(new Set(Array.from({ length: 500 }, () => randomPattern(random)))).toEqual(new Set(PATTERNS));
});
