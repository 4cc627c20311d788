import { basename, relative } from 'node:path';
import { Command } from 'commander';
import { EXIT } from '../gen/base/errors.js';
import { required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { requireFileTarget } from '../gen/base/target.js';
import { GENERATOR } from '../gen/base/version.js';
import { writeWhole } from '../gen/base/whole-file.js';
import { generate } from '../gen/design/generate.js';
import { loadDesign } from '../gen/design/manifest.js';
import { COSTS_FILE, ownDescriptions } from './perf/data.js';
import { energyMeter } from './perf/energy-meter.js';
import { type Costs, ownConfiguration } from './perf/own.js';
import { measureProved } from './synth/equivalence/proved.js';
import { DEFAULT_PROVE_LIMIT } from './synth/request.js';
import { readLibrary } from './tools/liberty/library.js';
import { inScratch } from './tools/scratch.js';
import { findYosys } from './tools/yosys/yosys.js';

const LOG_INTERVAL = 5000;

/** Synthesises the designs of the accelerators in models/accelerators/own and keeps what they cost. */
async function main(): Promise<number> {
  const program = new Command('npm run model:costs --')
    .description(
      'Generate and synthesise the designs of models/accelerators/own, whose areas decide about the sizes of the arrays that npm run model -- --own compares.',
    )
    .option('--liberty <file>', 'required: cell library, Liberty, plain or .gz')
    .option('--energies', 'also measure the energy per MAC, on small arrays and real operands, as npm run power does')
    .option('--prove', 'prove every netlist of the areas equal to its RTL, or else simulate it; exit code 1 if neither')
    .option('--out <file>', 'where to write the costs', relative(process.cwd(), COSTS_FILE))
    .option('--json', 'print the costs as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 a simulation is wrong or a netlist not its RTL, 2 wrong request, 3 a tool is missing or broke.',
    )
    .allowExcessArguments(false)
    .exitOverride();
  program.parse();
  const options: { liberty?: string; energies?: boolean; prove?: boolean; out: string; json?: boolean } =
    program.opts();
  const liberty = required('--liberty', options.liberty);
  requireFileTarget(options.out, '--out');
  const library = readLibrary(liberty);
  const yosys = await findYosys();
  const meter = options.energies ? await energyMeter({ yosys, library }) : undefined;
  const line = progressLine(process.stderr, LOG_INTERVAL);
  return inScratch('costs', async (scratch) => {
    const designs: Record<string, Costs['designs'][string]> = {};
    for (const own of ownDescriptions()) {
      const { folder } = generate(ownConfiguration(own), scratch);
      const { configuration, configurationSha256 } = loadDesign(folder);
      const onProgress = (done: number, all: number, what: string): void =>
        line.show(`${own.name}: [${done}/${all}] ${what}`);
      const { report, proof } = await measureProved(
        { folder, yosys, library, onProgress },
        options.prove ? DEFAULT_PROVE_LIMIT : undefined,
      );
      const energy = await meter?.measure(own, scratch, (text) => line.show(`${own.name}: ${text}`));
      designs[own.name] = {
        configurationSha256,
        rows: configuration.rows,
        cols: configuration.cols,
        gateEquivalents: report.whole.gateEquivalents,
        ...(proof === undefined ? {} : { netlists: proof }),
        ...(energy === undefined ? {} : { picojoulesPerMac: energy }),
      };
    }
    const { identity } = library;
    const costs: Costs = {
      command: `npm run model:costs -- --liberty ${basename(liberty)}${meter ? ' --energies' : ''}${options.prove ? ' --prove' : ''}`,
      generator: GENERATOR,
      tool: `${yosys.identity.name} ${yosys.identity.version}`,
      library: `${identity.file} (sha256 ${identity.sha256.slice(0, 16)}...)`,
      ...(meter ? { energies: meter.conditions } : {}),
      designs,
    };
    const text = `${JSON.stringify(costs, null, 2)}\n`;
    writeWhole(options.out, text, '--out');
    line.end();
    process.stdout.write(options.json ? text : summary(costs));
    process.stderr.write(`written: ${options.out}\n`);
    return EXIT.done;
  }).finally(() => line.end());
}

function summary({ designs }: Costs): string {
  return Object.entries(designs)
    .map(([name, { rows, cols, gateEquivalents, picojoulesPerMac }]) => {
      const perMac = (gateEquivalents / (rows * cols)).toFixed(1);
      const energy = picojoulesPerMac === undefined ? '' : `, ${picojoulesPerMac.toFixed(3)} pJ per MAC`;
      return `${name.padEnd(8)} ${rows} x ${cols}: ${Math.round(gateEquivalents).toLocaleString('en-US')} GE, ${perMac} GE per MAC${energy}\n`;
    })
    .join('');
}

await runProgram(main);
