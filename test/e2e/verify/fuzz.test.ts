import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Configuration } from '../../../gen/config/parameters.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { MANIFEST_FILE, sha256 } from '../../../gen/design/manifest.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { elaborate } from '../../../gen/rtl/design.js';
import type { FuzzSummary } from '../../../scripts/verify/fuzz/fuzz.js';
import { ARRAYS } from '../../../scripts/verify/fuzz/arrays.js';
import { findFrontEnds } from '../../../scripts/verify/fuzz/lint.js';
import { randomConfiguration } from '../../../scripts/verify/fuzz/random.js';
import { type Trial, tryConfiguration, type Workshop } from '../../../scripts/verify/fuzz/trial.js';
import { quickBudget } from '../../../scripts/verify/quick.js';
import { runProgram } from '../../support/program.js';

function isAccepted(seed: number): boolean {
  try {
    elaborate(validateConfiguration(randomConfiguration(randomSource(seed))));
    return true;
  } catch {
    return false;
  }
}

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);
/** A seed whose configuration is refused while that of the next one is accepted. */
const SEED = SEEDS.find((seed) => !isAccepted(seed) && isAccepted(seed + 1)) as number;

const fuzz = (temporary: string, ...args: string[]) => runProgram('fuzz', args, { env: { TMPDIR: temporary } });

const scratch = mkdtempSync(join(tmpdir(), 'ant-rtl-fuzz-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('npm run fuzz', () => {
  it('verifies the designs of a seed and leaves nothing behind', async () => {
    const run = await fuzz(scratch, '--designs', '2', '--seed', String(SEED), '--json');
    const { summary, trials } = JSON.parse(run.stdout) as { summary: FuzzSummary; trials: Trial[] };
    expect(run.exitCode).toBe(0);
    expect(summary).toMatchObject({ seed: SEED, passed: 1, failed: 0, refused: 1 });
    expect(trials.map(({ seed }) => seed).sort((x, y) => x - y)).toEqual([SEED, SEED + 1]);
    for (const { command } of trials) expect(command).toMatch(/^npm run gen -- (--arch dot )?--rows \d+ --cols \d+/);
    expect(readdirSync(scratch).filter((name) => name.startsWith('ant-rtl-fuzz-'))).toEqual([]);
  });

  it('verifies an engine with random programs', { tags: 'rest' }, async () => {
    const run = await fuzz(scratch, '--engine', '--designs', '1', '--seed', '0', '--json');
    const { summary, trials } = JSON.parse(run.stdout) as { summary: FuzzSummary; trials: Trial[] };
    expect(run.exitCode, run.stdout).toBe(0);
    expect(summary).toMatchObject({ passed: 1, failed: 0 });
    expect(trials[0]?.command).toMatch(/^npm run gen -- --engine /);
    expect(summary.counts.jobs).toBeGreaterThan(200);
    expect(summary.counts.commands).toBeGreaterThan(2000);
  });

  it('fails when it verified nothing', async () => {
    const run = await fuzz(scratch, '--designs', '1', '--seed', String(SEED));
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(/refused seed \d/);
    expect(run.stderr).toMatch(/\brefused\b.*exit code 1/);
  });

  it('refuses a run without an end', async () => {
    const run = await fuzz(scratch);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('--minutes or --designs');
  });
});

describe('a broken generator is found', () => {
  const raw = { rows: 2, cols: 3, activations: ['int4', 'flint4'], weights: ['pot4'] };
  let workshop: Workshop;
  beforeAll(async () => {
    const kept = join(scratch, 'kept');
    workshop = { tools: await findFrontEnds(), budget: quickBudget(scratch), scratch, kept };
  });

  /** Generates a design with a piece of its PE replaced, and the manifest in agreement. */
  const breaking = (piece: string, replacement: string) => (config: Configuration, out: string) => {
    const { folder, files } = generate(config, out);
    const path = `rtl/${config.name}_pe.v`;
    const text = readFileSync(join(folder, path), 'utf8');
    expect(text).toContain(piece);
    const changed = text.replace(piece, replacement);
    writeFileSync(join(folder, path), changed);
    const manifest = files.find((file) => file.path === MANIFEST_FILE)?.text ?? '';
    writeFileSync(join(folder, MANIFEST_FILE), manifest.replace(sha256(text), sha256(changed)));
    return folder;
  };

  it('by verification, and the design is kept', async () => {
    const write = breaking('a_sign ^ w_sign', 'a_sign | w_sign');
    const trial = await tryConfiguration({ ...ARRAYS, write }, raw, 5, workshop);
    expect(trial).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/PE, clock edge/) });
    expect(trial.command.split(' -- ')[1]).toBe('--rows 2 --cols 3 --activations int4,flint4 --weights pot4');
    expect(existsSync(join(trial.folder ?? '', MANIFEST_FILE))).toBe(true);
  });

  it('by a front end', async () => {
    const write = breaking('a_sign ^ w_sign', 'a_sign ^ w_sgn');
    const trial = await tryConfiguration({ ...ARRAYS, write }, raw, 6, workshop);
    expect(trial).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/verilator.*w_sgn/s) });
  });

  it('by an exception that is no ConfigurationError', async () => {
    const write = () => {
      throw new TypeError('WIDTH');
    };
    const trial = await tryConfiguration({ ...ARRAYS, write }, raw, 7, workshop);
    expect(trial).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('WIDTH') });
    expect(trial.folder).toBeUndefined();
  });
});
