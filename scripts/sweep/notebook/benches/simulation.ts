import { fileURLToPath } from 'node:url';
import { EXIT } from '../../../../gen/base/errors.js';
import { programCommand } from '../../../../gen/base/options.js';
import type { RawConfiguration } from '../../../../gen/config/raw.js';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { generate } from '../../../../gen/design/generate.js';
import { loadDesign } from '../../../../gen/design/manifest.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { longRunTuning, type Tuning } from '../../../tools/verilator.js';
import { measureSpeed } from '../../../verify/array.js';
import { openArrayModel } from '../../../verify/simulator.js';

const SECONDS = 3;
const chosen = longRunTuning(1);

/** The alternatives, each a change to the options chosen. */
const ALTERNATIVES: readonly [string, Tuning][] = [
  ["Verilator's defaults", { verilator: [], model: '-Os', rest: '-Os' }],
  ['chosen, makefile compiler options (-Os)', { ...chosen, model: '-Os' }],
  ['chosen, -O1', { ...chosen, model: '-O1 -march=native' }],
  ['chosen, -O2', { ...chosen, model: '-O2 -march=native' }],
  ['chosen, -O3 without -march=native', { ...chosen, model: '-O3', rest: '-O2' }],
  ['chosen, with assertions and random x', { ...chosen, verilator: ['-O3'] }],
  ['chosen, without inlining modules', { ...chosen, verilator: [...chosen.verilator, '-fno-inline'] }],
  ['chosen, two threads', { ...chosen, verilator: [...chosen.verilator, '--threads', '2'] }],
  ['chosen', chosen],
];

/** What is simulated: the default under each set of options, others beside it under the chosen one. */
const DESIGNS: readonly {
  readonly title: string;
  readonly raw: RawConfiguration;
  readonly tunings: readonly [string, Tuning][];
}[] = [
  { title: 'default', raw: {}, tunings: ALTERNATIVES },
  { title: 'int4', raw: { activations: ['int4'], weights: ['int4'] }, tunings: [['chosen', chosen]] },
  { title: 'enable', raw: { stall: 'enable' }, tunings: [['chosen', chosen]] },
];

/** Simulation speed of the default 16 x 16 design under each set of options: the measurement behind `longRunTuning`. */
export async function benchSimulation(): Promise<number> {
  programCommand('npm run bench:simulation --')
    .description(
      'Part of the notebook: measure the simulation speed of the default 16 x 16 design under different options (minutes).',
    )
    .addHelpText('after', '\nExit codes: 0 done, 2 wrong request, 3 a tool is missing or broke.')
    .allowExcessArguments(false)
    .parse();
  const out = fileURLToPath(new URL('../../../../build/bench', import.meta.url));
  for (const { title: design, raw, tunings } of DESIGNS) {
    const { folder } = generate(
      validateConfiguration({ rows: 16, cols: 16, ...raw, name: `simulation_${design}` }),
      out,
      {
        replace: true,
      },
    );
    const manifest = loadDesign(folder);
    for (const [title, tuning] of tunings) {
      const start = performance.now();
      const model = await openArrayModel(folder, manifest, { tuning });
      const built = (performance.now() - start) / 1000;
      const { cycles, macs, seconds } = await measureSpeed(model, manifest, randomSource(1), SECONDS);
      const speed = `${Math.round(cycles / seconds / 1000)} kcycle/s  ${Math.round(macs / seconds / 1e6)} million MAC/s`;
      process.stdout.write(`${design.padEnd(8)} ${title.padEnd(42)} ${speed.padEnd(36)} build ${built.toFixed(1)} s\n`);
    }
  }
  return EXIT.done;
}
