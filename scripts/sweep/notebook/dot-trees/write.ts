import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { EXIT, UserError } from '../../../../gen/base/errors.js';
import { findProgram, requireTool, runTool } from '../../../tools/find.js';

/** The project's folder, which paths of files begin at. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

const PROGRAM = 'examples/dot-trees.py';

const TREE = z.object({
  name: z.string(),
  title: z.string(),
  /** Where the generator makes it: the options, nothing for the default; null where it does not. */
  options: z.string().nullable(),
  file: z.string(),
  module: z.string(),
  testBench: z.string(),
  /** Compared with integer arithmetic. */
  beats: z.int(),
  wrong: z.int(),
});

/** A way to add up, as the program in Python leaves it: written, and compared with integer arithmetic. */
export type WrittenTree = z.infer<typeof TREE>;

/**
 * Has the program in Python write ways to add up, and compare each with integer arithmetic in Icarus.
 *
 * @param only Names of some, with commas between; all without.
 * @param onTree Called as each is done.
 * @throws UserError when a name is none (exit code 2), a sum is wrong or nothing was compared (1), or a tool is missing or
 *   breaks (3).
 */
export async function writeTrees(
  only: string | undefined,
  onTree: (name: string) => void,
): Promise<readonly WrittenTree[]> {
  const path = findProgram('python3');
  if (path === undefined) {
    throw new UserError(`python3 is missing: ${PROGRAM} writes the variants; install Python 3`, EXIT.toolBroken);
  }
  await requireTool('iverilog');
  const trees: WrittenTree[] = [];
  const args = [PROGRAM, ...(only === undefined ? [] : ['--only', only])];
  const { exitCode, stderr } = await runTool({ name: PROGRAM, path }, args, {
    cwd: ROOT,
    okCodes: [EXIT.done, EXIT.badRequest],
    onLine: (line) => {
      const tree = TREE.parse(JSON.parse(line));
      trees.push(tree);
      onTree(tree.name);
    },
  });
  if (exitCode === EXIT.badRequest) throw new UserError(stderr.trim());
  const bad = trees.filter(({ beats, wrong }) => beats === 0 || wrong > 0);
  if (bad.length > 0 || trees.length === 0) {
    const list = bad.map(({ name, beats, wrong }) => `  ${name}: ${wrong} of ${beats} beats are wrong`).join('\n');
    throw new UserError(`sums are not those of integer arithmetic:\n${list}`, EXIT.checkFailed);
  }
  return trees;
}
