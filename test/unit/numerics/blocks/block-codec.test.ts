import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { blockCodec, elementStep, largestElement, tensorScaleOf } from '../../../../gen/numerics/blocks/block-codec.js';
import { BLOCK_FORMATS, type BlockFormat, bitsPerElement } from '../../../../gen/numerics/blocks/block-format.js';
import { numericType } from '../../../../gen/numerics/types/table.js';

/**
 * Elements by the tables of the OCP specification, written out anew: the positive numbers in code order, how many codes
 * one sign has, the largest exponent of a normal number.
 */
interface Element {
  readonly positive: readonly number[];
  readonly emax: number;
  readonly twosComplement?: boolean;
}

function floats(exponentBits: number, fractionBits: number, bias: number, count: number): number[] {
  return Array.from({ length: count }, (_, code) => {
    const [field, fraction] = [code >> fractionBits, (code % 2 ** fractionBits) / 2 ** fractionBits];
    expect(field).toBeLessThan(2 ** exponentBits);
    return field === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (field - bias);
  });
}

const ELEMENTS: Readonly<Record<string, Element>> = {
  e2m1: { positive: [0, 0.5, 1, 1.5, 2, 3, 4, 6], emax: 2 },
  e2m3: { positive: floats(2, 3, 1, 32), emax: 2 },
  e3m2: { positive: floats(3, 2, 3, 32), emax: 4 },
  e4m3: { positive: floats(4, 3, 7, 127), emax: 8 },
  e5m2: { positive: floats(5, 2, 15, 124), emax: 15 },
  int8: { positive: Array.from({ length: 128 }, (_, i) => i / 64), emax: 0, twosComplement: true },
  int4: { positive: Array.from({ length: 8 }, (_, i) => i / 4), emax: 0, twosComplement: true },
};

/** An element by comparing with all numbers: the nearest, of two the one whose code is even. */
function nearest({ positive, twosComplement = false }: Element, value: number): { number: number; code: number } {
  const half = twosComplement ? positive.length : 2 ** Math.ceil(Math.log2(positive.length));
  const all = [
    ...positive.map((number, code) => ({ number, code })),
    ...(twosComplement
      ? positive.map((_, i) => ({ number: -(i + 1) * (positive[1] as number), code: 2 * half - 1 - i }))
      : positive.slice(1).map((number, i) => ({ number: -number, code: half + i + 1 }))),
  ];
  return all.reduce((best, one) => {
    const [d, least] = [Math.abs(one.number - value), Math.abs(best.number - value)];
    return d < least || (d === least && one.code % 2 === 0) ? one : best;
  });
}

const random = randomSource(18);
const real = (): number => random.bits32() / 2 ** 31 - 1;

/** Blocks whose numbers lie close together, far apart, and halfway between elements. */
function blocks(length: number): number[][] {
  const narrow = Array.from({ length: 12 }, (_, i) =>
    Array.from({ length }, () => Math.fround(real() * 2 ** (3 * i - 20))),
  );
  const wide = Array.from({ length: 12 }, () =>
    Array.from({ length }, () => Math.fround(real() * 2 ** (random.below(24) - 12))),
  );
  const ties = Array.from({ length: 12 }, (_, i) =>
    Array.from({ length }, () => (random.below(257) - 128) * 2 ** (i - 8)),
  );
  return [...narrow, ...wide, ...ties];
}

const formatOf = (name: string): BlockFormat => BLOCK_FORMATS.get(name) as BlockFormat;

/** A block by the codec: real numbers, scale and codes. */
function byCodec({ scales }: BlockFormat, name: string, block: readonly number[], tensorScale?: number) {
  const type = numericType(name);
  const codec = blockCodec({ type, scales }, tensorScale);
  const scaleCode = codec.scaleCode(block);
  const codes = codec.encode(block, scaleCode);
  const numbers = [...codes].map((code) => Number(type.decode(code)) * codec.step(scaleCode));
  return { scaleCode, codes: [...codes], numbers };
}

