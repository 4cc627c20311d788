import type { Manifest } from '../../gen/design/manifest.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../tools/pool.js';
import { inScratch } from '../tools/scratch.js';
import type { Yosys } from '../tools/yosys/interface.js';
import type { CheckName } from './checks.js';
import { equivalenceProver, PROOFS } from './equivalent.js';
import { type Finding, findMutants } from './kill.js';
import type { Mutant, MutatedSource } from './mutant.js';

/** What became of a mutant. */
export type Fate = 'killed' | 'equivalent' | 'survived';

/** A mutant as the report has it. */
export interface MutantResult extends Pick<Mutant, 'number' | 'module' | 'file' | 'line' | 'operator' | 'from' | 'to'> {
  readonly fate: Fate;
  /** The check that found a killed one. */
  readonly check?: CheckName;
  /** What it says; how an equivalent one is proved. */
  readonly by?: string;
}

/** Mutants of a design. */
export interface DesignMutants {
  readonly name: string;
  readonly folder: string;
  readonly mutants: readonly MutantResult[];
  readonly seconds: Readonly<Record<'checks' | 'proofs', number>>;
}

/** A design, and the mutants of it that are asked for. */
export interface DesignToMutate {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly sources: readonly MutatedSource[];
  readonly mutants: readonly Mutant[];
}

export interface MutateRequest {
  readonly designs: readonly DesignToMutate[];
  /** Each looks for what those before it did not find. */
  readonly checks: readonly CheckName[];
  readonly seed: number;
}

/** Looks for the mutants of a design, and proves those equivalent that no check finds, where they are. */
export async function mutateDesign(
  design: DesignToMutate,
  terms: Pick<MutateRequest, 'checks' | 'seed'>,
  yosys: Yosys,
  progress: (done: number, all: number, what: string) => void,
): Promise<DesignMutants> {
  const { folder, manifest, mutants } = design;
  const { name } = manifest.configuration;
  const start = performance.now();
  const found = await inScratch('mutants', (scratch) => findMutants({ ...design, ...terms, scratch, progress, yosys }));
  const checks = (performance.now() - start) / 1000;
  const left = mutants.filter((mutant) => !found.has(mutant));
  const prove = equivalenceProver(yosys, design);
  let done = 0;
  const proofs = new Map<Mutant, string>();
  await mapLimit(left, TOOLS_AT_A_TIME, async (mutant) => {
    const proof = await prove(mutant);
    if (proof !== undefined) proofs.set(mutant, PROOFS[proof]);
    progress(++done, left.length, `${mutant.module} ${proof === undefined ? 'survived' : 'equivalent'}`);
  });
  const proof = (performance.now() - start) / 1000 - checks;
  const results = mutants.map((mutant) => resultOf(mutant, found.get(mutant), proofs.get(mutant)));
  return { name, folder, mutants: results, seconds: { checks, proofs: proof } };
}

function resultOf(
  { number, module, file, line, operator, from, to }: Mutant,
  finding: Finding | undefined,
  proof: string | undefined,
): MutantResult {
  const common = { number, module, file, line, operator, from, to };
  if (finding !== undefined) return { ...common, fate: 'killed', ...finding };
  return proof === undefined ? { ...common, fate: 'survived' } : { ...common, fate: 'equivalent', by: proof };
}
