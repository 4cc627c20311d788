import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leastStep, realValues, stepExponent } from '../../../gen/numerics/real.js';
import { NUMERIC_TYPES, numericType } from '../../../gen/numerics/types/table.js';

const valuesOf = (name: string): string[] => realValues(numericType(name));
const finite = (name: string): number[] => valuesOf(name).map(Number).filter(Number.isFinite);
const smallest = (name: string): number => Math.min(...finite(name).filter((value) => value > 0));

/** OCP's definition (FP8 section 5, MX section 5.3), from the bits of a code as text. */
function byDefinition(text: string, exponentBits: number, signed: boolean): number {
  const sign = signed && text[0] === '1' ? -1 : 1;
  const exponent = text.slice(signed ? 1 : 0, (signed ? 1 : 0) + exponentBits);
  const fraction = text.slice((signed ? 1 : 0) + exponentBits);
  const bias = (2 ** exponentBits - 2) / 2;
  const mantissa = [...fraction].reduce((sum, bit, i) => sum + Number(bit) / 2 ** (i + 1), 0);
  return exponent.includes('1')
    ? sign * 2 ** (Number.parseInt(exponent, 2) - bias) * (1 + mantissa)
    : sign * 2 ** (1 - bias) * mantissa;
}

describe('real values of codes', () => {
  it('are those of the OCP tables', () => {
    const e2m1 = ['0', '0.5', '1', '1.5', '2', '3', '4', '6'];
    expect(valuesOf('e2m1')).toEqual([...e2m1, ...e2m1.map((value) => `-${value}`)]);
    expect(valuesOf('ue2m1')).toEqual(e2m1);
    for (const [name, largest, least] of [
      ['e2m1', 6, 0.5],
      ['e3m2', 28, 2 ** -4],
      ['e2m3', 7.5, 2 ** -3],
      ['e4m3', 448, 2 ** -9],
      ['e5m2', 57344, 2 ** -16],
    ] as const) {
      expect(Math.max(...finite(name)), name).toBe(largest);
      expect(smallest(name), name).toBe(least);
      expect(leastStep(numericType(name)), name).toBe(least);
    }
  });

  it('have the least step and the largest value that the page on types says', () => {
    const page = readFileSync(new URL('../../../docs/types.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \| 2\^(-\d+) \| ([\d.]+) \|$/gm)];
    expect(rows.length).toBe(5);
    for (const [, name = '', exponent, largest] of rows) {
      expect([stepExponent(numericType(name)), Math.max(...finite(name))], name).toEqual([
        Number(exponent),
        Number(largest),
      ]);
    }
  });

  it('name the codes of OCP FP8 that are no numbers', () => {
    const places = (name: string) =>
      valuesOf(name).flatMap((value, code) => (/N|I/.test(value) ? [[code, value]] : []));
    expect(places('e4m3')).toEqual([
      [0x7f, 'NaN'],
      [0xff, 'NaN'],
    ]);
    expect(places('e5m2')).toEqual([
      [0x7c, '+Infinity'],
      ...[0x7d, 0x7e, 0x7f].map((code) => [code, 'NaN']),
      [0xfc, '-Infinity'],
      ...[0xfd, 0xfe, 0xff].map((code) => [code, 'NaN']),
    ]);
    expect(places('e2m3')).toEqual([]);
  });

  it('follow the definition for every float, signed or not', () => {
    let compared = 0;
    for (const type of NUMERIC_TYPES.values()) {
      if (type.kind !== 'float') continue;
      realValues(type).forEach((value, code) => {
        if (!Number.isFinite(Number(value))) return;
        const text = code.toString(2).padStart(type.bits, '0');
        expect(Number(value), `${type.name} ${text}`).toBe(byDefinition(text, type.exponentBits, type.signed));
        compared += 1;
      });
    }
    expect(compared).toBeGreaterThan(4000);
  });

  it('are steps of 1 in all other types, with one zero in two codes where there is a sign bit', () => {
    for (const type of NUMERIC_TYPES.values()) {
      if (type.kind !== 'float') expect(stepExponent(type), type.name).toBe(0);
    }
    expect(valuesOf('int3')).toEqual(['0', '1', '2', '3', '-4', '-3', '-2', '-1']);
    expect(valuesOf('flint4')[8]).toBe('-0');
    expect(valuesOf('pot4')[8]).toBe('-0');
    expect(valuesOf('bi3s1')).not.toContain('-0');
    expect(valuesOf('e4m3')[0x80]).toBe('-0');
  });
});
