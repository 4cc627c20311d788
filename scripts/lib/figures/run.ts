import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { EXIT, UserError } from '../../../gen/errors.js';
import { readPage, withPart } from '../page.js';
import { writeWhole } from '../whole-file.js';
import { type Figure, type LibraryKey, partsOf, type Step, type TablesFigure } from './figure.js';

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

/** A step as a user types it; files of libraries by their names. */
export const shownStep = ([program, ...args]: Step, libraryFile?: string): string =>
  ['npm run', program, '--', ...inserted(args, libraryFile && basename(libraryFile))].join(' ');

const inserted = (words: readonly string[], libraryFile: string | undefined): string[] =>
  words.map((word) => (word === 'LIBRARY' && libraryFile !== undefined ? libraryFile : word));

/**
 * Makes a figure: runs its programs, whose progress goes on to stderr, and puts what they give into its page.
 *
 * @returns What the last program printed, or the tables.
 * @throws UserError with the exit code of a program that fails; the page is then as before.
 */
export async function makeFigure(figure: Figure, libraries: Libraries): Promise<string> {
  const { page, before = [], library } = figure;
  const file = join(ROOT, page);
  // A page that cannot take the output is found before the programs run.
  for (const part of partsOf(figure)) withPart(readPage(file), part, '', page);
  const context = { name: figure.name, libraryFile: library === undefined ? undefined : libraries[library] };
  for (const step of before) await run(step, context);
  switch (figure.kind) {
    case 'program':
      return run(figure.step, context);
    case 'output': {
      const output = await run(figure.step, context);
      const text = figure.markdown ? output.trim() : `\`\`\`text\n${output.trimEnd()}\n\`\`\``;
      writeParts(figure, { [figure.part]: text });
      return output;
    }
    case 'tables': {
      const { reports, commands } = await measured(figure, context);
      const texts = Object.entries(figure.parts).map(([part, render]) => [part, render(reports, commands)] as const);
      writeParts(figure, Object.fromEntries(texts));
      return texts.map(([, text]) => text).join('\n\n');
    }
  }
}

function writeParts({ page }: Figure, texts: Readonly<Record<string, string>>): void {
  const file = join(ROOT, page);
  const filled = Object.entries(texts).reduce(
    (text, [part, content]) => withPart(text, part, content, page),
    readPage(file),
  );
  writeWhole(file, filled);
}

interface RunContext {
  /** The figure, for messages. */
  readonly name: string;
  readonly libraryFile: string | undefined;
}

/** The reports of a figure's programs, one after the other, and the commands as they were run. */
async function measured(
  figure: TablesFigure,
  context: RunContext,
): Promise<{ reports: readonly unknown[]; commands: readonly string[] }> {
  const reports: unknown[] = [];
  const commands: string[] = [];
  for (const { step, mayFail = false } of figure.measured) {
    const [program, ...words] = step;
    const args = words.map((word) => (typeof word === 'string' ? word : word.from(reports)));
    const output = await run([program, ...args, '--json'], context, mayFail ? [EXIT.checkFailed] : []);
    commands.push(shownStep([program, ...args], context.libraryFile));
    reports.push(reportOf(output, context.name, step[0]));
  }
  return { reports, commands };
}

function reportOf(output: string, name: string, program: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    throw new UserError(`${name}: npm run ${program} with --json printed no JSON`, EXIT.toolBroken);
  }
}

async function run(step: Step, { name, libraryFile }: RunContext, accepted: readonly number[] = []): Promise<string> {
  const [program, ...args] = step;
  const words = inserted(args, libraryFile);
  const { exitCode, stdout } = await execa('node', ['--import', 'tsx', sourceOf(program), ...words], {
    cwd: ROOT,
    stderr: 'inherit',
    reject: false,
    maxBuffer: 1e8,
  });
  if (exitCode === EXIT.done || (exitCode !== undefined && accepted.includes(exitCode))) return stdout;
  throw new UserError(`${name}: ${shownStep(step)} ended with exit code ${exitCode}\n${stdout}`.trimEnd(), exitCode);
}
