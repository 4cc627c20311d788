import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { blockCodec, tensorScaleOf } from '../../../../gen/numerics/blocks/block-codec.js';
import { SCALE_FORMATS, type ScaleFormat, scaleFormat } from '../../../../gen/numerics/blocks/scale-format.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { dequantise } from '../../../../scripts/network/quantise/dequantise.js';
import { type BlockMatrix, quantiseBlocks } from '../../../../scripts/network/search/blocks.js';

const TYPES = ['int4', 'flint4', 'pot4'].map(numericType);
const FORMATS = [...SCALE_FORMATS.values()];
const random = randomSource(5);
const [ROWS, COLS] = [21, 3];
const MATRIX = {
  rows: ROWS,
  cols: COLS,
  data: Float64Array.from({ length: ROWS * COLS }, () =>
    Math.fround((random.bits32() / 2 ** 31 - 1) ** 3 * 2 ** random.below(6)),
  ),
};

/** The rows of a block of a column. */
const blockAt = (group: number, col: number, size: number): number[] =>
  Array.from(
    { length: Math.min(size, ROWS - group * size) },
    (_, r) => MATRIX.data[(group * size + r) * COLS + col] ?? 0,
  );

const errorOf = ({ data }: { data: Float64Array }): number =>
  data.reduce((sum, value, i) => sum + (value - (MATRIX.data[i] as number)) ** 2, 0);

/** The matrix in one type. */
const inType = (name: string, scales: ScaleFormat, size = 8, rule: 'largest' | 'error' = 'largest'): BlockMatrix =>
  quantiseBlocks(MATRIX, [numericType(name)], 'W', { size, scales, rule });

describe.each(FORMATS)('weights in blocks with scales $name', (scales) => {
  it('have the codes and scales of the codec, the last block of a column the rest', () => {
    const type = numericType('e2m1');
    const got = inType('e2m1', scales);
    const largest = Math.max(...MATRIX.data.map(Math.abs));
    const codec = blockCodec({ type, scales }, tensorScaleOf({ type, scales }, largest));
    expect(got).toMatchObject({ groups: 3, groupRows: 8 });
    const numbers = dequantise(got).data;
    for (let group = 0; group < 3; group++) {
      for (let col = 0; col < COLS; col++) {
        const block = blockAt(group, col, 8);
        const code = codec.scaleCode(block);
        const at = group * COLS + col;
        expect([got.blockScales.codes[at], got.scales[at]]).toEqual([code, codec.step(code)]);
        const codes = [...codec.encode(block, code)];
        expect(block.map((_, r) => got.codes[(group * 8 + r) * COLS + col])).toEqual(codes);
        expect(block.map((_, r) => numbers[(group * 8 + r) * COLS + col])).toEqual(
          codes.map((each) => Number(type.decode(each)) * codec.step(code)),
        );
      }
    }
    expect(got.squaredError).toBeCloseTo(errorOf(dequantise(got)), 10);
  });

  it('of a convolution lie along its channels, at one place of the filter', () => {
    // 7 channels at 3 places: row 3 c + p is channel c at place p.
    const got = quantiseBlocks(MATRIX, [numericType('int4')], 'W', { size: 4, taps: 3, scales, rule: 'largest' });
    expect(got).toMatchObject({ groups: 6, groupRows: 4, taps: 3 });
    const type = numericType('int4');
    const largest = Math.max(...MATRIX.data.map(Math.abs));
    const codec = blockCodec({ type, scales }, tensorScaleOf({ type, scales }, largest));
    for (const [group, channels] of [
      [0, 1, 2, 3],
      [0, 1, 2, 3],
      [0, 1, 2, 3],
      [4, 5, 6],
      [4, 5, 6],
      [4, 5, 6],
    ].entries()) {
      const at = channels.map((channel) => (3 * channel + (group % 3)) * COLS + 1);
      const block = at.map((i) => MATRIX.data[i] as number);
      const code = codec.scaleCode(block);
      expect(got.blockScales.codes[group * COLS + 1]).toBe(code);
      expect(at.map((i) => got.codes[i])).toEqual([...codec.encode(block, code)]);
    }
    expect(got.squaredError).toBeCloseTo(errorOf(dequantise(got)), 10);
  });

  it('have the type with the least error', () => {
    const errors = TYPES.map(({ name }) => errorOf(dequantise(inType(name, scales))));
    const got = quantiseBlocks(MATRIX, TYPES, 'W', { size: 8, scales, rule: 'largest' });
    expect(got.typeIndex).toBe(errors.indexOf(Math.min(...errors)));
    expect(got.type).toBe(TYPES[got.typeIndex]);
    for (const [i, { squaredError }] of got.considered.entries()) expect(squaredError).toBeCloseTo(errors[i] ?? -1, 10);
  });

  it('by least error are never worse in a block, and better in some', () => {
    let better = 0;
    for (const { name } of TYPES) {
      const [rule, error] = [inType(name, scales, 4), inType(name, scales, 4, 'error')].map((each) => dequantise(each));
      for (let group = 0; group < 6; group++) {
        for (let col = 0; col < COLS; col++) {
          const [a, b] = [rule, error].map((matrix) =>
            blockAt(group, col, 4).reduce(
              (sum, value, r) =>
                sum + (value - ((matrix as typeof MATRIX).data[(group * 4 + r) * COLS + col] ?? 0)) ** 2,
              0,
            ),
          ) as [number, number];
          expect(b).toBeLessThanOrEqual(a);
          if (b < a) better++;
        }
      }
    }
    expect(better).toBeGreaterThan(0);
  });

  it('larger than the reduction are one block per column', () => {
    const got = inType('int4', scales, 1000);
    expect(got).toMatchObject({ groups: 1, groupRows: ROWS });
    expect(got.codes).toEqual(inType('int4', scales, ROWS).codes);
  });

  it('of zeros have the least scale and are zeros', () => {
    const zeros = { rows: 4, cols: 2, data: new Float64Array(8) };
    for (const rule of ['largest', 'error'] as const) {
      const got = quantiseBlocks(zeros, TYPES, 'W', { size: 2, scales, rule });
      expect(got).toMatchObject({ typeIndex: 0, squaredError: 0, codes: new Uint8Array(8) });
      expect([...got.blockScales.codes]).toEqual(new Array(4).fill(scales.least));
      expect(got.blockScales.tensorScale).toBe(1);
    }
  });
});

describe('what cannot be in blocks', () => {
  const scales = scaleFormat('e8m0');

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%s is refused by name and place', (bad) => {
    const matrix = { rows: 2, cols: 1, data: Float64Array.of(1, bad) };
    const quantise = () => quantiseBlocks(matrix, TYPES, 'weights of a', { size: 2, scales, rule: 'largest' });
    expect(quantise).toThrow(UserError);
    expect(quantise).toThrow(`weights of a: element 1 is ${bad}`);
  });

  it('negative values where all types are unsigned', () => {
    const options = { size: 8, scales, rule: 'largest' } as const;
    expect(() => quantiseBlocks(MATRIX, [numericType('uint4')], 'W', options)).toThrow(/W: .*uint4/);
  });
});
