import { join, relative } from 'node:path';
import { generate } from '../../gen/design/generate.js';
import { DEFAULTS } from '../power/designs.js';
import { totalOf } from '../power/estimate.js';
import { measurePower } from '../power/measure.js';
import { DEFAULT_LAYER, layerOperands } from '../power/operands.js';
import type { Library } from '../tools/liberty/library.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { type OwnAccelerator, ownConfiguration } from './own.js';

export interface EnergyMeter {
  /** What is measured, in words. */
  readonly conditions: string;
  /**
   * pJ per multiply-accumulate of an accelerator's narrowest types, everything in the array included.
   *
   * @throws UserError when a tool fails, or a result or a netlist is wrong (exit code 1).
   */
  measure(own: OwnAccelerator, scratch: string, onProgress: (text: string) => void): Promise<number>;
}

/** Measures energies of accelerators' arrays on the operands of one real layer. */
export async function energyMeter(tools: { readonly yosys: Yosys; readonly library: Library }): Promise<EnergyMeter> {
  const { period, slew, clockSlew, cycles, side, images } = DEFAULTS;
  const operands = await layerOperands(relative(process.cwd(), DEFAULT_LAYER.file), DEFAULT_LAYER.layer, images);
  return {
    conditions: `arrays of ${side} x ${side}, ${tools.library.identity.name}, layer ${DEFAULT_LAYER.layer} of ${DEFAULT_LAYER.model}`,
    async measure(own, scratch, onProgress) {
      const small = { ...own, design: { ...own.design, rows: side, cols: side } };
      const configuration = ownConfiguration(small);
      const { folder } = generate(configuration, join(scratch, 'small'));
      const { report } = await measurePower({
        ...tools,
        design: folder,
        operands,
        types: { a: configuration.activations, w: configuration.weights },
        period: period * 1e-9,
        slews: { input: slew * 1e-9, clock: clockSlew * 1e-9 },
        cycles,
        onProgress,
      });
      return totalOf(report.whole);
    },
  };
}
