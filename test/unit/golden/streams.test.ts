import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { type ArrayInfo, expectedResults, type Tile } from '../../../gen/golden/reference.js';
import { resultLanes, resultsOfLanes, tileBeats } from '../../../gen/golden/streams.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { factsOf } from '../../../gen/rtl/arch/table.js';

const port = { types: [numericType('int4')], wideTypes: [numericType('int8')], codeBits: 4 };
const tileOf = (raw: RawConfiguration) => factsOf(validateConfiguration({ rows: 2, cols: 4, ...raw })).tile;
const ARRAY: ArrayInfo = { tile: tileOf({}), rows: 2, cols: 4, a: port, w: port, accBits: 32 };

describe('a tile on the ports', () => {
  it('has 8-bit codes as two halves, the low one first', () => {
    const tile: Tile = {
      k: 2,
      aType: 0,
      wType: 0,
      aWide: true,
      wWide: true,
      a: Uint8Array.of(0x12, 0xf3),
      w: Uint8Array.of(0x45, 0x67, 0x89, 0xab),
    };
    expect(tileBeats(ARRAY, tile)).toEqual({
      beats: 2,
      a: Uint8Array.of(2, 1, 3, 15),
      weightBeats: 2,
      w: Uint8Array.of(5, 4, 7, 6, 9, 8, 11, 10),
      resultRows: 1,
    });
    // 0x12 * 0x45 + -13 * 0x89, 0x12 * 0x67 + -13 * 0xab, as signed bytes.
    expect([...expectedResults(ARRAY, tile)]).toEqual([18n * 69n - 13n * -119n, 18n * 103n - 13n * -85n]);
  });

  it('has codes of 4 bits as they are', () => {
    const tile: Tile = { k: 1, aType: 0, wType: 0, a: Uint8Array.of(1, 2), w: Uint8Array.of(3, 4, 5, 6) };
    expect(tileBeats(ARRAY, tile)).toMatchObject({ a: tile.a, w: tile.w, weightBeats: 1, resultRows: 2 });
  });

  it('repeats the weights of wide activations where weights stay: both rows of an activation have them', () => {
    const tile: Tile = {
      k: 3,
      aType: 0,
      wType: 0,
      aWide: true,
      a: Uint8Array.of(0x21, 0x43, 0x65),
      w: Uint8Array.of(1, 2, 3, 4),
    };
    expect(tileBeats({ ...ARRAY, tile: tileOf({ dataflow: 'ws' }) }, tile)).toEqual({
      beats: 3,
      a: Uint8Array.of(1, 2, 3, 4, 5, 6),
      weightBeats: 2,
      w: Uint8Array.of(1, 2, 3, 4, 1, 2, 3, 4),
      resultRows: 3,
    });
  });

  it('has the steps of a beat of dot-product units side by side, row by row', () => {
    const units: ArrayInfo = { ...ARRAY, tile: tileOf({ arch: 'dot', lanes: 2 }) };
    const tile: Tile = {
      k: 4,
      aType: 0,
      wType: 0,
      a: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      w: Uint8Array.from({ length: 16 }, (_, i) => i),
    };
    expect(tileBeats(units, tile)).toEqual({
      beats: 2,
      a: Uint8Array.of(1, 3, 2, 4, 5, 7, 6, 8),
      weightBeats: 2,
      w: Uint8Array.of(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15),
      resultRows: 1,
    });
    expect(() => tileBeats(units, { ...tile, k: 3 })).toThrow(/beats of 2/);
  });

  it('has results of wide weights on even lanes', () => {
    const results = BigInt64Array.of(5n, -6n);
    expect(resultLanes({ wWide: true }, results)).toEqual(BigInt64Array.of(5n, 0n, -6n, 0n));
    expect(resultsOfLanes({ wWide: true }, resultLanes({ wWide: true }, results))).toEqual(results);
    expect(resultLanes({}, results)).toBe(results);
  });
});
