import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { inject } from 'vitest';
import { fileOf, OF_THE_REPOSITORY } from '../../scripts/tools/commands.js';
import { ROOT } from '../../gen/base/installed.js';

const scripts: Record<string, string> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;

/** How package.json starts a program. */
const START = 'node --import tsx ';

export const PROGRAMS = Object.keys(scripts).filter((name) => scripts[name]?.startsWith(START));

/**
 * Runs a program as `npm run <name> --` does, from the JavaScript of its file; what works on the repository runs in it, as
 * TypeScript.
 */
export function runProgram<const Given extends Options = object>(
  name: string,
  args: readonly string[],
  options?: Given,
) {
  if (scripts[name] !== `${START}${fileOf(name)}.ts`) throw new Error(`package.json has no program ${name}`);
  const file = OF_THE_REPOSITORY.includes(name)
    ? ['--import', 'tsx', `${fileOf(name)}.ts`]
    : [join(inject('javascript'), `${fileOf(name)}.js`)];
  return execa(process.execPath, [...file, ...args], { cwd: ROOT, reject: false as const, ...(options as Given) });
}
