import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDesign, type Manifest } from '../../gen/design/manifest.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../tools/pool.js';
import { inScratch } from '../tools/scratch.js';
import type { Yosys } from '../tools/yosys/interface.js';
import type { CheckName } from './checks.js';
import { PROOFS, proofOf } from './equivalent.js';
import { type Finding, findMutants } from './kill.js';
import { type Mutant, type MutatedSource, mutantsOf, sourceOf } from './mutant.js';
import type { Operator } from './operators.js';

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

export interface MutateRequest {
  readonly folders: readonly string[];
  /** Only this module, by its name or by that without the design's. */
  readonly module?: string;
  /** Only mutants of these kinds. */
  readonly operators: readonly Operator[];
  /** Each looks for what those before it did not find. */
  readonly checks: readonly CheckName[];
  /** Every n-th mutant. */
  readonly every: number;
  readonly seed: number;
}

/** All mutants of a design, numbered through. */
export function designMutants(folder: string, { modules }: Pick<Manifest, 'modules'>): MutatedSource[] {
  let first = 1;
  return modules.map(({ file }) => {
    const mutated = mutantsOf(file, readFileSync(join(folder, file), 'utf8'), first);
    first += mutated.mutants.length;
    return mutated;
  });
}

/** The mutants that a request asks for. */
export function chosenMutants(
  sources: readonly MutatedSource[],
  design: string,
  { module, operators, every }: Pick<MutateRequest, 'module' | 'operators' | 'every'>,
): Mutant[] {
  const isWanted = (name: string): boolean => module === undefined || [module, `${design}_${module}`].includes(name);
  return sources
    .flatMap(({ mutants }) => mutants)
    .filter((mutant) => isWanted(mutant.module) && operators.includes(mutant.operator))
    .filter((_, i) => i % every === 0);
}

/** Mutates a design, looks for all mutants, and proves those equivalent that no check finds, where they are. */
export async function mutateDesign(
  folder: string,
  request: MutateRequest,
  yosys: Yosys,
  progress: (done: number, all: number, what: string) => void,
): Promise<DesignMutants> {
  const manifest = loadDesign(folder);
  const { name } = manifest.configuration;
  const sources = designMutants(folder, manifest);
  const mutants = chosenMutants(sources, name, request);
  const start = performance.now();
  const found = await inScratch('mutants', (scratch) =>
    findMutants({ folder, manifest, sources, mutants, scratch, progress, yosys, ...request }),
  );
  const checks = (performance.now() - start) / 1000;
  const left = mutants.filter((mutant) => !found.has(mutant));
  let done = 0;
  const proofs = new Map<Mutant, string>();
  await mapLimit(left, TOOLS_AT_A_TIME, async (mutant) => {
    const proof = await proofOf(yosys, { folder, manifest, source: sourceOf(sources, mutant) }, mutant);
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
