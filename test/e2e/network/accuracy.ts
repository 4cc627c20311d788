import { expect } from 'vitest';
import type { AccuracyTable } from '../../../scripts/network/accuracy/table.js';
import { runProgram } from '../../support/program.js';

export const accuracy = (...args: string[]) =>
  runProgram('accuracy', args, { env: { FASHION_MNIST: 'test/data/fashion-mnist' } });

export interface Measurement {
  readonly samples: number;
  readonly calibration: number;
  readonly schemes: readonly string[];
}

/** Measures the networks in models/: 8 bits keep all, and adaptive types of 4 bits what single ones lose. */
export async function expectAdaptiveTypesToKeep({ samples, calibration, schemes }: Measurement): Promise<void> {
  const sizes = ['--samples', String(samples), '--calibration', String(calibration)];
  const { stdout, stderr, exitCode } = await accuracy('--json', ...sizes, '--schemes', schemes.join(';'));
  expect(exitCode, stderr).toBe(0);
  const { networks, test } = JSON.parse(stdout) as AccuracyTable;
  expect(test).toBe(`${samples} Fashion-MNIST test images`);
  expect(networks.map(({ name }) => name)).toEqual(['residual', 'vit']);
  const best = schemes.at(-1) as string;
  for (const { name, rows } of networks) {
    expect(rows.map(({ scheme }) => scheme)).toEqual(['fp32', ...schemes]);
    const row = (scheme: string) => rows.find((each) => each.scheme === scheme) as (typeof rows)[number];
    expect(row('fp32').top1).toBeGreaterThan(name === 'residual' ? 90 : 86);
    expect(row('int8').likeFloat).toBeGreaterThan(98);
    expect(row('int8').types).not.toHaveProperty('int4');
    expect(row('ANT4').bits).toBe(4);
    expect(row(best).likeFloat).toBeGreaterThan(row('pot4').likeFloat);
  }
  const vit = networks[1]?.rows ?? [];
  const likeFloat = (scheme: string) => vit.find((row) => row.scheme === scheme)?.likeFloat as number;
  expect(likeFloat('ANT4')).toBeGreaterThan(likeFloat('int4') + 2);
  expect(Object.keys(vit.find(({ scheme }) => scheme === 'ANT4')?.types ?? {}).length).toBeGreaterThan(3);
}
