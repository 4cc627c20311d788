import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { type PeripheryView, peripheryModule } from '../../periphery.js';
import { biasOf } from '../../product-bias.js';
import { biasEndText } from '../../terms.js';
import { slice } from '../../verilog.js';
import { busOf } from './bus.js';

/** What becomes of it, as a clause. */
export const biasEnd = (core: DesignCore): string => biasEndText(core, biasOf(core) !== undefined);

interface CorrectView extends PeripheryView {
  readonly sum: string;
}

/** What takes the bias off a sum; none where there is none. */
export function correctModules(core: DesignCore): CorrectView[] {
  const bias = biasOf(core);
  if (bias === undefined) return [];
  const { bits } = core.accumulator;
  const { low } = bias;
  return [
    {
      ...peripheryModule(core, {
        suffix: 'correct',
        title: 'Takes what comes on top of products off a sum.',
        ports: [
          input('sum_i', bits, 'sum of a PE'),
          input('bias_i', bias.bits, `minus what is on top, in units of 2^${low}`),
          output('sum_o', bits, 'result, signed'),
        ],
        instances: busOf(core.config).rowsTogether * core.config.cols,
        template: 'rtl/arch/output-stationary/correct',
      }),
      sum: `{${slice('sum_i', bits, bits - 1, low)} + bias_i, ${slice('sum_i', bits, low - 1, 0)}}`,
    },
  ];
}
