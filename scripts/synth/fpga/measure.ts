import { EXIT, UserError } from '../../../gen/base/errors.js';
import { GENERATOR } from '../../../gen/base/version.js';
import { holdsEngine } from '../../../gen/design/engine/manifest.js';
import { requireTool, type Tool } from '../../tools/find.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../tools/pool.js';
import type { Yosys } from '../../tools/yosys/interface.js';
import { sourcesOf } from '../../tools/yosys/sources.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import type { ProofReport } from '../equivalence/verdict.js';
import { netlistModule, type ProvableNetlist } from '../netlist.js';
import { type AreaItem, distinctItems, itemKey } from '../plan.js';
import { cellCounts } from '../statistics.js';
import { type OnProgress, stepCounter } from '../steps.js';
import { arraySubject } from './array.js';
import { engineSubject } from './engine.js';
import { type Family, resourcesOf } from './families.js';
import { FPGA_FILES, fpgaScript } from './flow.js';
import { type PlacedModule, placementsOf } from './place.js';
import type { PlaceRequest } from './place-request.js';
import { provePlaced } from './prove.js';
import { buildFpgaReport, type FamilyFindings, type FpgaReport, type FpgaSynthesis } from './report.js';
import type { FpgaSubject } from './subject.js';

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

/** What was measured, and the bitstream where it was asked for. */
export interface MeasuredFpga {
  readonly report: FpgaReport;
  readonly bitstream: Uint8Array | undefined;
}

/**
 * Synthesises all modules of a design for families of FPGAs and adds them up; places and routes some.
 *
 * @throws UserError when the folder is not a design, a tool fails, or the design differs from its manifest (exit code 1).
 */
export async function measureFpga(request: FpgaRequest): Promise<MeasuredFpga> {
  const { folder, yosys, families, dsp, place, onProgress, proveLimit } = request;
  const subject = holdsEngine(folder) ? engineSubject(folder) : arraySubject(folder);
  if (proveLimit !== undefined && subject.prove === undefined) {
    throw new UserError(`--prove: there is no proof of ${subject.measurement.top} as a whole; prove an array`);
  }
  const placer = place && (await placerFor(subject, place));
  const { items, structure } = await subject.pieces(yosys);
  const distinct = distinctItems(items);
  const all = families.length * distinct.length + (place ? place.what.length * place.seeds : 0);
  const progress = stepCounter(all, onProgress);
  const placed =
    place && placer
      ? await placementsOf({
          ...{ folder, yosys, dsp, place, progress, ...placer },
          targets: place.what.map((what) => subject.target(what, items)),
        })
      : [];
  const findings: FamilyFindings[] = [];
  for (const family of families) {
    const { netlists, ...found } = await onFamily({ folder, yosys, family, dsp }, items, distinct, progress);
    const proof =
      proveLimit === undefined
        ? undefined
        : await subject.prove?.({ yosys, netlists, limitSeconds: proveLimit, onProgress });
    findings.push({ ...found, proof });
  }
  const report = buildFpgaReport(
    { generator: GENERATOR, ...subject.measurement, tool: yosys.identity, dsp, structure },
    findings,
    placed.map(({ placement }) => placement),
    await provedPlacements(request, placed),
  );
  return { report, bitstream: placed[0]?.bitstream };
}

/** The tools that place, and pack where that is asked for. @throws UserError where one is missing (exit code 3), or as `requirePlaceable`. */
async function placerFor(
  subject: FpgaSubject,
  { what, bitstream }: PlaceRequest,
): Promise<{ readonly nextpnr: Tool; readonly icepack: Tool | undefined }> {
  subject.requirePlaceable(what);
  return {
    nextpnr: await requireTool('nextpnr'),
    icepack: bitstream ? await requireTool('icepack') : undefined,
  };
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
    inputs: sourcesOf(folder, [...(item.boxes ?? []).map(({ file }) => file), ...item.files]),
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
