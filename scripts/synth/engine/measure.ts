import { GENERATOR } from '../../../gen/base/version.js';
import { type EngineManifest, loadEngine } from '../../../gen/design/engine/manifest.js';
import type { LibraryIdentity } from '../../tools/liberty/identity.js';
import type { ToolIdentity } from '../../tools/yosys/identity.js';
import { FLOWS, type Flow } from '../flow-names.js';
import { type AreaRequest, type ItemSyntheses, synthesiseAll } from '../measure.js';
import type { ArrayPath } from '../path.js';
import { distinctItems, itemKey } from '../plan.js';
import { type AreaRow, gateEquivalentText, measuredModules, type Size } from '../report.js';
import { stepCounter } from '../steps.js';
import { shownFlows } from '../synthesise.js';
import { elaboratedParts } from './elaborate.js';

/** `area.json` of an engine. */
export interface EngineAreaReport {
  readonly generator: string;
  readonly design: string;
  readonly top: string;
  readonly configurationSha256: string;
  readonly macsPerCycle: number;
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
  readonly gateEquivalent: string;
  readonly flows: Readonly<Record<Flow, string>>;
  readonly modules: readonly AreaRow[];
  /** All but the memories. */
  readonly whole: Size;
  /** All PEs; and all that is neither PE nor memory. */
  readonly pes: number;
  readonly others: number;
  readonly memories: EngineManifest['memories'];
  readonly criticalPath: ArrayPath;
  readonly warnings: readonly string[];
}

/** Synthesises all pieces of an engine but the memories and adds them up. @throws UserError as `measureDesign`. */
export async function measureEngine({ folder, yosys, library, onProgress }: AreaRequest): Promise<EngineAreaReport> {
  const manifest = loadEngine(folder);
  const { configuration, top, configurationSha256, machine } = manifest;
  const { items, memories } = await elaboratedParts(yosys, folder, manifest);
  const distinct = distinctItems(items);
  const progress = stepCounter(distinct.length * FLOWS.length, onProgress);
  const { results, warnings } = await synthesiseAll({ yosys, folder, library }, distinct, progress);
  const measured = items.map((item) => ({ item, result: results.get(itemKey(item)) as ItemSyntheses }));
  const { modules, whole, criticalPath } = measuredModules(measured);
  const pes = modules.filter(({ role }) => role === 'pe').reduce((sum, { total }) => sum + total.gateEquivalents, 0);
  return {
    ...{ generator: GENERATOR, design: configuration.name, top, configurationSha256 },
    macsPerCycle: machine.rows * machine.cols * machine.lanes,
    ...{ tool: yosys.identity, library: library?.identity ?? null },
    gateEquivalent: gateEquivalentText(library?.identity ?? null),
    flows: shownFlows(library),
    ...{ modules, whole, memories, criticalPath, warnings },
    ...{ pes, others: whole.gateEquivalents - pes },
  };
}
