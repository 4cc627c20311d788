import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { formatNpy } from '../../../gen/base/npy.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign, MANIFEST_FILE, sha256 } from '../../../gen/design/manifest.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { totalOf } from '../../../scripts/power/estimate.js';
import { type MeasuredPower, measurePower } from '../../../scripts/power/measure.js';
import { fileOperands } from '../../../scripts/power/operands.js';
import { readLibrary } from '../../../scripts/tools/liberty/library.js';
import type { Yosys } from '../../../scripts/tools/yosys/interface.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { powerLibraryText } from '../../support/liberty.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-power-test-'));
afterAll(() => rmSync(root, { recursive: true }));

const path = (name: string): string => join(root, name);
const design = (name: string): string =>
  generate(validateConfiguration({ rows: 2, cols: 1, activations: ['int2'], weights: ['int2'], maxK: 16, name }), root)
    .folder;

const power = (...args: string[]) => runProgram('power', args, { all: true });

/** The design's netlists with the first NAND of the PE changed into what it is not. */
function corrupted(yosys: Yosys): Yosys {
  return {
    ...yosys,
    async execute(script, inputs, wanted) {
      const outcome = await yosys.execute(script, inputs, wanted);
      const text = outcome.files['netlists.json'];
      if (text === undefined) return outcome;
      const json = JSON.parse(text);
      const cells: { type: string; connections: Record<string, unknown[]> }[] = Object.values(
        json.modules.tiny_pe.cells,
      );
      const gate = cells.find(({ type }) => type === 'NAND');
      if (!gate) throw new Error('the PE has no NAND');
      gate.connections.A = ['1'];
      return { ...outcome, files: { ...outcome.files, 'netlists.json': JSON.stringify(json) } };
    },
  };
}

describe('npm run power', () => {
  const library = path('powered.lib');
  const [a, w] = [path('A.npy'), path('W.npy')];
  const operands = ['--liberty', library, '--a', a, '--w', w];
  let report: MeasuredPower;

  beforeAll(async () => {
    writeFileSync(library, powerLibraryText());
    const random = randomSource(7);
    const reals = (count: number): Float64Array =>
      Float64Array.from({ length: count }, () => random.below(2000) / 1000 - 1);
    writeFileSync(a, formatNpy({ rows: 6, cols: 12, data: reals(72) }));
    writeFileSync(w, formatNpy({ rows: 12, cols: 5, data: reals(60) }));
    const run = await power('--design', design('tiny'), ...operands, '--sta', path('sta'), '--json');
    expect(run.exitCode, run.all).toBe(EXIT.done);
    report = JSON.parse(run.stdout);
  });

  it('compares the results of all tiles and counts their useful work', () => {
    expect(report.tiles).toEqual({ run: 15, all: 15 });
    expect(report.results).toBe(15 * 2);
    expect(report.macs).toBe(6 * 12 * 5);
  });

  it('tells the energy of every module, which add up', () => {
    expect(report.modules.filter(({ role }) => role === 'pe')).toMatchObject([{ label: 'tiny_pe', instances: 2 }]);
    const sum = report.modules.reduce((total, { perMac }) => total + totalOf(perMac), 0);
    expect(totalOf(report.whole)).toBeCloseTo(sum, 9);
    expect(totalOf(report.pe)).toBeGreaterThan(0);
    expect(totalOf(report.pe)).toBeLessThan(totalOf(report.whole));
    // The clock of the PEs can be told by hand: flip-flops of 12 fJ and 3 fF at 2 V a cycle; see the library.
    const perCycle = registersOfPe() * 2 * (0.012 + 0.003 * 2 ** 2);
    expect(totalOf(report.pe, { group: 'clock' })).toBeCloseTo((perCycle * report.cycles) / report.macs, 9);
  });

  /** Flip-flops in the netlist that OpenSTA is given. */
  function registersOfPe(): number {
    return (readFileSync(path('sta/netlist.v'), 'utf8').match(/^ {2}REG u\d+ /gm) ?? []).length;
  }

  it('writes what OpenSTA needs, and says whether it was run', () => {
    expect(registersOfPe()).toBeGreaterThan(0);
    expect(existsSync(path('sta/activity.vcd'))).toBe(true);
    const { sta } = report as MeasuredPower & { sta: { missing?: string; version?: string } };
    expect(sta.missing ?? sta.version).toMatch(/OpenSTA|version|\d/);
  });

  it('ends with exit code 1 when a result is wrong', async () => {
    const broken = design('broken');
    const manifest = loadDesign(broken);
    const file = 'rtl/broken_pe.v';
    const text = readFileSync(join(broken, file), 'utf8');
    const changed = text.replace('a_sign ^ w_sign', 'a_sign | w_sign');
    expect(changed).not.toBe(text);
    writeFileSync(join(broken, file), changed);
    const files = manifest.files.map((each) => (each.path === file ? { ...each, sha256: sha256(changed) } : each));
    writeFileSync(join(broken, MANIFEST_FILE), JSON.stringify({ ...manifest, files }));
    const run = await power('--design', broken, ...operands);
    expect(run.exitCode, run.all).toBe(EXIT.checkFailed);
    expect(run.stderr).toMatch(/\bbroken\b.*: .*\(tile \d/);
    expect(run.stdout).toBe('');
  });

  it('finds a netlist that is not the design', async () => {
    const wrong = measurePower({
      design: path('tiny'),
      yosys: corrupted(await findYosys()),
      library: readLibrary(library),
      operands: fileOperands(a, w),
      period: 10e-9,
      slews: { input: 1e-10, clock: 1e-10 },
      cycles: 100,
      onProgress: () => {},
    });
    await expect(wrong).rejects.toMatchObject({
      exitCode: EXIT.checkFailed,
      message: expect.stringMatching(/\btiny_pe\b.*: \w+\[\d+\] in cycle \d+/),
    });
  });

  it('says what is wrong with a request', async () => {
    const run = await power('--compare', '--liberty', library, '--period', '0', '--cycles', 'many', '--only', 'int9');
    expect(run.exitCode).toBe(EXIT.badRequest);
    for (const key of ['--period', '--cycles', '--only']) expect(run.stderr).toContain(key);
    const neither = await power('--liberty', library);
    expect(neither.exitCode).toBe(EXIT.badRequest);
    expect(neither.stderr).toMatch(/--design\b.*--compare\b/);
    const stray = await power('--design', 'd', '--liberty', library, '--only', 'int4', '--rows', '3');
    expect(stray.exitCode).toBe(EXIT.badRequest);
    expect(stray.stderr).toMatch(/--only, --rows\b.*--compare\b/);
  });
});
