import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { provedWithin } from '../../../scripts/synth/equivalence/prove.js';
import { measureRequantiser } from '../../../scripts/synth/requantiser/measure.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { brokenRequantiser, requantiserIn } from '../../support/requantiser.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-requantiser-area-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const SMALL = {
  ...{ types: ['int4', 'flint4'], lanes: 3, sumBits: 6, biasBits: 4, multiplierBits: 3, shiftBits: 3 },
  ...{ addendBits: 0, pipeline: 2 },
};

const measured = async (folder: string) =>
  measureRequantiser({ folder, yosys: await findYosys(), library: undefined, onProgress: () => {} });

describe('the area of a requantiser', () => {
  it('is the sum over its modules, each proved to be its RTL', async () => {
    const { folder } = requantiserIn(out, { name: 'small', ...SMALL });
    const { report, netlists } = await measured(folder);
    const context = { folder, yosys: await findYosys(), library: undefined, onProgress: () => {} };
    const proof = await provedWithin(60, { ...context, netlists });
    expect(proof?.modules.map(({ outcome }) => outcome.result)).toEqual(netlists.map(() => 'proved'));
    const counted = report.modules.filter(({ partOfOther }) => !partOfOther);
    expect(counted.map(({ module, instances }) => [module, instances])).toEqual([
      ['small_lane', 3],
      ['small_control', 1],
      ['small_output', 1],
    ]);
    const sum = counted.reduce((total, { size, instances }) => total + size.gateEquivalents * instances, 0);
    expect(report.whole.gateEquivalents).toBeCloseTo(sum, 3);
    expect(report.perLane.gateEquivalents).toBeCloseTo(sum / 3, 3);
    const parts = report.modules.filter(({ partOfOther }) => partOfOther).map(({ module }) => module);
    expect(parts).toEqual(['small_round_int4', 'small_round_flint4', 'small_encode']);
  });

  it('is not added up where the top holds more than its manifest says', async () => {
    const more = ['requantise', 'assign in_ready_o = run;', 'assign in_ready_o = run & rst_ni;'] as const;
    const { folder } = brokenRequantiser(out, { name: 'more', ...SMALL, ports: 'axis' }, more);
    await expect(measured(folder)).rejects.toThrow(/\$and: 0 .* 1 /);
  });
});
