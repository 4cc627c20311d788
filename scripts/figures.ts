import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigurationError, EXIT, type Problem, UserError } from '../gen/base/errors.js';
import { programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { type Figure, stepsOf } from './sweep/notebook/figures/figure.js';
import { type Libraries, makeFigure, missingFor, type Outputs, shownStep } from './sweep/notebook/figures/make.js';
import { CHECKS, FIGURES } from './sweep/notebook/figures/plan.js';

/** Where Debian's package qflow-tech-osu018 puts the library. */
const DEBIAN_OSU018 = '/usr/share/qflow/tech/osu018/osu018_stdcells.lib';

interface Flags {
  readonly osu018: string;
  readonly sky130?: string;
  readonly only?: string;
  readonly check?: boolean;
  readonly list?: boolean;
}

function command(): Command {
  return programCommand('npm run figures --')
    .description('Measure the tables and plots of docs/ again, and write the pages; or check that no area has grown.')
    .option('--osu018 <file>', "osu018_stdcells.lib, of Debian's qflow-tech-osu018", DEBIAN_OSU018)
    .option('--sky130 <file>', 'sky130_fd_sc_hd at its typical corner; without it, what needs it is left out')
    .option('--only <list>', 'some of the figures, by name or page')
    .option('--check', 'write nothing; fail where an area is over 3 % larger than recorded in docs/compare-*.json')
    .option('--list', 'print the commands and stop')
    .addHelpText(
      'after',
      `
Times of programs, which are others on every machine, stay as they were: the speeds of npm run bench:... among them.
A command that several tables are made of runs once. All figures take several hours, accuracy alone more than one.
Exit codes: 0 done, 1 a check failed, 2 wrong request, 3 a tool is missing or broke.`,
    )
    .allowExcessArguments(false);
}

/** @throws ConfigurationError naming every name that is none, and a library that is asked for and not there. */
function chosen({ only, check, ...flags }: Flags): { figures: Figure[]; libraries: Libraries } {
  const all = check ? CHECKS : FIGURES;
  const problems: Problem[] = [];
  const names = only?.split(',').map((name) => name.trim());
  const fits = ({ name, page }: Figure, wanted: string): boolean => name === wanted || page === wanted;
  for (const wanted of names ?? []) {
    if (all.some((figure) => fits(figure, wanted))) continue;
    const pages = [...new Set(all.map(({ page }) => page))];
    const rule = `must be of ${all.map(({ name }) => name).join(', ')}, or a page: ${pages.join(', ')}`;
    problems.push({ key: '--only', given: `"${wanted}"`, rule });
  }
  const given = Object.entries({ osu018: flags.osu018, sky130: flags.sky130 });
  for (const [key, file] of given) {
    if (file === undefined || file === DEBIAN_OSU018 || existsSync(file)) continue;
    problems.push({ key: `--${key}`, given: file, rule: 'must be a file' });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  const there = given.flatMap(([key, file]) =>
    file !== undefined && existsSync(file) ? [[key, resolve(file)] as const] : [],
  );
  const figures = all.filter((figure) => names === undefined || names.some((wanted) => fits(figure, wanted)));
  return { figures, libraries: Object.fromEntries(there) };
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const flags = program.opts<Flags>();
  const { figures, libraries } = chosen(flags);
  if (flags.list) {
    for (const figure of figures) {
      const commands = stepsOf(figure).map((step) => `  ${shownStep(step)}\n`);
      const missing = missingFor(figure, libraries).map((reason) => ` (left out ${reason})`);
      process.stdout.write(`${figure.name}: ${figure.page}${missing.join('')}\n${commands.join('')}`);
    }
    return EXIT.done;
  }
  const possible = figures.filter((figure) => missingFor(figure, libraries).length === 0);
  for (const figure of figures) {
    for (const reason of missingFor(figure, libraries)) process.stderr.write(`left out: ${figure.name}, ${reason}\n`);
  }
  if (possible.length === 0) throw new UserError('nothing to do: all is left out; see --osu018 and --sky130');
  const outputs: Outputs = new Map();
  for (const [i, figure] of possible.entries()) {
    process.stderr.write(`[${i + 1}/${possible.length}] ${figure.name}: ${relative('.', figure.page)}\n`);
    const output = await makeFigure(figure, libraries, outputs);
    if (flags.check) process.stdout.write(`${output.trimEnd()}\n`);
  }
  return EXIT.done;
}

await runProgram(main);
