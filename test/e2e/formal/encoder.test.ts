import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { proveEncoder } from '../../../scripts/formal/encoder.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { brokenRequantiser, type GeneratedRequantiser, requantiserIn } from '../../support/requantiser.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-encoder-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const proofOf = async ({ folder, manifest }: GeneratedRequantiser) =>
  proveEncoder(await findYosys(), manifest, (file) => readFileSync(join(folder, file), 'utf8'));

describe('the encoder of a requantiser', () => {
  it.each([
    { name: 'usual' },
    { name: 'even', types: ['int4', 'uint4', 'e2m1'], rounding: 'even' },
    { name: 'wide', types: ['pot8'] },
  ])('is proved to be what the codec defines, for all inputs: $name', async (raw) => {
    expect(await proofOf(requantiserIn(out, raw))).toEqual({ proved: true });
  });

  it('is told from one that differs for a single type', async () => {
    const broken = brokenRequantiser(out, { name: 'broken' }, ['round_uflint4', 'up = size_i[3]', 'up = size_i[2]']);
    const proof = await proofOf(broken);
    expect(proof).toMatchObject({ proved: false, counterexample: expect.stringMatching(/doubled_i/) });
  });
});
