import { GENERATOR } from '../../gen/base/version.js';
import { loadDesign, type Manifest } from '../../gen/design/manifest.js';
import { streamShape } from '../../gen/rtl/streams.js';
import type { Library } from '../tools/liberty/library.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../tools/pool.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { checkedStructure } from './checked-structure.js';
import { shownRecipe } from './flow.js';
import { type MappedNetlist, netlistHeader, netlistModule } from './netlist.js';
import { type AreaUnit, areaUnits, distinctUnits, unitKey } from './plan.js';
import { RECIPES, type Recipe } from './recipe.js';
import { type AreaReport, buildReport, keptRecipe, LARGEST_CHECKED } from './report.js';
import { mappingTo, type SynthesisContext, synthesise, type UnitSynthesis } from './synthesise.js';

export interface AreaRequest {
  readonly folder: string;
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  /** Called as each synthesis ends. */
  readonly onProgress: (done: number, all: number, what: string) => void;
}

/** What synthesis makes of a design. */
export interface MeasuredDesign {
  readonly manifest: Manifest;
  readonly report: AreaReport;
  /** The netlists whose areas the report gives, each once. */
  readonly netlists: readonly MappedNetlist[];
}

/**
 * Synthesises all modules of a design and adds up the array.
 *
 * @throws UserError when the folder is no design, Yosys fails, or the array is not what its manifest says (exit code 1).
 */
export async function measureDesign({ folder, yosys, library, onProgress }: AreaRequest): Promise<MeasuredDesign> {
  const manifest = loadDesign(folder);
  const { rows, cols, name } = manifest.configuration;
  const units = areaUnits(manifest);
  const distinct = distinctUnits(units);
  const checks = rows * cols <= LARGEST_CHECKED;
  const all = distinct.length * RECIPES.length + (checks ? 1 : 0);
  let done = 0;
  const progress = (what: string): void => {
    done += 1;
    onProgress(done, all, what);
  };
  const structure = checks ? await checkedStructure(yosys, folder, manifest) : undefined;
  if (checks) progress(`${manifest.top} elaborated`);
  const { results, warnings } = await synthesiseAll({ yosys, folder, library }, distinct, progress);
  const report = buildReport({
    generator: GENERATOR,
    design: name,
    arch: manifest.configuration.arch,
    top: manifest.top,
    configurationSha256: manifest.configurationSha256,
    rows,
    cols,
    lanes: streamShape(manifest.configuration).stepsPerBeat,
    tool: yosys.identity,
    library: library?.identity ?? null,
    recipes: {
      alumacc: shownRecipe('alumacc', mappingTo(library)),
      noalumacc: shownRecipe('noalumacc', mappingTo(library)),
    },
    units: units.map((unit) => ({ unit, result: results.get(unitKey(unit)) as UnitSyntheses })),
    structure,
    warnings,
  });
  const netlists = distinct.map((unit) => keptNetlist(unit, results.get(unitKey(unit)) as UnitSyntheses, report));
  return { manifest, report, netlists };
}

/** What all recipes gave for a unit. */
type UnitSyntheses = Readonly<Record<Recipe, UnitSynthesis>>;

function keptNetlist(unit: AreaUnit, syntheses: UnitSyntheses, report: AreaReport): MappedNetlist {
  const recipe = keptRecipe(syntheses);
  const text = `${netlistHeader(unit, `the recipe ${recipe} of the area report`, report)}\n${syntheses[recipe].netlist}`;
  return { unit, recipe, name: netlistModule(unit), text };
}

async function synthesiseAll(
  context: SynthesisContext,
  units: readonly AreaUnit[],
  progress: (what: string) => void,
): Promise<{ results: Map<string, UnitSyntheses>; warnings: string[] }> {
  const jobs = units.flatMap((unit) => RECIPES.map((recipe): [AreaUnit, Recipe] => [unit, recipe]));
  const outcomes = await mapLimit(jobs, TOOLS_AT_A_TIME, async ([unit, recipe]) => {
    const outcome = await synthesise(context, unit, recipe);
    progress(`${unit.label} ${recipe}`);
    return outcome;
  });
  const results = new Map<string, UnitSyntheses>();
  units.forEach((unit, i) => {
    const [alumacc, noalumacc] = outcomes.slice(2 * i, 2 * i + 2);
    if (alumacc && noalumacc) results.set(unitKey(unit), { alumacc, noalumacc });
  });
  return { results, warnings: [...new Set(outcomes.flatMap(({ warnings }) => warnings))].sort() };
}
