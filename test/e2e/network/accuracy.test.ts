import { describe, expect, it } from 'vitest';
import type { AccuracyTable } from '../../../scripts/network/accuracy/table.js';
import { runProgram } from '../../support/program.js';
import { accuracy, expectAdaptiveTypesToKeep } from './accuracy.js';

describe('npm run accuracy', () => {
  it('measures the networks in models/ on a few images', { tags: 'rest' }, () =>
    expectAdaptiveTypesToKeep({ samples: 64, calibration: 32, schemes: ['int8', 'int4', 'pot4', 'ANT4'] }),
  );

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
    const { stderr, exitCode } = await runProgram('accuracy', [], { env: { FASHION_MNIST: 'nowhere' } });
    expect(stderr).toMatch(/\bt10k-images-idx3-ubyte\.gz\b.*\bapt-get\b/);
    expect(exitCode).toBe(3);
  });
});
