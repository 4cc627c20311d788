import { join } from 'node:path';
import type { Manifest } from '../../gen/design/manifest.js';
import { randomSource } from '../../gen/golden/vectors.js';
import { requireTool, runTool } from '../tools/find.js';
import { ONE_RUN_TUNING, type Tuning } from '../tools/verilator.js';
import { prepareArray } from '../verify/array.js';
import { FULL_BUDGET, type TestBudget } from '../verify/budget.js';
import { computingChecks } from '../verify/computing.js';
import type { PreparedCheck } from '../verify/outcome.js';

/** Prepares simulations of a design with mutants. @param scratch A folder for builds. */
export type Prepare = (design: string, manifest: Manifest, scratch: string) => Promise<readonly PreparedCheck[]>;

/** What looks for mutants. */
export const CHECKS = {
  verify: 'the vectors of npm run verify',
  testbench: "the design's own test bench, in Icarus Verilog",
  formal: 'the properties of npm run formal, for all inputs and all time',
} as const;

export type CheckName = keyof typeof CHECKS;

/** The simulations of a check, the shorter ones first; none of proofs. */
export const simulationsOf = (seed: number): Readonly<Record<CheckName, readonly Prepare[]>> => ({
  verify: [FEW, FULL_BUDGET].map(({ mostPairs, extremeMacs }) => verifying(seed, { mostPairs, extremeMacs })),
  testbench: [ownBench],
  formal: [],
});

/** Few vectors kill most. */
const FEW: Pick<TestBudget, 'mostPairs' | 'extremeMacs'> = { mostPairs: 4000, extremeMacs: 2 ** 14 };

/** Mutants make warnings. */
const TUNING: Tuning = { ...ONE_RUN_TUNING, verilator: [...ONE_RUN_TUNING.verilator, '-Wno-fatal'] };

function verifying(seed: number, vectors: typeof FEW): Prepare {
  return async (design, manifest, scratch) => {
    const budget: TestBudget = { ...vectors, tuning: TUNING, builds: join(scratch, 'builds') };
    const random = randomSource(seed);
    const checks: PreparedCheck[] = [];
    for (const prepare of [...computingChecks(manifest), prepareArray]) {
      checks.push(await prepare(design, manifest, random, { budget }));
    }
    return checks;
  };
}

/** What the bench prints last. */
const PASSED = /^PASS \S+: [\d,]+ beats, (\d+) results, (\d+) cycles/;

/** The bench that a design's folder holds. */
const ownBench: Prepare = async (design, { configuration: { name } }) => {
  const icarus = await requireTool('iverilog');
  await runTool(icarus, ['-g2005', '-o', 'sim', '-f', `${name}.f`, `tb/${name}_tb.v`], { cwd: design });
  const bench = { name: `the test bench of ${name}`, path: 'vvp' };
  return [
    {
      async run({ plusArgument, timeout } = {}) {
        const args = ['-n', 'sim', ...(plusArgument === undefined ? [] : [plusArgument])];
        const options = { cwd: design, okCodes: [0, 1], ...(timeout === undefined ? {} : { timeout }) };
        const { exitCode, stdout } = await runTool(bench, args, options);
        const last =
          stdout.split('\n').findLast((line) => /^(PASS|FAIL)/.test(line)) ?? 'it prints neither PASS nor FAIL';
        const [, results = '0', cycles = '0'] = PASSED.exec(last) ?? [];
        const passed = exitCode === 0 && Number(results) > 0;
        return { vectors: Number(results), cycles: Number(cycles), ...(passed ? {} : { failure: last }) };
      },
      end: () => {},
    },
  ];
};
