/** @module-tag rest */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import type { SpaceReport } from '../../../scripts/sweep/space/report.js';
import { runProgram } from '../../support/program.js';
import { type Cluster, NODES, startCluster, until } from '../../support/slurm.js';
import { resultFiles, sweep, untilKept, valuesOf, writeStudy } from '../../support/sweep.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-sweep-slurm-'));

const study = writeStudy(root);

let cluster: Cluster;
/** What one machine finds. */
let whole: SpaceReport | undefined;
beforeAll(async () => {
  [cluster, { report: whole }] = await Promise.all([startCluster(), sweep(study, join(root, 'whole'))]);
});
afterAll(() => {
  cluster?.stop();
  rmSync(root, { recursive: true });
});

const start = (file: string, results: string, ...args: string[]) =>
  runProgram('sweep', [file, '--results', results, '--json', '--slurm', ...args], { env: cluster.env });

async function run(file: string, results: string, ...args: string[]) {
  const { stdout, stderr, exitCode } = await start(file, results, ...args);
  return { stdout, stderr, exitCode, report: stdout.startsWith('{') ? (JSON.parse(stdout) as SpaceReport) : undefined };
}

/** Watches a folder of results. @returns Tells how often each result was written. */
function watched(results: string): () => number[] {
  const written = new Map<string, Set<number>>();
  const look = (): void => {
    for (const file of resultFiles(results)) {
      // A result that is written again is another file.
      const known = statSync(file, { throwIfNoEntry: false });
      if (known) written.set(file, (written.get(file) ?? new Set()).add(known.ino));
    }
  };
  const timer = setInterval(look, 20);
  return () => {
    clearInterval(timer);
    look();
    return [...written.values()].map(({ size }) => size);
  };
}

const tasksOfThis = (before: number) => cluster.tasks().slice(before);
const areOver = (): boolean =>
  cluster.tasks().every(({ state }) => ['COMPLETED', 'CANCELLED', 'FAILED', 'NODE_FAIL'].includes(state));
const slurmFolder = (results: string): string[] => readdirSync(join(results, 'slurm'));

describe('a sweep on Slurm', () => {
  it('finds what one machine finds, on both nodes', async () => {
    const results = join(root, 'same');
    const writes = watched(results);
    const { report, stderr } = await run(study, results);
    expect(report?.measurements, stderr).toEqual({ kept: 0, new: 8, failed: 0, left: 0 });
    expect(valuesOf(report)).toEqual(valuesOf(whole));
    expect(writes()).toEqual(Array(8).fill(1));
    expect(new Set(cluster.tasks().map(({ nodes }) => nodes))).toEqual(new Set(NODES));
    expect(slurmFolder(results)).toEqual([]);
    const again = await run(study, results);
    expect(again.report?.measurements).toEqual({ kept: 8, new: 0, failed: 0, left: 0 });
  });

  it('loses nothing with a node, and measures nothing twice', async () => {
    const results = join(root, 'node');
    const writes = watched(results);
    const sweeping = run(study, results);
    await untilKept(results, 1);
    const [lost = ''] = cluster
      .tasks()
      .filter(({ state }) => state === 'RUNNING')
      .map(({ nodes }) => nodes);
    expect(NODES).toContain(lost);
    cluster.killNode(lost);
    const hurry = setInterval(cluster.hurry, 1000);
    const { report, stderr } = await sweeping.finally(() => clearInterval(hurry));
    expect(report?.measurements, stderr).toEqual({ kept: 0, new: 8, failed: 0, left: 0 });
    expect(valuesOf(report)).toEqual(valuesOf(whole));
    expect(writes()).toEqual(Array(8).fill(1));
    expect(cluster.tasks().some(({ restarts }) => restarts > 0)).toBe(true);
    await cluster.startNode(lost);
  });

  it('goes on where the program that began it was killed, and gives nothing to Slurm twice', async () => {
    const results = join(root, 'killed');
    const before = cluster.tasks().length;
    const writes = watched(results);
    const first = start(study, results, '--slurm-limit', '2');
    await untilKept(results, 1);
    first.kill('SIGKILL');
    await first;
    const kept = resultFiles(results).length;
    expect(kept).toBeLessThan(8);
    const { report, stderr } = await run(study, results);
    const found = report?.measurements;
    expect(found, stderr).toMatchObject({ failed: 0, left: 0 });
    expect(found?.kept).toBeGreaterThanOrEqual(kept);
    expect((found?.kept ?? 0) + (found?.new ?? 0)).toBe(8);
    expect(valuesOf(report)).toEqual(valuesOf(whole));
    expect(writes()).toEqual(Array(8).fill(1));
    expect(tasksOfThis(before)).toHaveLength(8);
  });

  it('cancels its tasks on Ctrl-C, and goes on from what is kept', async () => {
    const results = join(root, 'interrupted');
    const running = start(study, results, '--slurm-limit', '2');
    await untilKept(results, 1);
    running.kill('SIGINT');
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/interrupted: \d now/);
    await until('the end of all tasks', areOver);
    expect(slurmFolder(results)).toEqual([]);
    const kept = resultFiles(results).length;
    expect(kept).toBeLessThan(8);
    const { report } = await run(study, results);
    expect(report?.measurements).toEqual({ kept, new: 8 - kept, failed: 0, left: 0 });
  });

  it('has failures as rows, and searches', async () => {
    const memory = readFileSync('models/accelerators/memory-28nm.yaml', 'utf8').replaceAll(/bytes: \d+/g, 'bytes: 1');
    writeFileSync(join(root, 'small.yaml'), memory);
    const failing = join(root, 'failing.yaml');
    const text = readFileSync(study, 'utf8').replace('[4, 8, 16, 32]', '[4]');
    writeFileSync(failing, text.replace('[ResNet18]', '[ResNet18], memory: small.yaml'));
    const { report, exitCode } = await run(failing, join(root, 'failing'));
    expect(exitCode).toBe(EXIT.checkFailed);
    expect(report?.points.map(({ state, failures }) => [state, failures[0]?.reason])).toEqual([
      ...Array(2).fill(['failed', expect.stringContaining('buffers')]),
    ]);
    const search = await run(study, join(root, 'same'), '--search', '--round', '4');
    expect(search.report?.search?.of).toBe(8);
  });
});

describe('a sweep without Slurm', () => {
  it('says what Slurm refuses, and what is kept', async () => {
    const { exitCode, stderr } = await run(study, join(root, 'refused'), '--slurm-partition', 'nowhere');
    expect(exitCode).toBe(EXIT.toolBroken);
    expect(stderr).toMatch(/sbatch.*nowhere|sbatch.*partition/s);
    expect(stderr).toContain('0 of 8');
  });

  it('says that it is missing, and keeps what was measured', async () => {
    const empty = join(root, 'empty');
    mkdirSync(empty);
    const results = join(root, 'missing');
    await sweep(study, results, '--points', '2');
    const args = [study, '--results', results, '--slurm'];
    const { exitCode, stderr } = await runProgram('sweep', args, { env: { PATH: empty } });
    expect(exitCode).toBe(EXIT.toolBroken);
    expect(stderr).toMatch(/scontrol/);
    expect(stderr).toContain('2 of 8');
    const without = await sweep(study, results, '--slurm-limit', '4');
    expect([without.exitCode, without.stdout]).toEqual([EXIT.badRequest, '']);
  });
});
