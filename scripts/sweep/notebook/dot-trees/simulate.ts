import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulationText } from '../../../synth/equivalence/gate-level.js';
import type { LoneProofRequest } from '../../../synth/equivalence/lone.js';
import { cellKind, netlistFiles } from '../../../synth/equivalence/prove.js';
import type { ProofResult } from '../../../synth/equivalence/verdict.js';
import { requireTool, runTool } from '../../../tools/find.js';
import { scratchFolder } from '../../../tools/verilator.js';
import { ROOT, type WrittenTree } from './write.js';

/** What the test bench printed, where all of its beats are right. */
const PASSED = /^(\d+) beats, 0 wrong$/m;

/**
 * Runs the test bench of a tree, which compares with integer arithmetic, on a netlist.
 *
 * @param why Why there is no proof.
 * @throws UserError (exit code 3) when a tool is missing or breaks down.
 */
export async function simulateTree(
  { yosys, models, item, text }: LoneProofRequest,
  { name, testBench, beats }: Pick<WrittenTree, 'name' | 'testBench' | 'beats'>,
  why: string,
): Promise<ProofResult> {
  const verilator = await requireTool('verilator');
  const files = netlistFiles({ text }, models);
  const netlist = await simulationText(yosys, item, cellKind({}, files), files);
  const scratch = scratchFolder(name);
  try {
    writeFileSync(join(scratch, 'netlist.v'), netlist);
    const options = ['--binary', '--timing', '-Wno-fatal', '-Wno-lint', '--top-module', 'tb', '-CFLAGS', '-O0'];
    await runTool(verilator, [...options, '--Mdir', scratch, join(scratch, 'netlist.v'), join(ROOT, testBench)]);
    const { stdout } = await runTool({ name: `the test bench of ${name}`, path: join(scratch, 'Vtb') }, []);
    return Number(PASSED.exec(stdout)?.[1] ?? 0) === beats
      ? { result: 'simulated', why, vectors: beats }
      : { result: 'failed simulation', why, failure: stdout.trim() };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
