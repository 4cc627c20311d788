import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../gen/base/folder.js';
import { requireTool, runTool } from '../tools/find.js';
import type { TestBudget } from './budget.js';

/** What test benches and models include: most of the time a small build takes. */
const HEADERS = ['"verilated.h"', '<chrono>', '<memory>', '<string>', '<vector>'];

/**
 * Options of Verilator's makefile that the compiler must see again to accept a precompiled header. Where they differ in
 * another version, the compiler reads the plain header instead, which only takes longer.
 */
const MAKEFILE_OPTIONS = [
  ...['-faligned-new', '-fcf-protection=none', '-std=c++20', '-O0'],
  ...['COVERAGE', 'SC', 'TRACE', 'TRACE_FST', 'TRACE_VCD'].map((name) => `-DVM_${name}=0`),
];

/**
 * The budget for many small designs, each simulated once: seconds per design. The compiler optimises nothing and reads
 * the headers precompiled.
 *
 * @param folder For the precompiled header and the builds, whose removal is the caller's.
 */
export async function quickBudget(folder: string): Promise<TestBudget> {
  const [verilator, compiler] = await Promise.all([requireTool('verilator'), requireTool('c++')]);
  const { stdout: root } = await runTool(verilator, ['--getenv', 'VERILATOR_ROOT']);
  makeFolder(folder);
  const header = join(folder, 'quick.h');
  writeFileSync(header, HEADERS.map((name) => `#include ${name}\n`).join(''));
  const output = ['-I', join(root.trim(), 'include'), '-x', 'c++-header', '-o', `${header}.gch`, header];
  await runTool(compiler, [...MAKEFILE_OPTIONS, ...output]);
  return {
    mostPairs: 8000,
    extremeMacs: 2 ** 17,
    tuning: {
      verilator: ['-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert'],
      model: `-O0 -include ${header}`,
      rest: '-O0',
    },
    builds: join(folder, 'builds'),
  };
}
