import { dirname, relative } from 'node:path';
import { Command } from 'commander';
import { renderText } from '../gen/area/render.js';
import { EXIT } from '../gen/errors.js';
import { runProgram } from '../gen/program.js';
import { readLibrary } from './lib/area/library.js';
import { writeNetlists } from './lib/area/netlists.js';
import { measureDesign } from './lib/area/run.js';
import { areaJson, writeReport } from './lib/area/write.js';
import { progressLine } from './lib/progress.js';
import { findYosys, YOSYS_VARIABLE } from './lib/yosys.js';

function command(): Command {
  return new Command('npm run area --')
    .description('Synthesise every module of a design with Yosys and report what the array costs.')
    .requiredOption('--design <folder>', "the design's folder, such as rtl-out/ant_16x16")
    .option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)')
    .option('--netlists', "keep the netlist of each module in area/netlist in the design's folder")
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
  const options: { design: string; liberty?: string; netlists?: boolean; json?: boolean } = program.opts();
  const library = options.liberty === undefined ? undefined : readLibrary(options.liberty);
  const yosys = await findYosys();
  if (yosys.note !== undefined) process.stderr.write(`note: ${yosys.note}\n`);
  const line = progressLine(process.stderr);
  try {
    const { report, netlists } = await measureDesign({
      folder: options.design,
      yosys,
      library,
      onProgress: (done, all, what) => line.show(`[${done}/${all}] ${what}`),
    });
    line.end();
    const kept = options.netlists ? writeNetlists(options.design, netlists) : [];
    const files = writeReport(options.design, report).map((file) => relative(process.cwd(), file));
    if (kept.length > 0) files.push(`${kept.length} netlists in ${relative(process.cwd(), dirname(kept[0] ?? ''))}`);
    process.stdout.write(options.json ? areaJson(report) : renderText(report));
    process.stderr.write(`written: ${files.join(', ')}\n`);
    return EXIT.done;
  } finally {
    line.end();
  }
}

await runProgram(main);
