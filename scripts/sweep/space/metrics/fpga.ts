import { z } from 'zod';
import { countedSteps } from '../../../../gen/base/progress.js';
import { FAMILY_NAMES, type Family } from '../../../synth/fpga/families.js';
import { measureFpga } from '../../../synth/fpga/measure.js';
import type { Resources } from '../../../synth/fpga/resources.js';
import { toolText } from '../../../tools/yosys/identity.js';
import type { Yosys } from '../../../tools/yosys/interface.js';
import { findYosys } from '../../../tools/yosys/yosys.js';
import { writeSpaceDesign } from '../designs.js';
import type { SpaceMetric } from '../metric.js';
import { NOT_NEGATIVE } from '../range.js';

const SETTINGS = z.strictObject({
  families: z.array(z.enum(FAMILY_NAMES as [Family, ...Family[]])).min(1),
  /** Whether multipliers may become DSP blocks. */
  dsp: z.boolean().default(false),
});

type Settings = z.output<typeof SETTINGS>;
type Opened = Settings & { readonly yosys: Yosys };

const RESOURCES = ['luts', 'flipFlops', 'carryBits', 'dsps', 'blockRams'] as const satisfies (keyof Resources)[];

/** Cells of FPGAs, as `npm run area -- --fpga` counts them. */
export const FPGA: SpaceMetric<Settings, Opened> = {
  settings: SETTINGS,

  open: async (settings) => ({ ...settings, yosys: await findYosys() }),

  values: ({ families }) =>
    Object.fromEntries(
      families.flatMap((family) =>
        RESOURCES.map((resource) => [`${family}.${resource}`, { unit: '', range: NOT_NEGATIVE }]),
      ),
    ),

  identity: ({ yosys, families, dsp }) => ({ yosys: yosys.fingerprint, tool: yosys.identity, families, dsp }),

  provenance: ({ yosys }) => toolText(yosys.identity),

  async measure(space, { yosys, families, dsp }, { scratch: folder, progress }) {
    writeSpaceDesign(space, folder);
    const onProgress = countedSteps(progress);
    const { report } = await measureFpga({ folder, yosys, families, dsp, place: undefined, onProgress });
    return Object.fromEntries(
      report.families.flatMap(({ family, whole }) =>
        RESOURCES.map((resource) => [`${family}.${resource}`, whole[resource]]),
      ),
    );
  },
};
