import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../gen/base/errors.js';
import { programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { formalPasses, proveDesigns } from './formal/formal.js';
import { FORMAL_MATRIX } from './formal/matrix.js';
import { formalText } from './formal/render.js';
import { DEFAULT_LIMIT, type FormalFlags, formalRequest } from './formal/request.js';
import { BUILD_FOLDER } from './tools/build-folder.js';
import { generateMatrix } from './tools/matrix.js';
import { YOSYS_HELP } from './tools/yosys/environment.js';
import { announcedYosys } from './tools/yosys/yosys.js';

const BUILD = join(BUILD_FOLDER, 'formal');

function command(): Command {
  return programCommand('npm run formal --')
    .description('Prove properties of the modules of a design for all inputs and for all time, with Yosys and ABC.')
    .option('--design <folder...>', 'design folders (default: a few small designs, generated for it)')
    .option('--module <name>', 'only this module, such as output or decode_a')
    .option('--limit <seconds>', `ABC's limit per property (default: ${DEFAULT_LIMIT})`)
    .option(
      '--allow <list>',
      'properties that need not be decided, such as ant_16x16_output.order, with commas between',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
${YOSYS_HELP}
Exit codes: 0 all proved, 1 a property is violated, never applies or is not decided, 2 wrong request,
3 a tool is missing or broke.`,
    )
    .allowExcessArguments(false);
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const { design, json, ...flags }: FormalFlags & { design?: string[]; json?: boolean } = program.opts();
  const request = formalRequest(design ?? generateMatrix(FORMAL_MATRIX, BUILD), flags);
  const yosys = await announcedYosys();
  const line = progressLine(process.stderr);
  const all = request.designs.flatMap(({ checks }) => checks.flatMap(({ properties }) => properties)).length;
  let done = 0;
  try {
    const report = await proveDesigns(request, yosys, ({ module, property, outcome }) => {
      done++;
      line.show(`[${done}/${all}] ${module}.${property} ${outcome.result}`);
    });
    line.end();
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : formalText(report));
    return formalPasses(report) ? EXIT.done : EXIT.checkFailed;
  } finally {
    line.end();
  }
}

await runProgram(main);
