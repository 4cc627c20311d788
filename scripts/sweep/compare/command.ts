import { Command } from 'commander';
import { EXIT } from '../../../gen/base/errors.js';
import { readPage, withPart } from '../../../gen/base/page.js';
import { progressLine } from '../../../gen/base/progress.js';
import { requireFileTarget } from '../../../gen/base/target.js';
import { writeWhole } from '../../../gen/base/whole-file.js';
import { DEFAULT_PROVE_LIMIT } from '../../synth/request.js';
import { readLibrary } from '../../tools/liberty/library.js';
import { announcedYosys, YOSYS_VARIABLE } from '../../tools/yosys/yosys.js';
import { KINDS, LARGEST_OF_OPTIONS, OPTIONS } from './designs.js';
import { measureComparison } from './measure.js';
import { checkAgainst, checkText, readRecord, TOLERANCE } from './record.js';
import { type ComparisonFlags, DEFAULT_SIZE, selectionOf } from './request.js';
import { comparisonMarkdown, comparisonText, publishedMarkdown } from './table.js';

const LOG_INTERVAL = 5000;

function command(): Command {
  const list = (entries: readonly { name: string; description: string }[]): string[] =>
    entries.map(({ name, description }) => `  ${name.padEnd(16)} ${description}`);
  return new Command('npm run area -- --compare')
    .description('Compare PEs of all kinds, and the price of every option, by synthesis of whole cores.')
    .option('--compare', 'this comparison')
    .option(
      '--size <n>',
      `rows, and columns, of the cores; options: ${LARGEST_OF_OPTIONS} at most (default: ${DEFAULT_SIZE}, or as recorded)`,
    )
    .option('--only <list>', 'kinds and options, from those below (default: all, or all recorded)')
    .option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)')
    .option(
      '--write <file>',
      'put the tables between the lines <!-- begin: LIBRARY --> and <!-- end: LIBRARY --> of a page, and published figures between those of "published"',
    )
    .option('--record <file>', 'write the report there as JSON, for --check')
    .option('--check <file>', `measure what a record holds, and fail where an area is over ${100 * TOLERANCE} % larger`)
    .option('--prove', 'prove every netlist equal to its RTL, or else simulate it; exit code 1 if neither')
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
        'Exit codes: 0 done, 1 a core is not what its manifest says, a netlist not its RTL, or --check fails, 2 wrong request, 3 a tool is missing or broke.',
      ].join('\n'),
    )
    .allowExcessArguments(false)
    .exitOverride();
}

/** `npm run area -- --compare`. */
export async function compareMain(): Promise<number> {
  const program = command();
  program.parse();
  const options: ComparisonFlags & { liberty?: string; prove?: boolean; json?: boolean } = program.opts();
  const { write, json = false } = options;
  // Files that cannot be written are found before anything is measured.
  if (write !== undefined) requireFileTarget(write, '--write');
  if (options.record !== undefined) requireFileTarget(options.record, '--record');
  const library = options.liberty === undefined ? undefined : readLibrary(options.liberty);
  const record = options.check === undefined ? undefined : readRecord(options.check);
  const selection = selectionOf(options, record, library?.identity.sha256);
  const part = library?.identity.name ?? 'generic gates';
  const pageWith = (file: string, tables: string): string =>
    withPart(withPart(readPage(file), part, tables, file), 'published', publishedMarkdown(), file);
  // So is a page that has no place for the tables.
  if (write !== undefined) pageWith(write, '');
  const yosys = await announcedYosys();
  if (record !== undefined && record.tool.version !== yosys.identity.version) {
    process.stderr.write(`note: recorded with Yosys ${record.tool.version}, this is ${yosys.identity.version}\n`);
  }
  const line = progressLine(process.stderr, LOG_INTERVAL);
  try {
    const proofSeconds = options.prove ? DEFAULT_PROVE_LIMIT : undefined;
    const report = await measureComparison({ ...selection, yosys, library, proofSeconds, onProgress: line.show });
    line.end();
    if (record !== undefined) {
      const check = checkAgainst(record, report);
      process.stdout.write(json ? `${JSON.stringify({ ...report, check }, null, 2)}\n` : checkText(check));
      return check.compared > 0 && check.grown.length === 0 ? EXIT.done : EXIT.checkFailed;
    }
    const text = `${JSON.stringify(report, null, 2)}\n`;
    if (options.record !== undefined) writeWhole(options.record, text, '--record');
    if (write !== undefined) writeWhole(write, pageWith(write, comparisonMarkdown(report)), '--write');
    process.stdout.write(json ? text : comparisonText(report));
    return EXIT.done;
  } finally {
    line.end();
  }
}
