/** @module-tag rest */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FpgaReport } from '../../../scripts/synth/fpga/report.js';
import { engineIn } from '../../support/engine.js';
import { runProgram } from '../../support/program.js';

it('npm run area --fpga counts an engine, its memories as block RAM, and refuses what is no part of it', {
  tags: 'long',
}, async () => {
  const sizes = { rows: 2, cols: 2, busBits: 32, activationKib: 1, weightKib: 1, constantKib: 1, outputKib: 1 };
  const { folder, manifest } = engineIn(mkdtempSync(join(tmpdir(), 'ant-rtl-area-')), sizes);
  const families = ['ice40', 'ecp5', 'xilinx'];
  const { exitCode, stdout } = await runProgram('area', ['--design', folder, '--fpga', families.join(','), '--json']);
  expect(exitCode).toBe(0);
  const report = JSON.parse(stdout) as FpgaReport;
  expect(report.names.whole).toBe('engine');
  expect(report.families.map(({ family }) => family)).toEqual(families);
  for (const { modules, whole, pe } of report.families) {
    const memories = modules.filter(({ role }) => role === 'memory');
    const count = memories.reduce((sum, { instances }) => sum + instances, 0);
    expect(count).toBe(manifest.memories.reduce((sum, { instances }) => sum + instances, 0));
    expect(whole.blockRams).toBe(memories.reduce((sum, { total }) => sum + total.blockRams, 0));
    expect(whole.blockRams).toBeGreaterThan(4);
    expect(whole.luts).toBe(modules.reduce((sum, { total }) => sum + total.luts, 0));
    expect(modules.find(({ role }) => role === 'pe')?.instances).toBe(4);
    expect(pe.luts).toBeGreaterThan(30);
    // All of the buffers would be more flip-flops than this.
    expect(whole.flipFlops).toBeLessThan(10_000);
  }
  const refused = await runProgram('area', ['--design', folder, '--fpga', 'ice40', '--place', 'array']);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('place engine');
  const proof = await runProgram('area', ['--design', folder, '--fpga', 'ice40', '--prove']);
  expect(proof.exitCode).toBe(2);
});

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
