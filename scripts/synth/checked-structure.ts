import { EXIT, UserError } from '../../gen/base/errors.js';
import type { Manifest } from '../../gen/design/manifest.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { sourcesOf } from '../tools/yosys/sources.js';
import { runYosys } from '../tools/yosys/yosys.js';
import { LARGEST_CHECKED } from './report.js';
import {
  NETLIST,
  readStructure,
  STRUCTURE_FILE,
  type Structure,
  structureProblems,
  structureScript,
} from './structure.js';

/** Whether an array is small enough to be elaborated. */
export const isElaborated = ({ configuration: { rows, cols } }: Manifest): boolean => rows * cols <= LARGEST_CHECKED;

/**
 * Elaborates the array around black boxes and checks that it holds what the manifest says, and nothing else.
 *
 * @param progress Called as it is done.
 * @returns undefined where the array is too large.
 * @throws UserError (exit code 1) when it does not, (3) when Yosys fails.
 */
export async function checkedStructure(
  yosys: Yosys,
  folder: string,
  manifest: Manifest,
  progress: (what: string) => void,
): Promise<Structure | undefined> {
  if (!isElaborated(manifest)) return undefined;
  const { outputs } = await runYosys(yosys, {
    title: `${manifest.top}, elaboration`,
    script: structureScript(manifest),
    inputs: sourcesOf(folder, manifest.compileOrder),
    outputs: [STRUCTURE_FILE],
  });
  const structure = readStructure(NETLIST.parse(JSON.parse(outputs[STRUCTURE_FILE] ?? '')), manifest);
  const problems = structureProblems(structure, manifest);
  if (problems.length > 0) {
    throw new UserError(
      `the elaborated ${manifest.top} differs from its manifest; the sum over its modules would be wrong:\n  ${problems.join('\n  ')}`,
      EXIT.checkFailed,
    );
  }
  progress(`${manifest.top} elaborated`);
  return structure;
}
