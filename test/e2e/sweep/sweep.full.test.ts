/** @module-tag rest */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import type { SpaceReport } from '../../../scripts/sweep/space/report.js';
import { timedLibrary } from '../../support/liberty.js';
import { runProgram } from '../../support/program.js';
import { resultFiles, startSweep, sweep, untilKept, valuesOf, writeStudy } from '../../support/sweep.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-sweep-full-'));

const study = writeStudy(root);

const claims = (results: string): string[] => readdirSync(join(results, 'claims'));

/** What an uninterrupted run finds. */
let whole: SpaceReport | undefined;
beforeAll(async () => {
  whole = (await sweep(study, join(root, 'whole'))).report;
});

describe('a sweep that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGKILL', undefined],
  ] as const)('by %s goes on where it was, and finds the same', async (signal, exitCode) => {
    const results = join(root, signal);
    const run = startSweep(study, results, '--jobs', '1');
    await untilKept(results, 2);
    run.kill(signal);
    const ended = await run;
    expect(ended.exitCode).toBe(exitCode);
    if (signal === 'SIGINT') {
      expect(ended.stderr).toMatch(/interrupted: \d now/);
      expect(claims(results)).toEqual([]);
    }
    // A worker whose parent is gone ends at once.
    await new Promise((done) => setTimeout(done, 1500));
    const kept = resultFiles(results).length;
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(8);
    const { report } = await sweep(study, results);
    expect(report?.measurements).toEqual({ kept, new: 8 - kept, failed: 0, left: 0 });
    expect(valuesOf(report)).toEqual(valuesOf(whole));
    expect(claims(results)).toEqual([]);
  });

  it('in its worker has a failure as a row, and measures the others', async () => {
    const results = join(root, 'worker');
    const run = startSweep(study, results, '--jobs', '1');
    await untilKept(results, 1);
    execFileSync('pkill', ['-KILL', '-P', String(run.pid)]);
    const { stdout, exitCode } = await run;
    expect(exitCode).toBe(EXIT.checkFailed);
    const failed = (JSON.parse(stdout) as SpaceReport).points.filter(({ state }) => state === 'failed');
    expect(failed.map(({ failures }) => failures[0]?.reason)).toEqual([expect.stringContaining('SIGKILL')]);
    expect(resultFiles(results)).toHaveLength(7);
  });
});

describe('two sweeps on one folder', () => {
  it('measure everything once, and both find all of it', async () => {
    const results = join(root, 'two');
    const [one, other] = await Promise.all([sweep(study, results), sweep(study, results)]);
    const made = [one, other].map(({ report }) => report?.measurements.new ?? 0);
    expect((made[0] ?? 0) + (made[1] ?? 0)).toBe(8);
    for (const { report } of [one, other]) expect(valuesOf(report)).toEqual(valuesOf(whole));
  });
});

/** A small file system of its own, where the machine lets one be mounted. */
function smallDisk(folder: string): boolean {
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const disk = join(root, 'disk');
const mounted = smallDisk(disk);
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmSync(root, { recursive: true });
});

describe.runIf(mounted)('a sweep on a full disk', () => {
  it('says so, and keeps whole what it has', async () => {
    const results = join(disk, 'results');
    const { exitCode, stderr } = await sweep(study, results, '--jobs', '1');
    expect(exitCode).toBe(EXIT.toolBroken);
    expect(stderr).toMatch(/\bENOSPC\b/);
    const { stdout } = await sweep(study, results, '--plan');
    expect(stdout).toContain(`${resultFiles(results).length} of them kept`);
  });
});

describe('the metrics of a study', () => {
  it('are those of the programs that measure one design', async () => {
    const file = join(root, 'metrics.yaml');
    const library = join(root, 'toy.lib');
    writeFileSync(library, timedLibrary());
    writeFileSync(
      file,
      `design: { activations: [int4, uint4], weights: [int4] }
axes: { rows: [2] , cols: [2] }
metrics:
  area: { liberty: toy.lib }
  fpga: { families: [ice40] }
  accuracy: { networks: [residual], images: 50, calibration: 16 }
objective: minimise area
`,
    );
    const { report, stderr } = await sweep(file, join(root, 'metrics'));
    expect(report?.measurements, stderr).toEqual({ kept: 0, new: 3, failed: 0, left: 0 });
    const words = (report?.points[0]?.command ?? '').replace('npm run gen -- ', '').split(' ');
    await runProgram('gen', [...words, '--name', 'one', '--out', root]);
    const measured = async (program: string, ...args: string[]) => JSON.parse((await runProgram(program, args)).stdout);
    const design = join(root, 'one');
    const area = await measured('area', '--design', design, '--liberty', library, '--json');
    const fpga = await measured('area', '--design', design, '--fpga', 'ice40', '--json');
    const scheme = [
      '--with',
      '--types int',
      '--models',
      'residual',
      '--samples',
      '50',
      '--calibration',
      '16',
      '--json',
    ];
    const accuracy = await measured('accuracy', ...scheme);
    expect(report?.points[0]?.values).toMatchObject({
      area: area.whole.area,
      gateEquivalents: area.whole.gateEquivalents,
      flipFlops: area.whole.flipFlopBits,
      criticalPath: area.criticalPath.buffered.ps,
      'ice40.luts': fpga.families[0].whole.luts,
      'ice40.flipFlops': fpga.families[0].whole.flipFlops,
      'accuracy.residual': accuracy.networks[0].rows[1].top1,
    });
  });
});
