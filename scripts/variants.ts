import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { EXIT, UserError } from '../gen/base/errors.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { requireFileTarget, requireFolderTarget } from '../gen/base/target.js';
import { writeWhole } from '../gen/base/whole-file.js';
import { VARIANTS } from './sweep/variants/designs.js';
import { measureVariants } from './sweep/variants/measure.js';
import { DEFAULT_SELECTION, type SelectionFlags, selectionOf } from './sweep/variants/request.js';
import { PAGE_MARK, variantsMarkdown, variantsText } from './sweep/variants/table.js';
import { DEFAULT_PROVE_LIMIT } from './synth/request.js';
import { readLibrary } from './tools/liberty/library.js';
import { announcedYosys, YOSYS_VARIABLE } from './tools/yosys/yosys.js';

const LOG_INTERVAL = 5000;
interface Flags {
  readonly liberty?: string;
  readonly out?: string;
  readonly write?: string;
  readonly prove?: boolean;
  readonly json?: boolean;
}

const NAME_WIDTH = Math.max(...VARIANTS.map(({ name }) => name.length));

function command(): Command {
  return new Command('npm run variants --')
    .description(
      'Compare variants of the hardware: area, registers, critical path, latency, throughput and utilisation, all synthesised and simulated.',
    )
    .option('--rows <n>', 'rows of PEs', DEFAULT_SELECTION.rows)
    .option('--cols <n>', 'columns of PEs', DEFAULT_SELECTION.cols)
    .option('--lengths <list>', 'lengths of the tiles to measure utilisation on', DEFAULT_SELECTION.lengths)
    .option('--only <list>', `variants, from: ${VARIANTS.map(({ name }) => name).join(',')} (default: all)`)
    .option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)')
    .option('--out <folder>', 'keep the designs, with their area reports, in this folder')
    .option('--write <file>', 'write the table as a page, such as docs/variants.md')
    .option('--prove', 'prove every netlist equal to its RTL, or else simulate it; exit code 1 if neither')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      [
        '',
        'Variants:',
        ...VARIANTS.map(({ name, description }) => `  ${name.padEnd(NAME_WIDTH)}  ${description}`),
        '',
        `${YOSYS_VARIABLE}=native or wasm in the environment forces the installed Yosys or the WebAssembly build of npm.`,
        'Exit codes: 0 done, 1 a measured cycle count, a result or a netlist is wrong, 2 wrong request, 3 a tool is missing or broke.',
      ].join('\n'),
    )
    .allowExcessArguments(false)
    .exitOverride();
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const options = program.opts<SelectionFlags & Flags>();
  const selection = selectionOf(options);
  if (options.write !== undefined) requirePage(options.write);
  if (options.out !== undefined) requireFolderTarget(options.out, '--out');
  const library = options.liberty === undefined ? undefined : readLibrary(options.liberty);
  const yosys = await announcedYosys();
  const line = progressLine(process.stderr, LOG_INTERVAL);
  try {
    const out = options.out === undefined ? undefined : resolve(options.out);
    const proofSeconds = options.prove ? DEFAULT_PROVE_LIMIT : undefined;
    const report = await measureVariants({ ...selection, yosys, library, out, proofSeconds, onProgress: line.show });
    line.end();
    if (options.write !== undefined) writeWhole(options.write, variantsMarkdown(report), '--write');
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : variantsText(report));
    return EXIT.done;
  } finally {
    line.end();
  }
}

/** @throws UserError when the file cannot be written, or is there and this program did not write it. */
function requirePage(file: string): void {
  requireFileTarget(file, '--write');
  if (existsSync(file) && !readFileSync(file, 'utf8').includes(PAGE_MARK)) {
    throw new UserError(`--write: ${file} exists and is no page of npm run variants; remove it or choose another file`);
  }
}

await runProgram(main);
