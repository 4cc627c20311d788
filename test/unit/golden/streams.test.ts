import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { type ArrayInfo, expectedResults, type Tile } from '../../../gen/golden/reference.js';
import { resultLanes, resultsOfLanes, resultWidth, skipsRows, tileBeats } from '../../../gen/golden/streams.js';
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
      resultBeats: 1,
    });
    // 0x12 * 0x45 + -13 * 0x89, 0x12 * 0x67 + -13 * 0xab, as signed bytes.
    expect([...expectedResults(ARRAY, tile)]).toEqual([18n * 69n - 13n * -119n, 18n * 103n - 13n * -85n]);
  });

  it('has codes of 4 bits as they are', () => {
    const tile: Tile = { k: 1, aType: 0, wType: 0, a: Uint8Array.of(1, 2), w: Uint8Array.of(3, 4, 5, 6) };
    expect(tileBeats(ARRAY, tile)).toMatchObject({ a: tile.a, w: tile.w, weightBeats: 1, resultBeats: 2 });
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
      resultBeats: 3,
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
      resultBeats: 1,
    });
    expect(() => tileBeats(units, { ...tile, k: 3 })).toThrow(/beats of 2/);
  });

  const tile = (aWide: boolean, wWide: boolean): Tile => ({
    ...{ k: 1, aType: 0, wType: 0, aWide, wWide },
    a: new Uint8Array(aWide ? 1 : 2),
    w: new Uint8Array(wWide ? 2 : 4),
  });
  const TWO_ROWS: ArrayInfo = { ...ARRAY, tile: { ...ARRAY.tile, rowsPerBeat: 2 } };

  it.each([
    ['all lanes of 4 bits', ARRAY, tile(false, false), [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8], 2],
    ['even columns of wide weights', ARRAY, tile(false, true), [1, 2, 3, 4], [1, 0, 2, 0, 3, 0, 4, 0], 2],
    ['a row for two of wide activations', ARRAY, tile(true, false), [1, 2, 3, 4], [1, 2, 3, 4], 1],
    ['all rows of a beat', TWO_ROWS, tile(false, false), [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8], 1],
    ['even rows of a beat', TWO_ROWS, tile(true, false), [1, 2, 3, 4], [1, 2, 3, 4, 0, 0, 0, 0], 1],
    ['even rows and columns', TWO_ROWS, tile(true, true), [1, 2], [1, 0, 2, 0, 0, 0, 0, 0], 1],
  ] as const)('has results on %s', (_, info, sent, values, lanes, beats) => {
    const results = BigInt64Array.from(values, BigInt);
    expect([...resultLanes(info, sent, results)].map(Number)).toEqual(lanes);
    expect(resultsOfLanes(info, sent, resultLanes(info, sent, results))).toEqual(results);
    expect(tileBeats(info, sent).resultBeats).toBe(beats);
    expect(beats * resultWidth(info)).toBe(lanes.length);
  });

  it('skips rows of wide activations where a beat has one row and sums stay', () => {
    expect(skipsRows(ARRAY.tile, true)).toBe(true);
    expect(skipsRows(ARRAY.tile)).toBe(false);
    expect(skipsRows(TWO_ROWS.tile, true)).toBe(false);
    expect(skipsRows(tileOf({ dataflow: 'ws' }), true)).toBe(false);
  });
});
