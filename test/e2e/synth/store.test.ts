import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { area, copy, root } from './area.js';

it('npm run area takes from a store what is there, and makes what is damaged again', async () => {
  const folder = copy();
  const store = mkdtempSync(join(root, 'store-'));
  const measured = async () => {
    const run = await area(['--design', folder], { ANT_RTL_YOSYS: 'native', ANT_RTL_YOSYS_CACHE: store });
    expect(run.exitCode, run.all).toBe(EXIT.done);
    const [, found, asked] = /^note: (\d+) of (\d+) results /m.exec(run.stderr) ?? [];
    return { report: readFileSync(join(folder, 'area.json'), 'utf8'), asked: Number(asked), found: Number(found) };
  };
  const entries = () =>
    readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.gz'));
  const first = await measured();
  const kept = entries();
  expect(kept.length).toBe(first.asked - first.found);
  writeFileSync(join(store, kept[0] ?? ''), 'damaged');
  const second = await measured();
  expect(second).toMatchObject({ report: first.report, asked: first.asked });
  expect(second.found).toBeGreaterThan(0);
  expect(second.found).toBeLessThan(second.asked);
  expect(entries()).toEqual(kept);
});
