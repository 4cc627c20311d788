import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { EXIT, UserError } from '../../../gen/errors.js';
import { readPage, withPart } from '../page.js';
import { writeWhole } from '../whole-file.js';
import type { Figure, LibraryKey, Step } from './plan.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Files of the libraries that are there. */
export type Libraries = Readonly<Partial<Record<LibraryKey, string>>>;

/** The source file behind a program of package.json. @throws Error where there is none. */
export function sourceOf(program: string): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const file = /^tsx (\S+)$/.exec(scripts[program] ?? '')?.[1];
  if (file === undefined) throw new Error(`package.json has no program ${program}`);
  return file;
}

/** A step as a user types it. */
export const shownStep = ([program, ...args]: Step): string => `npm run ${program} -- ${args.join(' ')}`;

/**
 * Makes a figure: runs its programs, whose progress goes on to stderr, and puts the output into its page.
 *
 * @returns What the last program printed.
 * @throws UserError with the exit code of a program that fails.
 */
export async function makeFigure(figure: Figure, libraries: Libraries): Promise<string> {
  const { page, into, before = [], step } = figure;
  const file = join(ROOT, page);
  // A page that cannot take the output is found before the programs run.
  if (into) withPart(readPage(file), into.part, '', page);
  for (const each of before) await run(each, figure, libraries);
  const output = await run(step, figure, libraries);
  if (into) {
    const text = into.markdown ? output.trim() : `\`\`\`text\n${output.trimEnd()}\n\`\`\``;
    writeWhole(file, withPart(readPage(file), into.part, text, page));
  }
  return output;
}

async function run(step: Step, { name, library }: Figure, libraries: Libraries): Promise<string> {
  const file = library === undefined ? undefined : libraries[library];
  const [program, ...args] = step.map((word) => (word === 'LIBRARY' && file !== undefined ? file : word));
  const { exitCode, stdout } = await execa('node', ['--import', 'tsx', sourceOf(program ?? ''), ...args], {
    cwd: ROOT,
    stderr: 'inherit',
    reject: false,
    maxBuffer: 1e8,
  });
  if (exitCode === EXIT.done) return stdout;
  throw new UserError(`${name}: ${shownStep(step)} ended with exit code ${exitCode}\n${stdout}`.trimEnd(), exitCode);
}
