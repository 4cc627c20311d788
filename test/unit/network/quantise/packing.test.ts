import { describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { arrayInfoOfDesign } from '../../../../gen/golden/reference.js';
import type { PortMatrices } from '../../../../gen/golden/tiling.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { factsOf } from '../../../../gen/rtl/arch/table.js';
import { elaborateCore } from '../../../../gen/rtl/core.js';
import { type ImageTarget, layerImages, requireImages } from '../../../../scripts/network/quantise/images.js';
import { bytesPerRow, hexWord, packCodes, unpackCodes } from '../../../../scripts/network/quantise/packing.js';

function randomCodes(count: number, bits: number, seed: number): Uint8Array {
  const random = randomSource(seed);
  return Uint8Array.from({ length: count }, () => random.below(2 ** bits));
}

/** A row of fields as one number, field i at bits i * bits. */
const wordOf = (fields: readonly (number | bigint)[], bits: number): bigint =>
  fields.reduce<bigint>((word, field, i) => word + (BigInt.asUintN(bits, BigInt(field)) << BigInt(i * bits)), 0n);

const WIDTHS = [2, 3, 4, 5, 6, 7, 8];
const SIZES = [1, 2, 3, 5, 7, 8, 9, 17];

describe('packCodes', () => {
  it.each(WIDTHS)('%i bits: each row is the little-endian number of the bus', (bits) => {
    for (const cols of SIZES) {
      const rows = 3;
      const codes = randomCodes(rows * cols, bits, cols);
      const packed = packCodes(codes, cols, bits);
      const width = Math.ceil((cols * bits) / 8);
      expect(bytesPerRow(cols, bits)).toBe(width);
      expect(packed).toHaveLength(rows * width);
      for (let r = 0; r < rows; r++) {
        const row = wordOf([...packed.subarray(r * width, (r + 1) * width)], 8);
        expect(row).toBe(wordOf([...codes.subarray(r * cols, (r + 1) * cols)], bits));
      }
      expect(unpackCodes(packed, cols, bits)).toEqual(codes);
    }
  });

  it('sets no bit beyond a row', () => {
    expect([...packCodes(new Uint8Array(6).fill(7), 3, 3)]).toEqual([0xff, 0x01, 0xff, 0x01]);
  });
});

describe('hexWord', () => {
  it.each([...WIDTHS, 12, 24, 33])('%i bits: the fields as one number, digits for all of them', (bits) => {
    for (const count of SIZES) {
      const fields = [...randomCodes(count, Math.min(bits, 8), count)];
      const word = hexWord(fields, bits);
      expect(word).toHaveLength(Math.ceil((count * bits) / 4));
      expect(BigInt(`0x${word}`)).toBe(wordOf(fields, bits));
    }
  });

  it('writes negative sums in two’s complement', () => {
    expect(hexWord(BigInt64Array.of(-1n, 1n, -2n), 12)).toBe('ffe001fff');
    expect(hexWord(BigInt64Array.of(-(2n ** 63n)), 64)).toBe('8000000000000000');
    expect(hexWord([0, 0, 0], 3)).toBe('000');
  });
});

/** A product of random codes. */
function product(m: number, k: number, n: number, seed: number): PortMatrices {
  const [a, w] = [numericType('flint4'), numericType('int4')];
  return {
    a: { rows: m, cols: k, type: a, typeIndex: 1, codes: randomCodes(m * k, 4, seed) },
    w: { rows: k, cols: n, type: w, typeIndex: 0, codes: randomCodes(k * n, 4, seed + 1) },
  };
}

const ROWS = 3;
const COLS = 2;
const PART_K = 4;

function target(): ImageTarget {
  const core = elaborateCore(validateConfiguration({ rows: ROWS, cols: COLS }));
  return { info: arrayInfoOfDesign(core), accumulator: { bits: core.accumulator.bits, wraps: false, provenK: PART_K } };
}

it('arrays whose weights stay take no images, and the message says what to do', () => {
  const { info } = target();
  const { tile } = factsOf(validateConfiguration({ rows: ROWS, cols: COLS, dataflow: 'ws' }));
  expect(() => requireImages({ ...info, tile })).toThrow(/weight stationary.*--arch array --dataflow os/);
  expect(() => requireImages(info)).not.toThrow();
});

describe('layerImages', () => {
  const { info } = target();
  const cases = [
    ['one tile', [product(3, 4, 2, 1)]],
    ['edges in both directions, a reduction in parts', [product(4, 9, 5, 2)]],
    ['several products', [product(2, 3, 3, 3), product(2, 5, 3, 4)]],
    ['a single element', [product(1, 1, 1, 5)]],
  ] as const;

  it.each(cases)('%s: words tile after tile in the order of the array', (_, products) => {
    const wanted = {
      weights: [] as bigint[],
      activations: [] as bigint[],
      expected: [] as bigint[],
      beats: [] as number[],
    };
    for (const { a, w } of products) {
      const at = ({ rows, cols, codes }: typeof a, r: number, c: number): number =>
        r < rows && c < cols ? (codes[r * cols + c] as number) : 0;
      const value = (side: typeof a, r: number, c: number): bigint => side.type.decode(at(side, r, c)) as bigint;
      const lanes = (count: number, of: (lane: number) => number | bigint) =>
        Array.from({ length: count }, (_, i) => of(i));
      for (let row = 0; row < a.rows; row += ROWS) {
        for (let col = 0; col < w.cols; col += COLS) {
          for (let start = 0; start < a.cols; start += PART_K) {
            const end = Math.min(start + PART_K, a.cols);
            wanted.beats.push(end - start);
            for (let k = start; k < end; k++) {
              wanted.activations.push(
                wordOf(
                  lanes(ROWS, (r) => at(a, row + r, k)),
                  info.a.codeBits,
                ),
              );
              wanted.weights.push(
                wordOf(
                  lanes(COLS, (c) => at(w, k, col + c)),
                  info.w.codeBits,
                ),
              );
            }
            for (let r = 0; r < ROWS; r++) {
              const sums = lanes(COLS, (c) => {
                let sum = 0n;
                for (let k = start; k < end; k++) sum += value(a, row + r, k) * value(w, k, col + c);
                return sum;
              });
              wanted.expected.push(wordOf(sums, info.accBits));
            }
          }
        }
      }
    }
    const images = layerImages(products, target());
    const words = (text: string): bigint[] => {
      expect(text.endsWith('\n')).toBe(true);
      return text
        .trimEnd()
        .split('\n')
        .map((line) => BigInt(`0x${line}`));
    };
    expect(images.beats).toEqual(wanted.beats);
    expect(words(images.tiles)).toEqual(wanted.beats.map(BigInt));
    expect(images.resultBeats).toBe(ROWS);
    expect(words(images.weights)).toEqual(wanted.weights);
    expect(words(images.activations)).toEqual(wanted.activations);
    expect(words(images.expected)).toEqual(wanted.expected);
  });
});
