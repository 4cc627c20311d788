import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ALTERNATIVES,
  type Alternative,
  equalityScript,
  ideaOf,
  proofWrappers,
  REFERENCES,
  type Reference,
  WRAPPER_FILE,
  widthsOf,
} from '../../../gen/area/alternatives.js';
import type { LongestPath } from '../../../gen/area/path.js';
import type { AreaUnit } from '../../../gen/area/plan.js';
import type { Recipe } from '../../../gen/area/recipe.js';
import { keptRecipe, type LibraryIdentity, type ToolIdentity } from '../../../gen/area/report.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { elaborate } from '../../../gen/elaborate/design.js';
import { EXIT, UserError } from '../../../gen/errors.js';
import { renderAll } from '../../../gen/generate.js';
import type { Library } from '../area/library.js';
import { cellModels, netlistFiles, prove } from '../area/prove.js';
import { synthesise } from '../area/synthesise.js';
import type { Yosys } from '../yosys.js';

const FOLDER = fileURLToPath(new URL('../../../docs/microarchitecture/', import.meta.url));

/** Lines of a failed proof's log that are shown. */
const LOG_LINES = 20;

export interface AlternativesRequest {
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  readonly onProgress: (done: number, all: number, what: string) => void;
}

/** A PE with what it costs. */
export interface AlternativeRow {
  readonly name: string;
  readonly of: Reference;
  readonly idea: string;
  /** `generated`: what others are held against; `none`: another contract, which is not proved. */
  readonly proof: Alternative['proof'] | 'generated';
  readonly gateEquivalents: number;
  /** Gate equivalents over those of the generated PE. */
  readonly ratio: number;
  readonly flipFlopBits: number;
  readonly recipe: Recipe;
  readonly path: LongestPath;
}

export interface AlternativesReport {
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
  readonly rows: readonly AlternativeRow[];
}

/** What synthesis alone tells of a PE. */
type Measured = Pick<AlternativeRow, 'gateEquivalents' | 'flipFlopBits' | 'recipe' | 'path'>;

/**
 * Synthesises the generated PEs and every alternative by all recipes of the area report, and proves those that should do
 * the same.
 *
 * @throws UserError when Yosys fails (exit code 3), or a proof does (1).
 */
export async function measureAlternatives(request: AlternativesRequest): Promise<AlternativesReport> {
  const { yosys, library, onProgress } = request;
  const references = Object.keys(REFERENCES) as Reference[];
  const proofs = ALTERNATIVES.filter(({ proof }) => proof !== 'none').length;
  const all = references.length + ALTERNATIVES.length + proofs;
  let done = 0;
  const step = (what: string): void => onProgress(done++, all, what);
  const models = library === undefined ? undefined : await cellModels(yosys, library);
  const measure = (module: string, text: string): Promise<Measured> => {
    step(`synthesising ${module}`);
    return smallest(request, models, module, text);
  };
  const rows: AlternativeRow[] = [];
  for (const of of references) {
    const generated = generatedPe(of);
    const reference = await measure(generated.module, generated.text);
    rows.push({ ...reference, name: generated.module, of, idea: 'as it is generated', proof: 'generated', ratio: 1 });
    for (const alternative of ALTERNATIVES.filter((each) => each.of === of)) {
      const { name, proof } = alternative;
      const text = readAlternative(name);
      if (proof !== 'none') {
        step(`proving ${name}`);
        await proveAlternative(yosys, generated, alternative, text);
      }
      const row = await measure(name, text);
      const ratio = row.gateEquivalents / reference.gateEquivalents;
      rows.push({ ...row, name, of, idea: ideaOf(text), proof, ratio });
    }
  }
  return { tool: yosys.identity, library: library?.identity ?? null, rows };
}

/** The Verilog of an alternative. */
export const readAlternative = (name: string): string => readFileSync(join(FOLDER, `${name}.v`), 'utf8');

/** A generated PE. */
export interface GeneratedPe {
  readonly module: string;
  readonly text: string;
}

export function generatedPe(of: Reference): GeneratedPe {
  const module = `${REFERENCES[of].name}_pe`;
  const files = renderAll(elaborate(validateConfiguration(REFERENCES[of])));
  const found = files.find(({ path }) => path === `rtl/${module}.v`);
  if (!found) throw new Error(`the design has no ${module}`);
  return { module, text: found.text };
}

/** @throws UserError (exit code 1) when the alternative differs from the generated PE, or is not proved equal. */
export async function proveAlternative(
  yosys: Yosys,
  generated: GeneratedPe,
  { name, proof }: Alternative,
  text: string,
): Promise<void> {
  const files = { generated: `${generated.module}.v`, alternative: `${name}.v` };
  const script = equalityScript(
    { file: files.generated, module: generated.module },
    { file: files.alternative, module: name },
    proof,
  );
  const wrappers =
    proof === 'own operands' ? proofWrappers(generated.module, name, widthsOf(generated.text), widthsOf(text)) : '';
  const inputs = { [files.generated]: generated.text, [files.alternative]: text, [WRAPPER_FILE]: wrappers };
  const { exitCode, log } = await yosys.execute(script, inputs, []);
  if (exitCode === 0) return;
  const end = log.trimEnd().split('\n').slice(-LOG_LINES).join('\n');
  throw new UserError(`${name} is not proved equal to ${generated.module}; end of the log:\n${end}`, EXIT.checkFailed);
}

/** Seconds for the proof of a netlist, many times what the slowest takes. */
const PROOF_SECONDS = 300;

/**
 * The smaller of the netlists of all recipes, proved equal to its Verilog.
 *
 * @param models Verilog of the library's cells.
 * @throws UserError (exit code 1) when it is not.
 */
async function smallest(
  { yosys, library }: AlternativesRequest,
  models: string | undefined,
  module: string,
  verilog: string,
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-'));
  try {
    const unit: AreaUnit = {
      label: module,
      module,
      files: [`${module}.v`],
      parameters: {},
      role: 'pe',
      instances: 1,
      partOfOther: false,
    };
    writeFileSync(join(folder, `${module}.v`), verilog);
    const context = { yosys, folder, library };
    const syntheses = {
      alumacc: await synthesise(context, unit, 'alumacc'),
      noalumacc: await synthesise(context, unit, 'noalumacc'),
    };
    const recipe = keptRecipe(syntheses);
    const { size, path, netlist: netlistText } = syntheses[recipe];
    const netlist = { unit, recipe, name: module, text: netlistText };
    const proof = await prove(netlist, netlistFiles(netlist, models), { folder, yosys, limitSeconds: PROOF_SECONDS });
    if (proof.result !== 'proved') {
      throw new UserError(`the netlist of ${module} is not proved equal to it: ${proof.result}`, EXIT.checkFailed);
    }
    const { gateEquivalents, flipFlopBits } = size;
    return { gateEquivalents, flipFlopBits, recipe, path };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
