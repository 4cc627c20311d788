import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { engineIn } from '../../support/engine.js';
import { runProgram } from '../../support/program.js';

it('npm run area measures an engine by its parts, memories left out and listed', async () => {
  const { folder, manifest } = engineIn(mkdtempSync(join(tmpdir(), 'ant-rtl-area-')), { rows: 2, cols: 2 });
  const { exitCode } = await runProgram('area', ['--design', folder, '--json']);
  expect(exitCode).toBe(0);
  const report = JSON.parse(readFileSync(join(folder, 'area.json'), 'utf8'));
  expect(report.memories).toEqual(manifest.memories);
  const pe = report.modules.find(({ role }: { role: string }) => role === 'pe');
  expect(pe.instances).toBe(4);
  expect(report.pes).toBeCloseTo(4 * pe.size.gateEquivalents, 3);
  const sum = report.modules.reduce(
    (all: number, { total }: { total: { gateEquivalents: number } }) => all + total.gateEquivalents,
    0,
  );
  expect(sum).toBeCloseTo(report.whole.gateEquivalents, 0);
  // Less than a bit of memory would take in flip-flops.
  expect(report.whole.flipFlopBits).toBeLessThan(20_000);
  expect(report.others).toBeGreaterThan(20_000);
});