describe('the elements of the OCP specification', () => {
  it.each([
    // Largest number, least normal number, least subnormal number.
    ['e5m2', 57344, 2 ** -14, 2 ** -16],
    ['e4m3', 448, 2 ** -6, 2 ** -9],
    ['e3m2', 28, 0.25, 0.0625],
    ['e2m3', 7.5, 1, 0.125],
    ['e2m1', 6, 1, 0.5],
    ['int8', 1 + 63 / 64, undefined, 1 / 64],
  ])('%s', (name, largest, normal, least) => {
    const type = numericType(name);
    expect([largestElement(type), elementStep(type)]).toEqual([largest, least]);
    if (type.kind === 'float') expect(Number(type.decode(2 ** type.fractionBits)) * elementStep(type)).toBe(normal);
  });
});

describe('blocks by the rules of OCP, equal to those of an implementation that compares with all numbers', () => {
  const names = [...BLOCK_FORMATS.values()]
    .filter(({ scales, types }) => scales.name === 'e8m0' && types.length === 1 && (types[0]?.name ?? '') in ELEMENTS)
    .map(({ name, types }) => [name, types[0]?.name ?? ''] as const);

  it('are of all formats that OCP defines', () => {
    expect(names.map(([name]) => name)).toEqual(
      expect.arrayContaining(['mxfp4', 'mxfp6-e2m3', 'mxfp6-e3m2', 'mxfp8-e4m3', 'mxfp8-e5m2', 'mxint8']),
    );
  });

  it.each(names)('%s', (name, type) => {
    const format = formatOf(name);
    const element = ELEMENTS[type] as Element;
    expect(format.block).toBe(32);
    for (const block of [...blocks(32), ...blocks(5)]) {
      const magnitude = Math.max(...block.map(Math.abs));
      let exponent = -200;
      while (magnitude > 0 && 2 ** (exponent + 1) <= magnitude) exponent++;
      const shared = magnitude === 0 ? -127 : exponent - element.emax;
      const wanted = block.map((value) => nearest(element, value / 2 ** shared));
      const got = byCodec(format, type, block);
      expect(got.scaleCode).toBe(shared + 127);
      expect(got.codes).toEqual(wanted.map(({ code }) => code));
      expect(got.numbers.map((each) => each + 0)).toEqual(wanted.map(({ number }) => number * 2 ** shared + 0));
    }
  });

  it.each(names)('%s: every code comes back from the numbers it stands for', (name, typeName) => {
    const format = formatOf(name);
    const type = numericType(typeName);
    const codec = blockCodec({ type, scales: format.scales });
    for (const scaleCode of [0, 1, 126, 127, 128, 200]) {
      for (let code = 0; code < 2 ** type.bits; code++) {
        const value = type.decode(code);
        if (typeof value !== 'bigint' || (value === 0n && code !== 0)) continue;
        expect(codec.encode([Number(value) * codec.step(scaleCode)], scaleCode)[0]).toBe(code);
      }
    }
  });
});

