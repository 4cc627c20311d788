import { resolve } from 'node:path';
import { z } from 'zod';
import { sha256 } from '../../../../gen/design/manifest.js';
import { DEFAULTS } from '../../../power/designs.js';
import { totalOf } from '../../../power/estimate.js';
import { measurePower } from '../../../power/measure.js';
import { DEFAULT_LAYER, layerOperands, type Operands } from '../../../power/operands.js';
import { requireTool } from '../../../tools/find.js';
import { type Library, readLibrary } from '../../../tools/liberty/library.js';
import type { Yosys } from '../../../tools/yosys/interface.js';
import { findYosys } from '../../../tools/yosys/yosys.js';
import { synthesisText } from '../../columns.js';
import { writeSpaceDesign } from '../designs.js';
import type { SpaceMetric } from '../metric.js';
import { NOT_NEGATIVE } from '../range.js';

const SETTINGS = z.strictObject({
  /** Cell library with internal power. */
  liberty: z.string(),
  /** Clock period in ns. */
  period: z.number().positive().max(1e6).default(DEFAULTS.period),
  /** Cycles to simulate, about. */
  cycles: z.int().min(1).max(65_536).default(DEFAULTS.cycles),
});

type Settings = z.output<typeof SETTINGS>;

interface Opened {
  readonly settings: Settings;
  readonly yosys: Yosys;
  readonly library: Library;
  readonly operands: Operands;
  readonly verilator: string;
}

const NANO = 1e-9;

/** Power on the operands of a real layer, as `npm run power` measures it. */
export const POWER: SpaceMetric<Settings, Opened> = {
  settings: SETTINGS,

  async open(settings, folder) {
    return {
      settings,
      yosys: await findYosys(),
      library: readLibrary(resolve(folder, settings.liberty)),
      operands: await layerOperands(DEFAULT_LAYER.file, DEFAULT_LAYER.layer, DEFAULTS.images),
      verilator: (await requireTool('verilator')).version,
    };
  },

  values: () => ({
    picojoulesPerMac: { unit: 'pJ', range: NOT_NEGATIVE },
    watts: { unit: 'W', range: NOT_NEGATIVE },
  }),

  identity: ({ settings: { period, cycles }, yosys, library, operands, verilator }) => ({
    ...{ period, cycles, yosys: yosys.fingerprint, tool: yosys.identity, library: library.identity.sha256, verilator },
    operands: [operands.a, operands.w].map(({ rows, cols, data, name }) => ({
      ...{ rows, cols, name, sha256: sha256(Buffer.from(data.buffer)) },
    })),
  }),

  provenance: ({ yosys, library, verilator, operands, settings: { period } }) =>
    `${synthesisText(yosys.identity, library.identity)}, Verilator ${verilator}, ${period} ns, ${operands.a.name}`,

  problem: ({ kind }) => (kind === 'engine' ? 'power is measured of arrays and dot-product units' : undefined),

  async measure(space, { settings: { period, cycles }, yosys, library, operands }, { scratch: design, progress }) {
    writeSpaceDesign(space, design);
    const { report } = await measurePower({
      ...{ design, yosys, library, operands, cycles },
      period: period * NANO,
      slews: { input: DEFAULTS.slew * NANO, clock: DEFAULTS.clockSlew * NANO },
      onProgress: progress,
    });
    return { picojoulesPerMac: totalOf(report.whole), watts: report.watts.whole };
  },
};
