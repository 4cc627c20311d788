import { Command, Option } from 'commander';
import { EXIT } from '../gen/base/errors.js';
import { readPage, withPart } from '../gen/base/page.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { requireFileTarget } from '../gen/base/target.js';
import { writeWhole } from '../gen/base/whole-file.js';
import { ALTERNATIVES, KINDS, type Kind, type Reference } from './sweep/notebook/alternatives/list.js';
import { measureAlternatives } from './sweep/notebook/alternatives/measure.js';
import { alternativesMarkdown, alternativesText } from './sweep/notebook/alternatives/table.js';
import { readLibrary } from './tools/liberty/library.js';
import { announcedYosys, YOSYS_VARIABLE } from './tools/yosys/yosys.js';

const LOG_INTERVAL = 5000;

function command(): Command {
  return new Command('npm run alternatives --')
    .description(
      'Synthesise the PE and other ways to write it (docs/microarchitecture/), prove those equal that should be, and compare.',
    )
    .addOption(
      new Option('--pe <kind>', 'the PEs with integer accumulators, or the one with floating-point accumulators')
        .choices(Object.keys(KINDS))
        .default('int'),
    )
    .option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)')
    .option(
      '--write <page>',
      'put the table between the marks of the library in a page, such as docs/microarchitecture.md',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      [
        '',
        ...Object.entries(KINDS).map(([kind, references]) => `Alternatives, ${kind}: ${namesOf(references)}.`),
        `${YOSYS_VARIABLE}=native or wasm in the environment forces the installed Yosys or the WebAssembly build of npm.`,
        'Exit codes: 0 done, 1 a proof failed, 2 wrong request, 3 a tool is missing or broke.',
      ].join('\n'),
    )
    .allowExcessArguments(false)
    .exitOverride();
}

const namesOf = (references: readonly Reference[]): string =>
  ALTERNATIVES.filter(({ of }) => references.includes(of))
    .map(({ name }) => name)
    .join(', ');

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const options: { pe: Kind; liberty?: string; write?: string; json?: boolean } = program.opts();
  if (options.write !== undefined) requireFileTarget(options.write, '--write');
  const library = options.liberty === undefined ? undefined : readLibrary(options.liberty);
  const part = library?.identity.name ?? 'generic gates';
  // A page that cannot take the table is found before it is measured.
  if (options.write !== undefined) withPart(readPage(options.write), part, '', options.write);
  const yosys = await announcedYosys();
  const line = progressLine(process.stderr, LOG_INTERVAL);
  try {
    const report = await measureAlternatives({
      yosys,
      library,
      kind: options.pe,
      onProgress: (done, all, what) => line.show(`${done} of ${all}: ${what}`),
    });
    line.end();
    if (options.write !== undefined) {
      writeWhole(
        options.write,
        withPart(readPage(options.write), part, alternativesMarkdown(report), options.write),
        '--write',
      );
    }
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : alternativesText(report));
    return EXIT.done;
  } finally {
    line.end();
  }
}

await runProgram(main);
