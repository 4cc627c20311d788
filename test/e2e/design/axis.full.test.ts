/** @module-tag rest */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNpy } from '../../../gen/base/npy.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { findProgram, TOOLS } from '../../../scripts/tools/find.js';
import { timedLibrary } from '../../support/liberty.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-axis-'));
afterAll(() => rmSync(root, { recursive: true }));

const library = join(root, 'toy.lib');
const [a, w] = [join(root, 'A.npy'), join(root, 'W.npy')];
beforeAll(() => {
  writeFileSync(library, timedLibrary());
  const random = randomSource(3);
  const matrix = (rows: number, cols: number) =>
    formatNpy({ rows, cols, data: Float64Array.from({ length: rows * cols }, () => random.below(2001) / 100 - 10) });
  writeFileSync(a, matrix(5, 9));
  writeFileSync(w, matrix(9, 4));
});

const hasSta = TOOLS.opensta.programs.some((name) => findProgram(name) !== undefined);

/** Designs of int2, of every architecture, whose ports have padding. */
const KINDS: [name: string, raw: RawConfiguration][] = [
  ['sums stay', { rows: 1, cols: 3, maxK: 30 }],
  ['weights stay', { rows: 3, cols: 1, dataflow: 'ws' }],
  ['dot', { arch: 'dot', lanes: 3, maxK: 30 }],
];

describe('behind AXI4-Stream ports', () => {
  const folders = (raw: RawConfiguration): [own: string, axis: string] => {
    const folder = (ports: string): string => {
      const types = { activations: ['int2'], weights: ['int2'] };
      const config = validateConfiguration({ ...types, ...raw, ports, name: 'same' });
      return generate(config, mkdtempSync(join(root, ports))).folder;
    };
    return [folder('own'), folder('axis')];
  };

  /** What a program prints as JSON of a design. */
  async function jsonOf(program: string, args: readonly string[]) {
    const { exitCode, stdout, stderr } = await runProgram(program, [...args, '--json']);
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout);
  }

  it.each(KINDS)('all areas are the same: %s', async (_, raw) => {
    const [own, axis] = folders(raw);
    const reports = await Promise.all(
      [own, axis].map((folder) => jsonOf('area', ['--design', folder, '--liberty', library])),
    );
    const [{ modules, whole }, other] = reports;
    expect(whole.gateEquivalents).toBeGreaterThan(100);
    expect({ modules: other.modules, whole: other.whole }).toEqual({ modules, whole });
  });

  const expectSameTimes = async (_: string, raw: RawConfiguration): Promise<void> => {
    const [own, axis] = folders(raw);
    const options = ['--liberty', library, '--period', '30', '--sta'];
    const checked = await jsonOf('area', ['--design', axis, ...options, '--prove']);
    const reference = await jsonOf('area', ['--design', own, ...options]);
    expect(checked.sta.whole.minimumPs).toBeCloseTo(reference.sta.whole.minimumPs, 0);
    expect(checked.proof.modules.at(-1)).toMatchObject({ netlist: 'same_top', outcome: { result: 'proved' } });
  };

  const times = 'setup checks hold the clock gate, and what is around modules is proved: %s';
  it.skipIf(!hasSta).each(KINDS.slice(0, 1))(times, expectSameTimes);
  it.skipIf(!hasSta).each(KINDS.slice(1))(times, { tags: 'long' }, expectSameTimes);

  it.each(KINDS.slice(0, 2))('matrices are multiplied: %s', async (_, raw) => {
    const [, axis] = folders(raw);
    const report = await jsonOf('matmul', ['--design', axis, '--a', a, '--w', w, '--out', join(root, 'C.npy')]);
    expect(report).toMatchObject({ exact: true });
  });
});
