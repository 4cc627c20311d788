import { UserError } from '../../../gen/base/errors.js';
import { loadEngine } from '../../../gen/design/engine/manifest.js';
import { elaboratedParts } from '../engine/elaborate.js';
import { type FpgaSubject, peTarget } from './subject.js';

/** An engine; its memories become block RAM. */
export function engineSubject(folder: string): FpgaSubject {
  const manifest = loadEngine(folder);
  const { top, configuration, configurationSha256, compileOrder, machine } = manifest;
  const { rows, cols, lanes } = machine;
  const size = `${rows} x ${cols} PEs${lanes > 1 ? ` of ${lanes} products` : ''}`;
  return {
    measurement: {
      ...{ design: configuration.name, top, configurationSha256, rows, cols, lanes },
      names: { whole: 'engine', size, one: 'PE', multipliers: 'MACs per cycle' },
    },
    requirePlaceable: (what) => {
      if (what.includes('array')) throw new UserError(`--place array: ${top} is an engine; place engine, or pe`);
    },
    pieces: async (yosys) => {
      const { items, memoryItems } = await elaboratedParts(yosys, folder, manifest);
      return { items: [...items, ...memoryItems], structure: { checked: true, ownLogic: {} } };
    },
    target: (what, items) =>
      what === 'pe' ? peTarget(items) : { what, label: top, module: top, files: compileOrder, parameters: {} },
  };
}
