import { Command } from 'commander';
import { EXIT } from '../gen/base/errors.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { measureDotTrees } from './sweep/notebook/dot-trees/measure.js';
import { dotTreesText } from './sweep/notebook/dot-trees/table.js';
import { proofPasses } from './synth/equivalence/verdict.js';
import { readLibrary } from './tools/liberty/library.js';
import { announcedYosys, YOSYS_VARIABLE } from './tools/yosys/yosys.js';

const LOG_INTERVAL = 5000;

function command(): Command {
  return new Command('npm run dot-trees --')
    .description(
      'Other trees of adders for the dot-product unit: compare them with integer arithmetic, synthesise them, and prove their netlists.',
    )
    .option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)')
    .option('--only <list>', 'some of the variants, by name; python3 examples/dot-trees.py --help lists them')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Netlists that are not decided within the limit of a proof are simulated with Verilator. All variants take many minutes.
${YOSYS_VARIABLE}=native or wasm in the environment forces the installed Yosys or the WebAssembly build of npm.
Exit codes: 0 done, 1 a sum is wrong or a netlist is not shown to be its Verilog, 2 wrong request, 3 a tool is missing or broke.`,
    )
    .allowExcessArguments(false)
    .exitOverride();
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const { liberty, only, json } = program.opts<{ liberty?: string; only?: string; json?: boolean }>();
  const library = liberty === undefined ? undefined : readLibrary(liberty);
  const yosys = await announcedYosys();
  const line = progressLine(process.stderr, LOG_INTERVAL);
  try {
    const report = await measureDotTrees({ yosys, library, only, onProgress: (what) => line.show(what) });
    line.end();
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : dotTreesText(report));
    return proofPasses(report.proof) ? EXIT.done : EXIT.checkFailed;
  } finally {
    line.end();
  }
}

await runProgram(main);
