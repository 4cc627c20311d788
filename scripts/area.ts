import { relative } from 'node:path';
import { Command } from 'commander';
import { renderText } from '../gen/area/render.js';
import { EXIT } from '../gen/errors.js';
import { runProgram } from '../gen/program.js';
import { readLibrary } from './lib/area/library.js';
import { measureArea } from './lib/area/run.js';
import { areaJson, writeReport } from './lib/area/write.js';
import { progressLine } from './lib/progress.js';
import { findYosys, YOSYS_VARIABLE } from './lib/yosys.js';

function command(): Command {
  return new Command('npm run area --')
    .description('Synthesise every module of a design with Yosys and report what the array costs.')
    .requiredOption('--design <folder>', "the design's folder, such as rtl-out/ant_16x16")
    .option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `\nThe report goes to area.json and area.md in the design's folder. ${YOSYS_VARIABLE}=native or wasm in the\nenvironment forces the installed Yosys or the WebAssembly build of npm.`,
    )
    .allowExcessArguments(false)
    .exitOverride();
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const options: { design: string; liberty?: string; json?: boolean } = program.opts();
  const library = options.liberty === undefined ? undefined : readLibrary(options.liberty);
  const yosys = await findYosys();
  if (yosys.note !== undefined) process.stderr.write(`note: ${yosys.note}\n`);
  const line = progressLine(process.stderr);
  try {
    const report = await measureArea({
      folder: options.design,
      yosys,
      library,
      onProgress: (done, all, what) => line.show(`[${done}/${all}] ${what}`),
    });
    line.end();
    const files = writeReport(options.design, report);
    process.stdout.write(options.json ? areaJson(report) : renderText(report));
    process.stderr.write(`written: ${files.map((file) => relative(process.cwd(), file)).join(', ')}\n`);
    return EXIT.done;
  } finally {
    line.end();
  }
}

await runProgram(main);
