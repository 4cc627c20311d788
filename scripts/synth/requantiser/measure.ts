import { EXIT, UserError } from '../../../gen/base/errors.js';
import { GENERATOR } from '../../../gen/base/version.js';
import { loadRequantiser, type RequantiserManifest } from '../../../gen/design/requantiser/manifest.js';
import type { LibraryIdentity } from '../../tools/liberty/identity.js';
import type { ToolIdentity } from '../../tools/yosys/identity.js';
import type { Yosys } from '../../tools/yosys/interface.js';
import { sourcesOf } from '../../tools/yosys/sources.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import type { ProofReport } from '../equivalence/verdict.js';
import { FLOWS, type Flow } from '../flow-names.js';
import type { CellCounts } from '../gates.js';
import { type AreaRequest, type ItemSyntheses, keptNetlist, synthesiseAll } from '../measure.js';
import type { MappedNetlist } from '../netlist.js';
import type { ArrayPath } from '../path.js';
import { type AreaItem, isOpen, itemKey } from '../plan.js';
import { type AreaRow, gateEquivalentText, measuredModules, rounded, type Size, scaleSize } from '../report.js';
import { stepCounter } from '../steps.js';
import { NETLIST, STRUCTURE_FILE } from '../structure.js';
import { shownFlows } from '../synthesise.js';

/** `area.json` of a requantiser. */
export interface RequantiserReport {
  readonly generator: string;
  readonly design: string;
  readonly top: string;
  readonly configurationSha256: string;
  readonly lanes: number;
  readonly types: readonly string[];
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
  readonly gateEquivalent: string;
  readonly flows: Readonly<Record<Flow, string>>;
  readonly modules: readonly AreaRow[];
  readonly whole: Size;
  /** The whole design divided by its lanes. */
  readonly perLane: Size;
  readonly criticalPath: ArrayPath;
  readonly warnings: readonly string[];
  readonly proof?: ProofReport;
}

/** The pieces of a requantiser; those in a lane are shown, and are part of it. */
export function requantiserItems({ modules, configuration: { name } }: RequantiserManifest): AreaItem[] {
  const lane = modules.find((module) => module.name === `${name}_lane`);
  const inLane = new Set(lane?.parts);
  const filesOf = (names: readonly string[]): string[] =>
    modules.filter((module) => names.includes(module.name)).map(({ file }) => file);
  return modules
    .filter((module) => !isOpen({ modules }, module.name))
    .map(({ name: module, instances = 1, parts = [] }) => ({
      ...{ label: module, module, files: filesOf([...parts, module]), parameters: {}, instances },
      role: inLane.has(module) ? 'unit part' : module === lane?.name ? 'pe' : 'periphery',
      partOfOther: inLane.has(module),
    }));
}

/** Synthesises all modules of a requantiser and adds them up. @throws UserError as `measureDesign`. */
export async function measureRequantiser({ folder, yosys, library, onProgress }: AreaRequest): Promise<{
  readonly report: RequantiserReport;
  readonly netlists: readonly MappedNetlist[];
}> {
  const manifest = loadRequantiser(folder);
  const items = requantiserItems(manifest);
  const progress = stepCounter(items.length * FLOWS.length + 1, onProgress);
  await requireStructure(yosys, folder, manifest, items);
  progress(`${manifest.top} elaborated`);
  const { results, warnings } = await synthesiseAll({ yosys, folder, library }, items, progress);
  const measured = items.map((item) => ({ item, result: results.get(itemKey(item)) as ItemSyntheses }));
  const { modules, whole, criticalPath } = measuredModules(measured);
  const { configuration, top, configurationSha256, types } = manifest;
  const { lanes } = configuration;
  const report: RequantiserReport = {
    ...{ generator: GENERATOR, design: configuration.name, top, configurationSha256, lanes, types },
    ...{ tool: yosys.identity, library: library?.identity ?? null },
    gateEquivalent: gateEquivalentText(library?.identity ?? null),
    flows: shownFlows(library),
    ...{ modules, whole, criticalPath, warnings },
    perLane: rounded(scaleSize(whole, 1 / lanes)),
  };
  return { report, netlists: measured.map(({ item, result }) => keptNetlist(item, result, report)) };
}

/** @throws UserError where the top holds anything else than what is added up. */
async function requireStructure(
  yosys: Yosys,
  folder: string,
  { top, modules, compileOrder }: RequantiserManifest,
  items: readonly AreaItem[],
): Promise<void> {
  const files = (open: boolean): string =>
    modules
      .filter(({ name }) => isOpen({ modules }, name) === open)
      .map(({ file }) => file)
      .join(' ');
  const { outputs } = await runYosys(yosys, {
    title: `${top}, elaboration`,
    script: [
      `read_verilog -lib ${files(false)}`,
      `read_verilog ${files(true)}`,
      `hierarchy -check -top ${top}`,
      'proc',
      'flatten',
      'opt_clean -purge',
      `write_json ${STRUCTURE_FILE}`,
      '',
    ].join('\n'),
    inputs: sourcesOf(folder, compileOrder),
    outputs: [STRUCTURE_FILE],
  });
  const netlist = NETLIST.parse(JSON.parse(outputs[STRUCTURE_FILE] ?? ''));
  const found: Record<string, number> = {};
  for (const { type } of Object.values(netlist.modules[top]?.cells ?? {})) found[type] = (found[type] ?? 0) + 1;
  const counted = items.filter(({ partOfOther }) => !partOfOther);
  const expected: CellCounts = Object.fromEntries(counted.map(({ module, instances }) => [module, instances]));
  const names = [...new Set([...Object.keys(found), ...Object.keys(expected)])];
  const wrong = names.filter((name) => (found[name] ?? 0) !== (expected[name] ?? 0));
  if (wrong.length === 0) return;
  const list = wrong.map((name) => `  ${name}: ${expected[name] ?? 0} by the manifest, ${found[name] ?? 0} elaborated`);
  throw new UserError(
    `the elaborated ${top} differs from its manifest; the sum over its modules would be wrong:\n${list.join('\n')}`,
    EXIT.checkFailed,
  );
}
