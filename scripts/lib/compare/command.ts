import { Command } from 'commander';
import { EXIT } from '../../../gen/errors.js';
import { readLibrary } from '../area/library.js';
import { progressLine } from '../progress.js';
import { findYosys, YOSYS_VARIABLE } from '../yosys.js';
import { KINDS, OPTIONS } from './designs.js';
import { readPage, withPart, writePage } from './page.js';
import { type ComparisonFlags, DEFAULT_SIZE, selectionOf } from './request.js';
import { measureComparison } from './run.js';
import { comparisonMarkdown, comparisonText } from './table.js';

const LOG_INTERVAL = 5000;

function command(): Command {
  const list = (entries: readonly { name: string; description: string }[]): string[] =>
    entries.map(({ name, description }) => `  ${name.padEnd(16)} ${description}`);
  return new Command('npm run area -- --compare')
    .description('Compare PEs of all kinds, and the price of every option, by synthesis of whole cores.')
    .option('--compare', 'this comparison')
    .option('--size <n>', 'rows, and columns, of the cores', DEFAULT_SIZE)
    .option('--only <list>', 'kinds and options, from those below (default: all)')
    .option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)')
    .option(
      '--write <file>',
      'put the tables between the lines <!-- begin: LIBRARY --> and <!-- end: LIBRARY --> of a page',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      [
        '',
        'Kinds:',
        ...list(KINDS),
        '',
        'Options:',
        ...list(OPTIONS),
        '',
        `${YOSYS_VARIABLE}=native or wasm in the environment forces the installed Yosys or the WebAssembly build of npm.`,
        'Exit codes: 0 done, 1 a core is not what its manifest says, 2 wrong request, 3 a tool is missing or broke.',
      ].join('\n'),
    )
    .allowExcessArguments(false)
    .exitOverride();
}

/** `npm run area -- --compare`. */
export async function compareMain(): Promise<number> {
  const program = command();
  program.parse();
  const options: ComparisonFlags & { liberty?: string; write?: string; json?: boolean } = program.opts();
  const selection = selectionOf(options);
  const library = options.liberty === undefined ? undefined : readLibrary(options.liberty);
  const part = library?.identity.name ?? 'generic gates';
  const withTables = (text: string): string =>
    options.write === undefined ? '' : withPart(readPage(options.write), part, text, options.write);
  // A page that cannot take the tables is found before they are measured.
  withTables('');
  const yosys = await findYosys();
  if (yosys.note !== undefined) process.stderr.write(`note: ${yosys.note}\n`);
  const line = progressLine(process.stderr, LOG_INTERVAL);
  try {
    const report = await measureComparison({ ...selection, yosys, library, onProgress: line.show });
    line.end();
    if (options.write !== undefined) writePage(options.write, withTables(comparisonMarkdown(report)));
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : comparisonText(report));
    return EXIT.done;
  } finally {
    line.end();
  }
}
