import type { Manifest } from '../../gen/design/manifest.js';
import { laneChecks } from '../formal/checks/lane.js';
import { peChecks } from '../formal/checks/pe.js';
import { proveCheck } from '../formal/prove.js';
import { holds } from '../formal/verdict.js';
import { type Gold, proveEqual, readGate, readGold } from '../synth/equivalence/equal.js';
import { goldScripts, rtlAsGateScript } from '../synth/equivalence/scripts.js';
import { type AreaItem, areaItems, distinctItems, itemKey } from '../synth/plan.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { sourcesOf } from '../tools/yosys/sources.js';
import { changedReader, type Mutant, type MutatedSource } from './mutant.js';

/** For ABC, per proof. */
const LIMIT_SECONDS = 20;

type ProofItem = Pick<AreaItem, 'module' | 'files' | 'parameters'>;

/**
 * What a mutant has to be equal in: its module with every set of parameters that the design has, or else the whole design.
 * A delay line has any depth, and a column of a unit any width: the design has them all.
 */
function itemsAround(manifest: Manifest, { module }: Mutant): ProofItem[][] {
  const whole: ProofItem = { module: manifest.top, files: manifest.compileOrder, parameters: {} };
  const own = distinctItems(areaItems(manifest)).filter((item) => item.module === module);
  const isSized = own.some(({ role }) => role === 'delay');
  return own.length === 0 || isSized ? [[whole]] : [own, [whole]];
}

/** How a mutant was proved equivalent. */
export const PROOFS = {
  states: 'the same outputs and next states for all inputs and states',
  sums: 'the same products or sums for all codes: the properties of lane or PE behind the changed decoder (npm run formal)',
} as const;

export interface MutatedDesign {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly sources: readonly MutatedSource[];
}

/**
 * Finds how a mutant is proved equivalent to its module; undefined where it is not. Each module is read once, as it is.
 *
 * @throws UserError (exit code 3) where Yosys breaks.
 */
export function equivalenceProver(
  yosys: Yosys,
  { folder, manifest, sources }: MutatedDesign,
): (mutant: Mutant) => Promise<keyof typeof PROOFS | undefined> {
  const own = new Map<string, Promise<Gold>>();
  const goldOf = (item: ProofItem): Promise<Gold> => {
    const key = itemKey(item);
    const title = `${item.module}, for mutants`;
    const gold =
      own.get(key) ?? readGold(yosys, { title, scripts: goldScripts(item), inputs: sourcesOf(folder, item.files) });
    own.set(key, gold);
    return gold;
  };
  const isEqualIn = async (item: ProofItem, mutant: Mutant): Promise<boolean> => {
    const read = changedReader(folder, sources, mutant);
    const inputs = Object.fromEntries(item.files.map((file) => [file, read(file)]));
    const title = `mutant ${mutant.number} of ${mutant.module}`;
    const gate = await readGate(yosys, { title, script: rtlAsGateScript(item), inputs });
    const gold = await goldOf(item);
    const { result } = await proveEqual({ yosys, name: title, gold, gate, limitSeconds: LIMIT_SECONDS });
    return result === 'proved';
  };
  return async (mutant) => {
    for (const items of itemsAround(manifest, mutant)) {
      const verdicts = [];
      for (const item of items) verdicts.push(await isEqualIn(item, mutant));
      if (verdicts.every(Boolean)) return 'states';
    }
    const isDecoder = mutant.module.startsWith(`${manifest.configuration.name}_decode_`);
    const read = changedReader(folder, sources, mutant);
    return isDecoder && (await hasSameSums(yosys, manifest, read)) ? 'sums' : undefined;
  };
}

/** Whether all properties of what multiplies behind a changed decoder are proved. A zero, say, has more than one operand. */
async function hasSameSums(yosys: Yosys, manifest: Manifest, read: (file: string) => string): Promise<boolean> {
  const lanes = laneChecks(manifest);
  const checks = lanes.length > 0 ? lanes : peChecks(manifest);
  for (const check of checks) {
    const results = await proveCheck({ yosys, read, limitSeconds: LIMIT_SECONDS }, check);
    if (!results.every((result) => holds(result, new Set()))) return false;
  }
  return checks.length > 0;
}
