import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import type { SpaceReport } from '../../../scripts/sweep/space/report.js';
import { cutOff, resultFiles, sweep } from '../../support/sweep.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-sweep-'));
const results = join(root, 'results');
afterAll(() => rmSync(root, { recursive: true }));

/** A study of a network of one layer, whose cycles take no time to find. */
function study(name: string, rows: string, more = ''): string {
  const file = join(root, `${name}.yaml`);
  writeFileSync(
    file,
    `design: { activations: [int4], weights: [int4] }
axes: { rows: ${rows}, cols: [2, 4] }
metrics: { model: { networks: [one.yaml] } }
derive: { pes: rows * cols }
objective: minimise pes per rate subject to rate >= 1 and pes >= 8
${more}`,
  );
  return file;
}

const measurements = ({ kept, new: made, failed, left }: SpaceReport['measurements']): number[] => [
  kept,
  made,
  failed,
  left,
];

describe('npm run sweep', () => {
  let first: SpaceReport;

  beforeAll(async () => {
    const layer = '{ kind: linear, name: one, rows: 64, inFeatures: 64, outFeatures: 64 }';
    writeFileSync(join(root, 'one.yaml'), `name: one\nlayers: [${layer}]\n`);
    const csv = join(root, 'points.csv');
    const { report, exitCode, stderr } = await sweep(study('first', '[2, 4]'), results, '--csv', csv);
    expect(exitCode, stderr).toBe(EXIT.done);
    first = report as SpaceReport;
  });

  it('measures all points, and ranks those that meet the conditions', () => {
    expect(measurements(first.measurements)).toEqual([0, 4, 0, 0]);
    expect(first.points.map(({ at, meets, values }) => [at.rows, at.cols, meets, values.pes])).toEqual([
      ...[
        ['2', '2', false, 4],
        ['2', '4', true, 8],
        ['4', '2', true, 8],
        ['4', '4', true, 16],
      ],
    ]);
    const ranked = first.points
      .filter(({ rank }) => rank !== undefined)
      .sort((x, y) => Number(x.rank) - Number(y.rank));
    const goals = ranked.map(({ goals: [goal] = [] }) => Number(goal));
    expect(goals).toEqual([...goals].sort((x, y) => x - y));
    expect(ranked).toHaveLength(3);
    // 64 x 64 x 64 products on 2 x 2 PEs take more than 65,536 cycles, and not twice as many.
    const cycles = Number(first.points[0]?.values['cycles.one']);
    expect(cycles).toBeGreaterThan(65_536);
    expect(cycles).toBeLessThan(2 * 65_536);
    expect(first.points[0]?.values['rate.one']).toBeCloseTo(5e8 / cycles, 6);
  });

  it('writes all points as CSV', () => {
    const [head = '', ...lines] = readFileSync(join(root, 'points.csv'), 'utf8').trim().split('\r\n');
    expect(head.split(',').slice(0, 4)).toEqual(['rows', 'cols', 'state', 'cycles.one']);
    expect(lines.map((line) => line.split(',').slice(0, 3).join())).toEqual([
      '2,2,measured',
      '2,4,measured',
      '4,2,measured',
      '4,4,measured',
    ]);
  });

  it('measures only what is new: of an extended study, and where a result is half written', async () => {
    const files = resultFiles(results);
    expect(files).toHaveLength(4);
    cutOff(files[0] as string);
    const { report } = await sweep(study('extended', '[2, 4, 8]'), results);
    expect(report && measurements(report.measurements)).toEqual([3, 3, 0, 0]);
    expect(report?.points.slice(0, 4).map(({ values }) => values)).toEqual(first.points.map(({ values }) => values));
  });

  it('keeps to a budget, and has a failure as a row with its reason', async () => {
    const { report, exitCode } = await sweep(study('budget', '[2, 4]', 'budget: { points: 3 }'), join(root, 'others'));
    expect(report?.points.map(({ state }) => state).sort()).toEqual(['left', 'measured', 'measured', 'measured']);
    expect(exitCode).toBe(EXIT.done);
    // Buffers of one byte hold no tile.
    const memory = readFileSync('models/accelerators/memory-28nm.yaml', 'utf8').replaceAll(/bytes: \d+/g, 'bytes: 1');
    writeFileSync(join(root, 'small.yaml'), memory);
    const file = study('failing', '[2]');
    writeFileSync(file, readFileSync(file, 'utf8').replace('[one.yaml]', '[one.yaml], memory: small.yaml'));
    const failing = await sweep(file, results);
    expect(failing.exitCode).toBe(EXIT.checkFailed);
    expect(failing.report?.points.map(({ state, failures }) => [state, failures[0]?.reason])).toEqual([
      ...Array(2).fill(['failed', expect.stringContaining('buffers')]),
    ]);
  });

  it('searches, asks for the same points whatever is kept, and says what it left out', { tags: 'rest' }, async () => {
    const file = study('search', '[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]');
    const others = join(root, 'searched');
    const whole = await sweep(file, results);
    const search = await sweep(file, others, '--search', '--round', '2');
    const replayed = await sweep(file, results, '--search', '--round', '2');
    const best = (report: SpaceReport | undefined) => report?.points.find(({ rank }) => rank === 1)?.command;
    expect(best(search.report), search.stderr).toBe(best(whole.report));
    const asked = search.report?.search?.asked ?? 0;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(22);
    expect(search.report?.measurements).toEqual({ kept: 0, new: asked, failed: 0, left: 0 });
    expect(replayed.report?.measurements).toEqual({ kept: asked, new: 0, failed: 0, left: 0 });
    expect(replayed.report?.search).toEqual(search.report?.search);
    expect(replayed.report?.points).toEqual(search.report?.points);
    const few = await sweep(file, others, '--search', '--round', '2', '--points', '5');
    expect(few.report?.search).toMatchObject({ asked: 5, of: 22, complete: false });
    const none = join(root, 'none.yaml');
    writeFileSync(none, readFileSync(file, 'utf8').replace(/objective.*/, ''));
    const refused = await sweep(none, others, '--search');
    expect([refused.exitCode, refused.stdout]).toEqual([EXIT.badRequest, '']);
    expect(refused.stderr).toContain('--search');
  });

  it('says what it would measure, and what is wrong', async () => {
    const planned = await sweep(study('planned', '[2, 4, 16]'), results, '--plan');
    expect(planned.stdout).toMatch(/^6 of 6 points\nmodel: 6 measurements, 4 of them kept/);
    const unmade = join(root, 'unmade');
    expect((await sweep(study('planned', '[2]'), unmade, '--plan')).stdout).toMatch(/^model: 2 measurements, 0 /m);
    expect(existsSync(unmade)).toBe(false);
    const example = await sweep('examples/studies/resnet18-at-13.yaml', results, '--plan');
    expect(example.stdout, example.stderr).toMatch(/^40 of 40 points\narea: 40 .*\nmodel: 40 .*\naccuracy: 2 /);
    const two = await sweep('examples/studies/two-networks.yaml', results, '--plan');
    expect(two.stdout, two.stderr).toMatch(/^22 of 22 points\narea: 22 .*\nmodel: 22 /);
    const types = await sweep('examples/studies/types-for-area.yaml', results, '--plan');
    expect(types.stdout, types.stderr).toMatch(/^9 of 9 points\narea: 9 .*\naccuracy: 9 /);
    const wrong = await sweep(study('wrong', '[]'), results, '--jobs', '0');
    expect([wrong.exitCode, wrong.stdout]).toEqual([EXIT.badRequest, '']);
    const missing = await sweep(study('missing', '[2]', 'about: 1'), results);
    expect(missing.stderr).toContain('about');
  });
});
