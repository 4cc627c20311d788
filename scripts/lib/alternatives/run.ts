import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ALTERNATIVES,
  ALTERNATIVES_DESIGN,
  type Alternative,
  equalityScript,
  ideaOf,
} from '../../../gen/area/alternatives.js';
import type { LongestPath } from '../../../gen/area/path.js';
import type { AreaUnit } from '../../../gen/area/plan.js';
import { RECIPES, type Recipe } from '../../../gen/area/recipe.js';
import type { LibraryIdentity, ToolIdentity } from '../../../gen/area/report.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { elaborate } from '../../../gen/elaborate/design.js';
import { renderAll } from '../../../gen/generate.js';
import type { Library } from '../area/library.js';
import { synthesise } from '../area/synthesise.js';
import { runYosys, type Yosys } from '../yosys.js';

const FOLDER = fileURLToPath(new URL('../../../docs/microarchitecture/', import.meta.url));

export interface AlternativesRequest {
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  readonly onProgress: (done: number, all: number, what: string) => void;
}

/** A PE with what it costs. */
export interface AlternativeRow {
  readonly name: string;
  readonly idea: string;
  /** `generated`: what the others are held against; `proved`: the same in every cycle; `other`: another contract. */
  readonly function: 'generated' | 'proved' | 'other';
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

/**
 * Synthesises the generated PE and every alternative by all recipes of the area report, and proves those that should be
 * the same.
 *
 * @throws UserError (exit code 3) when Yosys fails, and so does where a proof does.
 */
export async function measureAlternatives(request: AlternativesRequest): Promise<AlternativesReport> {
  const { yosys, library, onProgress } = request;
  const { name: design } = ALTERNATIVES_DESIGN;
  const generated = { file: `${design}_pe.v`, module: `${design}_pe` };
  const verilog = generatedPe(`rtl/${generated.file}`);
  const all = 2 * ALTERNATIVES.length + 1;
  let done = 0;
  const step = (what: string): void => onProgress(done++, all, what);
  const sources = new Map([[generated.file, verilog]]);
  const measure = async (module: string): Promise<Omit<AlternativeRow, 'idea' | 'function' | 'ratio'>> => {
    step(`synthesising ${module}`);
    return smallest(request, module, sources.get(`${module}.v`) ?? '');
  };
  const reference = await measure(generated.module);
  const rows: AlternativeRow[] = [
    { ...reference, name: 'generated', idea: 'The PE as it is generated.', function: 'generated', ratio: 1 },
  ];
  for (const { name, same } of ALTERNATIVES) {
    const file = `${name}.v`;
    const text = readFileSync(join(FOLDER, file), 'utf8');
    sources.set(file, text);
    if (same) {
      step(`proving ${name}`);
      await prove(yosys, generated, { name, same }, { [generated.file]: verilog, [file]: text });
    }
    const row = await measure(name);
    const ratio = row.gateEquivalents / reference.gateEquivalents;
    rows.push({ ...row, idea: ideaOf(text), function: same ? 'proved' : 'other', ratio });
  }
  return { tool: yosys.identity, library: library?.identity ?? null, rows };
}

function generatedPe(path: string): string {
  const files = renderAll(elaborate(validateConfiguration(ALTERNATIVES_DESIGN)));
  const found = files.find((file) => file.path === path);
  if (!found) throw new Error(`the design has no ${path}`);
  return found.text;
}

async function prove(
  yosys: Yosys,
  generated: { readonly file: string; readonly module: string },
  { name }: Alternative,
  inputs: Readonly<Record<string, string>>,
): Promise<void> {
  const script = equalityScript(generated, { file: `${name}.v`, module: name });
  await runYosys(yosys, { title: `the proof that ${name} equals the generated PE`, script, inputs, outputs: [] });
}

/** The smaller of the netlists of all recipes. */
async function smallest(
  { yosys, library }: AlternativesRequest,
  module: string,
  verilog: string,
): Promise<Omit<AlternativeRow, 'idea' | 'function' | 'ratio'>> {
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
    const tries = [];
    for (const recipe of RECIPES)
      tries.push({ recipe, ...(await synthesise({ yosys, folder, library }, unit, recipe)) });
    const best = tries.reduce((x, y) => (y.size.gateEquivalents < x.size.gateEquivalents ? y : x));
    const { gateEquivalents, flipFlopBits } = best.size;
    return { name: module, gateEquivalents, flipFlopBits, recipe: best.recipe, path: best.path };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
