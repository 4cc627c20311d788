import { describe, expect, it } from 'vitest';
import { ENCODED_TYPES, validateRequantiser } from '../../../gen/config/requantiser.js';
import { renderRequantiser } from '../../../gen/design/requantiser/generate.js';
import { REQUANTISER_MANIFEST } from '../../../gen/design/requantiser/manifest.js';
import { levels } from '../../../gen/numerics/codec.js';
import { HARDWARE_TYPES, numericType } from '../../../gen/numerics/types/table.js';
import { elaborateRequantiser } from '../../../gen/rtl/requantise/design.js';
import { ranksOf } from '../../../gen/rtl/requantise/ranks.js';
import { requantiserWidths } from '../../../gen/rtl/requantise/widths.js';

const configOf = (raw: object) => validateRequantiser({ arch: 'requantise', ...raw });

describe('ranks', () => {
  it.each(ENCODED_TYPES)('of %s are the places of its magnitudes', (name) => {
    const { linearBits, octaves, largestRank } = ranksOf(numericType(name));
    const magnitudes = levels(numericType(name))
      .map(({ value }) => value)
      .filter((value) => value >= 0n);
    const listed = [
      ...Array.from({ length: 2 ** linearBits }, (_, i) => BigInt(i)),
      ...octaves.flatMap(({ lead, fractionBits }) => {
        const first = 1n << BigInt(lead - 1);
        return Array.from(
          { length: 2 ** fractionBits },
          (_, i) => first + ((BigInt(i) * first) >> BigInt(fractionBits)),
        );
      }),
    ];
    expect(listed).toEqual(magnitudes);
    expect(largestRank).toBe(magnitudes.length - 1);
  });

  it('are there for all types of integer hardware but the biscaled ones', () => {
    const others = HARDWARE_TYPES.filter(({ name }) => !ENCODED_TYPES.includes(name));
    expect(new Set(others.map(({ kind }) => kind))).toEqual(new Set(['biscaled']));
  });
});

describe('the widths of a requantiser', () => {
  it.each([
    {},
    { addendBits: 0 },
    { sumBits: 8, biasBits: 20, multiplierBits: 3, shiftBits: 3 },
    { sumBits: 32, biasBits: 4, multiplierBits: 24, addendBits: 24 },
  ])('hold the extremes of all inputs, and one bit less does not: %j', (raw) => {
    const config = configOf(raw);
    const { biased, product, addend, scaled } = requantiserWidths(config);
    const most = (bits: number): bigint => 1n << BigInt(bits - 1);
    const factor = (1n << BigInt(config.multiplierBits)) - 1n;
    const least = -(most(config.sumBits) + most(config.biasBits));
    expect(biased.least).toBe(least);
    expect(product.least).toBe(least * factor);
    const second = config.addendBits === 0 ? 0n : most(config.addendBits) * factor;
    expect(addend?.least ?? 0n).toBe(-second);
    expect(scaled.least).toBe(least * factor - second);
    for (const { least: low, bits } of [biased, product, scaled]) {
      expect(low).toBeGreaterThanOrEqual(-most(bits));
      expect(low).toBeLessThan(-most(bits - 1));
    }
  });

  it('of the encoder end where no type tells values apart, or where there are no more', () => {
    const bits = (types: string[], raw = {}): number => requantiserWidths(configOf({ types, ...raw })).doubledBits;
    expect(bits(['int4'])).toBe(5);
    expect(bits(['int8'])).toBe(9);
    expect(bits(['uint8'])).toBe(10);
    expect(bits(['uflint8'])).toBe(16);
    expect(bits(['pot8'])).toBe(42);
    expect(bits(['pot8'], { sumBits: 8, biasBits: 4, multiplierBits: 2, addendBits: 0 })).toBe(11);
  });

  it('refuse shifts that are too small for the multiplier', () => {
    expect(() => requantiserWidths(configOf({ shiftBits: 3 }))).toThrow(/shiftBits: given 3; .*: 5$/m);
  });
});

describe('a requantiser', () => {
  it.each([{}, { pipeline: 0, lanes: 1, types: ['int8'] }, { clip: 'bounds', rounding: 'even', reset: 'async' }])(
    'has all files of a design, and a manifest of its kind: %j',
    (raw) => {
      const design = elaborateRequantiser(configOf(raw));
      const files = renderRequantiser(design);
      const { name } = design.config;
      const paths = files.map(({ path }) => path);
      for (const path of [`${name}.f`, `${name}.sdc`, 'datasheet.md', `tb/${name}_tb.v`, 'manifest.json']) {
        expect(paths).toContain(path);
      }
      const manifest = REQUANTISER_MANIFEST.parse(JSON.parse(files.at(-1)?.text ?? ''));
      expect(manifest.latency).toBe(design.config.pipeline + 1);
      expect(manifest.files.map(({ path }) => path)).toEqual(paths.slice(0, -1));
      for (const { text } of files) expect(text).not.toMatch(/undefined|NaN|\[object/);
    },
  );
});
