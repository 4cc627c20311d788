import { EXIT, UserError } from '../../../gen/base/errors.js';
import { GENERATOR } from '../../../gen/base/version.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { factsOf } from '../../../gen/rtl/arch/table.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../tools/pool.js';
import type { Yosys } from '../../tools/yosys/interface.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { checkedStructure, isElaborated } from '../checked-structure.js';
import { provedWithin } from '../equivalence/prove.js';
import type { ProofReport } from '../equivalence/verdict.js';
import { netlistModule, type ProvableNetlist } from '../netlist.js';
import { type AreaItem, areaItems, distinctItems, itemKey } from '../plan.js';
import { reportNames, structureCheck } from '../report.js';
import { sourcesOf } from '../sources.js';
import { cellCounts } from '../statistics.js';
import { type OnProgress, stepCounter } from '../steps.js';
import { type Family, resourcesOf } from './families.js';
import { FPGA_FILES, fpgaScript } from './flow.js';
import { type PlacedModule, placementsOf, placerFor } from './place.js';
import type { PlaceRequest } from './place-request.js';
import { provePlaced } from './prove.js';
import { buildFpgaReport, type FamilyFindings, type FpgaReport, type FpgaSynthesis } from './report.js';

export interface FpgaRequest {
  readonly folder: string;
  readonly yosys: Yosys;
  readonly families: readonly Family[];
  /** Whether multipliers may become DSP blocks. */
  readonly dsp: boolean;
  readonly place: PlaceRequest | undefined;
  /** ABC's for the proof of one netlist; without, nothing is proved. */
  readonly proveLimit?: number | undefined;
  readonly onProgress: OnProgress;
}

/**
 * Synthesises all modules of a design for families of FPGAs and adds them up; places and routes some.
 *
 * @throws UserError when the folder is not a design, a tool fails, or the design differs from its manifest (exit code 1).
 */
export async function measureFpga(request: FpgaRequest): Promise<FpgaReport> {
  const { folder, yosys, families, dsp, place, onProgress } = request;
  const manifest = loadDesign(folder);
  const { rows, cols, name, stall } = manifest.configuration;
  const items = areaItems(manifest).filter(({ module }) => module !== manifest.clockGate?.module);
  const distinct = distinctItems(items);
  const all =
    families.length * distinct.length + Number(isElaborated(manifest)) + (place ? place.what.length * place.seeds : 0);
  const progress = stepCounter(all, onProgress);
  const nextpnr = place ? await placerFor(manifest, place) : undefined;
  const structure = await checkedStructure(yosys, folder, manifest, progress);
  const placed = place && nextpnr ? await placementsOf({ folder, manifest, yosys, dsp, place, nextpnr, progress }) : [];
  const findings: FamilyFindings[] = [];
  for (const family of families) {
    const { netlists, ...found } = await onFamily({ folder, yosys, family, dsp }, items, distinct, progress);
    const context = { folder, manifest, yosys, library: undefined, netlists, onProgress };
    findings.push({ ...found, proof: await provedWithin(request.proveLimit, context) });
  }
  return buildFpgaReport(
    {
      generator: GENERATOR,
      design: name,
      top: manifest.top,
      configurationSha256: manifest.configurationSha256,
      names: reportNames(manifest.configuration),
      ...{ stall, rows, cols },
      lanes: factsOf(manifest.configuration).computing.lanes,
      tool: yosys.identity,
      dsp,
      structure: structureCheck(structure),
    },
    findings,
    placed.map(({ placement }) => placement),
    await provedPlacements(request, placed),
  );
}

async function provedPlacements(
  { yosys, proveLimit, onProgress }: FpgaRequest,
  placed: readonly PlacedModule[],
): Promise<ProofReport | undefined> {
  if (proveLimit === undefined || placed.length === 0) return undefined;
  const netlists = placed.map(({ harnessed }) => harnessed);
  return provePlaced({ yosys, netlists, limitSeconds: proveLimit, onProgress });
}

/** Where, and for what, an item is synthesised. */
interface FpgaContext extends Pick<FpgaRequest, 'folder' | 'yosys' | 'dsp'> {
  readonly family: Family;
}

async function onFamily(
  context: FpgaContext,
  items: readonly AreaItem[],
  distinct: readonly AreaItem[],
  progress: (what: string) => void,
): Promise<FamilyFindings & { readonly netlists: readonly ProvableNetlist[] }> {
  const { family, dsp } = context;
  const outcomes = await mapLimit(distinct, TOOLS_AT_A_TIME, async (item) => {
    const outcome = await synthesiseFor(context, item);
    progress(`${item.label} ${family}`);
    return { ...outcome, item, key: itemKey(item) };
  });
  const results = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
  return {
    family,
    flow: fpgaScript({ module: '<module>', files: ['<files>'], parameters: {} }, family, dsp),
    items: items.map((item) => {
      const { resources, cells } = results.get(itemKey(item)) as FpgaSynthesis;
      return { item, result: { resources, cells } };
    }),
    warnings: [...new Set(outcomes.flatMap(({ warnings }) => warnings))].sort(),
    netlists: outcomes.map(({ item, netlist: text }) => ({ item, name: netlistModule(item), text, family })),
  };
}

/**
 * Synthesises an item for a family.
 *
 * @throws UserError (exit code 3) when Yosys fails or leaves a cell that the family's table does not have.
 */
export async function synthesiseFor(
  { folder, yosys, family, dsp }: FpgaContext,
  item: AreaItem,
): Promise<FpgaSynthesis & { readonly netlist: string; readonly warnings: readonly string[] }> {
  const { outputs, warnings } = await runYosys(yosys, {
    title: `${item.module}, ${family}`,
    script: fpgaScript(item, family, dsp),
    inputs: sourcesOf(folder, item.files),
    outputs: Object.values(FPGA_FILES),
  });
  const cells = cellCounts(outputs[FPGA_FILES.cells] ?? '');
  const counted = resourcesOf(family, cells);
  if ('unknown' in counted) {
    throw new UserError(
      `${yosys.identity.name} ${yosys.identity.version} left cells in ${item.module} that are not known of ${family}: ${counted.unknown.join(', ')}`,
      EXIT.toolBroken,
    );
  }
  return { resources: counted.resources, cells, netlist: outputs[FPGA_FILES.netlist] ?? '', warnings };
}
