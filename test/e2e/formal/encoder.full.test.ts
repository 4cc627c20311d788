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

describe('the encoder is what the codec defines', () => {
  it.each(
    [
      ...subsets(FOUR),
      ...[...FOUR, ...EIGHT].flatMap((x, i, all) => all.slice(Math.max(i + 1, FOUR.length)).map((y) => [x, y])),
      [...FOUR, ...EIGHT],
    ].flatMap((types) =>
      ['up', ...(types.some((type) => type.includes('int')) ? ['even'] : [])].map((rounding) => ({
        types: types.join(' '),
        rounding,
      })),
    ),
  )(
    'for $types, $rounding',
    async ({ types, rounding }) => {
      const { folder, manifest } = requantiserIn(out, { name: 'some', types: types.split(' '), rounding });
      const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
      expect(await proveEncoder(await findYosys(), manifest, read)).toEqual({ proved: true });
    },
    1_200_000,
  );
});
