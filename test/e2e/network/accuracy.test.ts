import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { AccuracyTable } from '../../../scripts/network/accuracy/table.js';

const env = { FASHION_MNIST: 'test/data/fashion-mnist' };
const accuracy = (...args: string[]) =>
  execa(process.execPath, ['--import', 'tsx', 'scripts/accuracy.ts', ...args], { reject: false, env });

describe('npm run accuracy', () => {
  it('measures the networks in models/: adaptive types keep what single ones lose', async () => {
    const schemes = 'int8;int4;flint4;pot4;ANT4;ANT4, compensated';
    const { stdout, exitCode } = await accuracy(
      '--json',
      '--samples',
      '256',
      '--calibration',
      '128',
      '--schemes',
      schemes,
    );
    expect(exitCode).toBe(0);
    const { networks, test } = JSON.parse(stdout) as AccuracyTable;
    expect(test).toMatch(/^256 .*\btest\b/);
    expect(networks.map(({ name }) => name)).toEqual(['residual', 'vit']);
    for (const { name, rows } of networks) {
      expect(rows.map(({ scheme }) => scheme)).toEqual(['fp32', ...schemes.split(';')]);
      const row = (scheme: string) => rows.find((each) => each.scheme === scheme) as (typeof rows)[number];
      expect(row('fp32').top1).toBeGreaterThan(name === 'residual' ? 90 : 86);
      expect(row('int8').likeFloat).toBeGreaterThan(98);
      expect(row('int8').types).not.toHaveProperty('int4');
      expect(row('ANT4').bits).toBe(4);
      expect(row('ANT4, compensated').likeFloat).toBeGreaterThan(row('pot4').likeFloat);
    }
    const vit = networks[1]?.rows ?? [];
    const likeFloat = (scheme: string) => vit.find((row) => row.scheme === scheme)?.likeFloat as number;
    expect(likeFloat('ANT4')).toBeGreaterThan(likeFloat('int4') + 2);
    expect(Object.keys(vit.find(({ scheme }) => scheme === 'ANT4')?.types ?? {}).length).toBeGreaterThan(3);
  });

  it('prints a Markdown table', async () => {
    const { stdout } = await accuracy(
      '--markdown',
      '--samples',
      '20',
      '--calibration',
      '16',
      '--schemes',
      'int8',
      '--models',
      'residual',
    );
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('| | residual | to fp32 | like fp32 | bits |');
    expect(lines[2]).toMatch(/^\| fp32 \| \d+\.\d\d \| {2}\| 100\.00 \| 32 \|$/);
    expect(lines[3]).toMatch(/^\| int8 \|/);
  });

  it('takes options of npm run quantize, and images held out of the training', async () => {
    const args = [
      '--json',
      '--models',
      'residual',
      '--calibration',
      '16',
      '--held-out',
      '--with',
      '--types int --wide last',
    ];
    const { stdout } = await accuracy(...args, '--with', '--bits 8');
    const { networks, test } = JSON.parse(stdout) as AccuracyTable;
    expect(test).toMatch(/^12 .*\btraining\b/);
    expect(networks[0]?.rows.map(({ scheme }) => scheme)).toEqual(['fp32', '--types int --wide last', '--bits 8']);
    expect(networks[0]?.rows[1]?.types).toEqual({ uint4: 13, int4: 13, uint8: 1, int8: 1 });
  });

  it.each([
    [['--with', '--bits 9'], 2, /--bits: given 9/],
    [['--models', 'none'], 2, /\bnone\b.*\bresidual; vit/],
    [['--schemes', 'int5'], 2, /\bint5\b.*\bint8; int4/],
    [['--samples', '0'], 2, /--samples: given 0/],
    [['--samples', '300'], 2, /\b256\b.*\b300\b/],
  ])('%s is refused', async (args, code, message) => {
    const { stderr, exitCode } = await accuracy(...args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });

  it('says how to install the data set where it is missing', async () => {
    const { stderr, exitCode } = await execa(process.execPath, ['--import', 'tsx', 'scripts/accuracy.ts'], {
      reject: false,
      env: { FASHION_MNIST: 'nowhere' },
    });
    expect(stderr).toMatch(/\bt10k-images-idx3-ubyte\.gz\b.*\bapt-get\b/);
    expect(exitCode).toBe(3);
  });
});
