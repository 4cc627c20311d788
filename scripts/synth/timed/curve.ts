import { UserError } from '../../../gen/base/errors.js';
import { GENERATOR } from '../../../gen/base/version.js';
import { loadDesign, type Manifest } from '../../../gen/design/manifest.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../tools/pool.js';
import { provedWithin } from '../equivalence/prove.js';
import type { ProofReport } from '../equivalence/verdict.js';
import { FLOWS } from '../flow-names.js';
import { netlistModule, type ProvableNetlist } from '../netlist.js';
import { type AreaItem, areaItems } from '../plan.js';
import { type OnProgress, stepCounter } from '../steps.js';
import { paretoFront } from './choose.js';
import { type Curve, type CurveReport, curveAims, curvePoints, NO_TARGET } from './report.js';
import {
  allNetlists,
  requireDelays,
  shownTimedFlow,
  type TimedContext,
  type TimedNetlist,
  timedNetlists,
} from './synthesise.js';

/** Delays to aim at. */
const AIMS = 10;

export interface CurveRequest extends Omit<TimedContext, 'folder'> {
  readonly folders: readonly string[];
  /** The module, by its name with or without the design's; the PE or unit without. */
  readonly module: string | undefined;
  /** ABC's for the proof of one netlist of a curve; without, nothing is proved. */
  readonly proveLimit?: number | undefined;
  readonly onProgress: OnProgress;
}

/**
 * The curve of area over delay of a module of each design.
 *
 * @throws UserError when a folder is not a design or has no such module, the library has no delays, or Yosys fails.
 */
export async function measureCurves(request: CurveRequest): Promise<CurveReport> {
  const { folders, yosys, library, module, onProgress } = request;
  requireDelays(library);
  const targets = folders.map((folder) => {
    const manifest = loadDesign(folder);
    return { folder, manifest, item: itemOf(manifest, module) };
  });
  const all = targets.length * (1 + AIMS);
  const progress = stepCounter(all, onProgress);
  const curves: Curve[] = [];
  for (const target of targets) {
    const { curve, best } = await curveOf({ ...target, yosys, library }, progress);
    const proof = await proofOf(request, target, best);
    curves.push({ ...curve, ...(proof ? { proof } : {}) });
  }
  return { generator: GENERATOR, tool: yosys.identity, library: library.identity, curves };
}

interface CurveTarget extends TimedContext {
  readonly manifest: Manifest;
  readonly item: AreaItem;
}

async function curveOf(
  target: CurveTarget,
  progress: (what: string) => void,
): Promise<{ curve: Curve; best: TimedNetlist[] }> {
  const { manifest, item } = target;
  const slow = await mapLimit(FLOWS, TOOLS_AT_A_TIME, (flow) => timedNetlists(target, item, flow, [NO_TARGET]));
  const first = slow.flatMap(({ netlists }) => netlists);
  progress(`${item.label}, the slowest netlists`);
  const slowest = Math.max(...first.map(({ path }) => path?.ps ?? 0));
  if (slowest === 0) throw new UserError(`${item.module} has no logic and so no curve`);
  const aims = curveAims(slowest, AIMS);
  const more = await mapLimit(aims, TOOLS_AT_A_TIME, async (aim) => {
    const { netlists } = await allNetlists(target, item, [aim]);
    progress(`${item.label}, for ${aim} ps`);
    return netlists;
  });
  const candidates = [...first, ...more.flat()];
  const best = paretoFront(candidates);
  const curve = {
    design: manifest.configuration.name,
    command: manifest.command,
    module: item.module,
    pipeline: manifest.configuration.pipeline,
    configurationSha256: manifest.configurationSha256,
    flow: shownTimedFlow(item, target.library, aims[0] ?? slowest),
    aims,
    tried: candidates.length,
    points: curvePoints(best),
  };
  return { curve, best };
}

/** Proves the netlists of a curve's points. */
function proofOf(
  { yosys, library, proveLimit, onProgress }: CurveRequest,
  { folder, manifest, item }: Pick<CurveTarget, 'folder' | 'manifest' | 'item'>,
  best: readonly TimedNetlist[],
): Promise<ProofReport | undefined> {
  const netlists = best.map(
    ({ netlist: text, flow, strategy, aim }): ProvableNetlist => ({
      ...{ item, text },
      name: [netlistModule(item), strategy, flow, aim].join('_'),
    }),
  );
  return provedWithin(proveLimit, { folder, manifest, yosys, library, netlists, onProgress });
}

function itemOf(manifest: Manifest, module: string | undefined): AreaItem {
  const items = areaItems(manifest);
  const { name } = manifest.configuration;
  const item =
    module === undefined
      ? items.find(({ role }) => role === 'pe')
      : items.find((each) => each.module === module || each.module === `${name}_${module}`);
  if (item !== undefined) return item;
  const known = [...new Set(items.map((each) => each.module.slice(name.length + 1)))];
  throw new UserError(`--module: ${name} has no module ${module ?? 'pe'}; there are ${known.join(', ')}`);
}
