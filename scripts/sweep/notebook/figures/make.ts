import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { EXIT, UserError } from '../../../../gen/base/errors.js';
import { readPage, withPart } from '../../../../gen/base/page.js';
import { writeWhole } from '../../../../gen/base/whole-file.js';
import { findProgram } from '../../../tools/find.js';
import { type Figure, type LibraryKey, librariesOf, preparationOf, type Step } from './figure.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Files of the libraries that are there. */
export type Libraries = Readonly<Partial<Record<LibraryKey, string>>>;

/** The source file behind a program of package.json. @throws Error where there is none. */
export function sourceOf(program: string): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const file = /^node --import tsx (\S+)$/.exec(scripts[program] ?? '')?.[1];
  if (file === undefined) throw new Error(`package.json has no program ${program}`);
  return file;
}

/** What keeps a figure from being made here, in a few words each; nothing where all is there. */
export function missingFor(figure: Figure, libraries: Libraries, env: NodeJS.ProcessEnv = process.env): string[] {
  const wanted = librariesOf(figure).filter((library) => libraries[library] === undefined);
  const absent = (figure.programs ?? []).filter((program) => findProgram(program, env) === undefined);
  return [
    ...wanted.map((library) => `for want of the library; name its file with --${library}`),
    ...absent.map((program) => `for want of ${program}`),
  ];
}

/** A step as a user types it; files of libraries by their names. */
export const shownStep = ([program, ...args]: Step, libraryFile?: string): string =>
  ['npm run', program, '--', ...inserted(args, libraryFile && basename(libraryFile)).map(quoted)].join(' ');

const quoted = (word: string): string => (/^[^\s"]+$/.test(word) ? word : `"${word}"`);

const inserted = (words: readonly string[], libraryFile: string | undefined): string[] =>
  words.map((word) => (word === 'LIBRARY' && libraryFile !== undefined ? libraryFile : word));

/** What programs of other figures printed, by their commands: a command that several figures need is run once. */
export type Outputs = Map<string, Output>;

interface Output {
  readonly exitCode: number | undefined;
  readonly stdout: string;
}

/**
 * Makes a figure: runs its programs, whose progress goes on to stderr, and puts what they give into its page.
 *
 * @returns The parts, or what the last program printed where there are none.
 * @throws UserError with the exit code of a program that fails; the page is then as before.
 */
export async function makeFigure(figure: Figure, libraries: Libraries, outputs: Outputs = new Map()): Promise<string> {
  const { name, page, library, parts } = figure;
  // A page that cannot take the parts is found before the programs run.
  for (const part of Object.keys(parts)) withPart(readPage(join(ROOT, page)), part, '', page);
  const context = { name, library, libraries, outputs };
  for (const step of preparationOf(figure)) await run(step, { ...context, outputs: new Map() });
  const { reports, commands } = await measured(figure, context);
  const texts = Object.entries(parts).map(([part, render]) => [part, render(reports, commands)] as const);
  if (texts.length === 0) return String(reports.at(-1));
  const filled = texts.reduce(
    (text, [part, content]) => withPart(text, part, content, page),
    readPage(join(ROOT, page)),
  );
  writeWhole(join(ROOT, page), filled);
  return texts.map(([, text]) => text).join('\n\n');
}

interface RunContext {
  /** The figure, for messages. */
  readonly name: string;
  /** What `LIBRARY` stands for. */
  readonly library: LibraryKey | undefined;
  readonly libraries: Libraries;
  readonly outputs: Outputs;
}

const libraryFile = ({ library, libraries }: RunContext): string | undefined => library && libraries[library];

/** The reports of a figure's programs, one after the other, and the commands as they were run. */
async function measured(
  figure: Figure,
  context: RunContext,
): Promise<{ reports: readonly unknown[]; commands: readonly string[] }> {
  const reports: unknown[] = [];
  const commands: string[] = [];
  for (const each of figure.measured) {
    if ('record' in each) {
      commands.push(each.record);
      reports.push(JSON.parse(readFileSync(join(ROOT, each.record), 'utf8')));
      continue;
    }
    const { step, text = false, mayFail, library = context.library } = each;
    const [program, ...words] = step;
    const args = words.map((word) => (typeof word === 'string' ? word : word.from(reports)));
    const own = { ...context, library };
    const stdout = await run([program, ...args, ...(text ? [] : ['--json'])], own, mayFail);
    commands.push(shownStep([program, ...args], libraryFile(own)));
    reports.push(text ? stdout : reportOf(stdout, context.name, program));
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

/** @param mayFail Whether a check that failed is a result like any other, by the report; without, it is none. */
async function run(step: Step, context: RunContext, mayFail?: (report: unknown) => boolean): Promise<string> {
  const [program, ...args] = step;
  const words = inserted(args, libraryFile(context));
  const key = JSON.stringify([program, ...words]);
  const output = context.outputs.get(key) ?? (await start(program, words));
  context.outputs.set(key, output);
  const { exitCode, stdout } = output;
  if (exitCode === EXIT.done) return stdout;
  const reported = exitCode === EXIT.checkFailed && stdout.trim() !== '';
  if (reported && mayFail?.(reportOf(stdout, context.name, program))) return stdout;
  throw new UserError(
    `${context.name}: ${shownStep(step)} ended with exit code ${exitCode}\n${stdout}`.trimEnd(),
    exitCode,
  );
}

async function start(program: string, words: readonly string[]): Promise<Output> {
  // Designs of figures may be others than when the figure was last made.
  const more = program === 'gen' ? ['--replace'] : [];
  const { exitCode, stdout } = await execa('node', ['--import', 'tsx', sourceOf(program), ...words, ...more], {
    cwd: ROOT,
    stderr: 'inherit',
    reject: false,
    maxBuffer: 1e9,
  });
  return { exitCode, stdout };
}
