import { EXIT, UserError } from '../../../../gen/base/errors.js';
import { decide, readGold } from '../../../synth/equivalence/equal.js';
import { counterexampleScript, GATE, GOLD, goldScripts, PROOF_FILES } from '../../../synth/equivalence/scripts.js';
import { readCounterexample, readSearch } from '../../../synth/equivalence/verdict.js';
import { searchEnded } from '../../../tools/yosys/cec.js';
import type { Yosys } from '../../../tools/yosys/interface.js';
import type { Module } from '../../../tools/yosys/module.js';
import { runYosys } from '../../../tools/yosys/yosys.js';
import type { Alternative, Operands } from './list.js';
import { opened, openedWidths } from './open.js';
import { CONVERTER_FILE, SIDES, SIDES_FILE, sidesVerilog } from './sides.js';
import type { GeneratedPe } from './sources.js';

/** Seconds for either solver, many times what the slowest takes. */
const PROOF_SECONDS = 900;

/**
 * Proves that an alternative stores and puts out the same as the generated PE, for all inputs and in all states.
 *
 * @throws UserError (exit code 1) when it does not, or is not proved to.
 */
export async function proveAlternative(
  yosys: Yosys,
  generated: GeneratedPe,
  { name, operands, solver }: Alternative,
  text: string,
): Promise<void> {
  const modules = {
    [GOLD]: await openedPe(yosys, generated.module, generated.text),
    [GATE]: await openedPe(yosys, name, text),
  };
  const failure = (what: string) =>
    new UserError(`${name} is not proved equal to ${generated.module}: ${what}`, EXIT.checkFailed);
  const sides = sidesOf(operands, name, modules);
  const inputs = {
    [PROOF_FILES.cut]: JSON.stringify({ modules }),
    ...(sides === undefined ? {} : { [SIDES_FILE]: sides, [CONVERTER_FILE]: text }),
  };
  const compared = sides === undefined ? undefined : SIDES;
  const job = { title: `${name}, proof`, inputs };
  const first = solver === 'ABC' ? await decide(yosys, job, PROOF_SECONDS, compared) : undefined;
  if (first === 'equivalent') return;
  // What ABC finds different is looked for again, for the outputs' names.
  const script = counterexampleScript(PROOF_SECONDS, compared);
  const { log } = await runYosys(yosys, { ...job, script, outputs: [], answered: searchEnded });
  const verdict = readSearch(log);
  switch (verdict) {
    case 'equivalent':
      if (first === 'different') throw failure('ABC finds a difference, but Yosys does not');
      return;
    case 'different':
      throw failure(`for one input they differ in ${readCounterexample(log).join(', ')}`);
    case 'undecided':
    case 'not understood':
      throw failure(`the search for a difference is ${verdict} after ${PROOF_SECONDS} s at most`);
  }
}

async function openedPe(yosys: Yosys, module: string, text: string): Promise<Module> {
  const file = `${module}.v`;
  const scripts = goldScripts({ module, files: [file], parameters: {} });
  const gold = await readGold(yosys, { title: `${module}, for the proof`, scripts, inputs: { [file]: text } });
  return opened(module, gold.module);
}

/** What stands around the two PEs where their operands differ. */
function sidesOf(
  operands: Operands,
  name: string,
  modules: Readonly<Record<typeof GOLD | typeof GATE, Module>>,
): string | undefined {
  const generated = openedWidths(GOLD, modules[GOLD]);
  const alternative = openedWidths(GATE, modules[GATE]);
  const module = `${name}_operand`;
  switch (operands) {
    case 'same':
      return undefined;
    case 'made of generated':
      return sidesVerilog(generated, alternative, { module, input: 'generated_i', output: 'operand_o' });
    case 'made into generated':
      return sidesVerilog(alternative, generated, { module, input: 'operand_i', output: 'generated_o' });
    case 'not proved':
      throw new Error(`${name} does not do the same as the generated PE`);
  }
}
