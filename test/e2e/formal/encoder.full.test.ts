/** @module-tag rest */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { proveEncoder } from '../../../scripts/formal/encoder.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { requantiserIn } from '../../support/requantiser.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-encoder-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const FOUR = ['int4', 'uint4', 'flint4', 'uflint4', 'pot4'];
const EIGHT = ['int8', 'uint8', 'flint8', 'uflint8', 'pot8'];

/** All lists that keep the order of types. */
const subsets = (types: readonly string[]): string[][] =>
  Array.from({ length: 2 ** types.length - 1 }, (_, mask) => types.filter((__, i) => ((mask + 1) >> i) & 1));

const isInteger = (type: string): boolean => /^u?int/.test(type);

/** All lists of 4-bit types, in both roundings; all pairs of 8-bit types; all together. */
const CASES = [
  ...subsets(FOUR).flatMap((types) =>
    ['up', ...(types.some(isInteger) ? ['even'] : [])].map((rounding) => ({ types, rounding })),
  ),
  ...subsets(EIGHT)
    .filter(({ length }) => length === 2)
    .map((types) => ({ types, rounding: 'up' })),
  { types: [...FOUR, ...EIGHT], rounding: 'even' },
];

describe('the encoder is what the codec defines', () => {
  it.each(CASES)(
    'for $types, $rounding',
    async (raw) => {
      const { folder, manifest } = requantiserIn(out, { name: 'some', ...raw });
      const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
      expect(await proveEncoder(await findYosys(), manifest, read)).toEqual({ proved: true });
    },
    1_200_000,
  );
});