describe('blocks by the rules of NVFP4', () => {
  const format = formatOf('nvfp4');
  const e4m3 = (ELEMENTS.e4m3 as Element).positive;

  it('have 16 elements, a scale of E4M3, and the tensor has one in binary32', () => {
    const e2m1 = ELEMENTS.e2m1 as Element;
    const tensor = blocks(16);
    const magnitude = Math.max(...tensor.flat().map(Math.abs));
    const tensorScale = tensorScaleOf({ type: numericType('e2m1'), scales: format.scales }, magnitude);
    expect(tensorScale).toBe(Math.fround(magnitude / (6 * 448)));
    expect(format.block).toBe(16);
    let [subnormal, saturated] = [0, 0];
    for (const block of tensor) {
      const wanted = Math.max(...block.map(Math.abs)) / (6 * tensorScale);
      // No scale is 0, so the search begins with code 1.
      const scaleCode = e4m3.reduce((best, number, code) => {
        const [d, least] = [Math.abs(number - wanted), Math.abs((e4m3[best] as number) - wanted)];
        return code > 0 && (d < least || (d === least && code % 2 === 0)) ? code : best;
      }, 1);
      const scale = (e4m3[scaleCode] as number) * tensorScale;
      const numbers = block.map((value) => nearest(e2m1, value / scale));
      const got = byCodec(format, 'e2m1', block, tensorScale);
      expect(got.scaleCode).toBe(scaleCode);
      expect(got.codes).toEqual(numbers.map(({ code }) => code));
      expect(got.numbers.map((each) => each + 0)).toEqual(numbers.map(({ number }) => number * scale + 0));
      if (scaleCode < 8) subnormal++;
      if (scaleCode === 126) saturated++;
    }
    expect(subnormal).toBeGreaterThan(0);
    expect(saturated).toBeGreaterThan(0);
  });

  it('keep a tensor scale above 0', () => {
    const coding = { type: numericType('e2m1'), scales: format.scales };
    expect([0, 2 ** -149].map((magnitude) => tensorScaleOf(coding, magnitude))).toEqual([1, 2 ** -149]);
    expect(tensorScaleOf({ ...coding, scales: formatOf('mxfp4').scales }, 100)).toBe(1);
  });
});

describe('elements of ANT in blocks', () => {
  it.each([
    // The largest power of two of flint4 is 16, of pot4 64.
    ['mxflint4', [16, 31.9, -5, 7, -7, 12, 0.5], 127, [4, 4, 14, 5, 15, 4, 1]],
    ['mxpot4', [64, 127, 3, -3, 0.5, -0.5, 100], 127, [7, 7, 3, 10, 1, 0, 7]],
  ])('%s rounds halves towards plus infinity', (name, block, scaleCode, codes) => {
    const type = (formatOf(name).types[0] as { name: string }).name;
    expect(byCodec(formatOf(name), type, block)).toMatchObject({ scaleCode, codes });
  });
});

describe.each([...BLOCK_FORMATS.values()])('$name', (format) => {
  const { types, scales } = format;

  it('has defined results for zeros, one number, infinities and NaN', () => {
    for (const { name } of types) {
      const zeros = byCodec(format, name, [0, -0, 0]);
      expect(zeros).toMatchObject({ scaleCode: scales.least, codes: [0, 0, 0], numbers: [0, 0, 0] });
      const one = byCodec(format, name, [-0.75]);
      expect(Math.abs((one.numbers[0] as number) / -0.75 - 1)).toBeLessThan(0.34);
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const got = byCodec(format, name, [1, bad, 2]);
        expect(got).toEqual({ scaleCode: scales.nan, codes: [0, 0, 0], numbers: [Number.NaN, Number.NaN, Number.NaN] });
      }
      expect(byCodec(format, name, []).codes).toEqual([]);
    }
  });

  it('has codes for the largest and the least numbers of binary32', () => {
    for (const type of types) {
      const largest = Math.fround(3.4e38);
      const tensorScale = tensorScaleOf({ type, scales }, largest);
      const got = byCodec(format, type.name, [largest, -largest, 0], tensorScale);
      expect(got.numbers.every(Number.isFinite)).toBe(true);
      expect(Math.abs((got.numbers[0] as number) / largest - 1)).toBeLessThan(0.5);
      const least = byCodec(format, type.name, [2 ** -149, 0], tensorScaleOf({ type, scales }, 2 ** -149));
      expect(least.scaleCode).toBe(scales.hasTensorScale ? least.scaleCode : scales.least);
      expect(least.numbers.every((each) => each >= 0 && each < 2 ** -127)).toBe(true);
    }
  });

  it('is in the documentation', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/types.md'), 'utf8');
    const names = types.map(({ name }) => name).join(' ');
    const row = ['', `\`${format.name}\``, names, scales.name, format.block, bitsPerElement(format), format.about, ''];
    expect(page).toContain(row.join(' | ').trim());
  });

  it('has types of one width', () => {
    expect(new Set(types.map(({ bits }) => bits)).size).toBe(1);
    expect(bitsPerElement(format)).toBe((types[0]?.bits ?? 0) + 8 / format.block);
  });
});
