import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const scripts: Record<string, string> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;

/** How package.json starts a program. */
const START = 'node --import tsx ';

/** The programs of package.json by name, with the file that each runs. */
const FILES = new Map(
  Object.entries(scripts).flatMap(([name, command]) =>
    command.startsWith(START) ? [[name, command.slice(START.length)] as const] : [],
  ),
);

export const PROGRAMS = [...FILES.keys()];

/** Runs a program as `npm run <name> --` does, without npm, whose own start takes half as long again. */
export function runProgram(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const file = FILES.get(name);
  if (file === undefined) throw new Error(`package.json has no program ${name}`);
  return execa(process.execPath, ['--import', 'tsx', file, ...args], { cwd: ROOT, reject: false, env });
}
