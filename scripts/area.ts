import { dirname, relative } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { proofPasses } from '../gen/area/proof/verdict.js';
import { renderText } from '../gen/area/render.js';
import { EXIT } from '../gen/errors.js';
import { runProgram } from '../gen/program.js';
import { readLibrary } from './lib/area/library.js';
import { writeNetlists } from './lib/area/netlists.js';
import { proveNetlists } from './lib/area/prove.js';
import { measureDesign } from './lib/area/run.js';
import { areaJson, writeReport } from './lib/area/write.js';
import { compareMain } from './lib/compare/command.js';
import { progressLine } from './lib/progress.js';
import { findYosys, YOSYS_VARIABLE } from './lib/yosys.js';

/** Seconds for the proof of a netlist, several times what any of docs/area.md takes. */
const DEFAULT_LIMIT = 120;

function wholeSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new InvalidArgumentError('It is a whole number of seconds, 1 or more.');
  return seconds;
}

function command(): Command {
  return new Command('npm run area --')
    .description('Synthesise every module of a design with Yosys and report what the array costs.')
    .requiredOption('--design <folder>', "the design's folder, such as rtl-out/ant_16x16")
    .option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)')
    .option('--netlists', "keep the netlist of each module in area/netlist in the design's folder")
    .option(
      '--prove',
      'prove each netlist equal to its RTL, or else simulate it with the vectors of npm run verify; exit code 1 if neither',
    )
    .addOption(
      new Option('--prove-limit <seconds>', "ABC's limit for the proof of one netlist")
        .default(DEFAULT_LIMIT)
        .argParser(wholeSeconds),
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `\n--compare instead of --design compares PEs of all kinds: see npm run area -- --compare --help.\nThe report goes to area.json and area.md in the design's folder. ${YOSYS_VARIABLE}=native or wasm in the\nenvironment forces the installed Yosys or the WebAssembly build of npm.\nExit codes: 0 done, 1 the array is not what its manifest says or a proof failed,\n2 wrong request, 3 a tool is missing or broke.`,
    )
    .allowExcessArguments(false)
    .exitOverride();
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const options: {
    design: string;
    liberty?: string;
    netlists?: boolean;
    prove?: boolean;
    proveLimit: number;
    json?: boolean;
  } = program.opts();
  const library = options.liberty === undefined ? undefined : readLibrary(options.liberty);
  const yosys = await findYosys();
  if (yosys.note !== undefined) process.stderr.write(`note: ${yosys.note}\n`);
  const line = progressLine(process.stderr);
  try {
    const onProgress = (done: number, all: number, what: string): void => line.show(`[${done}/${all}] ${what}`);
    const request = { folder: options.design, yosys, library, onProgress };
    const measured = await measureDesign(request);
    const limitSeconds = options.proveLimit;
    const proof = options.prove ? await proveNetlists({ ...request, ...measured, limitSeconds }) : undefined;
    const report = { ...measured.report, ...(proof ? { proof } : {}) };
    line.end();
    const kept = options.netlists ? writeNetlists(options.design, measured.netlists) : [];
    const files = writeReport(options.design, report).map((file) => relative(process.cwd(), file));
    if (kept.length > 0) files.push(`${kept.length} netlists in ${relative(process.cwd(), dirname(kept[0] ?? ''))}`);
    process.stdout.write(options.json ? areaJson(report) : renderText(report));
    process.stderr.write(`written: ${files.join(', ')}\n`);
    return proofPasses(report.proof) ? EXIT.done : EXIT.checkFailed;
  } finally {
    line.end();
  }
}

// A comparison has designs of its own and shares no option but --liberty and --json.
await runProgram(process.argv.includes('--compare') ? compareMain : main);
