import { UserError } from '../../../gen/base/errors.js';
import { loadDesign, type Manifest } from '../../../gen/design/manifest.js';
import { factsOf } from '../../../gen/rtl/arch/table.js';
import { checkedStructure } from '../checked-structure.js';
import { provedWithin } from '../equivalence/prove.js';
import { areaItems } from '../plan.js';
import { reportNames, structureCheck } from '../report.js';
import type { Placeable } from './placement.js';
import { type FpgaSubject, peTarget } from './subject.js';

/** An array or dot-product units. */
export function arraySubject(folder: string): FpgaSubject {
  const manifest = loadDesign(folder);
  const { rows, cols, name, stall } = manifest.configuration;
  const { top, configurationSha256, compileOrder } = manifest;
  return {
    measurement: {
      ...{ design: name, top, configurationSha256, names: reportNames(manifest.configuration) },
      ...{ stall, rows, cols, lanes: factsOf(manifest.configuration).computing.lanes },
    },
    requirePlaceable: (what) => requirePlaceable(manifest, what),
    pieces: async (yosys) => ({
      items: areaItems(manifest).filter(({ module }) => module !== manifest.clockGate?.module),
      structure: structureCheck(await checkedStructure(yosys, folder, manifest, () => undefined)),
    }),
    target: (what, items) =>
      what === 'pe' ? peTarget(items) : { what, label: top, module: top, files: compileOrder, parameters: {} },
    prove: ({ limitSeconds, ...request }) =>
      provedWithin(limitSeconds, { ...request, folder, manifest, library: undefined }),
  };
}

function requirePlaceable({ top, configuration }: Manifest, what: readonly Placeable[]): void {
  if (what.includes('engine')) throw new UserError(`--place engine: ${top} is none; place array, or pe`);
  if (!what.includes('array') || configuration.stall !== 'gate') return;
  throw new UserError(
    `--place array: the clock of ${top} is gated by logic, which FPGAs do not support well; generate the design with --target fpga or --stall enable, or place the pe alone`,
  );
}
