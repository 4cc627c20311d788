import { describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { arrayInfoOf } from '../../../gen/design/array-info.js';
import { renderAll } from '../../../gen/design/generate.js';
import { buildManifest } from '../../../gen/design/manifest.js';
import {
  type ArrayInfo,
  arrayInfoOfDesign,
  expectedResults,
  multiplyCodes,
  selectedType,
  type Tile,
  wrapSums,
} from '../../../gen/golden/reference.js';
import { randomSource, randomTile } from '../../../gen/golden/vectors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { factsOf } from '../../../gen/rtl/arch/table.js';
import { elaborate } from '../../../gen/rtl/design.js';

function info(
  rows: number,
  cols: number,
  aTypes: string[],
  wTypes: string[],
  accBits = 64,
  dataflow: 'os' | 'ws' = 'os',
): ArrayInfo {
  const port = (names: string[]) => {
    const types = names.map(numericType);
    return { types, wideTypes: [], codeBits: Math.max(...types.map((type) => type.bits)) };
  };
  const { tile } = factsOf(validateConfiguration({ dataflow, rows, cols }));
  return { tile, rows, cols, a: port(aTypes), w: port(wTypes), accBits };
}

/** The definition, result by result, in unbounded integers. */
function bySchoolbook(array: ArrayInfo, { k, a, w, aType, wType }: Tile): bigint[] {
  const value = (port: 'a' | 'w', selector: number, code: number): bigint => {
    const type = selectedType(array[port], selector);
    return type.decode(code % 2 ** type.bits) as bigint;
  };
  const stays = array.tile.weightsStay;
  const [results, terms] = stays ? [k, array.rows] : [array.rows, k];
  return Array.from({ length: results * array.cols }, (_, i) => {
    const [r, c] = [Math.floor(i / array.cols), i % array.cols];
    let sum = 0n;
    for (let n = 0; n < terms; n++) {
      const activation = value('a', aType, a[stays ? r * array.rows + n : n * array.rows + r] as number);
      sum += activation * value('w', wType, w[n * array.cols + c] as number);
    }
    return BigInt.asIntN(array.accBits, sum);
  });
}

describe('expectedResults', () => {
  it('multiplies a tile worked by hand', () => {
    // int4 codes 15, 8, 3 are -1, -8, 3; flint4 codes 4, 13 are 16, -8 (sign and magnitude).
    const tile: Tile = { k: 2, aType: 0, wType: 0, a: Uint8Array.of(15, 8, 3, 0), w: Uint8Array.of(4, 13) };
    const array = info(2, 1, ['int4'], ['flint4']);
    // Row 0: -1*16 + 3*-8; row 1: -8*16 + 0.
    expect([...expectedResults(array, tile)]).toEqual([-40n, -128n]);
  });

  it.each([
    ['32-bit sums', info(3, 5, ['int4', 'flint4', 'uflint4'], ['int4', 'pot4'])],
    ['sums beyond 32 bits', info(4, 3, ['upot4', 'int8'], ['upot5'])],
    ['sums beyond 53 bits', info(2, 3, ['ue5m1'], ['e4m2', 'pot6'])],
    ['wrapping accumulators', info(3, 3, ['uint8'], ['int8'], 17)],
    ['weights that stay', info(5, 3, ['int4', 'flint4', 'uflint4'], ['int4', 'pot4'], 64, 'ws')],
    ['weights that stay, wrapping sums', info(3, 4, ['uint8'], ['int8'], 16, 'ws')],
  ])('agrees with the definition: %s', (_, array) => {
    const random = randomSource(7);
    for (let n = 0; n < 12; n++) {
      const tile = randomTile(random, array, { k: 1 + random.below(40) });
      expect([...expectedResults(array, tile)]).toEqual(bySchoolbook(array, tile));
    }
  });

  it('multiplies 8-bit codes on two lanes each as the numbers they are', () => {
    const both = { a: [numericType('uint8')], w: [numericType('int8')] };
    for (const dataflow of ['os', 'ws'] as const) {
      const plain = info(4, 6, ['int4'], ['int4'], 32, dataflow);
      const array = { ...plain, a: { ...plain.a, wideTypes: both.a }, w: { ...plain.w, wideTypes: both.w } };
      const tile = randomTile(randomSource(3), array, { k: 7, a: { type: 0, wide: true }, w: { type: 0, wide: true } });
      expect([tile.aWide, tile.wWide]).toEqual([true, true]);
      const half = { ...info(2, 3, ['uint8'], ['int8'], 32, dataflow) };
      expect([...expectedResults(array, tile)]).toEqual(bySchoolbook(half, tile));
    }
  });

  it('takes a selector beyond the list as the last type', () => {
    const array = info(1, 1, ['int4', 'uint4', 'flint4'], ['int4']);
    const tile: Tile = { k: 1, aType: 3, wType: 0, a: Uint8Array.of(4), w: Uint8Array.of(1) };
    expect([...expectedResults(array, tile)]).toEqual([16n]);
  });

  it('ignores the bits above a narrow type on a wide port', () => {
    const array = info(1, 1, ['int8', 'int4'], ['int4']);
    const tile: Tile = { k: 1, aType: 1, wType: 0, a: Uint8Array.of(0xa7), w: Uint8Array.of(3) };
    expect([...expectedResults(array, tile)]).toEqual([21n]);
  });
});

describe('multiplyCodes', () => {
  const product = (a: string, w: string, k: number) =>
    multiplyCodes({
      rows: 1,
      cols: 1,
      k,
      aType: numericType(a),
      wType: numericType(w),
      a: new Uint8Array(k).fill(2 ** numericType(a).bits - 1),
      w: new Uint8Array(k).fill(2 ** numericType(w).bits - 1),
    });

  it('chooses the narrowest exact arithmetic', () => {
    expect(product('uint4', 'uint4', 4)).toEqual(Int32Array.of(900));
    // 2^14 * 2^14 * 16 = 2^32 is beyond 32 bits.
    expect(product('upot4', 'upot4', 16)).toEqual(Float64Array.of(2 ** 32));
    // 2^30 * 2^30 * 3 is beyond the integers that doubles hold one by one.
    expect(product('upot5', 'upot5', 3)).toEqual(BigInt64Array.of(3n << 60n));
  });

  it('refuses a tile whose operands do not have k beats', () => {
    const type = numericType('int4');
    const tile = { rows: 2, cols: 2, k: 3, aType: type, wType: type, a: new Uint8Array(6), w: new Uint8Array(5) };
    expect(() => multiplyCodes(tile)).toThrow(/\b3\b.*\b6\b.*\b5\b/);
  });
});

describe('wrapSums', () => {
  it('wraps modulo 2^bits into signed numbers', () => {
    expect([...wrapSums(Int32Array.of(7, 8, -8, -9, 16), 4)]).toEqual([7n, -8n, -8n, 7n, 0n]);
    expect([...wrapSums(Float64Array.of(2 ** 40 + 3), 40)]).toEqual([3n]);
  });
});

it('a design and its manifest give the same array', () => {
  const design = elaborate(validateConfiguration({ rows: 3, cols: 2 }));
  const fromManifest = arrayInfoOf(buildManifest(design, renderAll(design)));
  const { tile, rows, cols, a, w, accBits, pe } = arrayInfoOfDesign(design);
  expect(fromManifest).toEqual({
    tile,
    rows,
    cols,
    a: { types: a.types, wideTypes: [], codeBits: a.codeBits },
    w: { types: w.types, wideTypes: [], codeBits: w.codeBits },
    accBits,
    pe,
  });
});
