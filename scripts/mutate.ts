import { join } from 'node:path';
import { EXIT, UserError } from '../gen/base/errors.js';
import { programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { countedSteps, progressLine } from '../gen/base/progress.js';
import { GENERATOR } from '../gen/base/version.js';
import { CHECKS } from './mutate/checks.js';
import { MUTATE_MATRIX } from './mutate/matrix.js';
import { mutateDesign } from './mutate/mutate.js';
import { OPERATORS } from './mutate/operators.js';
import { type MutateReport, mutateText } from './mutate/report.js';
import { type MutateFlags, mutateRequest } from './mutate/request.js';
import { BUILD_FOLDER } from './tools/build-folder.js';
import { requireTool } from './tools/find.js';
import { generateMatrix } from './tools/matrix.js';
import { YOSYS_HELP } from './tools/yosys/environment.js';
import { announcedYosys } from './tools/yosys/yosys.js';

const BUILD = join(BUILD_FOLDER, 'mutate');
const LOG_INTERVAL = 5000;

async function main(): Promise<number> {
  const program = programCommand('npm run mutate --')
    .description(
      'Change the Verilog of designs in every place, one change at a time, and count which of the changes a check finds.',
    )
    .option(
      '--design <folder...>',
      'folders of arrays or dot-product units (default: a few small designs, generated for it)',
    )
    .option('--module <name>', 'only this module, such as control or pe')
    .option('--operators <list>', 'only these kinds of changes, with commas between')
    .option('--check <list>', 'what looks for the changes, with commas between: each for those that are left', 'verify')
    .option('--every <n>', 'only every n-th change, for a first look', '1')
    .option('--seed <n>', 'seed of the random vectors', '1')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      [
        '\nKinds of changes:',
        ...Object.entries(OPERATORS).map(([name, what]) => `  ${name.padEnd(11)} ${what}`),
        '\nChecks:',
        ...Object.entries(CHECKS).map(([name, what]) => `  ${name.padEnd(11)} ${what}`),
        '\nChanges that verification does not find are compared with the module by Yosys and ABC: those that are proved equivalent do not count.',
        YOSYS_HELP,
        'Exit codes: 0 no change survived, 1 one did, 2 wrong request, 3 a tool is missing or broke.',
      ].join('\n'),
    )
    .allowExcessArguments(false)
    .parse();
  const { design, json, ...flags } = program.opts<MutateFlags & { design?: string[]; json?: boolean }>();
  const folders = design?.map((folder) => folder.replace(/\/+$/, '')) ?? generateMatrix(MUTATE_MATRIX, BUILD);
  const request = mutateRequest(folders, flags);
  if (request.designs.every(({ mutants }) => mutants.length === 0)) {
    throw new UserError('nothing was changed: no mutant is of this module and kind');
  }
  await requireTool('verilator');
  const yosys = await announcedYosys();
  const line = progressLine(process.stderr, LOG_INTERVAL);
  try {
    const designs = [];
    for (const each of request.designs) designs.push(await mutateDesign(each, request, yosys, countedSteps(line.show)));
    line.end();
    const { name, version } = yosys.identity;
    const report: MutateReport = {
      generator: GENERATOR,
      yosys: `${name} ${version}`,
      seed: request.seed,
      checks: request.checks,
      designs,
    };
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : mutateText(report));
    const survived = designs.some(({ mutants }) => mutants.some(({ fate }) => fate === 'survived'));
    return survived ? EXIT.checkFailed : EXIT.done;
  } finally {
    line.end();
  }
}

await runProgram(main);
