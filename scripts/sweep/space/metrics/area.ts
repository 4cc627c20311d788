import { resolve } from 'node:path';
import { z } from 'zod';
import { countedSteps } from '../../../../gen/base/progress.js';
import { loadDesign } from '../../../../gen/design/manifest.js';
import { measureEngine } from '../../../synth/engine/measure.js';
import type { ArrayPath } from '../../../synth/path.js';
import type { Size } from '../../../synth/report.js';
import { type Library, readLibrary } from '../../../tools/liberty/library.js';
import type { Yosys } from '../../../tools/yosys/interface.js';
import { findYosys } from '../../../tools/yosys/yosys.js';
import { synthesisText } from '../../columns.js';
import { METRICS } from '../../metrics.js';
import { writeSpaceDesign } from '../designs.js';
import type { Measured, SpaceMetric } from '../metric.js';
import { NOT_NEGATIVE } from '../range.js';

const SETTINGS = z.strictObject({
  /** Cell library; generic gates without. */
  liberty: z.string().optional(),
  /** Delays take as long as areas do. */
  criticalPath: z.boolean().default(true),
});

type Settings = z.output<typeof SETTINGS>;

interface Opened {
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  readonly criticalPath: boolean;
}

/** Area and critical path by synthesis, as `npm run area` measures them. */
export const AREA: SpaceMetric<Settings, Opened> = {
  settings: SETTINGS,

  async open({ liberty, criticalPath }, folder) {
    const library = liberty === undefined ? undefined : readLibrary(resolve(folder, liberty));
    return { yosys: await findYosys(), library, criticalPath };
  },

  values: ({ library, criticalPath }) => ({
    gateEquivalents: { unit: 'GE', range: NOT_NEGATIVE },
    ...(library && { area: { unit: 'units of the library', range: NOT_NEGATIVE } }),
    flipFlops: { unit: 'bits', range: NOT_NEGATIVE },
    ...(criticalPath && { criticalPath: { unit: library ? 'ps' : 'gates', range: NOT_NEGATIVE } }),
  }),

  identity: ({ yosys, library, criticalPath }) => ({
    ...{ yosys: yosys.fingerprint, tool: yosys.identity, library: library?.identity.sha256 ?? null, criticalPath },
  }),

  provenance: ({ yosys, library }) => synthesisText(yosys.identity, library?.identity ?? null),

  async measure(space, { yosys, library: whole, criticalPath }, { scratch: folder, progress }) {
    writeSpaceDesign(space, folder);
    const library = whole && { ...whole, delays: whole.delays && criticalPath };
    if (space.kind === 'engine') {
      const onProgress = countedSteps(progress);
      const report = await measureEngine({ folder, yosys, library, onProgress });
      return measured(report.whole, report.criticalPath, criticalPath);
    }
    const subject = { name: space.configuration.name, folder, manifest: loadDesign(folder) };
    const tools = { yosys, library, proofSeconds: undefined, scratch: folder, progress };
    const { report } = await METRICS.area()(subject, tools);
    return measured(report.whole, report.criticalPath, criticalPath);
  },
};

const measured = ({ gateEquivalents, area, flipFlopBits }: Size, path: ArrayPath, withPath: boolean): Measured => ({
  gateEquivalents,
  ...(area !== undefined && { area }),
  flipFlops: flipFlopBits,
  ...(withPath && { criticalPath: lengthOf(path) }),
});

/** With buffers and sized gates, where there are delays; a design of wires alone has a path of nothing. */
function lengthOf(path: ArrayPath): number | null {
  switch (path.kind) {
    case 'delay':
      return path.buffered.ps;
    case 'levels':
      return path.levels;
    case 'wires':
      return 0;
    case 'unknown':
      return null;
  }
}
